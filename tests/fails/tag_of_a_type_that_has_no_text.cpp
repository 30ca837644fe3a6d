// A tag is what can be written as a short text.
// refused: annals::field_that_cannot_be_a_tag<school::enrolled, double>
// remedy: a tag is a text, an integer
#include <annals/annals.hpp>

namespace school {

struct enrolled {
    long   course;
    double weight;

#ifdef MUST_NOT_COMPILE
    using tags = annals::tags<&enrolled::course, &enrolled::weight>;
#else
    using tags = annals::tags<&enrolled::course>;
#endif
};

}  // namespace school

annals::memory_log<annals::events<school::enrolled>> courses;

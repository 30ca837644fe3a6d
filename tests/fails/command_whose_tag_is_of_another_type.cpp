// A command says by its tags what the model is loaded for: what it cannot say as it is, would be something else.
// refused: annals::command_whose_tags_are_of_other_types_than_those_of<school::places, school::enrol>
// remedy: let the command's fields that are tags be of the same types
#include <annals/annals.hpp>
#include <annals/app/decider.hpp>

namespace school {

struct defined {
    int course;
    int places;

    using tags = annals::tags<&defined::course>;
};
struct enrolled {
    long long course;
    int       student;

    using tags = annals::tags<&enrolled::course, &enrolled::student>;
};
using events = annals::events<defined, enrolled>;

struct places {
    int course = 0;
    int left   = 0;

    using events = annals::events<defined, enrolled>;
    using tags   = annals::tags<&places::course>;

    void apply(const defined& e) { left += e.places; }
    void apply(const enrolled&) { --left; }
};
struct enrol {
#ifdef MUST_NOT_COMPILE
    long long course;
#else
    int course;
#endif
    int student;

    using tags = annals::tags<&enrol::course, &enrol::student>;
};
struct enrolment {
    places course;

    using commands = annals::commands<enrol>;

    annals::decision<enrolled> decide(const enrol& wish) const { return enrolled{wish.course, wish.student}; }
};

}  // namespace school

bool enrols(annals::memory_log<school::events>& log) {
    return annals::decider_of<school::enrolment>(log).handle(school::enrol{1, 2}).has_value();
}

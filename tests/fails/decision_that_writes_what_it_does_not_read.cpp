// Two decisions that write what neither reads would not see each other.
// refused: annals::event_that_the_decision_writes_but_does_not_read<school::enrolment, annals::events<school::enrolled>
// remedy: name it in `using unread
#include <annals/annals.hpp>
#include <annals/app/decider.hpp>

namespace school {

struct defined {
    long course;
    long places;

    using tags = annals::tags<&defined::course>;
};
struct enrolled {
    long course;
    long student;

    using tags = annals::tags<&enrolled::course, &enrolled::student>;
};
using events = annals::events<defined, enrolled>;

struct course_exists {
    long course = 0;
    bool exists = false;

#ifdef MUST_NOT_COMPILE
    using events = annals::events<defined>;
#else
    using events = annals::events<defined, enrolled>;

    void apply(const enrolled&) {}
#endif
    using tags = annals::tags<&course_exists::course>;

    void apply(const defined&) { exists = true; }
};
struct enrol {
    long course;
    long student;

    using tags = annals::tags<&enrol::course, &enrol::student>;
};
struct enrolment {
    course_exists course;

    using commands = annals::commands<enrol>;

    annals::decision<enrolled> decide(const enrol& wish) const { return enrolled{wish.course, wish.student}; }
};

}  // namespace school

bool enrols(annals::memory_log<school::events>& log) {
    return annals::decider_of<school::enrolment>(log).handle(school::enrol{1, 2}).has_value();
}

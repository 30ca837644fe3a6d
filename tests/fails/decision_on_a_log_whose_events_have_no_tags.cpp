// Without tags there is nothing to find events by.
// refused: annals::log_whose_events_have_no_tags<annals::events<school::defined, school::enrolled>
// remedy: using tags = annals::tags<
#include <annals/annals.hpp>
#include <annals/app/decider.hpp>

namespace school {

struct defined {
    long course;
    long places;

#ifndef MUST_NOT_COMPILE
    using tags = annals::tags<&defined::course>;
#endif
};
struct enrolled {
    long course;
    long student;

#ifndef MUST_NOT_COMPILE
    using tags = annals::tags<&enrolled::course, &enrolled::student>;
#endif
};
using events = annals::events<defined, enrolled>;

struct places {
    long course = 0;
    long left   = 0;

    using events = annals::events<defined, enrolled>;
    using tags   = annals::tags<&places::course>;

    void apply(const defined& e) { left += e.places; }
    void apply(const enrolled&) { --left; }
};
struct enrol {
    long course;
    long student;

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

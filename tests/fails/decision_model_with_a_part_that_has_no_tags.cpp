// Each part of a decision model says what it is about, be it nothing.
// refused: annals::part_of_a_decision_model_without_tags<school::enrolment, school::places>
// remedy: each field of a decision model is a projection with
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

struct places {
    long course = 0;
    long left   = 0;

    using events = annals::events<defined, enrolled>;
#ifndef MUST_NOT_COMPILE
    using tags = annals::tags<&places::course>;
#endif

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

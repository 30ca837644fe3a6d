// A model is loaded for something that has its tags.
// refused: annals::command_without_the_tags_of<school::places, school::question>
// remedy: give the command a field for each tag of the model
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
    using tags   = annals::tags<&places::course>;

    void apply(const defined& e) { left += e.places; }
    void apply(const enrolled&) { --left; }
};
struct enrol {
    long course;
    long student;

    using tags = annals::tags<&enrol::course, &enrol::student>;
};
struct question {
    long course;

#ifndef MUST_NOT_COMPILE
    using tags = annals::tags<&question::course>;
#endif
};
struct enrolment {
    places course;

    using commands = annals::commands<enrol>;

    annals::decision<enrolled> decide(const enrol& wish) const { return enrolled{wish.course, wish.student}; }
};

}  // namespace school

bool is_readable(annals::memory_log<school::events>& log) {
    return annals::decider_of<school::enrolment>(log).load(school::question{1}).has_value();
}

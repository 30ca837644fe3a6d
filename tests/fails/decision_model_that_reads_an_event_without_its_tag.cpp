// A model finds its events by their tags: they have to have these.
// refused: annals::event_without_the_tags_of<school::student_load, annals::events<school::defined>
// remedy: name it in the event's `tags`
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
struct student_load {
    long student = 0;
    long courses = 0;

#ifdef MUST_NOT_COMPILE
    using events = annals::events<defined, enrolled>;

    void apply(const defined&) {}
#else
    using events = annals::events<enrolled>;
#endif
    using tags = annals::tags<&student_load::student>;

    void apply(const enrolled&) { ++courses; }
};
struct enrol {
    long course;
    long student;

    using tags = annals::tags<&enrol::course, &enrol::student>;
};
struct enrolment {
    places       course;
    student_load student;

    using commands = annals::commands<enrol>;

    annals::decision<enrolled> decide(const enrol& wish) const { return enrolled{wish.course, wish.student}; }
};

}  // namespace school

bool enrols(annals::memory_log<school::events>& log) {
    return annals::decider_of<school::enrolment>(log).handle(school::enrol{1, 2}).has_value();
}

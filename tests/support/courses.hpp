// The course subscriptions of https://dcb.events/examples/course-subscriptions: students enrol in courses. A course has so many
// places, a student takes so many courses, and nobody takes one twice.
#pragma once

#include <annals/annals.hpp>
#include <annals/schema/tags.hpp>

#include <cstdint>
#include <string>

namespace courses {

struct course_defined {
    std::string  course;
    std::int32_t capacity;

    using tags = annals::tags<&course_defined::course>;
};
struct capacity_changed {
    std::string  course;
    std::int32_t capacity;

    using tags = annals::tags<&capacity_changed::course>;
};
struct enrolled {
    std::string course;
    std::string student;

    using tags = annals::tags<&enrolled::course, &enrolled::student>;
};

using events = annals::events<course_defined, capacity_changed, enrolled>;

enum class refusal {
    course_exists,
    no_such_course,
    same_capacity,
    course_is_full,
    student_takes_enough,
    student_takes_it_already
};

inline constexpr std::int32_t most_courses = 5;

/// What there is to know about one course.
struct course_places {
    std::string  course;
    bool         exists   = false;
    std::int32_t capacity = 0;
    std::int32_t taken    = 0;

    using events = courses::events;
    using tags   = annals::tags<&course_places::course>;

    void apply(const course_defined& event) {
        exists   = true;
        capacity = event.capacity;
    }
    void apply(const capacity_changed& event) { capacity = event.capacity; }
    void apply(const enrolled&) { ++taken; }
};

/// What there is to know about one student.
struct student_load {
    std::string  student;
    std::int32_t courses = 0;

    using events = annals::events<enrolled>;
    using tags   = annals::tags<&student_load::student>;

    void apply(const enrolled&) { ++courses; }
};

/// Whether one student takes one course.
struct enrolment_of_both {
    std::string course;
    std::string student;
    bool        is_there = false;

    using events = annals::events<enrolled>;
    using tags   = annals::tags<&enrolment_of_both::course, &enrolment_of_both::student>;

    void apply(const enrolled&) { is_there = true; }
};

struct enrol {
    std::string course;
    std::string student;

    using tags = annals::tags<&enrol::course, &enrol::student>;
};

struct enrolment {
    course_places     course;
    student_load      student;
    enrolment_of_both both;

    using commands = annals::commands<enrol>;

    annals::decision<enrolled, refusal> decide(const enrol& wish) const {
        if (!course.exists) return annals::refuse(refusal::no_such_course);
        if (both.is_there) return annals::refuse(refusal::student_takes_it_already);
        if (course.taken >= course.capacity) return annals::refuse(refusal::course_is_full);
        if (student.courses >= most_courses) return annals::refuse(refusal::student_takes_enough);
        return enrolled{wish.course, wish.student};
    }
};

struct define_course {
    std::string  course;
    std::int32_t capacity;

    using tags = annals::tags<&define_course::course>;
};
struct change_capacity {
    std::string  course;
    std::int32_t capacity;

    using tags = annals::tags<&change_capacity::course>;
};

/// A model of one part is that part.
struct course_catalogue {
    std::string  course;
    bool         exists   = false;
    std::int32_t capacity = 0;

    using events   = annals::events<course_defined, capacity_changed>;
    using tags     = annals::tags<&course_catalogue::course>;
    using commands = annals::commands<define_course, change_capacity>;

    void apply(const course_defined& event) {
        exists   = true;
        capacity = event.capacity;
    }
    void apply(const capacity_changed& event) { capacity = event.capacity; }

    annals::decision<course_defined, refusal> decide(const define_course& wish) const {
        if (exists) return annals::refuse(refusal::course_exists);
        return course_defined{wish.course, wish.capacity};
    }
    annals::decision<capacity_changed, refusal> decide(const change_capacity& wish) const {
        if (!exists) return annals::refuse(refusal::no_such_course);
        if (capacity == wish.capacity) return annals::refuse(refusal::same_capacity);
        return capacity_changed{wish.course, wish.capacity};
    }
};

}  // namespace courses

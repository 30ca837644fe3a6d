// What it costs to decide over several streams: `decisions SECONDS ROUNDS [DIRECTORY]`. Sixteen writers enrol students in
// courses, by the rules of https://dcb.events/examples/course-subscriptions: a course has so many places, a student takes so
// many courses, and none twice. Beside them sixteen that append the same events to streams of their own, and decide nothing. In
// memory, and in files, where each is durable when it is acknowledged. A claim's value is nanoseconds for each event that was
// appended. There are so many courses and students that each has a few dozen enrolments at most, as they have in life.
#include "../durable/fresh_directory.hpp"

#include <annals/annals.hpp>
#include <annals/app/decider.hpp>
#include <annals/log/file_log.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace school {

struct course_defined {
    std::string  course;
    std::int32_t capacity;

    using tags = annals::tags<&course_defined::course>;
};
struct enrolled {
    std::string course;
    std::string student;

    using tags = annals::tags<&enrolled::course, &enrolled::student>;
};
using events = annals::events<course_defined, enrolled>;

struct course_places {
    std::string  course;
    std::int32_t capacity = 0;
    std::int32_t taken    = 0;

    using events = school::events;
    using tags   = annals::tags<&course_places::course>;

    void apply(const course_defined& e) { capacity = e.capacity; }
    void apply(const enrolled&) { ++taken; }
};
struct student_load {
    std::string  student;
    std::int32_t courses = 0;

    using events = annals::events<enrolled>;
    using tags   = annals::tags<&student_load::student>;

    void apply(const enrolled&) { ++courses; }
};
struct both_of_them {
    std::string course;
    std::string student;
    bool        is_there = false;

    using events = annals::events<enrolled>;
    using tags   = annals::tags<&both_of_them::course, &both_of_them::student>;

    void apply(const enrolled&) { is_there = true; }
};
struct enrol {
    std::string course;
    std::string student;

    using tags = annals::tags<&enrol::course, &enrol::student>;
};
struct enrolment {
    course_places course;
    student_load  student;
    both_of_them  both;

    using commands = annals::commands<enrol>;

    annals::decision<enrolled, std::string> decide(const enrol& wish) const {
        if (both.is_there) return annals::refuse("takes it already");
        if (course.taken >= course.capacity) return annals::refuse("is full");
        if (student.courses >= 5) return annals::refuse("takes enough");
        return enrolled{wish.course, wish.student};
    }
};

}  // namespace school

namespace {

constexpr unsigned writers = 16, courses = 20'000, students = 200'000;

std::string course_name(std::uint64_t number) { return "course-" + std::to_string(number); }
std::string student_name(std::uint64_t number) { return "student-" + std::to_string(number); }

// Writers that each call `append(writer, number)`, which answers whether something was appended, for so long.
template <class Append>
double nanoseconds_each(double seconds, const Append& append) {
    std::atomic<bool>          is_over{false};
    std::atomic<std::uint64_t> appended{0};
    std::vector<std::thread>   threads;
    const auto                 begin = std::chrono::steady_clock::now();
    for (unsigned writer = 0; writer < writers; ++writer)
        threads.emplace_back([&, writer] {
            std::uint64_t random = 0x9e3779b97f4a7c15u * (writer + 1), count = 0;
            while (!is_over.load(std::memory_order_relaxed)) {
                random = random * 6364136223846793005u + 1442695040888963407u;
                count += append(writer, random >> 20U) ? 1U : 0U;
            }
            appended += count;
        });
    std::this_thread::sleep_for(std::chrono::duration<double>(seconds));
    is_over = true;
    for (auto& each : threads) each.join();
    const std::chrono::duration<double, std::nano> taken = std::chrono::steady_clock::now() - begin;
    return taken.count() / static_cast<double>(appended);
}

template <class Log>
void define_courses(Log& log) {
    for (unsigned i = 0; i < courses; ++i)
        if (!log.append("courses", annals::any_version, school::course_defined{course_name(i), 1'000'000})) std::abort();
}
template <class Log>
double plain(Log& log, double seconds) {
    return nanoseconds_each(seconds, [&](unsigned writer, std::uint64_t random) {
        return log
            .append("enrolment-" + std::to_string(writer), annals::any_version,
                    school::enrolled{course_name(random % courses), student_name(random / courses % students)})
            .has_value();
    });
}
template <class Log>
double decided(Log& log, double seconds) {
    const auto enrolments = annals::decider_of<school::enrolment>(log, 1000);
    return nanoseconds_each(seconds, [&](unsigned, std::uint64_t random) {
        return enrolments.handle(school::enrol{course_name(random % courses), student_name(random / courses % students)})
            .has_value();
    });
}

void tell(const char* claim, const char* contestant, int round, double value) {
    std::printf("%s\t%s\t%d\t%f\n", claim, contestant, round, value);
    std::fflush(stdout);
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 3 && argc != 4) return 2;
    const double seconds = std::atof(argv[1]);
    const int    rounds  = std::atoi(argv[2]);
    for (int round = 0; round < rounds; ++round) {
        for (const bool decides : {false, true}) {
            annals::memory_log<school::events> log;
            define_courses(log);
            tell("decisions_in_memory", decides ? "decider" : "plain_appends", round,
                 decides ? decided(log, seconds) : plain(log, seconds));
        }
        for (const bool decides : {false, true})
            (void)in_fresh_directory(argc == 4 ? argv[3] : "", [&](const std::string& directory) {
                auto log = annals::file_log<school::events>::open(directory + "/log");
                if (!log) return 1;
                define_courses(*log);
                tell("decisions_in_files", decides ? "decider" : "plain_appends", round,
                     decides ? decided(*log, seconds) : plain(*log, seconds));
                return 0;
            });
    }
}

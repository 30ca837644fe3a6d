// Sixteen at once who enrol students in courses: no rule is ever broken.
#include "catch.hpp"
#include "support/courses.hpp"
#include "support/temporary_directory.hpp"

#include <annals/app/decider.hpp>
#include <annals/log/file_log.hpp>

#include <atomic>
#include <cstdint>
#include <map>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

using namespace courses;

namespace {

constexpr int course_count = 6, student_count = 40;

// The rules, looked at with every event that there is.
struct all_rules {
    using events = courses::events;

    std::map<std::string, std::int32_t>           capacity, taken, courses;
    std::set<std::pair<std::string, std::string>> both;
    bool                                          broken = false;

    void apply(const course_defined& event) {
        broken                 = broken || capacity.count(event.course) != 0;
        capacity[event.course] = event.capacity;
    }
    void apply(const capacity_changed& event) {
        broken                 = broken || capacity.count(event.course) == 0 || capacity[event.course] == event.capacity;
        capacity[event.course] = event.capacity;
    }
    void apply(const enrolled& event) {
        broken = broken || ++taken[event.course] > capacity[event.course] || ++courses[event.student] > most_courses ||
                 !both.emplace(event.course, event.student).second;
    }
};

template <class Log>
void enrol_at_once(Log& log, int wishes) {
    constexpr int            writers = 16;
    std::atomic<int>         accepted{0}, failed{0};
    std::vector<std::thread> threads;
    for (int w = 0; w < writers; ++w)
        threads.emplace_back([&, w] {
            std::mt19937 random(static_cast<unsigned>(w) + 1);
            const auto   any        = [&](int count) { return static_cast<int>(random() % static_cast<unsigned>(count)); };
            const auto   catalogue  = annals::decider_of<course_catalogue>(log, 1000);
            const auto   enrolments = annals::decider_of<enrolment>(log, 1000);
            for (int i = 0; i < wishes; ++i) {
                const std::string course = "c" + std::to_string(any(course_count));
                const auto        count  = [&](const auto& answer) {
                    if (answer)
                        ++accepted;
                    else if (answer.error().log_error())
                        ++failed;
                };
                switch (any(8)) {
                    case 0: count(catalogue.handle(define_course{course, 5})); break;
                    case 1: count(catalogue.handle(change_capacity{course, 15 + any(5)})); break;
                    default: count(enrolments.handle(enrol{course, "s" + std::to_string(any(student_count))}));
                }
            }
        });
    for (auto& each : threads) each.join();

    all_rules  rules;
    const auto read = log.read(annals::whole_log(), rules);
    REQUIRE(read);
    CHECK_FALSE(rules.broken);
    CHECK(failed == 0);
    CHECK(read->count == static_cast<std::uint64_t>(accepted));
    CHECK(rules.both.size() > 40);
}

}  // namespace

TEST_CASE("Sixteen writers keep the rules in memory", "[decider]") {
    annals::memory_log<courses::events> log;
    enrol_at_once(log, 300);
}

TEST_CASE("Sixteen writers keep the rules in files", "[decider]") {
    const support::temporary_directory directory;
    annals::file_log_options           options;
    options.segment_size = 256 * 1024;
    auto log             = annals::file_log<courses::events>::open(directory.path() / "log", options);
    REQUIRE(log);
    enrol_at_once(*log, 60);
    REQUIRE(log->verify());
}

// One story told to all logs: each answer is the same on every engine, and so is a copy of a log from one to the next.
#include "catch.hpp"
#include "engines/contestants.hpp"
#include "engines/script.hpp"

#include <annals/app/copy.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace {

using answers = std::vector<std::string>;

template <class Log>
answers answers_of(engines::contestant<Log>& one, std::uint64_t seed, bool has_conditions) {
    return engines::script<Log>(one.log, {seed, 250, has_conditions, [&] { one.reopen(); }}).tell();
}

// The first that differs, beside what it should have been.
std::string difference(const answers& due, const answers& told) {
    for (std::size_t i = 0; i < due.size() && i < told.size(); ++i)
        if (due[i] != told[i]) return "step " + std::to_string(i) + "\n" + told[i] + "\nand not\n" + due[i];
    return due.size() == told.size() ? std::string{} : "another number of answers";
}

}  // namespace

TEST_CASE("All logs answer the same to the same story", "[engines]") {
    for (const bool has_conditions : {false, true})
        for (std::uint64_t seed = 1; seed <= 3; ++seed) {
            CAPTURE(seed, has_conditions);
            engines::logs all;
            auto          plainest = all.memory();
            const auto    due      = answers_of(plainest, seed, has_conditions);
            REQUIRE(due.size() == 250);
            all.for_each([&](auto& other) {
                CAPTURE(other.name);
                if (has_conditions && !other.has_conditions) return;
                CHECK(difference(due, answers_of(other, seed, has_conditions)) == "");
            });
        }
}

TEST_CASE("A log that is copied from engine to engine comes back as it was", "[engines]") {
    engines::logs all;
    auto          first = all.memory(), last = all.memory();
    (void)answers_of(first, 7, false);
    auto story = [](const auto& log) {
        std::vector<std::string> told;
        (void)annals::conformance::each_event(log, annals::whole_log(), [&](annals::conformance::observed each) {
            each.position = each.first_of_append = {};
            told.push_back(text_of(each));
        });
        return told;
    };
    all.for_each([&](auto& next) {
        CAPTURE(next.name);
        const auto done = annals::copy(first.log, next.log, {.batch = 100});
        REQUIRE(done);
        CHECK(done->at == done->head);
        CHECK(story(next.log) == story(first.log));
        auto back = all.memory();
        REQUIRE(annals::copy(next.log, back.log, {.batch = 64}));
        CHECK(story(back.log) == story(first.log));
    });
}

// A log of a kind that is chosen at run time is as good as the log in it.
#include "catch.hpp"
#include "support/courses.hpp"
#include "support/temporary_directory.hpp"

#include <annals/app/decider.hpp>
#include <annals/log/any_log.hpp>
#include <annals/log/file_log.hpp>
#include <annals/log/memory_log.hpp>
#include <annals/testing/log_conformance.hpp>

#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace {

template <class Events>
annals::any_log<Events> in_memory() {
    return annals::any_log<Events>(std::in_place_type<annals::memory_log<Events>>);
}
template <class Events>
annals::any_log<Events> in_files(const std::string& directory) {
    annals::file_log_options options;
    options.acknowledge = annals::acknowledge::when_written;
    auto log            = annals::file_log<Events>::open(directory, options);
    if (!log) throw std::runtime_error(log.error().message());
    return annals::any_log<Events>(std::move(*log));
}

}  // namespace

static_assert(!annals::positions_are_gapless<annals::any_log<courses::events>>, "for it may hold a log that has gaps");

TEST_CASE("A log of any kind keeps the promises of every log") {
    const support::temporary_directory directory;
    using events = annals::conformance_events;
    int made     = 0;
    CHECK(annals::log_conformance([] { return in_memory<events>(); }) == std::vector<std::string>{});
    CHECK(annals::log_conformance([&] { return in_files<events>(directory / std::to_string(++made)); }) ==
          std::vector<std::string>{});
}

TEST_CASE("A condition follows the events that it names, also in a log of any kind") {
    using namespace courses;
    auto log = in_memory<courses::events>();
    REQUIRE(log.append("course-c1", annals::no_stream, course_defined{"c1", 5}));
    const annals::append_condition<annals::events<enrolled>> nobody_enrolled{annals::position{1},
                                                                             {annals::tag_set("course", "c1")}};
    REQUIRE(log.append("course-c1", nobody_enrolled, capacity_changed{"c1", 6}));
    REQUIRE(log.append("course-c1", nobody_enrolled, enrolled{"c1", "ann"}));
    const auto late = log.append("course-c1", nobody_enrolled, enrolled{"c1", "bob"});
    REQUIRE_FALSE(late);
    CHECK(late.error().code == annals::errc::condition_failed);
    REQUIRE(annals::decider_of<enrolment>(log).handle(enrol{"c1", "cid"}));
}

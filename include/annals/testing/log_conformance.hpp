// Whether a log keeps all promises that the event_log concept makes: for whoever writes a log of their own. Needs no test
// framework.
//
//     const auto broken = annals::log_conformance([] { return my_log<annals::conformance_events>(); });
//     REQUIRE(broken == std::vector<std::string>{});
#pragma once

#include <annals/log/event_log.hpp>
#include <annals/testing/log_conformance/appending.hpp>
#include <annals/testing/log_conformance/concurrency.hpp>
#include <annals/testing/log_conformance/events.hpp>
#include <annals/testing/log_conformance/findings.hpp>
#include <annals/testing/log_conformance/limits.hpp>
#include <annals/testing/log_conformance/random_comparison.hpp>
#include <annals/testing/log_conformance/reading_promises.hpp>

#include <cstdint>
#include <exception>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace annals {

/// Checks that logs keep what the concept `event_log` promises; random appends and queries follow from the seed. Returns the
/// promises that are broken, each with what was seen instead; nothing if the log conforms.
///
/// `make_log()` makes a fresh, empty log of `conformance_events`, which takes stream names of up to 255 bytes. It is called a
/// dozen times or so; there is one log at a time. What it or a log throws is a finding.
/// `reopen(log)`, for logs that outlive their object, closes the log and opens it again; or does what else a log has to bear now
/// and then, such as cutting its connections.
template <class MakeLog, class Reopen = conformance::never_reopened>
[[nodiscard]] std::vector<std::string> log_conformance(MakeLog&& make_log, std::uint64_t seed = 1, Reopen&& reopen = {}) {
    using log_type = std::remove_cvref_t<decltype(make_log())>;
    static_assert(event_log<log_type>, "annals: what make_log() makes is no event_log");
    static_assert(std::is_same_v<stored<typename log_type::events>, stored<conformance_events>>,
                  "annals: make_log() makes a log of annals::conformance_events");

    conformance::findings found;
    const auto            of_fresh_log = [&](std::string_view subject, auto&& promises) {
        found.begin(subject);
        try {
            log_type log = make_log();
            promises(log);
        } catch (const std::exception& thrown) { found.add("nothing is thrown", thrown.what()); }
    };
    const auto of_appends = [&](std::string_view subject, void (conformance::appending<log_type>::*promises)()) {
        of_fresh_log(subject, [&](log_type& log) { (conformance::appending<log_type>(log, found).*promises)(); });
    };
    const auto of_reading = [&](std::string_view subject, void (conformance::reading_promises<log_type>::*promises)()) {
        of_fresh_log(subject, [&](log_type& log) { (conformance::reading_promises<log_type>(log, found).*promises)(); });
    };

    using appending = conformance::appending<log_type>;
    of_appends("appending", &appending::kinds_and_receipts);
    of_appends("expected versions", &appending::expected_versions);
    of_appends("names", &appending::names);
    of_appends("event ids", &appending::ids);
    of_appends("repeated appends", &appending::repeated_appends);
    of_appends("given times", &appending::given_times);
    const auto of_threads = [&](std::string_view subject, void (conformance::concurrency<log_type>::*promises)()) {
        of_fresh_log(subject, [&](log_type& log) { (conformance::concurrency<log_type>(log, found).*promises)(); });
    };
    using concurrency = conformance::concurrency<log_type>;
    of_threads("races", &concurrency::races);
    of_threads("following", &concurrency::following);
    of_threads("conditions", &concurrency::conditions);
    of_fresh_log("limits", [&](log_type& log) { conformance::limits<log_type>(log, found).large_appends(); });
    of_fresh_log("odd names", [&](log_type& log) { conformance::limits<log_type>(log, found).odd_names(); });
    using reading = conformance::reading_promises<log_type>;
    of_reading("reading", &reading::scopes);
    of_reading("contexts", &reading::contexts);
    of_reading("projections", &reading::projections);
    of_reading("handlers that throw", &reading::handlers_that_throw);
    of_reading("handlers that append", &reading::handlers_that_append);
    of_reading("readers in readers", &reading::readers_in_readers);
    for (std::uint64_t run = 0; run < 2; ++run)
        of_fresh_log("beside the plainest log", [&](log_type& log) {
            conformance::random_comparison<log_type, std::remove_reference_t<Reopen>>(log, found, seed * 2 + run, reopen)
                .run(150);
        });
    return found.broken();
}

}  // namespace annals

// What a log is: where events are appended and read.
#pragma once

#include <annals/log/append.hpp>
#include <annals/log/error.hpp>
#include <annals/log/expected.hpp>
#include <annals/log/query.hpp>
#include <annals/model/reader.hpp>
#include <annals/schema/name.hpp>

#include <concepts>

namespace annals {

/// Mistake: these events are appended to a log that does not list them.
template <class Held, class Foreign>
struct event_that_the_log_does_not_list {
    static consteval void explain() {
        static_assert(detail::never<Held>, "annals: add the event to the list that the log was made with");
    }
};

/// Where events of a closed list are appended and read:
///   `events`               the list
///   `read(query, reader)`  hands the events that a query selects to a reader, in order; on success what was read
///   `head()`               the position of the last event; 0 if there is none
///   `append(stream, expected_version, metadata, events…)`   all or nothing; on success where they are now
/// Errors are values; what the types alone show to be wrong does not compile.
template <class Log>
concept event_log = detail::is_event_list<typename Log::events> &&
                    requires(const Log& log, handlers<otherwise_handler<detail::skip_event>> reader) {
                        { log.read(whole_log(), reader) } -> std::same_as<expected<read_result, error>>;
                        { log.read(stream("name-id"), reader) } -> std::same_as<expected<read_result, error>>;
                        { log.head() } -> std::same_as<expected<position, error>>;
                    };

namespace detail {

/// The verdict on the list of a log: `sound_design`, or the first mistake.
template <class Events>
consteval auto judge_log() {
    if constexpr (!is_sound<decltype(judge_list<Events>())>)
        return judge_list<Events>();
    else
        return judge_names<Events>();
}

template <class Held, class... E>
consteval auto judge_append() {
    if constexpr (strangers<Held, E...>::any)
        return event_that_the_log_does_not_list<Held, typename strangers<Held, E...>::type>{};
    else
        return sound_design{};
}

}  // namespace detail
}  // namespace annals

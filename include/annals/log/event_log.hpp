// What a log is: where events are appended and read.
#pragma once

#include <annals/log/append.hpp>
#include <annals/log/historic.hpp>
#include <annals/log/error.hpp>
#include <annals/model/expected.hpp>
#include <annals/log/query.hpp>
#include <annals/model/deliver_stored.hpp>
#include <annals/model/reader.hpp>
#include <annals/schema/name.hpp>
#include <annals/schema/tags.hpp>

#include <concepts>
#include <type_traits>

namespace annals {

/// Mistake: these events are appended to a log that does not list them.
template <class Held, class Foreign>
struct event_that_the_log_does_not_list {
    static consteval void explain() {
        static_assert(detail::never<Held>, "annals: add the event to the list that the log was made with");
    }
};

/// Mistake: these events are older revisions, or retired: programs of today do not write them.
template <class Held, class Older>
struct event_that_is_no_longer_written {
    static consteval void explain() {
        static_assert(detail::never<Held>,
                      "annals: append what became of it; to put an event into a log as an older program did, wrap it in "
                      "annals::historic(...)");
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

/// Whether the positions of a log are 1, 2, 3 …: so they are, unless it says that they have gaps
/// (`static constexpr bool positions_are_gapless = false`). They ascend in any case.
template <class Log>
inline constexpr bool positions_are_gapless = [] {
    if constexpr (requires { Log::positions_are_gapless; })
        return bool{Log::positions_are_gapless};
    else
        return true;
}();

namespace detail {

template <class... E>
consteval auto judge_tags_of_each(events<E...>) {
    constexpr bool unfit[] = {!is_sound<decltype(judge_tags<E>())>..., false};
    if constexpr (any_of(unfit))
        return judge_tags<element_at<type_list<E...>, choose(unfit).index[0]>>();
    else
        return sound_design{};
}

/// The verdict on the list of a log: `sound_design`, or the first mistake.
template <class Events>
consteval auto judge_log() {
    if constexpr (!is_sound<decltype(judge_list<Events>())>)
        return judge_list<Events>();
    else if constexpr (!is_sound<decltype(judge_names<Events>())>)
        return judge_names<Events>();
    else
        return judge_tags_of_each(flat<Events>{});
}

/// A list as a log names it: flattened, unless it has older events, which flattening takes away.
template <class Events>
using list_of_log = std::conditional_t<std::is_same_v<flat<Events>, stored<Events>>, flat<Events>, Events>;

/// The list that a log is made with, and the verdict on it. If that is a mistake, there are no events, so that no other error
/// comes of it.
template <class Events, class Verdict = decltype(judge_log<Events>())>
struct checked_list {
    static constexpr Verdict verdict{};

    using events = list_of_log<std::conditional_t<is_sound<Verdict>, Events, annals::events<>>>;
};

template <class Held, class... E>
consteval auto judge_append() {
    constexpr bool older[]        = {(!is_historic<E> && is_older<Held, appended_event<E>>)..., false};
    constexpr bool is_stranger[]  = {!types_in<stored<Held>>.holds_once(id_of<appended_event<E>>)..., false};
    if constexpr (any_of(is_stranger))
        return event_that_the_log_does_not_list<Held, typename strangers<stored<Held>, appended_event<E>...>::type>{};
    else if constexpr (any_of(older))
        return event_that_is_no_longer_written<Held, typename strangers<flat<Held>, E...>::type>{};
    else
        return sound_design{};
}

}  // namespace detail
}  // namespace annals

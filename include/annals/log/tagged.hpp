// Logs that find events by their tags, and append on the condition that nothing came that a decision should have read.
#pragma once

#include <annals/log/event_log.hpp>
#include <annals/model/deliver_stored.hpp>
#include <annals/schema/tags.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace annals {

/// Appends only if nothing was appended behind a position that is in one of the lists and carries all the tags of its set: what
/// a decision has read is then still all there is (a dynamic consistency boundary, https://dcb.events). Refers to nothing.
///
///     log.append("enrolment-c1", append_condition<events<course_defined, enrolled>>{head, {tag_set("course", "c1")}}, enrolled{…});
template <class... Read>
struct append_condition {
    position                              after{};
    std::array<tag_set, sizeof...(Read)> tags{};  // one set for each list; an empty one is for all events of the list
};

/// Mistake: events are asked for by tags, or appended on a condition about tags, of a log whose events have none.
template <class Held>
struct log_whose_events_have_no_tags {
    static consteval void explain() {
        static_assert(detail::never<Held>, "annals: give the events `using tags = annals::tags<&E::field...>`");
    }
};

/// Mistake: a decision over several streams on a log that cannot append on a condition.
template <class Log>
struct log_that_does_not_append_on_a_condition {
    static consteval void explain() {
        static_assert(detail::never<Log>, "annals: use a log that does: memory_log, file_log, sqlite_log or postgres_log");
    }
};

/// A log that reads `tagged(...)`, and appends on a condition: `append(stream, append_condition<...>, [metadata,] events...)`,
/// which it compares and fulfils in one step.
template <class Log>
concept tagged_log = event_log<Log> && requires { requires Log::finds_tags; };

namespace detail {

/// Stands for a condition where there is none.
struct on_no_condition {};

/// A condition whose lists are known at run time only: for each set of tags, which events of a log of `Events`.
template <class Events>
struct any_condition {
    struct part {
        tag_set                               tags;
        std::array<bool, flat<Events>::size> reads;
    };

    position          after{};
    std::vector<part> parts;

    template <class... Read>
    explicit any_condition(const append_condition<Read...>& condition) : after(condition.after) {
        [[maybe_unused]] std::size_t at = 0;
        (parts.push_back({condition.tags[at++], flags<flat<Read>>(flat<Events>{})}), ...);
    }

private:
    template <class Read, class... E>
    static std::array<bool, sizeof...(E)> flags(events<E...>) {
        return {types_in<Read>.holds_once(id_of<E>)...};
    }
};

template <class T>
inline constexpr bool is_append_condition = false;
template <class... Read>
inline constexpr bool is_append_condition<append_condition<Read...>> = true;
template <class Events>
inline constexpr bool is_append_condition<any_condition<Events>> = true;

/// Takes note of an event of this type that carries tags.
template <class E>
struct note_tagged {
    std::string_view tags;
    bool*            found;

    void operator()(const E& event) const { *found = *found || carries(event, tags); }
};
template <class... E>
auto reader_of_tagged([[maybe_unused]] std::string_view tags, [[maybe_unused]] bool& found, events<E...>) {
    return handlers{note_tagged<E>{tags, &found}..., otherwise()};
}

/// Calls `look(query, reader)` for each list of a condition, which hands the query's events to the reader. Answers whether one
/// of them is of the list and carries the tags.
template <class... Read, class Look>
bool is_any_found(const append_condition<Read...>& condition, Look&& look) {
    [[maybe_unused]] std::size_t at  = 0;
    [[maybe_unused]] const auto  one = [&]<class List>(std::type_identity<List>) {
        const std::string_view tags  = condition.tags[at++];
        bool                   found = false;
        auto                   reader = reader_of_tagged(tags, found, flat<List>{});
        look(tagged(tags).from(position{std::max(condition.after.value + 1, condition.after.value)}), reader);
        return found;
    };
    return (one(std::type_identity<Read>{}) || ...);
}

template <class Events, class Look>
bool is_any_found(const any_condition<Events>& condition, Look&& look) {
    for (const auto& part : condition.parts) {
        const std::string_view tags   = part.tags;
        bool                   found  = false;
        auto                   reader = handlers{otherwise([&]<class E>(const E& event) {
            found = found || (part.reads[index_in<flat<Events>, E>] && carries(event, tags));
        })};
        look(tagged(tags).from(position{std::max(condition.after.value + 1, condition.after.value)}), reader);
        if (found) return true;
    }
    return false;
}

/// The error `condition_failed` if something came that a decision should have read, or the first error of `read(query, reader)`,
/// which hands a query's events to a reader.
template <class Condition, class Read>
expected<void, error> check_condition(const Condition& condition, std::string_view stream, Read&& read) {
    expected<void, error> trouble;
    const bool            changed = is_any_found(condition, [&](const log_query& what, auto& reader) {
        if (!trouble) return;
        if (auto done = read(what, reader); !done) trouble = unexpected<error>(std::move(done.error()));
    });
    if (trouble && changed)
        return unexpected<error>(
            error{errc::condition_failed, "something came that the decision has not read", std::string{stream}});
    return trouble;
}

/// Calls `take(tag)` for each tag of an event that a log of `List` holds: of an older one, for those of what became of it.
template <class List, class E, class Take>
void for_each_stored_tag(const E& event, Take&& take) {
    if constexpr (has_tagged_events<flat<List>>) {
        auto reader = handlers{otherwise([&](const auto& each) { for_each_tag(each, take); })};
        deliver_stored<List>(reader, event, [] { return context{}; });
    }
}
/// A reader that takes note of any event that carries all tags of a set.
inline auto reader_of_any_tagged(bool& found, std::string_view tags) {
    return handlers{otherwise([&found, tags](const auto& event) { found = found || carries(event, tags); })};
}

template <class Held, class List>
consteval auto judge_read_list() {
    using foreign = difference<List, flat<Held>>;
    if constexpr (foreign::size != 0)
        return event_that_the_log_does_not_list<Held, foreign>{};
    else
        return sound_design{};
}

/// The verdict on a condition for a log of `Held`.
template <class Held, class... Read>
consteval auto judge_condition(std::type_identity<append_condition<Read...>>) {
    if constexpr (!has_tagged_events<flat<Held>>)
        return log_whose_events_have_no_tags<Held>{};
    else
        return first_mistake<sound_design, decltype(judge_read_list<Held, flat<Read>>())...>();
}
template <class Held>
consteval auto judge_condition(std::type_identity<any_condition<Held>>) {
    return sound_design{};
}
/// The same, if the log appends on conditions.
template <class Log, class Held, class Condition>
consteval auto judge_condition_on() {
    if constexpr (has_tagged_events<flat<Held>> && !Log::finds_tags)
        return log_that_does_not_append_on_a_condition<Log>{};
    else
        return judge_condition<Held>(std::type_identity<Condition>{});
}

}  // namespace detail
}  // namespace annals

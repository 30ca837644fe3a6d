// How an event of an older program becomes events of today. annals/model/revisions.hpp tells what may be written.
#pragma once

#include <annals/model/apply.hpp>
#include <annals/model/events.hpp>
#include <annals/model/mistake.hpp>
#include <annals/model/revisions.hpp>

#include <concepts>
#include <cstddef>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>

namespace annals {

/// Mistake: nothing says how an older revision becomes the next one.
template <class From, class To>
struct no_upcast_between {
    static consteval void explain() {
        static_assert(detail::never<From>,
                      "annals: write `To upcast(const From&)` in the namespace of the older revision; a function that takes "
                      "it by conversion, or a template that takes anything, does not count");
    }
};

/// Mistake: `upcast` returns events that are neither a later revision of the same event nor events of the list.
template <class From, class Foreign>
struct upcast_yields_event_that_is_not_listed {
    static consteval void explain() {
        static_assert(detail::never<From>,
                      "annals: let `upcast` return a later revision of the same event, or events that the list has today");
    }
};

namespace detail {

namespace competition {

template <class E>
loser upcast(const E&);

// What the user's `upcast` makes of an event; `loser` if there is none that takes just this event.
template <class E>
auto upcast_result(const E& event) -> decltype(upcast(event));

template <class E>
concept has_upcast = requires(const E& event) {
    upcast_result(event);
    requires !std::same_as<decltype(upcast_result(event)), loser>;
};

}  // namespace competition

using competition::has_upcast;

template <class E>
using upcast_of = std::remove_cvref_t<decltype(competition::upcast_result(std::declval<const E&>()))>;

template <class T>
concept holds_one_or_none = requires(const T& value) {
    value.has_value();
    *value;
};
template <class T>
concept holds_many = requires(const T& range) {
    range.begin() != range.end();
    *range.begin();
};

template <class T>
inline constexpr bool is_variant = false;
template <class... E>
inline constexpr bool is_variant<std::variant<E...>> = true;
template <class T>
inline constexpr bool is_tuple = false;
template <class... E>
inline constexpr bool is_tuple<std::tuple<E...>> = true;

// The events that the result of an upcast may hold.
template <class Result>
struct events_in {
    using type = type_list<Result>;
};
template <>
struct events_in<void> {
    using type = type_list<>;
};
template <holds_one_or_none Result>
struct events_in<Result> : events_in<std::remove_cvref_t<decltype(*std::declval<const Result&>())>> {};
template <holds_many Result>
struct events_in<Result> : events_in<std::remove_cvref_t<decltype(*std::declval<const Result&>().begin())>> {};
template <class... T>
struct events_in<std::tuple<T...>> : concatenated<type_list<>, typename events_in<T>::type...> {};
template <class... T>
struct events_in<std::variant<T...>> : concatenated<type_list<>, typename events_in<T>::type...> {};

/// What `upcast` makes of an event directly.
template <class E>
using upcast_events = typename events_in<upcast_of<E>>::type;

template <class List, class E>
inline constexpr bool is_current = types_in<flat<List>>.holds_once(id_of<E>);

template <class List, class Entry>
struct upcast_verdict {
    static constexpr auto judge() { return sound_design{}; }
};

template <class T, class List>
inline constexpr bool stands_in = false;
template <class T, class... Other>
inline constexpr bool stands_in<T, type_list<Other...>> = (std::is_same_v<T, Other> || ...);

// Those of what an upcast yields that it may not yield.
template <class List, class Later, class Yielded>
struct foreign_among;
template <class List, class Later, class... T>
struct foreign_among<List, Later, type_list<T...>> {
    static constexpr bool flags[] = {!(is_current<List, T> || stands_in<T, Later>)..., false};
    using type                    = typename filter<events<T...>, flags>::type;
};

// The older revisions of the event `Last` that stand behind `E`.
template <class E, class Last, class... Entry>
struct later_revisions {
    using type = type_list<>;
};
template <class E, class Last, class First, class... Entry>
struct later_revisions<E, Last, First, Entry...> : later_revisions<E, Last, Entry...> {};
template <class E, class Last, class Next, class... Entry>
struct later_revisions<E, Last, older_entry<E, Next, Last>, Entry...> {
    template <class T>
    struct older {
        using type = type_list<>;
    };
    template <class T, class N>
    struct older<older_entry<T, N, Last>> {
        using type = type_list<T>;
    };
    using type = typename concatenated<type_list<>, typename older<Entry>::type...>::type;
};

template <class List, class E, class Later>
consteval auto judge_yield() {
    using foreign = typename foreign_among<List, Later, upcast_events<E>>::type;
    if constexpr (foreign::size != 0)
        return upcast_yields_event_that_is_not_listed<E, foreign>{};
    else
        return sound_design{};
}

template <class List, class E, class Next, class Last>
struct upcast_verdict<List, older_entry<E, Next, Last>> {
    template <class... Entry>
    static consteval auto later(type_list<Entry...>) {
        return typename later_revisions<E, Last, Entry...>::type{};
    }
    static consteval auto judge() {
        if constexpr (!has_upcast<E>)
            return no_upcast_between<E, Next>{};
        else
            return judge_yield<List, E, decltype(later(entries<List>{}))>();
    }
};
template <class List, class E, class Last>
struct upcast_verdict<List, retired_entry<E, Last>> {
    static consteval auto judge() {
        if constexpr (has_upcast<E>)
            return judge_yield<List, E, type_list<>>();
        else
            return sound_design{};
    }
};

template <class List, class... Entry>
consteval auto judge_upcasts(type_list<Entry...>) {
    constexpr bool mistaken[] = {!is_sound<decltype(upcast_verdict<List, Entry>::judge())>..., false};
    if constexpr (any_of(mistaken))
        return upcast_verdict<List, element_at<type_list<Entry...>, choose(mistaken).index[0]>>::judge();
    else
        return sound_design{};
}

/// The verdict on all upcasts of a list that is otherwise sound.
template <class List>
consteval auto judge_all_upcasts() {
    if constexpr (is_event_list<List>)
        return judge_upcasts<List>(entries<List>{});
    else
        return sound_design{};
}

}  // namespace detail
}  // namespace annals

// What an event was in older programs, beside what it is now: `revisions<…>` and `retired<…>` in an event list.
#pragma once

#include <annals/model/type_list.hpp>

#include <cstddef>
#include <type_traits>
#include <utility>

namespace annals {

template <class... E>
struct events;

/// In `events<…>`: one event in all its shapes, the oldest first, the one that is written today last. Old logs hold the
/// older ones; whoever reads them is handed what `upcast` makes of them, and sees events of today only.
///
///     annals::events<opened, annals::revisions<deposited_v1, deposited_v2, deposited>, annals::retired<flagged>>
///
/// Each older one has a free function, in its namespace, that takes just it and returns what became of it:
///     deposited_v2 upcast(const deposited_v1&)                  a later revision of the same event, or any event of the list
///     std::optional<deposited> upcast(const deposited_v2&)      or nothing: the event is dropped
///     std::variant<deposited, opened> upcast(const old&)        one of several
///     std::tuple<opened, deposited> upcast(const old&)          several, in this order
///     void upcast(const old&)                                   nothing: the event is dropped
/// and these, and containers of them, may nest. The pieces of a split event share its version, position and context.
///
/// An older revision is stored under the name of the last one, which it had when it was written, unless it has an
/// `event_name` of its own.
template <class... Revision>
struct revisions {};

/// In `events<…>`: events that are no longer written. Old logs hold them, and readers do not see them, unless `upcast`
/// makes events of today of them. One that had several shapes is `retired<revisions<v1::flagged, v2::flagged>>`; each of them
/// is dropped, or has an `upcast` of its own.
template <class... E>
struct retired {};

namespace detail {

template <class... List>
struct concatenated;
template <class... T>
struct concatenated<type_list<T...>> {
    using type = type_list<T...>;
};
template <class... A, class... B, class... Rest>
struct concatenated<type_list<A...>, type_list<B...>, Rest...> : concatenated<type_list<A..., B...>, Rest...> {};

/// An older revision: what became of it, and by way of what.
template <class E, class Next, class Last>
struct older_entry {};
/// An event that is no longer written, and the last shape that it had.
template <class E, class Last = E>
struct retired_entry {};

/// What a log may hold, in place of an event list: each event, `older_entry` or `retired_entry`.
template <class... Entry>
struct entry_list {};

template <class... R>
struct revision_entries {
    static constexpr std::size_t size = sizeof...(R);
    using last                        = element_at<type_list<R...>, size - 1>;

    template <std::size_t... I>
    static type_list<older_entry<element_at<type_list<R...>, I>, element_at<type_list<R...>, I + 1>, last>..., last> list(
        std::index_sequence<I...>);
    using type = decltype(list(std::make_index_sequence<size - 1>{}));
};

template <class E>
struct retired_entries {
    using type                        = type_list<retired_entry<E>>;
    static constexpr std::size_t size = 1;
};
template <class... R>
struct retired_entries<revisions<R...>> {
    using type                        = type_list<retired_entry<R, typename revision_entries<R...>::last>...>;
    static constexpr std::size_t size = sizeof...(R);
};

// An event list consists of what is written today.
template <class... R>
struct parts<events, revisions<R...>> {
    using type                        = type_list<typename revision_entries<R...>::last>;
    static constexpr std::size_t size = 1;
    static constexpr bool        nest = true;
};
template <class... E>
struct parts<events, retired<E...>> {
    using type                        = type_list<>;
    static constexpr std::size_t size = 0;
    static constexpr bool        nest = true;
};

// A list of entries consists of everything.
template <class... E>
struct parts<entry_list, events<E...>> {
    using type                        = typename flatten<entry_list, E...>::type;
    static constexpr std::size_t size = flatten<entry_list, E...>::size;
    static constexpr bool        nest = true;
};
template <class... R>
struct parts<entry_list, revisions<R...>> {
    using type                        = typename revision_entries<R...>::type;
    static constexpr std::size_t size = sizeof...(R);
    static constexpr bool        nest = true;
};
template <class... E>
struct parts<entry_list, retired<E...>> {
    using type                        = typename concatenated<type_list<>, typename retired_entries<E>::type...>::type;
    static constexpr std::size_t size = (retired_entries<E>::size + ... + 0);
    static constexpr bool        nest = true;
};

template <class Entry>
struct event_of_entry {
    using type = Entry;
};
template <class E, class Next, class Last>
struct event_of_entry<older_entry<E, Next, Last>> {
    using type = E;
};
template <class E, class Last>
struct event_of_entry<retired_entry<E, Last>> {
    using type = E;
};

/// The entries of an event list, flattened.
template <class List>
struct entries_of;
template <template <class...> class List, class... T>
struct entries_of<List<T...>> {
    using type = typename flatten<entry_list, T...>::type;
};
template <class List>
using entries = typename entries_of<List>::type;

template <class Entries>
struct events_of_entries;
template <class... Entry>
struct events_of_entries<type_list<Entry...>> {
    using type = type_list<typename event_of_entry<Entry>::type...>;
};

}  // namespace detail

}  // namespace annals

// The closed lists that everything else is derived from: `events<...>` and `commands<...>`.
#pragma once

#include <annals/model/mistake.hpp>
#include <annals/model/revisions.hpp>
#include <annals/model/type_list.hpp>

#include <cstddef>
#include <type_traits>
#include <variant>

namespace annals {

template <class... E>
struct events;
template <class... C>
struct commands;

/// Mistake: these types stand in one list more than once.
template <class Repeated>
struct type_listed_more_than_once {
    static consteval void explain() {
        static_assert(detail::never<Repeated>, "annals: list each event and each command once");
    }
};

namespace detail {

template <template <class...> class List, class Flat>
struct repeated_in;
template <template <class...> class List, class... T>
struct repeated_in<List, type_list<T...>> {
    static constexpr bool flags[] = {!table_of<T...>.holds_once(id_of<T>)..., false};
    using type                    = typename filter<List<T...>, flags>::type;
};

// `parts` are the types that a list consists of, `all` are these and the older ones, which a log may hold.
template <class List>
struct listed;
template <template <class...> class List, class... T>
struct listed<List<T...>> {
    using parts    = typename flatten<List, T...>::type;
    using all      = parts;
    using repeated = typename repeated_in<List, all>::type;
    using unique   = std::is_same<repeated, List<>>;
};
template <class... T>
struct listed<events<T...>> {
    using parts    = typename flatten<events, T...>::type;
    using all      = typename events_of_entries<entries<events<T...>>>::type;
    using repeated = typename repeated_in<events, all>::type;
    using unique   = std::is_same<repeated, events<>>;
};

// The same types, each named once. Asked only where there is a mistake to be told.
template <class Named, class... T>
struct first_of_each {
    using type = Named;
};
template <template <class...> class List, class... Named, class T, class... Rest>
struct first_of_each<List<Named...>, T, Rest...>
    : first_of_each<std::conditional_t<(std::is_same_v<T, Named> || ...), List<Named...>, List<Named..., T>>, Rest...> {};

template <class List>
struct each_named_once;
template <template <class...> class List, class... T>
struct each_named_once<List<T...>> : first_of_each<List<>, T...> {};

// Asked without completing `List`, so that it can be asked before the list itself complains.
template <class List>
consteval auto judge_repetition() {
    if constexpr (listed<List>::unique::value)
        return sound_design{};
    else
        return type_listed_more_than_once<typename each_named_once<typename listed<List>::repeated>::type>{};
}

template <class T>
inline constexpr bool is_event_list = false;
template <class... E>
inline constexpr bool is_event_list<events<E...>> = true;
template <class T>
inline constexpr bool is_command_list = false;
template <class... C>
inline constexpr bool is_command_list<commands<C...>> = true;

}  // namespace detail

/// A closed list of event types. Lists nest and flatten; a type twice is an error that names it. Beside events there may
/// stand `revisions<…>` and `retired<…>`, for what old logs hold.
///   `flat`     the events of today without nesting: what every algorithm works on
///   `stored`   these and the older ones: all that a log may hold
///   `size`     how many events of today there are
///   `variant`  one event of any of the types; naming it costs nothing, using it what `std::variant` costs to compile
template <class... E>
struct events {
    using flat                        = typename detail::rebind<typename detail::listed<events>::parts, annals::events>::type;
    using stored                      = typename detail::rebind<typename detail::listed<events>::all, annals::events>::type;
    using variant                     = typename detail::rebind<flat, std::variant>::type;
    static constexpr std::size_t size = detail::flatten<annals::events, E...>::size;

private:
    using proof = typename decltype(detail::judge_repetition<events>())::accepted;
};

/// A closed list of command types, with the same rules.
template <class... C>
struct commands {
    using flat = typename detail::rebind<typename detail::listed<commands>::parts, annals::commands>::type;
    static constexpr std::size_t size = detail::flatten<annals::commands, C...>::size;

private:
    using proof = typename decltype(detail::judge_repetition<commands>())::accepted;
};

/// A list of types: `events<...>` or `commands<...>`.
template <class List>
concept list = detail::is_event_list<List> || detail::is_command_list<List>;

/// The list as it is after flattening.
template <list List>
using flat = typename List::flat;

namespace detail {

template <class... List>
struct joined;
template <template <class...> class List, class... T, class... Rest>
struct joined<List<T...>, Rest...> {
    using all = listed<List<List<T...>, Rest...>>;
    // Not its `flat`: a repetition is told where the joined list is used, in few lines. Older events are kept.
    using type = std::conditional_t<std::is_same_v<typename all::parts, typename all::all>,
                                    typename rebind<typename all::parts, List>::type, List<List<T...>, Rest...>>;
};

// Those of some types, which may repeat, that are not in the flat list `Known`.
template <class Known, class... T>
struct strangers {
    static constexpr bool flags[] = {!types_in<Known>.holds_once(id_of<T>)..., false};
    static constexpr bool any     = any_of(flags);
    using type                    = typename filter<events<T...>, flags>::type;
};

template <class List, class Other, bool Keep>
struct keep_if_in;
template <template <class...> class List, class... T, class Other, bool Keep>
struct keep_if_in<List<T...>, Other, Keep> {
    static constexpr bool flags[] = {(types_in<Other>.holds_once(id_of<T>) == Keep)..., false};
    using type                    = typename filter<List<T...>, flags>::type;
};

}  // namespace detail

/// All types of all lists, as one list of the first one's kind. A type in two of them is an error that names it.
template <list... Lists>
using join = typename detail::joined<Lists...>::type;

/// All that a log of these events may hold: events of today, older revisions, retired events.
template <list List>
using stored = typename List::stored;

/// True if `T` stands in `List`, as an event of today.
template <class List, class T>
inline constexpr bool contains = detail::holds_once<flat<List>, T>;

/// The place of `T` in `List`, counted from 0. Does not compile if it is not in there.
template <class List, class T>
    requires contains<List, T>
inline constexpr std::size_t index_of = detail::index_in<flat<List>, T>;

/// The type at place `I` of `List`, counted from 0.
template <list List, std::size_t I>
    requires(I < List::size)
using at = detail::element_at<flat<List>, I>;

/// The types of `List` that are not in `Other`, in their order.
template <list List, list Other>
using difference = typename detail::keep_if_in<flat<List>, flat<Other>, false>::type;

/// The types of `List` that are in `Other` too, in their order.
template <list List, list Other>
using intersection = typename detail::keep_if_in<flat<List>, flat<Other>, true>::type;

}  // namespace annals

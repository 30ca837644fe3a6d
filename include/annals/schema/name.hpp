// Stable names: what an event is called in a log, and a category in a stream's name.
#pragma once

#include <annals/model/events.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>

namespace annals {

namespace detail {

template <class T>
consteval std::string_view signature_with_type() {
    return __PRETTY_FUNCTION__;
}

// The text around the type in the signature is the same for every type; it is measured on a type whose name is known.
struct signature_margins {
    std::size_t front, back;
};
consteval signature_margins measure_margins() {
    constexpr std::string_view known = signature_with_type<int>();
    constexpr std::size_t      front = known.rfind("int");
    return {front, known.size() - front - 3};
}

// `bank::account` becomes `account`. Template arguments are cut off first: their text differs between compilers.
template <class T>
consteval std::string_view unqualified_name() {
    constexpr auto   margins = measure_margins();
    std::string_view name    = signature_with_type<T>();
    name.remove_prefix(margins.front);
    name.remove_suffix(margins.back);
    name = name.substr(0, name.find('<'));
    return name.substr(name.find_last_of(": ") + 1);
}

}  // namespace detail

/// An event's stored name: its `static constexpr std::string_view event_name`, or else its unqualified type name.
/// A type made from a template needs an `event_name`, for its arguments are not part of the name.
template <class E>
[[nodiscard]] consteval std::string_view event_name() {
    if constexpr (requires { std::string_view{E::event_name}; })
        return E::event_name;
    else
        return detail::unqualified_name<E>();
}

/// An aggregate's category, the first part of its streams' names: its `static constexpr std::string_view category`, or
/// else its unqualified type name.
template <class Aggregate>
[[nodiscard]] consteval std::string_view category_name() {
    if constexpr (requires { std::string_view{Aggregate::category}; })
        return Aggregate::category;
    else
        return detail::unqualified_name<Aggregate>();
}

/// Mistake: these events of one list have one stored name between them.
template <class SameName>
struct two_events_with_one_stored_name {
    static constexpr void explain() {
        static_assert(detail::never<SameName>,
                      "annals: give one of them another `static constexpr std::string_view event_name`");
    }
};

namespace detail {

struct placed_name {
    std::string_view name;
    std::size_t      place;
};

template <std::size_t N>
struct name_clash {
    bool        found = false;
    std::size_t first = 0, second = 0;
};

template <std::size_t N>
consteval name_clash<N> find_clash(std::array<placed_name, N> names) {
    std::sort(names.begin(), names.end(), [](const placed_name& a, const placed_name& b) { return a.name < b.name; });
    for (std::size_t i = 1; i < N; ++i)
        if (names[i - 1].name == names[i].name) return {true, names[i - 1].place, names[i].place};
    return {};
}

template <class List>
struct stored_names;
template <class... E>
struct stored_names<events<E...>> {
    static constexpr std::size_t count = sizeof...(E);

    template <std::size_t... I>
    static consteval auto clash(std::index_sequence<I...>) {
        return find_clash(std::array<placed_name, count>{placed_name{event_name<E>(), I}...});
    }
    static constexpr auto judge() {
        constexpr auto found = clash(std::index_sequence_for<E...>{});
        if constexpr (found.found)
            return two_events_with_one_stored_name<
                events<element_at<type_list<E...>, found.first>, element_at<type_list<E...>, found.second>>>{};
        else
            return sound_design{};
    }
};

/// The verdict on the names of a list: `sound_design`, or the first clash.
template <class List>
consteval auto judge_names() {
    return stored_names<flat<List>>::judge();
}

}  // namespace detail
}  // namespace annals

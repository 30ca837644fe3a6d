// Stable names: what an event is called in a log, and a category in a stream's name.
#pragma once

#include <annals/model/events.hpp>
#include <annals/model/type_text.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace annals {

namespace detail {

// Where the last part of a qualified name begins: behind the last `::` that stands in no brackets.
consteval std::size_t begin_of_last_part(std::string_view name) {
    std::size_t open = 0;
    for (std::size_t at = name.size(); at != 0; --at) {
        const char letter = name[at - 1];
        if (letter == '>' || letter == ')')
            ++open;
        else if ((letter == '<' || letter == '(') && open != 0)
            --open;
        else if (letter == ':' && open == 0)
            return at;
    }
    return 0;
}

// `bank::account` becomes `account`. Template arguments are cut off: their text differs between compilers. So does what
// they call a type without a name (g++ `<unnamed struct>`, clang `(unnamed struct at …)`): it becomes the empty text.
template <class T>
consteval std::string_view unqualified_name() {
    std::string_view name = type_text<T>();
    name.remove_prefix(begin_of_last_part(name));
    name = name.substr(0, name.find_first_of("<("));
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
    static consteval void explain() {
        static_assert(detail::never<SameName>,
                      "annals: give one of them another `static constexpr std::string_view event_name`");
    }
};

namespace detail {

struct name_clash {
    bool        found = false;
    std::size_t first = 0, second = 0;
};

// A hash table with linear probing (FNV-1a): one look at each name, so that a thousand of them stay far below the
// compilers' limits for one constant expression.
template <std::size_t N>
consteval name_clash find_clash(const std::string_view (&names)[N]) {
    std::size_t places[2 * N]{};  // one more than the place in `names`; 0 is free
    for (std::size_t i = 0; i < N; ++i) {
        std::uint64_t hash = 14695981039346656037u;
        for (char letter : names[i]) hash = (hash ^ static_cast<unsigned char>(letter)) * 1099511628211u;
        std::size_t at = hash % (2 * N);
        for (; places[at] != 0; at = (at + 1) % (2 * N))
            if (names[places[at] - 1] == names[i]) return {true, places[at] - 1, i};
        places[at] = i + 1;
    }
    return {};
}

template <class List>
struct stored_names;
template <class... E>
struct stored_names<events<E...>> {
    // One more than there are, for a list may be empty; no event is called that.
    static constexpr std::string_view names[] = {event_name<E>()..., "-"};

    static constexpr auto judge() {
        constexpr name_clash found = find_clash(names);
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

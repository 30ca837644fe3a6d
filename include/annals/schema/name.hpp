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

/// Mistake: an event's stored name has a character that means something to a log, or none at all.
template <class Event>
struct event_name_that_cannot_be_stored {
    static consteval void explain() {
        static_assert(detail::never<Event>,
                      "annals: an event's name has letters, digits, `_`, `-` and characters beyond ASCII, 1 to 127 bytes: "
                      "choose one with `static constexpr std::string_view event_name`");
    }
};

/// Mistake: an aggregate's category has a character that means something to a log, or none at all.
template <class Aggregate>
struct category_that_cannot_be_stored {
    static consteval void explain() {
        static_assert(
            detail::never<Aggregate>,
            "annals: a category has letters, digits, `_` and characters beyond ASCII, 1 to 127 bytes, and no `-`, which "
            "ends it in a stream's name: choose one with `static constexpr std::string_view category`");
    }
};

namespace detail {

// What is left out separates words, paths, subjects or statements somewhere: white space, `.`, `*`, `>`, `/`, `:`, quotes …
constexpr bool is_letter_of_stored_name(char letter) {
    return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') || (letter >= '0' && letter <= '9') ||
           letter == '_' || letter == '-' || static_cast<unsigned char>(letter) >= 0x80;
}
constexpr bool can_be_stored(std::string_view name) {
    for (char letter : name)
        if (!is_letter_of_stored_name(letter)) return false;
    return !name.empty() && name.size() <= 127;
}

/// The verdict on an aggregate's category.
template <class Aggregate>
consteval auto judge_category() {
    constexpr std::string_view name = category_name<Aggregate>();
    if constexpr (can_be_stored(name) && name.find('-') == name.npos)
        return sound_design{};
    else
        return category_that_cannot_be_stored<Aggregate>{};
}

// An event's name in a list, and the event that it becomes: an older revision may have the same name.
template <class Entry>
struct named_entry {
    using event                             = Entry;
    static constexpr std::string_view name  = event_name<Entry>();
    static constexpr type_id          group = id_of<Entry>;
};
template <class E, class Last>
struct named_shape {
    using event                            = E;
    static constexpr std::string_view name = [] {
        if constexpr (requires { std::string_view{E::event_name}; })
            return event_name<E>();
        else
            return event_name<Last>();
    }();
    static constexpr type_id group = id_of<Last>;
};
template <class E, class Next, class Last>
struct named_entry<older_entry<E, Next, Last>> : named_shape<E, Last> {};
template <class E, class Last>
struct named_entry<retired_entry<E, Last>> : named_shape<E, Last> {};

struct name_of_group {
    std::string_view name;
    type_id          group;
};

struct name_clash {
    bool        found = false;
    std::size_t first = 0, second = 0;
};

// A hash table with linear probing (FNV-1a): one look at each name, so that a thousand of them stay far below the
// compilers' limits for one constant expression.
template <std::size_t N>
consteval name_clash find_clash(const name_of_group (&names)[N]) {
    std::size_t places[2 * N]{};  // one more than the place in `names`; 0 is free
    for (std::size_t i = 0; i < N; ++i) {
        std::uint64_t hash = 14695981039346656037u;
        for (char letter : names[i].name) hash = (hash ^ static_cast<unsigned char>(letter)) * 1099511628211u;
        std::size_t at    = hash % (2 * N);
        bool        known = false;
        for (; places[at] != 0; at = (at + 1) % (2 * N)) {
            const name_of_group& other = names[places[at] - 1];
            if (other.name != names[i].name) continue;
            if (other.group.mark != names[i].group.mark) return {true, places[at] - 1, i};
            known = true;
            break;
        }
        if (!known) places[at] = i + 1;
    }
    return {};
}

template <class Entries>
struct stored_names;
template <class... Entry>
struct stored_names<type_list<Entry...>> {
    // One more than there are, for a list may be empty; no event is called that.
    static constexpr name_of_group names[] = {{named_entry<Entry>::name, named_entry<Entry>::group}..., {"", {}}};

    static constexpr bool unfit[] = {!can_be_stored(named_entry<Entry>::name)..., false};

    static constexpr auto judge() {
        constexpr name_clash found = find_clash(names);
        using events_here          = type_list<typename event_of_entry<Entry>::type...>;
        if constexpr (any_of(unfit))
            return event_name_that_cannot_be_stored<element_at<events_here, choose(unfit).index[0]>>{};
        else if constexpr (found.found)
            return two_events_with_one_stored_name<
                events<element_at<events_here, found.first>, element_at<events_here, found.second>>>{};
        else
            return sound_design{};
    }
};

/// The verdict on the names of a list: `sound_design`, or the first clash.
template <class List>
consteval auto judge_names() {
    return stored_names<entries<List>>::judge();
}

}  // namespace detail
}  // namespace annals

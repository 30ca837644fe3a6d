// The schemas of all that a log of an event list may hold.
#pragma once

#include <annals/model/event.hpp>
#include <annals/schema/name.hpp>
#include <annals/schema/schema_text.hpp>
#include <annals/schema/storable.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>
#include <utility>

namespace annals {

/// One shape of an event, as a log holds it.
struct event_schema {
    std::string_view name;         // the stored name
    std::string_view text;         // see annals/schema/schema_text.hpp
    std::uint64_t    fingerprint;  // of the text
    bool             is_current;   // false for older revisions and retired events
};

/// Mistake: two revisions of one event have the same name and the same fields, so that what is stored does not tell them
/// apart.
template <class Older, class Newer>
struct two_revisions_of_one_shape {
    static consteval void explain() {
        static_assert(detail::never<Older>,
                      "annals: let the revisions differ in a field's name or type, or give one of them an `event_name` of its "
                      "own under which it was stored");
    }
};

namespace detail {

template <class Entry>
consteval event_schema schema_of_entry() {
    using named           = named_entry<Entry>;
    constexpr auto& kept  = schema_letters<typename named::event, named::name>;
    const std::string_view text{kept.letters, kept.count};
    return {named::name, text, fingerprint_of(text), std::is_same_v<typename named::event, Entry>};
}

struct same_shape {
    bool        found = false;
    std::size_t first = 0, second = 0;
};

// Only texts are compared whose fingerprints are equal, and there are few.
template <std::size_t N>
consteval same_shape find_same_shape(const std::array<event_schema, N>& schemas) {
    std::size_t places[2 * N + 1]{};  // one more than the place in `schemas`; 0 is free
    for (std::size_t i = 0; i < N; ++i) {
        std::size_t at = schemas[i].fingerprint % (2 * N + 1);
        for (; places[at] != 0; at = (at + 1) % (2 * N + 1)) {
            const event_schema& other = schemas[places[at] - 1];
            if (other.fingerprint == schemas[i].fingerprint && other.text == schemas[i].text) return {true, places[at] - 1, i};
        }
        places[at] = i + 1;
    }
    return {};
}

template <class Entries>
struct list_schemas;
template <class... Entry>
struct list_schemas<type_list<Entry...>> {
    static constexpr std::array<event_schema, sizeof...(Entry)> all{schema_of_entry<Entry>()...};

    static constexpr bool has_defect[] = {!is_sound<decltype(judge_fields<typename event_of_entry<Entry>::type>())>..., false};

    static consteval auto judge() {
        using stored_here = type_list<typename event_of_entry<Entry>::type...>;
        if constexpr (any_of(has_defect))
            return judge_fields<element_at<stored_here, choose(has_defect).index[0]>>();
        else {
            constexpr same_shape same = find_same_shape(all);
            if constexpr (same.found)
                return two_revisions_of_one_shape<element_at<stored_here, same.first>, element_at<stored_here, same.second>>{};
            else
                return sound_design{};
        }
    }
};

/// The verdict on a list whose events are to be encoded: `sound_design`, or the first mistake.
template <class List>
consteval auto judge_schemas() {
    if constexpr (!is_sound<decltype(judge_list<List>())>)
        return judge_list<List>();
    else if constexpr (!is_sound<decltype(judge_names<List>())>)
        return judge_names<List>();
    else
        return list_schemas<entries<List>>::judge();
}

}  // namespace detail

/// The schema of each event that a log of `Events` may hold, in the order of `Events::stored`. Takes compile time in
/// proportion to the schemas' length.
template <list Events>
inline constexpr const auto& schemas_of = detail::list_schemas<detail::entries<Events>>::all;

}  // namespace annals

// Replay: the fold of events into a projection, for events that did not come from a log.
#pragma once

#include <annals/model/dispatch.hpp>
#include <annals/model/deliver_stored.hpp>
#include <annals/model/reader.hpp>

#include <cstdint>
#include <type_traits>
#include <utility>
#include <variant>

namespace annals {

/// Mistake: a history holds events that the projection neither lists nor ignores.
template <class State, class Foreign>
struct event_that_the_projection_does_not_list {
    static consteval void explain() {
        static_assert(detail::never<State>, "annals: add the event to the projection's `events`, or to its `ignores`");
    }
};

namespace detail {

// The context of the nth event of a history that never was in a log.
struct counted_context {
    std::uint64_t count;

    constexpr context operator()() const {
        context where;
        where.version  = version{count};
        where.position = position{count};
        return where;
    }
};

template <class Range>
using element_of = std::remove_cvref_t<decltype(*std::declval<const Range&>().begin())>;

template <class Range>
concept variant_range = requires(const Range& range) { range.end(); } && is_variant<element_of<Range>>;

template <class State, class... E>
consteval auto judge_history() {
    if constexpr (!is_sound<projection_verdict<State>>)
        return projection_verdict<State>{};
    else {
        using known = join<typename State::events, typename ignored_by<State>::type>;
        if constexpr (strangers<stored<known>, E...>::any)
            return event_that_the_projection_does_not_list<State, typename strangers<stored<known>, E...>::type>{};
        else
            return sound_design{};
    }
}

template <class State, class Variant>
struct variant_history;
template <class State, class... E>
struct variant_history<State, std::variant<E...>> {
    static consteval auto judge() {
        if constexpr (names_what_it_ignores<State>)
            return judge_history<State, E...>();
        else
            return projection_verdict<State>{};
    }

    static constexpr void fold(State& state, const std::variant<E...>& event, std::uint64_t count) {
        dispatch<sizeof...(E)>(event.index(), [&](auto index) {
            deliver_stored<typename State::events>(state, *std::get_if<index()>(&event), counted_context{count});
        });
    }
};

}  // namespace detail

/// Folds events into a state that exists already. They count as version and position 1, 2, 3 … where a handler asks.
template <class State, class... E>
constexpr void fold(State& state, const E&... event) {
    constexpr auto verdict          = detail::judge_history<State, E...>();
    using accepted [[maybe_unused]] = typename decltype(verdict)::accepted;
    verdict.explain();
    if constexpr (detail::is_sound<decltype(verdict)>) {
        [[maybe_unused]] std::uint64_t count = 0;
        [[maybe_unused]] const auto    one   = [&](const auto& each) {
            ++count;
            detail::deliver_stored<typename State::events>(state, each, detail::counted_context{count});
        };
        (one(event), ...);
    }
}

/// The same for a range of variants, such as `std::vector<events<…>::variant>`. What the state does not list is skipped,
/// unless the state names what it `ignores`: then every type of the variant must be in one of its lists.
template <class State, detail::variant_range Range>
constexpr void fold(State& state, const Range& range) {
    using history                    = detail::variant_history<State, detail::element_of<Range>>;
    constexpr auto verdict          = history::judge();
    using accepted [[maybe_unused]] = typename decltype(verdict)::accepted;
    verdict.explain();
    if constexpr (detail::is_sound<decltype(verdict)>) {
        std::uint64_t count = 0;
        for (const auto& event : range) history::fold(state, event, ++count);
    }
}

/// The state that these events lead to, from the state's default value.
template <class State, class... E>
[[nodiscard]] constexpr State replay(const E&... event) {
    constexpr auto verdict          = detail::judge_history<State, E...>();
    using accepted [[maybe_unused]] = typename decltype(verdict)::accepted;
    verdict.explain();
    State state{};
    if constexpr (detail::is_sound<decltype(verdict)>) fold(state, event...);
    return state;
}

/// The state that a range of variants leads to.
template <class State, detail::variant_range Range>
[[nodiscard]] constexpr State replay(const Range& range) {
    constexpr auto verdict          = detail::variant_history<State, detail::element_of<Range>>::judge();
    using accepted [[maybe_unused]] = typename decltype(verdict)::accepted;
    verdict.explain();
    State state{};
    if constexpr (detail::is_sound<decltype(verdict)>) fold(state, range);
    return state;
}

}  // namespace annals

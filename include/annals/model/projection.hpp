// A projection: a state folded from the events that it lists.
#pragma once

#include <annals/model/apply.hpp>
#include <annals/model/event.hpp>
#include <annals/model/events.hpp>

#include <type_traits>

namespace annals {

/// Mistake: the state lists these events, but has no `apply` that takes just them.
template <class State, class Missing>
struct event_without_apply {
    static consteval void explain() {
        static_assert(detail::never<State>,
                      "annals: give the state `void apply(const E&)` for each event named above; a conversion, a base "
                      "class or a template that takes anything does not count");
    }
};

class live;  // see app/live.hpp

/// Mistake: what acts on the outside world is to be folded from events: by a replay, a question about the past, a rebuild.
template <class Actor, class Acting>
struct effects_would_be_reached_by_a_replay {
    static consteval void explain() {
        static_assert(detail::never<Actor>,
                      "annals: what has `react` for these events happens once, and now: run it with annals::effects_of(log, ...). A state "
                      "has `apply`");
    }
};

/// Mistake: the state has no list `using events = annals::events<…>`.
template <class State>
struct no_events_are_listed_by {
    static consteval void explain() {
        static_assert(detail::never<State>, "annals: give the state `using events = annals::events<...>`, complete and public");
    }
};

/// Mistake: the state both handles and ignores these events.
template <class State, class Both>
struct event_both_handled_and_ignored {
    static consteval void explain() {
        static_assert(detail::never<State>, "annals: take the event out of `events` or out of `ignores`");
    }
};

namespace detail {

template <class State>
concept lists_events = requires { typename State::events; } && is_event_list<typename State::events>;

template <class State>
struct ignored_by {
    using type = events<>;
};
template <class State>
    requires requires { typename State::ignores; }
struct ignored_by<State> {
    using type = typename State::ignores;
};

template <class State>
inline constexpr bool names_what_it_ignores = requires { typename State::ignores; };

template <class State, class List>
struct unhandled_in;
template <class State, class... E>
struct unhandled_in<State, events<E...>> {
    static constexpr bool flags[] = {(apply_shape_of<State, E> == apply_shape::none)..., false};
    using type                    = typename filter<events<E...>, flags>::type;
};

template <class State, class E>
concept has_live_react = requires(State& actor, const E& event, const live& now) { actor.react(event, now); };

template <class State, class List>
struct acts_on;
template <class State, class... E>
struct acts_on<State, events<E...>> {
    static constexpr bool any = (has_live_react<State, E> || ...);
};

/// The verdict on a state that is to be replayed: `sound_design`, or the first mistake.
template <class State>
consteval auto judge_projection() {
    if constexpr (!lists_events<State>)
        return no_events_are_listed_by<State>{};
    else if constexpr (!is_sound<decltype(judge_list<typename State::events>())>)
        return judge_list<typename State::events>();
    else if constexpr (!is_sound<decltype(judge_list<typename ignored_by<State>::type>())>)
        return judge_list<typename ignored_by<State>::type>();
    else {
        using listed_events = flat<typename State::events>;
        using missing       = typename unhandled_in<State, listed_events>::type;
        using both          = intersection<listed_events, typename ignored_by<State>::type>;
        if constexpr (missing::size != 0 && acts_on<State, missing>::any)
            return effects_would_be_reached_by_a_replay<State, missing>{};
        else if constexpr (missing::size != 0)
            return event_without_apply<State, missing>{};
        else if constexpr (both::size != 0)
            return event_both_handled_and_ignored<State, both>{};
        else
            return sound_design{};
    }
}

template <class State>
using projection_verdict = decltype(judge_projection<State>());

}  // namespace detail

/// A state with `using events = annals::events<…>` and an exact `apply` for each of them. Ask it of complete types only.
template <class State>
concept projection = std::is_object_v<State> && detail::is_sound<detail::projection_verdict<State>>;

}  // namespace annals

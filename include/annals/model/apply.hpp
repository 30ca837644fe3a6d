// How one event reaches a state: which `apply` is meant, and what counts as one.
//
// Four shapes are looked for, in this order; `apply` returns void and takes the event as `const E&` or by value:
//     member  apply(const E&)              member  apply(const E&, const context&)
//     free    apply(State&, const E&)      free    apply(State&, const E&, const context&)     (found by ADL)
// A member may be const, static, noexcept or for lvalues only (`&`). Only an exact match counts: not an implicit conversion
// of the event, not a base class of it, not a template that takes anything.
#pragma once

#include <annals/model/context.hpp>

#include <concepts>

namespace annals::detail {

enum class apply_shape { none, member, member_with_context, free, free_with_context };

/// An event that no domain declares: an `apply` that takes it takes anything.
struct an_event_that_nobody_declared {};

// A member function is exact if its address can be taken as a function of just this event; `static_cast` picks the
// overload. Calling it with a probe that converts to just one type would be exact, too, but takes time quadratic in the list.
template <class State, class... Arguments>
concept has_member_of_shape =
    requires { static_cast<void (State::*)(Arguments...)>(&State::apply); } ||
    requires { static_cast<void (State::*)(Arguments...) const>(&State::apply); } ||
    requires { static_cast<void (*)(Arguments...)>(&State::apply); } ||
    requires { static_cast<void (State::*)(Arguments...) &>(&State::apply); } ||
    requires { static_cast<void (State::*)(Arguments...) const&>(&State::apply); };

// The shape that almost all have: asked first, and called through its address, for which the compiler compares types and
// does not try to convert the event to what each of the overloads takes.
template <class State, class E>
concept has_usual_member = requires { static_cast<void (State::*)(const E&)>(&State::apply); };

template <class State, class E, class... Context>
concept has_member = has_member_of_shape<State, const E&, const Context&...> || has_member_of_shape<State, E, const Context&...>;

// Free functions have no address that ADL could find, so the user's `apply` competes with one that takes anything
// perfectly: it wins only if it is no template and takes just this event.
namespace competition {

struct loser {};
template <class State, class E>
loser apply(State&, const E&);
template <class State, class E>
loser apply(State&, const E&, const context&);

template <class State, class E, class... Context>
concept has_free = requires(State& state, const E& event, const Context&... where) {
    { apply(state, event, where...) } -> std::same_as<void>;
};

}  // namespace competition

// The same competition for members, needed only where a member template takes anything. Two calls, because a template
// on the better-fitting constness would win over the exact function.
template <class State>
struct member_competition : State {
    using State::apply;
    template <class E>
    competition::loser apply(const E&);
    template <class E>
    competition::loser apply(const E&) const;
    template <class E>
    competition::loser apply(const E&, const context&);
    template <class E>
    competition::loser apply(const E&, const context&) const;
};

template <class Competition, class E, class... Context>
concept member_wins = requires(Competition& state, const E& event, const Context&... where) {
    { state.apply(event, where...) } -> std::same_as<void>;
};

template <class State, class... Context>
inline constexpr bool member_takes_anything = has_member<State, an_event_that_nobody_declared, Context...>;
template <class State, class... Context>
inline constexpr bool free_takes_anything = competition::has_free<State, an_event_that_nobody_declared, Context...>;

template <class State, class E, class... Context>
consteval bool has_exact_member() {
    if constexpr (!has_member<State, E, Context...>)
        return false;
    else if constexpr (!member_takes_anything<State, Context...>)
        return true;
    else if constexpr (std::is_final_v<State>)
        return false;
    else
        return member_wins<member_competition<State>, E, Context...> ||
               member_wins<const member_competition<State>, E, Context...>;
}

template <class State, class E>
consteval apply_shape find_apply() {
    if constexpr (has_usual_member<State, E> && !member_takes_anything<State>)
        return apply_shape::member;
    else if constexpr (has_exact_member<State, E>())
        return apply_shape::member;
    else if constexpr (has_exact_member<State, E, context>())
        return apply_shape::member_with_context;
    else if constexpr (competition::has_free<State, E> && !free_takes_anything<State>)
        return apply_shape::free;
    else if constexpr (competition::has_free<State, E, context> && !free_takes_anything<State, context>)
        return apply_shape::free_with_context;
    else
        return apply_shape::none;
}

template <class State, class E>
inline constexpr apply_shape apply_shape_of = find_apply<State, E>();

/// Applies one event. `where()` makes its context; it is called only if the handler wants it.
template <class State, class E, class Where>
[[gnu::always_inline]] constexpr void apply_event(State& state, const E& event, const Where& where) {
    constexpr apply_shape shape = apply_shape_of<State, E>;
    if constexpr (shape == apply_shape::member && has_usual_member<State, E>)
        (state.*static_cast<void (State::*)(const E&)>(&State::apply))(event);
    else if constexpr (shape == apply_shape::member)
        state.apply(event);
    else if constexpr (shape == apply_shape::member_with_context)
        state.apply(event, where());
    else if constexpr (shape == apply_shape::free)
        apply(state, event);
    else
        apply(state, event, where());
}

}  // namespace annals::detail

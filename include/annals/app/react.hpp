// Which `react` is meant for an event. Three shapes; each takes the event as `const E&`:
//     react(const E&)     react(const E&, const context&)     react(const E&, const live&)
#pragma once

#include <annals/app/live.hpp>
#include <annals/model/apply.hpp>
#include <annals/model/context.hpp>
#include <annals/model/events.hpp>
#include <annals/model/type_list.hpp>


namespace annals::detail {

enum class react_shape { none, plain, with_context, with_live };

// Exact, as `has_member_of_shape` is: the address of a function of just these arguments.
template <class Actor, class Result, class... Arguments>
concept has_react = requires {
    static_cast<Result (Actor::*)(Arguments...) const>(&Actor::react);
}
|| requires { static_cast<Result (Actor::*)(Arguments...)>(&Actor::react); }
|| requires { static_cast<Result (*)(Arguments...)>(&Actor::react); };

template <class Actor, class Result, class E>
consteval react_shape find_react() {
    if constexpr (has_react<Actor, Result, const an_event_that_nobody_declared&> ||
                  has_react<Actor, Result, const an_event_that_nobody_declared&, const live&>)
        return react_shape::none;
    else if constexpr (has_react<Actor, Result, const E&>)
        return react_shape::plain;
    else if constexpr (has_react<Actor, Result, const E&, const context&>)
        return react_shape::with_context;
    else if constexpr (has_react<Actor, Result, const E&, const live&>)
        return react_shape::with_live;
    else
        return react_shape::none;
}
template <class Actor, class Result, class E>
inline constexpr react_shape react_shape_of = find_react<Actor, Result, E>();

template <class Actor, class Result, class List>
struct unreacted_in;
template <class Actor, class Result, class... E>
struct unreacted_in<Actor, Result, events<E...>> {
    static constexpr bool flags[] = {(react_shape_of<Actor, Result, E> == react_shape::none)..., false};
    using type                    = typename filter<events<E...>, flags>::type;
};

/// Calls the `react` that is meant.
template <class Result, class Actor, class E>
Result react_to(Actor& actor, const E& event, const context& where, timestamp now) {
    constexpr react_shape shape = react_shape_of<std::remove_const_t<Actor>, Result, E>;
    if constexpr (shape == react_shape::plain)
        return actor.react(event);
    else if constexpr (shape == react_shape::with_context)
        return actor.react(event, where);
    else
        return live_maker::with(where, now, [&](const live& proof) { return actor.react(event, proof); });
}

}  // namespace annals::detail

// An aggregate: a projection of one stream that also decides commands.
#pragma once

#include <annals/model/decision.hpp>
#include <annals/model/projection.hpp>

#include <concepts>
#include <type_traits>
#include <utility>

namespace annals {

/// Mistake: the aggregate lists these commands, but has no `decide` that takes just them.
template <class Aggregate, class Missing>
struct command_without_decide {
    static consteval void explain() {
        static_assert(detail::never<Aggregate>,
                      "annals: give the aggregate `decision<...> decide(const C&) const` for each command named above; a "
                      "conversion, a base class or a template that takes anything does not count");
    }
};

/// Mistake: the aggregate has no list `using commands = annals::commands<…>`.
template <class Aggregate>
struct no_commands_are_listed_by {
    static consteval void explain() {
        static_assert(detail::never<Aggregate>,
                      "annals: give the aggregate `using commands = annals::commands<...>`, complete and public");
    }
};

/// Mistake: `decide` for this command returns something else than an `annals::decision`.
template <class Aggregate, class Command>
struct decide_returns_no_decision {
    static consteval void explain() {
        static_assert(detail::never<Aggregate>, "annals: let `decide` return annals::decision<Events, Refusal>");
    }
};

/// Mistake: a decision may yield events that the aggregate does not list.
template <class Aggregate, class Yielded>
struct decision_yields_event_that_is_not_listed {
    static consteval void explain() {
        static_assert(detail::never<Aggregate>, "annals: add the event to the aggregate's `events` and give it an `apply`");
    }
};

/// Mistake: a command is handed to an aggregate that does not list it.
template <class Aggregate, class Command>
struct command_that_the_aggregate_does_not_list {
    static consteval void explain() {
        static_assert(detail::never<Aggregate>, "annals: add the command to the aggregate's `commands` and give it a `decide`");
    }
};

namespace detail {

enum class decide_shape { none, member, free };

template <class State, class C>
concept calls_member_decide = requires(const State& state, const C& command) { state.decide(command); };

template <class State, class C>
using member_decision = decltype(std::declval<const State&>().decide(std::declval<const C&>()));

// Exact for the same reason as `has_member_of_shape`.
template <class State, class C>
concept has_member_decide =
    calls_member_decide<State, C> &&
    (requires { static_cast<member_decision<State, C> (State::*)(const C&) const>(&State::decide); } ||
     requires { static_cast<member_decision<State, C> (*)(const C&)>(&State::decide); } ||
     requires { static_cast<member_decision<State, C> (State::*)(const C&) const&>(&State::decide); } ||
     requires { static_cast<member_decision<State, C> (State::*)(C) const>(&State::decide); } ||
     requires { static_cast<member_decision<State, C> (*)(C)>(&State::decide); });

namespace competition {

template <class State, class C>
loser decide(const State&, const C&);

template <class State, class C>
auto free_decision(const State& state, const C& command) -> decltype(decide(state, command));

template <class State, class C>
concept has_free_decide = requires(const State& state, const C& command) {
    free_decision(state, command);
    requires !std::same_as<decltype(free_decision(state, command)), loser>;
};

}  // namespace competition

// Whether a template takes any command is asked without looking into its body: its result may be deduced from a field
// that the stranger lacks. So a member template is told by the address of a function of any result.
template <class State>
concept member_decides_anything = has_member_decide<State, an_event_that_nobody_declared>;

template <class State, class C>
consteval decide_shape find_decide() {
    if constexpr (has_member_decide<State, C>) {
        if constexpr (!member_decides_anything<State>) return decide_shape::member;
        return decide_shape::none;
    } else if constexpr (competition::has_free_decide<State, C> &&
                         !competition::has_free_decide<State, an_event_that_nobody_declared>)
        return decide_shape::free;
    else
        return decide_shape::none;
}

template <class State, class C>
inline constexpr decide_shape decide_shape_of = find_decide<State, C>();

/// What the aggregate decides on a command.
template <class State, class C>
constexpr auto decide_command(const State& state, const C& command) {
    if constexpr (decide_shape_of<State, C> == decide_shape::member)
        return state.decide(command);
    else
        return decide(state, command);
}

template <class State, class C>
using decision_on = decltype(decide_command(std::declval<const State&>(), std::declval<const C&>()));

template <class State>
concept lists_commands = requires { typename State::commands; } && is_command_list<typename State::commands>;

template <class State, class C>
consteval auto judge_decision() {
    if constexpr (!is_decision<decision_on<State, C>>)
        return decide_returns_no_decision<State, C>{};
    else {
        using yielded = difference<typename decision_on<State, C>::events, flat<typename State::events>>;
        if constexpr (yielded::size != 0)
            return decision_yields_event_that_is_not_listed<State, yielded>{};
        else
            return sound_design{};
    }
}

template <class State, class List>
struct decisions_on;
template <class State, class... C>
struct decisions_on<State, commands<C...>> {
    static constexpr bool flags[] = {(decide_shape_of<State, C> == decide_shape::none)..., false};
    using missing                 = typename filter<commands<C...>, flags>::type;

    static constexpr auto judge() { return first_mistake<decltype(judge_decision<State, C>())...>(); }
};

/// The verdict on an aggregate: `sound_design`, or the first mistake.
template <class State>
consteval auto judge_aggregate() {
    if constexpr (!is_sound<projection_verdict<State>>)
        return projection_verdict<State>{};
    else if constexpr (!lists_commands<State>)
        return no_commands_are_listed_by<State>{};
    else if constexpr (!is_sound<decltype(judge_list<typename State::commands>())>)
        return judge_list<typename State::commands>();
    else {
        using decisions = decisions_on<State, flat<typename State::commands>>;
        if constexpr (decisions::missing::size != 0)
            return command_without_decide<State, typename decisions::missing>{};
        else
            return decisions::judge();
    }
}

/// The verdict on a command for an aggregate that is sound.
template <class Aggregate, class C>
consteval auto judge_command() {
    if constexpr (!contains<typename Aggregate::commands, C>)
        return command_that_the_aggregate_does_not_list<Aggregate, C>{};
    else
        return sound_design{};
}

template <class State>
using aggregate_verdict = decltype(judge_aggregate<State>());

}  // namespace detail

/// A projection of one stream with `using commands = annals::commands<…>` and an exact `decide` for each of them, which
/// yields only events that the aggregate lists. Ask it of complete types only.
template <class State>
concept aggregate = projection<State> && detail::is_sound<detail::aggregate_verdict<State>>;

}  // namespace annals

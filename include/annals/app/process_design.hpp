// What a process has to have, and how it is told what is missing.
#pragma once

#include <annals/app/react.hpp>
#include <annals/app/reaction.hpp>
#include <annals/app/repository.hpp>
#include <annals/log/event_log.hpp>

#include <string>
#include <string_view>
#include <type_traits>

namespace annals {

/// Mistake: the process has no `react` for these: inputs that it lists, timeouts, or refusals of commands that it sends.
template <class Process, class Missing>
struct event_without_react {
    static consteval void explain() {
        static_assert(detail::never<Process>,
                      "annals: give the process `annals::reaction<P> react(const E&) const` for each event named above; behind the event "
                      "it may take `const annals::context&` or `const annals::live&`");
    }
};
/// Mistake: of these inputs the process does not say which of its instances is meant.
template <class Process, class Missing>
struct input_without_instance {
    static consteval void explain() {
        static_assert(detail::never<Process>,
                      "annals: give the process `static std::string instance(const E&)` for each of its inputs: the id behind its stream's name");
    }
};
/// Mistake: the process has no list `using inputs = annals::events<…>`.
template <class Process>
struct no_inputs_are_listed_by {
    static consteval void explain() {
        static_assert(detail::never<Process>,
                      "annals: give the process `using inputs = annals::events<...>`: the events of the log that it reacts to");
    }
};
/// Mistake: what is recorded in a process's stream is not in the log's list.
template <class Process, class Missing>
struct process_event_that_the_log_does_not_list {
    static consteval void explain() {
        static_assert(detail::never<Process>, "annals: add annals::process_events<P> to the list that the log is made with");
    }
};
/// Mistake: `sends` of a process is no list of whom it sends which commands.
template <class Process>
struct sends_that_name_no_commands {
    static consteval void explain() {
        static_assert(detail::never<Process>, "annals: write `using sends = annals::sends<annals::to<Aggregate, C...>...>` in the process");
    }
};
/// Mistake: a process has the category of aggregates to which it sends commands; its streams would be theirs.
template <class Process, class Aggregate>
struct process_with_the_category_of {
    static consteval void explain() {
        static_assert(detail::never<Process>, "annals: give the process another `static constexpr std::string_view category`");
    }
};

namespace detail {

template <class Process>
concept lists_inputs = requires { typename Process::inputs; } && is_event_list<typename Process::inputs>;

template <class Process, class E>
concept has_instance = requires { static_cast<std::string (*)(const E&)>(&Process::instance); } ||
                       requires { static_cast<std::string_view (*)(const E&)>(&Process::instance); };

template <class Process, class List>
struct nameless_in;
template <class Process, class... E>
struct nameless_in<Process, events<E...>> {
    static constexpr bool flags[] = {!has_instance<Process, E>..., false};
    using type                    = typename filter<events<E...>, flags>::type;
};

/// What a process reacts to: inputs, its timeouts, refusals of its commands.
template <class Process>
using reacts_to = join<flat<typename Process::inputs>, typename timeouts_of<Process>::type, refusals_of<Process>>;

template <class Held, class Process, class Aggregate, class... C>
consteval auto judge_target(std::type_identity<to<Aggregate, C...>>) {
    if constexpr (category_name<Process>() == category_name<Aggregate>())
        return process_with_the_category_of<Process, Aggregate>{};
    else if constexpr (!is_sound<decltype(judge_repository<Held, Aggregate>())>)
        return judge_repository<Held, Aggregate>();
    else
        return first_mistake<sound_design, decltype(judge_command<Aggregate, C>())...>();
}
template <class Held, class Process, class... To>
consteval auto judge_targets(std::type_identity<sends<To...>>) {
    return first_mistake<sound_design, decltype(judge_target<Held, Process>(std::type_identity<To>{}))...>();
}

template <class Process>
concept names_other_sends = requires { typename Process::sends; } && !is_sends<typename Process::sends>;

/// The verdict on a process over a log of `Held`.
template <class Held, class Process>
consteval auto judge_process() {
    if constexpr (!is_sound<projection_verdict<Process>>)
        return projection_verdict<Process>{};
    else if constexpr (!is_sound<decltype(judge_category<Process>())>)
        return judge_category<Process>();
    else if constexpr (!lists_inputs<Process>)
        return no_inputs_are_listed_by<Process>{};
    else if constexpr (difference<typename Process::inputs, flat<Held>>::size != 0)
        return event_that_the_log_never_holds<Process, difference<typename Process::inputs, flat<Held>>>{};
    else if constexpr (names_other_sends<Process>)
        return sends_that_name_no_commands<Process>{};
    else if constexpr (!is_sound<decltype(judge_targets<Held, Process>(std::type_identity<typename sends_of<Process>::type>{}))>)
        return judge_targets<Held, Process>(std::type_identity<typename sends_of<Process>::type>{});
    else if constexpr (unreacted_in<Process, reaction<Process>, flat<reacts_to<Process>>>::type::size != 0)
        return event_without_react<Process, typename unreacted_in<Process, reaction<Process>, flat<reacts_to<Process>>>::type>{};
    else if constexpr (nameless_in<Process, flat<typename Process::inputs>>::type::size != 0)
        return input_without_instance<Process, typename nameless_in<Process, flat<typename Process::inputs>>::type>{};
    else if constexpr (difference<process_events<Process>, flat<Held>>::size != 0)
        return process_event_that_the_log_does_not_list<Process, difference<process_events<Process>, flat<Held>>>{};
    else
        return sound_design{};
}

}  // namespace detail
}  // namespace annals

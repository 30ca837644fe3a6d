// What a process does about an event: what it records, which commands it sends, and what it waits for.
#pragma once

#include <annals/model/aggregate.hpp>
#include <annals/schema/name.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace annals {

/// In a process: the commands that it sends to one type of aggregates.
template <class Aggregate, class... C>
struct to {};
/// In a process: all commands that it sends: `using sends = annals::sends<annals::to<stock, reserve, release>,
/// annals::to<order, confirm>>`.
template <class... To>
struct sends {};

namespace detail {

// A stored name for events that are made from others: the parts, with `-` between them.
template <const auto&... Part>
struct joined_name {
    static constexpr auto letters = [] {
        std::array<char, ((Part.size() + 1) + ...)> all{};
        std::size_t                                 at = 0;
        const auto add = [&](std::string_view part) {
            if (at != 0) all[at++] = '-';
            for (char letter : part) all[at++] = letter;
        };
        (add(Part), ...);
        return all;
    }();
    static constexpr std::string_view text{letters.data(), letters.size() - 1};
};
template <class Aggregate>
inline constexpr std::string_view kept_category = category_name<Aggregate>();
template <class E>
inline constexpr std::string_view kept_name = event_name<E>();
inline constexpr std::string_view word_refused = "refused", word_scheduled = "scheduled", word_reacted = "reacted";

}  // namespace detail

/// Recorded in a process's stream when one of its commands was refused, and then an input that it reacts to.
template <class Aggregate, class C>
struct command_refused {
    using refusal = typename detail::decision_on<Aggregate, C>::refusal;

    std::string id;  // of the aggregate
    C           command;
    refusal     reason;

    static constexpr std::string_view event_name =
        detail::joined_name<detail::kept_category<Aggregate>, detail::kept_name<C>, detail::word_refused>::text;
};

/// Recorded in a process's stream when it wants an event for itself later.
template <class Timeout>
struct scheduled {
    std::int64_t due;  // nanoseconds of UTC since 1970
    Timeout      timeout;

    static constexpr std::string_view event_name = detail::joined_name<detail::kept_name<Timeout>, detail::word_scheduled>::text;
};

/// Recorded in a process's stream when it did nothing about an event but send commands.
template <class Process>
struct reacted {
    static constexpr std::string_view event_name = detail::joined_name<detail::kept_category<Process>, detail::word_reacted>::text;
};

/// Mistake: a process sends a command that it does not name.
template <class Process, class Aggregate, class C>
struct command_that_the_process_does_not_send {
    static consteval void explain() {
        static_assert(detail::never<Process>, "annals: name it in the process: `using sends = annals::sends<annals::to<Aggregate, C...>...>`");
    }
};
/// Mistake: a process records an event, or waits for one, that it does not list.
template <class Process, class E>
struct event_that_the_process_does_not_list {
    static consteval void explain() {
        static_assert(detail::never<Process>, "annals: add what it records to the process's `events`, what it waits for to its `timeouts`");
    }
};

namespace detail {

// Of a process that lacks a list, or has something else in its place, nothing: it is told so where it is run.
template <class Process>
struct recorded_by {
    using type = events<>;
};
template <class Process>
    requires requires { typename Process::events; } && is_event_list<typename Process::events>
struct recorded_by<Process> {
    using type = typename Process::events;
};
template <class T>
inline constexpr bool is_sends = false;
template <class T>
inline constexpr bool is_to = false;
template <class Aggregate, class... C>
inline constexpr bool is_to<to<Aggregate, C...>> = true;
template <class... To>
inline constexpr bool is_sends<sends<To...>> = (is_to<To> && ...);

template <class Process>
struct timeouts_of {
    using type = events<>;
};
template <class Process>
    requires requires { typename Process::timeouts; }
struct timeouts_of<Process> {
    using type = flat<typename Process::timeouts>;
};
template <class Process>
struct sends_of {
    using type = sends<>;
};
template <class Process>
    requires requires { typename Process::sends; } && is_sends<typename Process::sends>
struct sends_of<Process> {
    using type = typename Process::sends;
};

/// A command and whom it is for.
template <class Aggregate, class C>
struct sent {
    using aggregate = Aggregate;
    using command   = C;

    std::string id;
    C           what;
};

template <class To>
struct sent_to;
template <class Aggregate, class... C>
struct sent_to<to<Aggregate, C...>> {
    using type = type_list<sent<Aggregate, C>...>;
};
template <class... List>
struct concatenation {
    using type = type_list<>;
};
template <class... A>
struct concatenation<type_list<A...>> {
    using type = type_list<A...>;
};
template <class... A, class... B, class... Rest>
struct concatenation<type_list<A...>, type_list<B...>, Rest...> : concatenation<type_list<A..., B...>, Rest...> {};

template <class Sends>
struct all_sent;
template <class... To>
struct all_sent<sends<To...>> : concatenation<typename sent_to<To>::type...> {};
/// All commands of a process, each as `sent<Aggregate, C>`.
template <class Process>
using commands_sent_by = typename all_sent<typename sends_of<Process>::type>::type;

template <class Sent>
inline constexpr bool can_be_refused =
    !std::is_same_v<typename decision_on<typename Sent::aggregate, typename Sent::command>::refusal, no_refusal>;

template <class List>
struct refusals_among;
template <class... Sent>
struct refusals_among<type_list<Sent...>> {
    template <class Each>
    static auto one() {
        if constexpr (can_be_refused<Each>)
            return type_list<command_refused<typename Each::aggregate, typename Each::command>>{};
        else
            return type_list<>{};
    }
    using type = typename rebind<typename concatenation<decltype(one<Sent>())...>::type, events>::type;
};
/// The refusals that a process has to react to.
template <class Process>
using refusals_of = typename refusals_among<commands_sent_by<Process>>::type;

template <class Timeouts>
struct schedules_of;
template <class... Timeout>
struct schedules_of<events<Timeout...>> {
    using type = events<scheduled<Timeout>...>;
};

// A delay may stand for never: it is no more than the longest time that there is.
template <class Rep, class Period>
constexpr std::int64_t nanoseconds_of(std::chrono::duration<Rep, Period> delay) {
    constexpr std::int64_t                longest = std::numeric_limits<std::int64_t>::max();
    const std::chrono::duration<double, std::nano> roughly = delay;
    if (roughly.count() >= static_cast<double>(longest)) return longest;
    if (roughly.count() <= -static_cast<double>(longest)) return -longest;
    return std::chrono::duration_cast<std::chrono::duration<std::int64_t, std::nano>>(delay).count();
}
constexpr std::int64_t later_by(std::int64_t delay, std::int64_t time) {
    if (time > 0 && delay > std::numeric_limits<std::int64_t>::max() - time) return std::numeric_limits<std::int64_t>::max();
    if (time < 0 && delay < std::numeric_limits<std::int64_t>::min() - time) return std::numeric_limits<std::int64_t>::min();
    return time + delay;
}

template <class List>
struct variant_over;
template <template <class...> class List, class... T>
struct variant_over<List<T...>> {
    using type = std::variant<std::monostate, T...>;
};

}  // namespace detail

/// All events that may stand in a process's stream: its own, its timeouts, and what is recorded for it. For the list of the
/// log: `annals::events<order_events, annals::process_events<checkout>>`.
template <class Process>
using process_events =
    join<flat<typename detail::recorded_by<Process>::type>, typename detail::timeouts_of<Process>::type,
         typename detail::schedules_of<typename detail::timeouts_of<Process>::type>::type, detail::refusals_of<Process>,
         events<reacted<Process>>>;

/// What `react` returns: made empty, and filled in.
template <class Process>
class reaction {
public:
    /// An event for the process's own stream, which changes its state.
    template <class E>
    reaction& record(E event) {
        constexpr auto verdict          = judge_event<typename detail::recorded_by<Process>::type, E>();
        using accepted [[maybe_unused]] = typename decltype(verdict)::accepted;
        verdict.explain();
        if constexpr (detail::is_sound<decltype(verdict)>) recorded_.emplace_back(std::move(event));
        return *this;
    }
    /// A command to the aggregate of this id: carried out once, behind those that were sent before it.
    template <class Aggregate, class C>
    reaction& send(std::string id, C command) {
        constexpr auto verdict          = judge_command<Aggregate, C>();
        using accepted [[maybe_unused]] = typename decltype(verdict)::accepted;
        verdict.explain();
        if constexpr (detail::is_sound<decltype(verdict)>) sent_.emplace_back(detail::sent<Aggregate, C>{std::move(id), std::move(command)});
        return *this;
    }
    /// A timeout: an event for the process itself, so long after the event that it reacts to. Those that are due come in the
    /// order of their times. If it is no longer wanted by then, let `react` do nothing about it.
    template <class Rep, class Period, class Timeout>
    reaction& after(std::chrono::duration<Rep, Period> delay, Timeout timeout) {
        constexpr auto verdict          = judge_event<typename detail::timeouts_of<Process>::type, Timeout>();
        using accepted [[maybe_unused]] = typename decltype(verdict)::accepted;
        verdict.explain();
        if constexpr (detail::is_sound<decltype(verdict)>)
            scheduled_.emplace_back(
                scheduled<Timeout>{detail::nanoseconds_of(delay), std::move(timeout)});
        return *this;
    }

    /// What was filled in, each in its order.
    [[nodiscard]] const auto& recorded() const noexcept { return recorded_; }
    [[nodiscard]] const auto& sent() const noexcept { return sent_; }
    [[nodiscard]] const auto& scheduled_later() const noexcept { return scheduled_; }  // `due` is the delay here
    [[nodiscard]] bool        is_empty() const noexcept { return recorded_.empty() && sent_.empty() && scheduled_.empty(); }

private:
    template <class List, class E>
    static consteval auto judge_event() {
        if constexpr (contains<List, E>)
            return detail::sound_design{};
        else
            return event_that_the_process_does_not_list<Process, E>{};
    }
    template <class Aggregate, class C>
    static consteval auto judge_command() {
        if constexpr (detail::holds_once<detail::commands_sent_by<Process>, detail::sent<Aggregate, C>>)
            return detail::sound_design{};
        else
            return command_that_the_process_does_not_send<Process, Aggregate, C>{};
    }
    template <class List>
    using variants = std::vector<typename detail::variant_over<List>::type>;

    variants<flat<typename detail::recorded_by<Process>::type>>                                 recorded_;
    variants<detail::commands_sent_by<Process>>                                                 sent_;
    variants<typename detail::schedules_of<typename detail::timeouts_of<Process>::type>::type> scheduled_;
};

}  // namespace annals

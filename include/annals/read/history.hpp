// What happened, step by step: each event with the state that it led to, and when something was so for the first time.
#pragma once

#include <annals/log/event_log.hpp>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>

namespace annals {

/// A state as it was behind one event, and where that stands.
template <class State>
struct moment {
    State            state{};
    annals::version  version{};   // of the event, in its stream
    annals::position position{};  // of the event, in the whole log
    timestamp        time{};      // when the log accepted it
    uuid             id{};        // the event's
};

namespace detail {

/// Folds one event, and shows it to `see(event, where, state)`.
template <class State, class E, class See>
struct shown_step {
    State* state;
    See*   see;

    void operator()(const E& event, const context& where) const {
        deliver(*state, event, [&]() -> const context& { return where; });
        (*see)(event, where, std::as_const(*state));
    }
};

/// A reader of what a projection handles, each step of which is shown.
template <class State, class See, class... E>
auto shown_steps(State& state, See& see, events<E...>) {
    return handlers{shown_step<State, E, See>{&state, &see}..., otherwise()};
}

/// Folds what lies before `what` begins, so that its first step is the right one.
template <class State, event_log Log, class Unit>
expected<void, error> fold_before(const Log& log, query<Unit> what, State& state) {
    if (what.first <= 1) return {};
    what.last  = std::min(what.last, what.first - 1);
    what.first = 1;
    what.most  = unlimited;
    auto read  = log.read(what, state);
    if (!read) return unexpected<error>(std::move(read.error()));
    return {};
}

inline unexpected<error> told_backwards() {
    return unexpected<error>(error{errc::out_of_range, "a state is folded forwards: ask without backwards()", {}});
}

}  // namespace detail

/// Shows each event that `what` selects and `State` handles, with the state after it: `see(event, where, state)`, for which a
/// generic lambda will do. Where the query begins later, what lies before is folded too, and not shown. Answers what was read.
/// Errors: those of the log's `read`; `out_of_range` if the query goes backwards. Throws what handlers and `see` throw.
template <class State, event_log Log, class Unit, class See>
[[nodiscard]] expected<read_result, error> history(const Log& log, const query<Unit>& what, See&& see) {
    constexpr auto verdict          = detail::judge_reading<typename Log::events, State>();
    using accepted [[maybe_unused]] = typename decltype(verdict)::accepted;
    verdict.explain();
    if constexpr (!detail::is_sound<decltype(verdict)>)
        return read_result{};
    else {
        if (what.descending) return detail::told_backwards();
        State state{};
        if (auto done = detail::fold_before(log, what, state); !done) return unexpected<error>(std::move(done.error()));
        return log.read(what, detail::shown_steps(state, see, flat<typename State::events>{}));
    }
}

/// The first event that `what` selects after which `holds(state)` is true, and the state then; nothing if there was none.
/// Events before the beginning of the query are folded, and not asked about. Reads in pieces, and no further than the piece in
/// which it is found. Errors: those of the log's `read`; `out_of_range` if the query goes backwards. Throws what handlers and
/// `holds` throw.
template <class State, event_log Log, class Unit, class Predicate>
[[nodiscard]] expected<std::optional<moment<State>>, error> first_when(const Log& log, const query<Unit>& what,
                                                                       Predicate&& holds) {
    constexpr std::uint64_t piece   = 8192;  // events
    constexpr auto          verdict = detail::judge_reading<typename Log::events, State>();
    using accepted [[maybe_unused]] = typename decltype(verdict)::accepted;
    verdict.explain();
    std::optional<moment<State>> found;
    if constexpr (detail::is_sound<decltype(verdict)>) {
        if (what.descending) return detail::told_backwards();
        State state{};
        if (auto done = detail::fold_before(log, what, state); !done) return unexpected<error>(std::move(done.error()));
        const auto see = [&](const auto&, const context& where, const State& now) {
            if (!found && holds(now)) found = moment<State>{now, where.version, where.position, where.time, where.id};
        };
        auto next = what;
        for (std::uint64_t left = what.most; !found && left != 0;) {
            next.most       = std::min(left, piece);
            const auto read = log.read(next, detail::shown_steps(state, see, flat<typename State::events>{}));
            if (!read) return unexpected<error>(read.error());
            if (read->count < next.most) break;
            left -= read->count;
            next.first = (what.scope == query_scope::stream ? read->version.value : read->position.value) + 1;
        }
    }
    return found;
}

}  // namespace annals

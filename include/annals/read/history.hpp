// What happened, step by step: each event with the state that it led to, and when something was so for the first time.
#pragma once

#include <annals/log/event_log.hpp>
#include <annals/read/loaded_with_snapshot.hpp>
#include <annals/read/milestones.hpp>
#include <annals/read/snapshot.hpp>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <type_traits>
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

/// A reader that folds until something is so, and remembers the event after which it was. Folds nothing behind that. A context
/// is made of that one event only, and of those of which the state wants one. Stays where it is: what asks about the state
/// behind each event gains nothing from registers.
template <class State, class Predicate>
struct searching {
    using events = typename State::events;

    State          state{};
    Predicate*     holds;
    annals::moment<State>* found;  // all of it but the state
    bool           is_found = false;

    searching(State begun, Predicate& asked, annals::moment<State>& place) : state(std::move(begun)), holds(&asked), found(&place) {}
    searching(const searching&) = delete;
    searching& operator=(const searching&) = delete;
};
template <class State, class Predicate, class E, class Where>
[[gnu::always_inline]] constexpr void deliver(searching<State, Predicate>& reader, const E& event, const Where& where) {
    if (reader.is_found) return;
    deliver(reader.state, event, where);
    if (!(*reader.holds)(std::as_const(reader.state))) return;
    const context& at      = where();
    reader.found->version  = at.version;
    reader.found->position = at.position;
    reader.found->time     = at.time;
    reader.found->id       = at.id;
    reader.is_found        = true;
}
template <class Held, class State, class Predicate>
struct reading<Held, searching<State, Predicate>> : reading<Held, State> {};

/// Folds what lies between a kept state and where `what` begins, so that its first step is the right one.
template <class State, event_log Log, class Unit>
expected<void, error> fold_before(const Log& log, query<Unit> what, loaded_with_snapshot<State>& made) {
    if (what.first <= made.place + 1) return {};
    what.last  = std::min(what.last, what.first - 1);
    what.first = 1;
    what.most  = unlimited;
    return made.go_on(log, what);
}

inline unexpected<error> told_backwards() {
    return unexpected<error>(error{errc::out_of_range, "a state is folded forwards: ask without backwards()", {}});
}

/// What is kept from before `what` begins.
template <class State, event_log Log, class Unit, class Store>
loaded_with_snapshot<State> kept_before(const Log& log, const query<Unit>& what, Store& store) {
    return nearest_kept<State>(log, what, store, [&](const auto& kept) { return kept.place < what.first; });
}

template <class State, event_log Log, class Unit, class See>
expected<read_result, error> history_behind(loaded_with_snapshot<State> made, const Log& log, const query<Unit>& what,
                                            See& see) {
    if (auto done = fold_before(log, what, made); !done) return unexpected<error>(std::move(done.error()));
    return log.read(what, shown_steps(made.state, see, flat<typename State::events>{}));
}

template <class State, event_log Log, class Unit, class Predicate>
expected<std::optional<annals::moment<State>>, error> first_behind(loaded_with_snapshot<State> made, const Log& log,
                                                                   const query<Unit>& what, Predicate& holds) {
    constexpr std::uint64_t              piece = 8192;  // events
    std::optional<annals::moment<State>> found;
    if (auto done = fold_before(log, what, made); !done) return unexpected<error>(std::move(done.error()));
    annals::moment<State>       place;
    searching<State, Predicate> reader(std::move(made.state), holds, place);
    auto                        next = what;
    next.first                       = std::max(what.first, made.place + 1);
    for (std::uint64_t left = what.most; !reader.is_found && left != 0;) {
        next.most       = std::min(left, piece);
        const auto read = log.read(next, reader);
        if (!read) return unexpected<error>(read.error());
        if (read->count < next.most) break;
        left -= read->count;
        next.first = (what.scope == query_scope::stream ? read->version.value : read->position.value) + 1;
    }
    if (reader.is_found) {
        place.state = std::move(reader.state);
        found       = std::move(place);
    }
    return found;
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
        return detail::history_behind<State>({}, log, what, see);
    }
}
/// The same. What lies before the query is folded from the nearest snapshot or milestone that the store has.
template <class State, event_log Log, class Unit, class See, snapshot_store Store>
[[nodiscard]] expected<read_result, error> history(const Log& log, const query<Unit>& what, See&& see, Store& store) {
    constexpr auto verdict          = detail::judge_reading<typename Log::events, State>();
    using accepted [[maybe_unused]] = typename decltype(verdict)::accepted;
    verdict.explain();
    if constexpr (!detail::is_sound<decltype(verdict)>)
        return read_result{};
    else {
        if (what.descending) return detail::told_backwards();
        return detail::history_behind(detail::kept_before<State>(log, what, store), log, what, see);
    }
}

/// The first event that `what` selects after which `holds(state)` is true, and the state then; nothing if there was none.
/// Events before the beginning of the query are folded, and not asked about; those behind that event are not folded. Reads in
/// pieces, and no further than the piece in which it is found. Errors: those of the log's `read`; `out_of_range` if the query
/// goes backwards. Throws what handlers and `holds` throw.
template <class State, event_log Log, class Unit, class Predicate>
[[nodiscard]] expected<std::optional<moment<State>>, error> first_when(const Log& log, const query<Unit>& what,
                                                                       Predicate&& holds) {
    constexpr auto verdict          = detail::judge_reading<typename Log::events, State>();
    using accepted [[maybe_unused]] = typename decltype(verdict)::accepted;
    verdict.explain();
    if constexpr (!detail::is_sound<decltype(verdict)>)
        return std::optional<moment<State>>{};
    else {
        if (what.descending) return detail::told_backwards();
        return detail::first_behind<State>({}, log, what, holds);
    }
}
/// The same answer, with the snapshot and the milestones that the store has. What lies before the query is folded from the
/// nearest. Of what the query selects nothing is skipped, for the predicate may have held for a while anywhere; unless it is
/// `once_true_stays(predicate)`, and the query has no limit: then the search begins at the last that is kept at which it does
/// not hold.
template <class State, event_log Log, class Unit, class Predicate, snapshot_store Store>
[[nodiscard]] expected<std::optional<moment<State>>, error> first_when(const Log& log, const query<Unit>& what,
                                                                       Predicate&& holds, Store& store) {
    constexpr auto verdict          = detail::judge_reading<typename Log::events, State>();
    using accepted [[maybe_unused]] = typename decltype(verdict)::accepted;
    verdict.explain();
    if constexpr (!detail::is_sound<decltype(verdict)>)
        return std::optional<moment<State>>{};
    else {
        if (what.descending) return detail::told_backwards();
        const auto is_behind_us = [&](const auto& kept) {
            if (kept.place < what.first) return true;
            if constexpr (detail::stays_true<std::remove_cvref_t<Predicate>>)
                return what.most == unlimited && !holds(kept.state);
            else
                return false;
        };
        return detail::first_behind(detail::nearest_kept<State>(log, what, store, is_behind_us), log, what, holds);
    }
}

}  // namespace annals

// Loading a projection with the help of a snapshot.
#pragma once

#include <annals/log/event_log.hpp>
#include <annals/model/type_text.hpp>
#include <annals/read/loaded.hpp>
#include <annals/read/snapshot.hpp>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

namespace annals {

namespace detail {

/// The name under which the snapshot of a projection of a query is kept.
template <class State, class Unit>
std::string snapshot_name(const query<Unit>& what) {
    std::string name{type_text<State>()};
    switch (what.scope) {
        case query_scope::stream: name += " of stream "; break;
        case query_scope::category: name += " of category "; break;
        case query_scope::whole_log: name += " of all"; break;
        case query_scope::tagged: name += " of what is tagged "; break;
    }
    return name.append(what.name);
}

/// An event as a snapshot knows it. The id is nil if there is none at the place.
struct event_at_place {
    uuid             id;
    timestamp        time;
    annals::position position;
};
template <event_log Log, class Unit>
event_at_place find_event(const Log& log, const query<Unit>& what, std::uint64_t place) {
    event_at_place found;
    query<Unit>    one;
    one.scope = what.scope;
    one.name  = what.name;
    one.first = one.last = place;
    if (place != 0)
        (void)log.read(one, handlers{otherwise([&](const auto&, const context& where) {
                           found = {where.id, where.time, where.position};
                       })});
    return found;
}

/// A state as it is stored. Nothing if there is no event, or the state holds a value that cannot be stored.
template <class State>
std::optional<stored_snapshot> snapshot_of(const State& state, std::uint64_t place, const event_at_place& event) {
    if (event.id.is_nil()) return {};
    stored_snapshot made{stored_state<State>::schema(), place, event.id, event.time, {}};
    if (!stored_state<State>::put(state, made.state)) return {};
    return made;
}

/// A projection that is loaded.
template <class State>
struct loaded_with_snapshot {
    State         state{};
    std::uint64_t place  = 0;  // of the last event that was selected
    std::uint64_t folded = 0;  // how many events had to be
    timestamp     since{};     // the time of the snapshot that it began with

    /// Begins with a snapshot, if that is one of this log, of this type, and of what the query selects.
    template <event_log Log, class Unit>
    void begin_with(const Log& log, const query<Unit>& what, const stored_snapshot& snapshot) {
        if (snapshot.schema != stored_state<State>::schema() || snapshot.place > what.last || snapshot.time > what.last_time)
            return;
        const event_at_place event = find_event(log, what, snapshot.place);
        if (event.id.is_nil() || event.id != snapshot.event || event.position > what.last_position) return;
        State kept{};
        if (!stored_state<State>::get(snapshot.state, kept)) return;
        state = std::move(kept);
        place = snapshot.place;
        since = snapshot.time;
    }

    /// Folds what follows.
    template <event_log Log, class Unit>
    expected<void, error> go_on(const Log& log, query<Unit> what) {
        what.first = std::max(what.first, place + 1);
        auto read  = log.read(what, state);
        if (!read) return unexpected<error>(std::move(read.error()));
        folded = read->count;
        if (read->count != 0) place = what.scope == query_scope::stream ? read->version.value : read->position.value;
        return {};
    }
};

/// Only a query that begins at the beginning has snapshots.
template <class Unit>
bool takes_snapshots(const query<Unit>& what) {
    return what.first <= 1 && what.most == unlimited && !what.descending;
}

/// Whether a query has no end. The state of an earlier moment does not take the place of the last one's.
template <class Unit>
bool goes_to_the_end(const query<Unit>& what) {
    const query<Unit> all;
    return what.last == all.last && what.last_position == all.last_position &&
           what.last_time.nanoseconds == all.last_time.nanoseconds;
}

/// Loads with the help of what the store has, and saves what `policy` wants.
template <class State, event_log Log, class Unit, class Store>
expected<loaded_with_snapshot<State>, error> load_through(const Log& log, const query<Unit>& what, Store& store,
                                                          const snapshot_policy& policy) {
    loaded_with_snapshot<State> made;
    const bool                  has_snapshots = takes_snapshots(what);
    const std::string           name          = snapshot_name<State>(what);
    if (has_snapshots)
        if (const auto kept = store.load(name); kept && *kept) made.begin_with(log, what, **kept);
    if (auto done = made.go_on(log, what); !done) return unexpected<error>(std::move(done.error()));
    if (!has_snapshots || !goes_to_the_end(what) || !policy.may_want(made.folded)) return made;
    const event_at_place event = find_event(log, what, made.place);
    if (policy.wants(made.folded, event.time.nanoseconds - made.since.nanoseconds))
        if (const auto fresh = snapshot_of(made.state, made.place, event)) (void)store.save(name, *fresh);
    return made;
}

}  // namespace detail

/// A projection of a query, as `replay` folds it, but beginning with a snapshot if `store` has one that fits: of just this
/// query (but for where it ends), of the same type, made from the events of this log. Else it begins with the first event.
/// Afterwards a new snapshot is saved if `policy` wants one and the query has no end. That the store fails, or holds nonsense,
/// is no error. A query that begins later, is limited or goes backwards has no snapshots. A type is another one if its fields
/// are; if other code folds it, give it another `static constexpr unsigned snapshot_revision`. Errors: those of the log's
/// `read`.
template <class State, event_log Log, class Unit, snapshot_store Store>
[[nodiscard]] expected<State, error> replay(const Log& log, const query<Unit>& what, Store& store,
                                            const snapshot_policy& policy = {}) {
    constexpr auto verdict          = detail::judge_reading<typename Log::events, State>();
    using accepted [[maybe_unused]] = typename decltype(verdict)::accepted;
    verdict.explain();
    if constexpr (!detail::is_sound<decltype(verdict)>)
        return State{};
    else {
        auto done = detail::load_through<State>(log, what, store, policy);
        if (!done) return unexpected<error>(std::move(done.error()));
        return std::move(done->state);
    }
}

/// Loads in the same way, and saves a snapshot in any case, if there is any event. Answers whether there is one now: not if
/// the state holds a value that cannot be stored. Errors: those of the log's `read`, and the store's.
template <class State, event_log Log, class Unit, snapshot_store Store>
expected<bool, error> save_snapshot(const Log& log, const query<Unit>& what, Store& store) {
    auto done = detail::load_through<State>(log, what, store, {});
    if (!done) return unexpected<error>(std::move(done.error()));
    if (!detail::takes_snapshots(what)) return false;
    const auto fresh = detail::snapshot_of(done->state, done->place, detail::find_event(log, what, done->place));
    if (!fresh) return false;
    if (auto saved = store.save(detail::snapshot_name<State>(what), *fresh); !saved)
        return unexpected<error>(std::move(saved.error()));
    return true;
}

/// How a repository loads with snapshots: `repository_of<account>(log, with_snapshots(store, every(100)))`. Refers to the
/// store.
template <snapshot_store Store>
class with_snapshots {
public:
    explicit with_snapshots(Store& store, const snapshot_policy& policy = {}) : store_(&store), policy_(policy) {}

    template <class State, event_log Log>
    [[nodiscard]] expected<loaded<State>, error> load(const Log& log, const stream_query& what) const {
        auto done = detail::load_through<State>(log, what, *store_, policy_);
        if (!done) return unexpected<error>(std::move(done.error()));
        return loaded<State>{std::move(done->state), version{done->place}};
    }

private:
    Store*          store_;
    snapshot_policy policy_;
};

}  // namespace annals

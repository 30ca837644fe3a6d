// Loading a projection with the help of a snapshot.
#pragma once

#include <annals/log/event_log.hpp>
#include <annals/model/type_text.hpp>
#include <annals/read/loaded.hpp>
#include <annals/read/snapshot.hpp>

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
    }
    return name.append(what.name);
}

/// A projection that is loaded, and what is needed to take its snapshot.
template <class State, event_log Log, class Unit>
class snapshot_loading {
public:
    snapshot_loading(const Log& log, const query<Unit>& what) : log_(log), what_(what) {}

    State         state{};
    std::uint64_t place  = 0;  // of the last event that was selected
    std::uint64_t folded = 0;  // how many events had to be

    /// Begins with a snapshot, if that is one of this log, of this type, and of what the query selects.
    void begin_with(const stored_snapshot& snapshot) {
        if (snapshot.schema != snapshot_schema<State>() || snapshot.place == 0 || snapshot.place > what_.last ||
            snapshot.time.nanoseconds > what_.last_time.nanoseconds)
            return;
        if (last_of(snapshot.place) != snapshot.event || at_ > what_.last_position) return;
        State kept{};
        if (!decode_into(snapshot.state, kept)) return;
        state = std::move(kept);
        place = snapshot.place;
        time_ = snapshot.time;
    }

    /// Folds what follows.
    expected<void, error> go_on() {
        query<Unit> rest = what_;
        rest.first       = place + 1;
        auto read        = log_.read(rest, state);
        if (!read) return unexpected<error>(std::move(read.error()));
        folded = read->count;
        if (read->count != 0) place = what_.scope == query_scope::stream ? read->version.value : read->position.value;
        return {};
    }

    /// Folds what a query selects that has no snapshots.
    expected<void, error> fold_all() {
        auto read = log_.read(what_, state);
        if (!read) return unexpected<error>(std::move(read.error()));
        place = what_.scope == query_scope::stream ? read->version.value : read->position.value;
        return {};
    }

    /// What there is to be saved, if the policy wants that.
    std::optional<stored_snapshot> to_save(const snapshot_policy& policy) {
        if (folded == 0 || policy.is_never() || (folded < policy.every && !policy.looks_at_times())) return {};
        auto made = snapshot();
        if (made && !policy.wants(folded, made->time.nanoseconds - time_.nanoseconds)) made.reset();
        return made;
    }

    /// The state as it is stored. Nothing if there is no event, or the state holds a value that cannot be stored.
    std::optional<stored_snapshot> snapshot() {
        stored_snapshot made;
        made.schema = snapshot_schema<State>();
        made.place  = place;
        made.event  = last_of(place);
        made.time   = last_time_;
        if (place == 0 || made.event.is_nil() || !encode(state, made.state)) return {};
        return made;
    }

private:
    // The id of the event at a place of the query, or nil if there is none.
    uuid last_of(std::uint64_t at) {
        uuid        found;
        query<Unit> one;
        one.scope = what_.scope;
        one.name  = what_.name;
        one.first = one.last = at;
        (void)log_.read(one, handlers{otherwise([&](const auto&, const context& where) {
                            found      = where.id;
                            last_time_ = where.time;
                            at_        = where.position;
                        })});
        return found;
    }

    const Log&         log_;
    const query<Unit>& what_;
    timestamp          time_;       // of the snapshot that was begun with
    timestamp          last_time_;  // of the event that was looked at last, …
    position           at_;         // … and its position
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
expected<snapshot_loading<State, Log, Unit>, error> load_through(const Log& log, const query<Unit>& what, Store& store,
                                                                 const snapshot_policy& policy) {
    snapshot_loading<State, Log, Unit> loading(log, what);
    if (!takes_snapshots(what)) {
        if (auto done = loading.fold_all(); !done) return unexpected<error>(std::move(done.error()));
        return loading;
    }
    const std::string name = snapshot_name<State>(what);
    if (const auto kept = store.load(name); kept && *kept) loading.begin_with(**kept);
    if (auto done = loading.go_on(); !done) return unexpected<error>(std::move(done.error()));
    if (goes_to_the_end(what))
        if (const auto fresh = loading.to_save(policy)) (void)store.save(name, *fresh);
    return loading;
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
    const auto fresh = done->snapshot();
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

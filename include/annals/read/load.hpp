// Loading a projection with the help of a snapshot.
#pragma once

#include <annals/log/event_log.hpp>
#include <annals/read/loaded.hpp>
#include <annals/read/loaded_with_snapshot.hpp>
#include <annals/read/milestones.hpp>
#include <annals/read/snapshot.hpp>

#include <string>
#include <utility>

namespace annals {

namespace detail {

/// Loads with the help of what the store has, and saves what `policy` wants.
template <class State, event_log Log, class Unit, class Store>
expected<loaded_with_snapshot<State>, error> load_through(const Log& log, const query<Unit>& what, Store& store,
                                                          const snapshot_policy& policy) {
    loaded_with_snapshot<State> made;
    const bool                  has_snapshots = takes_snapshots(what);
    const std::string           name          = snapshot_name<State>(what);
    if (has_snapshots && goes_to_the_end(what)) {
        if (const auto kept = store.load(name); kept && *kept) made.begin_with(log, what, **kept);
    } else if (has_snapshots) {
        made = nearest_kept<State>(log, what, store, [&](const auto& kept) { return is_within(what, kept); });
    }
    if (auto done = made.go_on(log, what); !done) return unexpected<error>(std::move(done.error()));
    if (!has_snapshots || !goes_to_the_end(what) || !policy.may_want(made.folded)) return made;
    const event_at_place event = find_event(log, what, made.place);
    if (policy.wants(made.folded, event.time.nanoseconds - made.since.nanoseconds))
        if (const auto fresh = snapshot_of(made.state, made.place, event)) (void)store.save(name, *fresh);
    return made;
}

}  // namespace detail

/// A projection of a query, as `replay` folds it, but beginning with a snapshot if `store` has one that fits: of just this
/// query (but for where it ends), of the same type, made from the events of this log; for a query with an end also a milestone.
/// Else it begins with the first event.
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

// Milestones: states kept from time to time, so that a look at any moment of the past begins near it. They are a cache, as
// snapshots are.
#pragma once

#include <annals/codec/binary.hpp>
#include <annals/log/event_log.hpp>
#include <annals/read/loaded_with_snapshot.hpp>
#include <annals/read/snapshot.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace annals {

/// A predicate that stays true once it is, at whatever events come: then a snapshot at which it does not hold says that it did
/// not hold before, and `first_when` begins there. That it stays so is the caller's word.
template <class Predicate>
struct once_true_stays {
    Predicate holds;

    constexpr explicit once_true_stays(Predicate predicate) : holds(std::move(predicate)) {}

    template <class State>
    constexpr bool operator()(const State& state) {
        return static_cast<bool>(holds(state));
    }
    template <class State>
    constexpr bool operator()(const State& state) const {
        return static_cast<bool>(holds(state));
    }
};

namespace detail {

template <class Predicate>
inline constexpr bool stays_true = false;
template <class Predicate>
inline constexpr bool stays_true<once_true_stays<Predicate>> = true;

/// The places of the milestones, ascending, as they are stored.
struct milestone_list {
    std::vector<std::uint64_t> places;
};

/// The milestones of a projection of a query in a store: a list of places, and a snapshot for each.
template <class State, class Store>
class kept_milestones {
public:
    template <class Unit>
    kept_milestones(Store& store, const query<Unit>& what) : store_(store), name_(snapshot_name<State>(what)) {
        const auto kept = store_.load(name_ + " milestones");
        if (!kept || !*kept || (*kept)->schema != stored_state<State>::schema()) return;
        if (!decode_into((*kept)->state, list_)) list_ = {};
    }

    [[nodiscard]] std::size_t size() const { return list_.places.size(); }
    [[nodiscard]] std::string name_of_last_snapshot() const { return name_; }
    [[nodiscard]] std::string name(std::size_t index) const { return name_ + " at " + std::to_string(list_.places[index]); }

    expected<void, error> add(const stored_snapshot& fresh) {
        list_.places.push_back(fresh.place);
        auto done = store_.save(name(size() - 1), fresh);
        return done ? save_list() : done;
    }
    void drop_last() {
        (void)store_.remove(name(size() - 1));
        list_.places.pop_back();
    }

private:
    expected<void, error> save_list() {
        stored_snapshot record;
        record.schema = stored_state<State>::schema();
        (void)encode(list_, record.state);
        return store_.save(name_ + " milestones", record);
    }

    Store&         store_;
    std::string    name_;
    milestone_list list_;
};

/// What a query selects, without where it begins and ends.
template <class Unit>
query<Unit> without_ends(const query<Unit>& what) {
    query<Unit> all;
    all.scope = what.scope;
    all.name  = what.name;
    return all;
}

/// Whether something is not behind the end of a query.
template <class State, class Unit>
bool is_within(const query<Unit>& what, const loaded_with_snapshot<State>& kept) {
    return kept.place <= what.last && kept.since <= what.last_time && kept.began <= what.last_position;
}

/// The latest state that a store has of what a query selects, wherever that begins and ends, of those that `accept` takes: the
/// last snapshot or a milestone. Where it takes one, it takes all that are earlier. The default state if there is none.
template <class State, event_log Log, class Unit, snapshot_store Store, class Accept>
loaded_with_snapshot<State> nearest_kept(const Log& log, const query<Unit>& what, Store& store, Accept&& accept) {
    const kept_milestones<State, Store> milestones(store, what);
    const query<Unit>                   all = without_ends(what);
    loaded_with_snapshot<State>         best;
    const auto                          takes = [&](const std::string& name) {
        const auto kept = store.load(name);
        if (!kept || !*kept) return false;
        loaded_with_snapshot<State> found;
        found.begin_with(log, all, **kept);
        if (found.place == 0 || !accept(std::as_const(found))) return false;
        if (found.place > best.place) best = std::move(found);
        return true;
    };
    (void)takes(milestones.name_of_last_snapshot());
    std::size_t low = 0, high = milestones.size();
    while (low < high) {
        const std::size_t middle = low + (high - low) / 2;
        if (takes(milestones.name(middle)))
            low = middle + 1;
        else
            high = middle;
    }
    return best;
}

}  // namespace detail

/// Keeps the state behind every `interval` events that a query selects, beside the last snapshot: what is asked about the past
/// with this store folds no more than that then. Goes on behind the milestones that are there, and answers how many there are
/// now; none if the query begins later, is limited or goes backwards, or the state holds a value that cannot be stored. Errors:
/// those of the log's `read`, and the store's.
template <class State, event_log Log, class Unit, snapshot_store Store>
expected<std::uint64_t, error> keep_milestones(const Log& log, const query<Unit>& what, Store& store, std::uint64_t interval) {
    constexpr auto verdict          = detail::judge_reading<typename Log::events, State>();
    using accepted [[maybe_unused]] = typename decltype(verdict)::accepted;
    verdict.explain();
    if constexpr (!detail::is_sound<decltype(verdict)>)
        return 0;
    else {
        if (!detail::takes_snapshots(what)) return std::uint64_t{0};
        detail::kept_milestones<State, Store> milestones(store, what);
        detail::loaded_with_snapshot<State>   made;
        while (milestones.size() != 0) {
            const auto kept = store.load(milestones.name(milestones.size() - 1));
            if (kept && *kept) made.begin_with(log, detail::without_ends(what), **kept);
            if (made.place != 0) break;
            milestones.drop_last();  // the log lost what it was made of, or the store lost it
        }
        auto next = what;
        next.most = std::max<std::uint64_t>(interval, 1);
        for (;;) {
            if (auto done = made.go_on(log, next); !done) return unexpected<error>(std::move(done.error()));
            if (made.folded < next.most) return milestones.size();
            const auto fresh = detail::snapshot_of(made.state, made.place, detail::find_event(log, what, made.place));
            if (!fresh) return milestones.size();
            if (auto done = milestones.add(*fresh); !done) return unexpected<error>(std::move(done.error()));
        }
    }
}

}  // namespace annals

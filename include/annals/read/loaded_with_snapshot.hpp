// What a load begins with: a snapshot that fits, and what is folded behind it.
#pragma once

#include <annals/log/event_log.hpp>
#include <annals/model/type_text.hpp>
#include <annals/read/snapshot.hpp>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

namespace annals::detail {

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
    position      began{};     // and its position in the whole log

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
        began = event.position;
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

}  // namespace annals::detail

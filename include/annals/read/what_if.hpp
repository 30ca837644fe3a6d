// What would have been: a branch of what happened, with other events at some point of the past. The log is only read.
#pragma once

#include <annals/log/event_log.hpp>
#include <annals/model/replay.hpp>
#include <annals/read/diff.hpp>
#include <annals/read/history.hpp>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace annals {

/// What is, and what would be.
template <class State>
struct branched {
    State                           actual{};
    State                           hypothetical{};
    std::optional<annals::position> parted{};  // of the first event behind which they differed; nothing if they never did

    /// What would be different now, field by field.
    [[nodiscard]] std::vector<field_difference> diff() const { return annals::diff(actual, hypothetical); }
};

namespace detail {

/// Another past at one place: something that happened behind it, or that what is there did not happen.
template <class State>
struct changed_past {
    std::uint64_t                               place;
    std::function<void(State&, const context&)> insert;  // empty for a removal
};

/// Goes along a log with both states.
template <class State>
class branch_walk {
public:
    branch_walk(const std::vector<changed_past<State>>& changes, branched<State>& both)
        : both_(both), next_(changes.data()), end_(next_ + changes.size()) {
        go_on_to(0, false, context{}, [](State&) {});
    }

    template <class E>
    void step(const E& event, const context& where, std::uint64_t place) {
        go_on_to(place, true, where, [&](State& state) {
            if constexpr (reads<State, E>) deliver(state, event, [&]() -> const context& { return where; });
        });
        if (!has_changed_ || both_.parted || equal_fields(both_.actual, both_.hypothetical)) return;
        both_.parted = where.position;
    }

    /// Whether each change was come by.
    [[nodiscard]] bool is_through() const { return !has_missed_ && next_ == end_; }

private:
    template <class Happen>
    void go_on_to(std::uint64_t place, bool can_be_removed, const context& where, Happen&& happen) {
        for (; next_ != end_ && next_->place < place; ++next_) has_missed_ = true;
        const auto* behind     = next_;
        bool        is_removed = false;
        for (; behind != end_ && behind->place == place; ++behind) {
            has_changed_ = true;
            if (!behind->insert) (can_be_removed ? is_removed : has_missed_) = true;
        }
        happen(both_.actual);
        if (!is_removed) happen(both_.hypothetical);
        for (; next_ != behind; ++next_)
            if (next_->insert) next_->insert(both_.hypothetical, where);
    }

    branched<State>&           both_;
    const changed_past<State>* next_;
    const changed_past<State>* end_;
    bool                       has_changed_ = false;  // from here on the states may differ
    bool                       has_missed_  = false;
};

}  // namespace detail

/// Changes to the past of what a projection is folded from, made by `what_if`. `Unit` says how places are told: by version in
/// a stream, else by position. Nothing is written to the log, which must outlive this, as must the name in the query.
template <class State, event_log Log, class Unit>
class branch {
public:
    branch(const Log& log, const query<Unit>& what) : log_(&log), what_(what) {}

    /// These events happened right behind the one at `place`, with its context; before all others if that is 0. What is
    /// inserted behind one place follows in the order of the calls.
    template <class... E>
    branch& insert_behind(Unit place, const E&... event) {
        constexpr auto verdict          = detail::judge_history<State, E...>();
        using accepted [[maybe_unused]] = typename decltype(verdict)::accepted;
        verdict.explain();
        if constexpr (detail::is_sound<decltype(verdict)>)
            (add({place.value,
                  [event](State& state, const context& where) {
                      detail::deliver_stored<typename State::events>(state, event, [&]() -> const context& { return where; });
                  }}),
             ...);
        return *this;
    }
    /// The event at `place` did not happen.
    branch& remove(Unit place) {
        add({place.value, {}});
        return *this;
    }
    /// These happened instead of the one at `place`.
    template <class... E>
    branch& replace(Unit place, const E&... event) {
        return remove(place).insert_behind(place, event...);
    }

    /// Folds both in one pass. Errors: those of the log's `read`; `out_of_range` if the query goes backwards, or if a change
    /// is at a place that the query does not come by. Throws what handlers throw.
    [[nodiscard]] expected<branched<State>, error> fold() const {
        if (what_.descending) return detail::told_backwards();
        branched<State>            both;
        detail::branch_walk<State> walk(changes_, both);
        const auto see  = [&](const auto& event, const context& where) { walk.step(event, where, place_of(where)); };
        const auto read = log_->read(what_, handlers{otherwise(see)});
        if (!read) return unexpected<error>(read.error());
        if (!walk.is_through())
            return unexpected<error>(error{errc::out_of_range, "a change is at a place that the query does not come by",
                                           std::string{what_.name}, read->version});
        return both;
    }

private:
    static std::uint64_t place_of(const context& where) {
        if constexpr (std::is_same_v<Unit, version>)
            return where.version.value;
        else
            return where.position.value;
    }
    void add(detail::changed_past<State> change) {
        const auto behind = std::upper_bound(changes_.begin(), changes_.end(), change.place,
                                             [](std::uint64_t place, const auto& each) { return place < each.place; });
        changes_.insert(behind, std::move(change));
    }

    const Log*                               log_;
    query<Unit>                              what_;
    std::vector<detail::changed_past<State>> changes_;  // in the order of their places
};

/// What if the past had been another one? `what_if<account>(log, stream("account-bob")).remove(version{2}).fold()`.
template <class State, event_log Log, class Unit>
[[nodiscard]] branch<State, Log, Unit> what_if(const Log& log, const query<Unit>& what) {
    constexpr auto verdict          = detail::judge_reading<typename Log::events, State>();
    using accepted [[maybe_unused]] = typename decltype(verdict)::accepted;
    verdict.explain();
    return {log, what};
}

}  // namespace annals

// Subscriptions: projections that are kept up to date, in a thread that the user gives them.
#pragma once

#include <annals/log/bell.hpp>
#include <annals/log/event_log.hpp>
#include <annals/read/load.hpp>
#include <annals/read/subscription_options.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <exception>
#include <mutex>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#if defined(__cpp_lib_jthread)
#include <stop_token>
#endif

namespace annals {

namespace detail {
struct nowhere_to_save {};
}  // namespace detail

/// A projection, or a `fused` of several, of the whole log or a category, up to date. Refers to the log, the store and the
/// name in the query. One thread runs it; any may look. A query that begins later is followed from there, and not saved.
///
/// State and place are saved together, so that after a crash it goes on where that state was: each event is folded into it
/// exactly once. What a handler does beside is done again for what came after the last save: at least once. `context::id` is
/// the same then.
template <class State, event_log Log, class Store = detail::nowhere_to_save>
class subscription {
public:
    /// Without a store nothing is saved, and it begins with the first event.
    explicit subscription(const Log& log, const log_query& what = whole_log(), subscription_options options = {},
                          Store* store = nullptr)
        : log_(log), what_(what), options_(std::move(options)), store_(store) {
        options_.batch    = std::max<std::uint64_t>(options_.batch, 1);
        options_.attempts = std::max(options_.attempts, 1U);
    }
    subscription(const subscription&)            = delete;
    subscription& operator=(const subscription&) = delete;

    /// Folds what is there and then what comes, until `stop()`. Can be called again, and goes on then. Errors: those of the
    /// log's `read`; `out_of_range` if the query is limited or goes backwards. Throws what a handler throws, and callbacks;
    /// the state is then as before the event.
    expected<void, error> run() { return go(); }
    /// Makes `run` return when the batch that it is at is through, or the next one if none runs. From any thread.
    void stop() {
        {
            const std::lock_guard lock(mutex_);
            stopping_ = true;
        }
        wake_.notify_all();
        if (bell* const rung = bell_of_log()) rung->ring();
    }
#if defined(__cpp_lib_jthread)
    /// The same, until `until` is asked to stop.
    expected<void, error> run(std::stop_token until) {
        const std::stop_callback stopped(until, [this] { stop(); });
        return go();
    }
#endif
    /// Folds what is there now, and returns.
    expected<void, error> catch_up() {
        if (auto done = begin(); !done) return done;
        for (;;) {
            auto more = step();
            if (!more) return unexpected<error>(std::move(more.error()));
            if (!*more || stopping_.exchange(false)) return save_at_last();
        }
    }

    /// Folds everything anew, beside what `run` does meanwhile, and then takes that in the place of what there was: after what
    /// was folded was changed, or lost. Those who look see the old state until then. What was put aside is tried again. Errors
    /// and exceptions as of `run`; the old state stays then. Takes the memory of a second state. From any thread, but not in a
    /// callback.
    expected<void, error> rebuild() {
        subscription_options same;
        same.batch    = options_.batch;
        same.attempts = options_.attempts;
        same.pause    = options_.pause;
        same.park     = options_.park;
        subscription<State, Log> fresh(log_, what_, std::move(same));
        if (auto done = fresh.catch_up(); !done) return done;
        const std::lock_guard turn(folding_);  // the rest, while nothing else is folded
        if (auto done = fresh.catch_up(); !done) return done;
        const std::lock_guard lock(mutex_);
        state_     = std::move(fresh.state_);
        place_     = fresh.place_;
        folded_    = fresh.folded_;
        parked_    = std::move(fresh.parked_);
        unsaved_   = fresh.unsaved_;
        spoiled_   = false;
        has_begun_ = true;
        folded_more_.notify_all();
        return {};
    }

    /// Calls `see(state, place)` while nothing is folded, and answers what that answers. Of a `fused`, its `states` are the
    /// projections.
    template <class See>
    decltype(auto) look(See&& see) const {
        const std::lock_guard lock(mutex_);
        return see(std::as_const(state_), annals::position{folded_});
    }
    /// How far it is, beside the log as it is now.
    [[nodiscard]] subscription_progress progress() const {
        const std::lock_guard lock(mutex_);
        const auto            head = log_.head();
        return {annals::position{folded_}, head ? *head : annals::position{folded_}};
    }
    /// Returns when everything up to a position is folded, as an append's receipt has it; false if that takes longer.
    template <class Rep, class Period>
    [[nodiscard]] bool wait_for(annals::position at, std::chrono::duration<Rep, Period> patience) const {
        std::unique_lock lock(mutex_);
        return folded_more_.wait_for(lock, patience, [&] { return folded_ >= at.value; });
    }
    /// The events that were put aside since this was made.
    [[nodiscard]] std::vector<parked_event> parked() const {
        const std::lock_guard lock(mutex_);
        return parked_;
    }

private:
    template <class, event_log, class>
    friend class subscription;

    static constexpr bool          can_save = !std::is_same_v<Store, detail::nowhere_to_save>;
    static constexpr std::uint64_t the_last = ~std::uint64_t{0};
    enum class fate { folded, put_aside, none_left };

    expected<void, error> go() {
        if (auto done = begin(); !done) return done;
        std::optional<bell::listener> listener;
        if (bell* const rung = bell_of_log()) listener.emplace(*rung);
        for (;;) {
            const std::uint64_t rings = listener ? listener->rings() : 0;
            if (stopping_.exchange(false)) return save_at_last();
            auto more = step();
            if (!more) return unexpected<error>(std::move(more.error()));
            if (*more) continue;
            if (listener) {
                listener->wait(rings);
            } else {
                std::unique_lock lock(mutex_);
                wake_.wait_for(lock, options_.poll, [&] { return stopping_.load(); });
            }
        }
    }
    // Null if it has none, and must be looked at from time to time.
    bell* bell_of_log() const {
        if constexpr (waking_log<Log>)
            return log_.appended();
        else
            return nullptr;
    }

    // With what was saved, if there is something.
    expected<void, error> begin() {
        const std::lock_guard turn(folding_);
        if (has_begun_) return {};
        if (what_.descending || what_.most != unlimited)
            return unexpected<error>(
                error{errc::out_of_range, "what is followed has no limit(), and is not read backwards()", {}});
        const std::lock_guard lock(mutex_);
        auto                  done = restore(the_last);
        has_begun_                 = done.has_value();
        return done;
    }

    // The state as it is at a place, without what was put aside; or as it was saved last. With the lock held.
    expected<void, error> restore(std::uint64_t place) {
        detail::loaded_with_snapshot<State> made;
        if constexpr (can_save)
            if (const auto kept = load_saved(); kept && kept->place <= place) made.begin_with(log_, what_, *kept);
        if (place != the_last) {
            for (const parked_event& aside : parked_) {
                if (aside.position.value <= made.place) continue;
                if (auto done = made.go_on(log_, what_.to(annals::position{aside.position.value - 1})); !done) return done;
                made.place = aside.position.value;
            }
            if (auto done = made.go_on(log_, what_.to(annals::position{place})); !done) return done;
        }
        state_      = std::move(made.state);
        place_      = place == the_last ? made.place : place;
        saved_time_ = made.since.nanoseconds;
        folded_     = std::max(folded_, place_);
        spoiled_    = false;
        return {};
    }
    // The same when a reading was broken off. Until it succeeds, be it at the next step, nobody sees what was half done.
    expected<void, error> repair() {
        const std::uint64_t folded = std::exchange(folded_, 0);
        state_                     = State{};
        auto done                  = restore(place_);
        if (done) folded_ = std::max(folded_, folded);
        return done;
    }

    // Folds a batch; false if there was no more.
    expected<bool, error> step() {
        const std::lock_guard turn(folding_);
        auto                  head = log_.head();
        if (!head) return unexpected<error>(std::move(head.error()));
        auto               next = what_;
        std::exception_ptr thrown;
        std::uint64_t      count = 0;
        {
            const std::lock_guard lock(mutex_);
            if (spoiled_)
                if (auto done = repair(); !done) return unexpected<error>(std::move(done.error()));
            next.first = std::max(what_.first, place_ + 1);
            next.most  = options_.batch;
            std::optional<error> failed;
            spoiled_ = true;
            try {
                auto read = log_.read(next, state_);
                spoiled_  = !read;
                if (read) {
                    count = read->count;
                    note_folded(read->count, read->position.value, *head, next.most);
                } else {
                    failed = std::move(read.error());
                }
            } catch (...) { thrown = std::current_exception(); }
            if (spoiled_)
                if (auto done = repair(); !done) return unexpected<error>(std::move(done.error()));
            if (failed) return unexpected<error>(std::move(*failed));
        }
        if (thrown) {
            for (; count < options_.batch; ++count) {
                auto what_became = fold_one(*head);
                if (!what_became) return unexpected<error>(std::move(what_became.error()));
                if (*what_became != fate::folded) break;
            }
            count = std::max<std::uint64_t>(count, 1);
        }
        save_if_wanted();
        folded_more_.notify_all();
        if (options_.on_progress && count != 0) options_.on_progress({annals::position{folded_}, *head});
        return count != 0;
    }
    // With the lock held.
    void note_folded(std::uint64_t count, std::uint64_t last, annals::position head, std::uint64_t most) {
        if (count != 0) place_ = last;
        unsaved_ += count;
        folded_ = std::max({folded_, place_, count < most ? head.value : std::uint64_t{0}});
    }

    // Folds the next event, on which a handler may throw.
    expected<fate, error> fold_one(annals::position head) {
        auto one           = what_;
        one.first          = std::max(what_.first, place_ + 1);
        one.most           = 1;
        const State before = state_;
        for (unsigned attempt = 1;; ++attempt) {
            std::exception_ptr why;
            {
                const std::lock_guard lock(mutex_);
                std::optional<error>  failed;
                spoiled_ = true;
                try {
                    auto read = log_.read(one, state_);
                    if (read) {
                        spoiled_ = false;
                        note_folded(read->count, read->position.value, head, 1);
                        return read->count == 0 ? fate::none_left : fate::folded;
                    }
                    failed = std::move(read.error());
                } catch (...) { why = std::current_exception(); }
                state_   = before;
                spoiled_ = false;
                if (failed) return unexpected<error>(std::move(*failed));
            }
            if (attempt == options_.attempts) return put_aside(one, why);
            std::unique_lock lock(mutex_);
            if (wake_.wait_for(lock, options_.pause, [&] { return stopping_.load(); })) return fate::none_left;
        }
    }
    expected<fate, error> put_aside(const log_query& one, const std::exception_ptr& why) {
        if (!options_.park) std::rethrow_exception(why);
        parked_event aside;
        auto         read =
            log_.read(one, handlers{otherwise([&](const auto&, const context& where) { aside = parked_event(where, why); })});
        if (!read) return unexpected<error>(std::move(read.error()));
        {
            const std::lock_guard lock(mutex_);
            note_folded(1, read->position.value, {}, 1);
            parked_.push_back(aside);
        }
        if (options_.on_parked) options_.on_parked(aside);
        return fate::put_aside;
    }

    std::optional<stored_snapshot> load_saved() {
        if (!detail::takes_snapshots(what_)) return {};
        auto kept = store_->load(detail::snapshot_name<State>(what_));
        return kept ? std::move(*kept) : std::nullopt;
    }
    // That the store fails stops nothing: after a crash, more is folded again then.
    void save_if_wanted() {
        if constexpr (can_save) {
            if (!options_.save.may_want(unsaved_) || !detail::takes_snapshots(what_)) return;
            const auto event = detail::find_event(log_, what_, place_);
            if (options_.save.wants(unsaved_, event.time.nanoseconds - saved_time_)) save(event);
        }
    }
    expected<void, error> save_at_last() {
        const std::lock_guard turn(folding_);
        if constexpr (can_save)
            if (unsaved_ != 0 && !spoiled_ && detail::takes_snapshots(what_)) save(detail::find_event(log_, what_, place_));
        return {};
    }
    void save(const detail::event_at_place& event) {
        const auto fresh = detail::snapshot_of(state_, place_, event);
        if (!fresh || !store_->save(detail::snapshot_name<State>(what_), *fresh)) return;
        unsaved_    = 0;
        saved_time_ = event.time.nanoseconds;
    }

    const Log&                      log_;
    log_query                       what_;
    subscription_options            options_;
    Store*                          store_;
    std::mutex                      folding_;  // who folds; taken before the other
    mutable std::mutex              mutex_;    // guards what is looked at from other threads
    std::condition_variable         wake_;
    mutable std::condition_variable folded_more_;
    std::atomic<bool>               stopping_{false};
    State                           state_{};
    std::uint64_t                   place_  = 0;  // of the last event that was folded or put aside
    std::uint64_t                   folded_ = 0;  // up to where nothing is selected that was not
    std::vector<parked_event>       parked_;
    std::uint64_t                   unsaved_    = 0;  // events
    std::int64_t                    saved_time_ = 0;
    bool                            has_begun_  = false;
    bool                            spoiled_    = false;  // the state is not what it is at the place
};

/// A subscription to `State` on `log`: `annals::subscribe<totals>(log)`, which the log must outlive.
template <class State, event_log Log>
[[nodiscard]] auto subscribe(const Log& log, const log_query& what = whole_log(), subscription_options options = {}) {
    constexpr auto verdict          = detail::judge_reading<typename Log::events, State>();
    using accepted [[maybe_unused]] = typename decltype(verdict)::accepted;
    verdict.explain();
    return subscription<State, Log>(log, what, std::move(options));
}
/// The same, which goes on with what a store has, and saves there.
template <class State, event_log Log, snapshot_store Store>
[[nodiscard]] auto subscribe(const Log& log, const log_query& what, Store& store, subscription_options options = {}) {
    constexpr auto verdict          = detail::judge_reading<typename Log::events, State>();
    using accepted [[maybe_unused]] = typename decltype(verdict)::accepted;
    verdict.explain();
    return subscription<State, Log, Store>(log, what, std::move(options), &store);
}

}  // namespace annals

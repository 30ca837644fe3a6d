// A subscription whose streams are split over several threads.
#pragma once

#include <annals/log/event_log.hpp>
#include <annals/read/partition_of.hpp>
#include <annals/read/split_options.hpp>
#include <annals/read/subscription.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

#if defined(__cpp_lib_jthread)
#include <stop_token>
#endif

namespace annals {

/// A projection of the whole log or a category as several states, one for each partition of the streams, each kept up to date
/// by a thread of its own: of use where handlers take their time, for every worker goes by all events. A stream is always in
/// the same partition, and its events come in their order; those of different partitions in none. Refers to the log, the store
/// and the name in the query.
///
/// If a worker dies, because a handler threw as often as `attempts` has it, or a callback did, another takes its partition
/// over with the state as it was at its place: no event is lost or folded twice. Each partition is saved as a subscription is,
/// under a name of its own that has the number of partitions in it: with another number, all is folded anew.
template <class State, event_log Log, class Store = detail::nowhere_to_save>
class split_subscription {
    static constexpr bool can_save = !std::is_same_v<Store, detail::nowhere_to_save>;

public:
    split_subscription(const Log& log, const log_query& what, std::size_t workers, split_options options = {},
                       Store* store = nullptr)
        : log_(log), options_(std::move(options)) {
        const std::size_t count = std::max<std::size_t>(workers, 1);
        for (std::size_t i = 0; i < count; ++i)
            parts_.push_back(std::make_unique<part>(partition_of<Log>(log, i, count), what, options_.each, store, i, count));
    }
    split_subscription(const split_subscription&)            = delete;
    split_subscription& operator=(const split_subscription&) = delete;

    /// Starts the workers, folds what is there and then what comes, and returns when all have ended, after `stop()`. Can be
    /// called again, and goes on then. Errors: those of a subscription's `run`, of any partition; the others are stopped then.
    /// Throws what the last worker died of, if too many did, or what `on_death` throws.
    expected<void, error> run() {
        return work([this](part& mine) {
            while (!ends())
                if (auto done = mine.all.run(); !done) return done;
            return expected<void, error>{};
        });
    }
    /// Makes `run` return when the batches that the workers are at are through, or the next one if none runs. From any thread.
    void stop() {
        stopping_ = true;
        stop_workers();
    }
#if defined(__cpp_lib_jthread)
    /// The same, until `until` is asked to stop.
    expected<void, error> run(std::stop_token until) {
        const std::stop_callback stopped(until, [this] { stop(); });
        return run();
    }
#endif
    /// Folds what is there now, each partition by its worker, and returns.
    expected<void, error> catch_up() {
        auto head = log_.head();
        if (!head) return unexpected<error>(std::move(head.error()));
        return work([this, end = *head](part& mine) {
            for (;;) {
                auto done = mine.all.catch_up();
                // It may have met a stop of an earlier run.
                if (!done || ends() || mine.all.progress().folded >= end) return done;
            }
        });
    }
    /// Folds everything anew, one partition after the other, as a subscription does. From any thread, but not in a callback.
    expected<void, error> rebuild() {
        for (auto& each : parts_)
            if (auto done = each->all.rebuild(); !done) return done;
        return {};
    }

    [[nodiscard]] std::size_t partitions() const noexcept { return parts_.size(); }
    /// Calls `see(state, place)` for each partition, one after the other, while nothing is folded there. They are not at one
    /// moment of the log.
    template <class See>
    void look(See&& see) const {
        for (const auto& each : parts_) each->all.look(see);
    }
    /// Calls `see(state, place)` for the partition of a stream, and answers what that answers.
    template <class See>
    decltype(auto) look(std::string_view stream, See&& see) const {
        return parts_[partition_of_stream(stream, parts_.size())]->all.look(std::forward<See>(see));
    }
    /// How far the last partition is, beside the log as it is now.
    [[nodiscard]] subscription_progress progress() const {
        auto all = parts_.front()->all.progress();
        for (const auto& each : parts_) {
            const auto one = each->all.progress();
            all            = {std::min(all.folded, one.folded), std::max(all.head, one.head)};
        }
        return all;
    }
    /// Returns when all partitions have folded what they have up to a position; false if that takes longer.
    template <class Rep, class Period>
    [[nodiscard]] bool wait_for(annals::position at, std::chrono::duration<Rep, Period> patience) const {
        const auto until = std::chrono::steady_clock::now() + patience;
        return std::all_of(parts_.begin(), parts_.end(), [&](const auto& each) {
            const auto left = until - std::chrono::steady_clock::now();
            return each->all.wait_for(at, std::max(left, left.zero()));
        });
    }
    /// The events that were put aside since this was made, by position.
    [[nodiscard]] std::vector<parked_event> parked() const {
        std::vector<parked_event> all;
        for (const auto& each : parts_)
            for (parked_event& one : each->all.parked()) all.push_back(std::move(one));
        std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.position < b.position; });
        return all;
    }

private:
    template <class S>
    struct store_of_part {
        using type = S;
    };
    template <snapshot_store S>
    struct store_of_part<S> {
        using type = snapshots_of_partition<S>;
    };
    using part_store = typename store_of_part<Store>::type;

    struct part {
        part(partition_of<Log> of, const log_query& what, const subscription_options& options, Store* whole, std::size_t which,
             std::size_t count)
            : log(of), all(log, what, options, open(whole, which, count)) {}

        // Null if nothing is saved.
        part_store* open([[maybe_unused]] Store* whole, [[maybe_unused]] std::size_t which,
                         [[maybe_unused]] std::size_t count) {
            if constexpr (can_save)
                return &store.emplace(*whole, which, count);
            else
                return nullptr;
        }

        partition_of<Log>                                  log;
        std::optional<part_store>                          store;
        subscription<State, partition_of<Log>, part_store> all;
        // Of its worker; guarded by the mutex.
        bool                 has_ended = false;
        std::exception_ptr   died_of;
        std::optional<error> failed;
        // Of the thread that called `run`.
        std::thread      worker;
        annals::position died_at{};
        unsigned         deaths = 0;
    };

    [[nodiscard]] bool ends() const { return stopping_ || failing_; }
    void               stop_workers() {
                      for (auto& each : parts_) each->all.stop();
        const std::lock_guard lock(mutex_);
                      changed_.notify_all();
    }

    // Whatever happens, the workers have ended when it is over.
    struct at_work {
        split_subscription& whose;

        explicit at_work(split_subscription& mine) : whose(mine) {}
        at_work(const at_work&)            = delete;
        at_work& operator=(const at_work&) = delete;
        ~at_work() {
            const auto works = [](const auto& each) { return each->worker.joinable(); };
            whose.failing_   = true;
            if (std::any_of(whose.parts_.begin(), whose.parts_.end(), works)) whose.stop_workers();
            for (auto& each : whose.parts_)
                if (works(each)) each->worker.join();
            whose.failing_ = whose.stopping_ = false;
        }
    };

    template <class Task>
    expected<void, error> work(Task task) {
        const at_work workers(*this);
        for (auto& each : parts_) each->deaths = 0;
        for (auto& each : parts_) start(*each, task, {});
        for (std::size_t left = parts_.size(); left != 0;) {
            part& ended = next_ended();
            ended.worker.join();
            if (ended.failed) return unexpected<error>(std::move(*ended.failed));
            if (ended.died_of)
                replace(ended, task);
            else
                --left;
        }
        return {};
    }
    template <class Task>
    void start(part& mine, Task task, std::chrono::milliseconds pause) {
        mine.has_ended = false;
        mine.died_of   = nullptr;
        mine.failed.reset();
        mine.worker = std::thread([this, &mine, task, pause] {
            std::exception_ptr   died_of;
            std::optional<error> failed;
            try {
                if (auto done = wait(pause) ? task(mine) : expected<void, error>{}; !done) failed = std::move(done.error());
            } catch (...) { died_of = std::current_exception(); }
            const std::lock_guard lock(mutex_);
            mine.died_of   = std::move(died_of);
            mine.failed    = std::move(failed);
            mine.has_ended = true;
            changed_.notify_all();
        });
    }
    // False if all ends meanwhile.
    bool wait(std::chrono::milliseconds pause) {
        if (pause.count() == 0) return true;
        std::unique_lock lock(mutex_);
        return !changed_.wait_for(lock, pause, [&] { return ends(); });
    }
    part& next_ended() {
        std::unique_lock lock(mutex_);
        for (;;) {
            for (auto& each : parts_)
                if (std::exchange(each->has_ended, false)) return *each;
            changed_.wait(lock);
        }
    }
    template <class Task>
    void replace(part& mine, Task task) {
        const auto place = mine.all.look([](const State&, annals::position at) { return at; });
        mine.deaths      = place == mine.died_at ? mine.deaths + 1 : 1;
        mine.died_at     = place;
        const auto which = std::find_if(parts_.begin(), parts_.end(), [&](const auto& each) { return each.get() == &mine; });
        if (options_.on_death)
            options_.on_death({static_cast<std::size_t>(which - parts_.begin()), mine.died_of, place, mine.deaths});
        if (mine.deaths > options_.restarts) std::rethrow_exception(mine.died_of);
        start(mine, task, options_.pause);
    }

    const Log&                         log_;
    split_options                      options_;
    std::vector<std::unique_ptr<part>> parts_;
    std::mutex                         mutex_;
    std::condition_variable            changed_;
    std::atomic<bool>                  stopping_{false};
    std::atomic<bool>                  failing_{false};
};

/// A subscription to `State` by so many workers: `annals::subscribe_split<totals>(log, annals::whole_log(), 4)`. The log must
/// outlive it.
template <class State, event_log Log>
[[nodiscard]] auto subscribe_split(const Log& log, const log_query& what, std::size_t workers, split_options options = {}) {
    constexpr auto verdict          = detail::judge_reading<typename Log::events, State>();
    using accepted [[maybe_unused]] = typename decltype(verdict)::accepted;
    verdict.explain();
    return split_subscription<State, Log>(log, what, workers, std::move(options));
}
/// The same, which goes on with what a store has, and saves there.
template <class State, event_log Log, snapshot_store Store>
[[nodiscard]] auto subscribe_split(const Log& log, const log_query& what, std::size_t workers, Store& store,
                                   split_options options = {}) {
    constexpr auto verdict          = detail::judge_reading<typename Log::events, State>();
    using accepted [[maybe_unused]] = typename decltype(verdict)::accepted;
    verdict.explain();
    return split_subscription<State, Log, Store>(log, what, workers, std::move(options), &store);
}

}  // namespace annals

// What processes and effects have in common: they are given the events of a log one by one, and know how far they are.
#pragma once

#include <annals/app/inbox.hpp>
#include <annals/app/saved_place.hpp>
#include <annals/app/steady_run.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>
#include <utility>
#include <variant>

namespace annals {

struct reaction_options {
    /// How many events are taken out of the log at a time at most.
    std::uint64_t batch = 256;
    /// How often a log is looked at that rings no bell, because another process writes it; and, while something is due later,
    /// the clock.
    std::chrono::milliseconds poll = std::chrono::milliseconds(50);
    /// How often `react` is given an event that it threw on, and what is waited between. Then `run` throws the same.
    unsigned                  attempts = 1;
    std::chrono::milliseconds pause    = std::chrono::milliseconds(100);
    /// After so many events it is saved how far it is, if there is a store. Also when `run` returns.
    std::uint64_t save_every = 1000;
    /// Without a saved place it begins behind this position.
    position begin_behind{};
};

namespace detail {

/// Gives those events of a log that are in a list to `take(event, context)`, which answers `expected<void, error>`, and saves
/// how far it is, with `Memory`.
template <class Events, class Memory, event_log Log, class Store>
class input_runner {
public:
    input_runner(const Log& log, Store* store, std::string name, reaction_options options)
        : log_(log),
          options_(options),
          waiting_(log, options.poll),
          saved_(log, store, std::move(name)),
          place_(options.begin_behind) {
        options_.batch    = std::max<std::uint64_t>(options_.batch, 1);
        options_.attempts = std::max(options_.attempts, 1U);
    }

    /// Until it is stopped. `idle()`, when there is no event, answers in how many nanoseconds something else is due; 0 if there
    /// may be events then.
    template <class Take, class Idle>
    expected<void, error> run(Take&& take, Idle&& idle) {
        return saved_at_last(waiting_.go([&] { return step(take, idle); }));
    }
#if defined(__cpp_lib_jthread)
    template <class Take, class Idle>
    expected<void, error> run(std::stop_token until, Take&& take, Idle&& idle) {
        return saved_at_last(waiting_.go(std::move(until), [&] { return step(take, idle); }));
    }
#endif
    /// Until there is nothing to do now.
    template <class Take, class Idle>
    expected<void, error> catch_up(Take&& take, Idle&& idle) {
        for (;;) {
            const auto due = step(take, idle);
            if (!due) return unexpected<error>(due.error());
            if (*due != 0 || waiting_.was_stopped()) return saved_at_last(expected<void, error>{});
        }
    }
    void stop() { waiting_.stop(); }

    [[nodiscard]] position place() const {
        const std::lock_guard lock(mutex_);
        return place_;
    }
    /// Calls `look(memory)`, which no other thread uses meanwhile.
    template <class Look>
    decltype(auto) with_memory(Look&& look) {
        const std::lock_guard lock(mutex_);
        return look(memory_);
    }
    template <class Look>
    decltype(auto) with_memory(Look&& look) const {
        const std::lock_guard lock(mutex_);
        return look(memory_);
    }
    /// Calls a function of the user, again if it throws, as often as the options say.
    template <class Function>
    decltype(auto) attempt(Function&& function) {
        for (unsigned attempt = 1;; ++attempt) {
            try {
                return function();
            } catch (...) {
                if (attempt == options_.attempts || waiting_.pause(options_.pause)) throw;
            }
        }
    }

private:
    template <class Take, class Idle>
    expected<std::int64_t, error> step(Take& take, Idle& idle) {
        if (!has_begun_) {
            const std::lock_guard lock(mutex_);
            saved_.load(memory_, place_);
            has_begun_ = true;
        }
        const position before = place();
        const auto     end    = inbox_.fill(log_, before, options_.batch);
        if (!end) return unexpected<error>(end.error());
        for (const auto& entry : inbox_.entries()) {
            if (waiting_.is_stopping()) return std::int64_t{0};
            auto done = entry.where.with([&](const context& where) {
                return std::visit([&](const auto& event) { return take(event, where); }, entry.event);
            });
            if (!done) return unexpected<error>(std::move(done.error()));
            come_to(entry.where.position());
            if (++unsaved_ >= options_.save_every) save();
        }
        come_to(*end);
        return end->value != before.value ? expected<std::int64_t, error>(0) : idle();
    }
    void come_to(position place) {
        const std::lock_guard lock(mutex_);
        place_ = std::max(place_, place);
    }
    void save() {
        if (unsaved_ != 0) saved_.save(memory_, place_);
        unsaved_ = 0;
    }
    template <class Result>
    Result saved_at_last(Result done) {
        save();
        return done;
    }

    const Log&                      log_;
    reaction_options                options_;
    steady_run<Log>                 waiting_;
    saved_place<Memory, Log, Store> saved_;
    inbox<Events>                   inbox_;
    mutable std::mutex              mutex_;  // guards what is looked at from other threads
    Memory                          memory_{};
    position                        place_;
    std::uint64_t                   unsaved_   = 0;  // events
    bool                            has_begun_ = false;
};

}  // namespace detail
}  // namespace annals

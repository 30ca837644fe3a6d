// How those run that follow a log and act: until they are stopped, woken by the log and by their own times.
#pragma once

#include <annals/log/bell.hpp>
#include <annals/log/event_log.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <limits>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#if defined(__cpp_lib_jthread)
#include <stop_token>
#endif

namespace annals {

namespace detail {

/// Rings a bell at a time, from a thread of its own.
class alarm {
public:
    explicit alarm(bell& to) : bell_(to), thread_([this] { go(); }) {}
    alarm(const alarm&)            = delete;
    alarm& operator=(const alarm&) = delete;
    ~alarm() {
        {
            const std::lock_guard lock(mutex_);
            is_over_ = true;
        }
        changed_.notify_all();
        thread_.join();
    }
    void set(std::optional<std::chrono::steady_clock::time_point> at) {
        {
            const std::lock_guard lock(mutex_);
            at_ = at;
        }
        changed_.notify_all();
    }

private:
    void go() {
        std::unique_lock lock(mutex_);
        while (!is_over_) {
            if (!at_)
                changed_.wait(lock);
            else if (changed_.wait_until(lock, *at_) == std::cv_status::timeout && at_ &&
                     std::chrono::steady_clock::now() >= *at_) {
                at_.reset();
                bell_.ring();
            }
        }
    }

    bell&                                                bell_;
    std::mutex                                           mutex_;
    std::condition_variable                              changed_;
    std::optional<std::chrono::steady_clock::time_point> at_;
    bool                                                 is_over_ = false;
    std::thread                                          thread_;
};

template <event_log Log>
class steady_run {
public:
    static constexpr std::int64_t nothing_due = std::numeric_limits<std::int64_t>::max();

    steady_run(const Log& log, std::chrono::milliseconds poll) : log_(log), poll_(poll) {}

    void stop() {
        {
            const std::lock_guard lock(mutex_);
            stopping_ = true;
        }
        wake_.notify_all();
        if (bell* const rung = bell_of_log()) rung->ring();
    }
    [[nodiscard]] bool is_stopping() const { return stopping_; }
    /// Whether it was stopped; told once.
    bool was_stopped() { return stopping_.exchange(false); }
    /// Waits so long, or until it is stopped. True if it was.
    bool pause(std::chrono::milliseconds time) {
        std::unique_lock lock(mutex_);
        return wake_.wait_for(lock, time, [&] { return stopping_.load(); });
    }

    /// Calls `step()` again and again until it is stopped. It answers in how many nanoseconds something is due: 0 if there is
    /// more to do at once.
    template <class Step>
    expected<void, error> go(Step&& step) {
        std::optional<bell::listener> listener;
        std::optional<alarm>          clock;
        bell* const                   rung = bell_of_log();
        if (rung) listener.emplace(*rung);
        for (;;) {
            const std::uint64_t rings = listener ? listener->rings() : 0;
            if (was_stopped()) return {};
            const expected<std::int64_t, error> due = step();
            if (!due) return unexpected<error>(due.error());
            if (*due == 0) continue;
            // Its clock need not go as this one does: it is looked at from time to time.
            const auto at_most = std::chrono::nanoseconds(*due);
            if (!listener)
                (void)pause(
                    std::chrono::duration_cast<std::chrono::milliseconds>(std::min<std::chrono::nanoseconds>(poll_, at_most)));
            else {
                if (*due != nothing_due && !clock) clock.emplace(*rung);
                if (clock && *due != nothing_due)
                    clock->set(std::chrono::steady_clock::now() + std::min<std::chrono::nanoseconds>(poll_, at_most));
                listener->wait(rings);
            }
        }
    }
#if defined(__cpp_lib_jthread)
    template <class Step>
    expected<void, error> go(std::stop_token until, Step&& step) {
        const std::stop_callback stopped(until, [this] { stop(); });
        return go(std::forward<Step>(step));
    }
#endif

private:
    bell* bell_of_log() const {
        if constexpr (waking_log<Log>)
            return log_.appended();
        else
            return nullptr;
    }

    const Log&                log_;
    std::chrono::milliseconds poll_;
    std::mutex                mutex_;
    std::condition_variable   wake_;
    std::atomic<bool>         stopping_{false};
};

}  // namespace detail
}  // namespace annals

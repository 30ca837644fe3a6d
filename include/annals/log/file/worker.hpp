// A thread that does something again and again.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>
#include <utility>

namespace annals::detail {

/// Calls a function in a thread of its own, each time the interval is over, until it is destroyed.
class worker {
public:
    worker(std::function<void()> work, std::chrono::milliseconds interval)
        : work_(std::move(work)), interval_(interval), thread_([this] { run(); }) {}
    worker(const worker&)            = delete;
    worker& operator=(const worker&) = delete;
    ~worker() {
        {
            const std::lock_guard lock(mutex_);
            stopping_ = true;
        }
        woken_.notify_all();
        thread_.join();
    }

    /// Does not wait for the interval to be over.
    void wake() {
        {
            const std::lock_guard lock(mutex_);
            wanted_ = true;
        }
        woken_.notify_all();
    }

private:
    void run() {
        std::unique_lock lock(mutex_);
        while (!stopping_) {
            woken_.wait_for(lock, interval_, [&] { return stopping_ || wanted_; });
            if (stopping_) return;
            wanted_ = false;
            lock.unlock();
            work_();
            lock.lock();
        }
    }

    std::function<void()>     work_;
    std::chrono::milliseconds interval_;
    std::mutex                mutex_;
    std::condition_variable   woken_;
    bool                      stopping_ = false;
    bool                      wanted_   = false;
    std::thread               thread_;
};

}  // namespace annals::detail

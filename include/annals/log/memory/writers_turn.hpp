// One writer at a time.
#pragma once

#include <atomic>

namespace annals::detail {

/// A lock that writers take in turn; waiting ones sleep. What std::mutex does, without <mutex>: that would be a sixteenth of
/// what annals.hpp costs to include.
class writers_turn {
public:
    /// Holds the turn as long as it lives.
    class holder {
    public:
        explicit holder(writers_turn& turn) noexcept : turn_(turn) {
            while (turn_.taken_.test_and_set(std::memory_order_acquire)) turn_.taken_.wait(true, std::memory_order_relaxed);
        }
        holder(const holder&)            = delete;
        holder& operator=(const holder&) = delete;
        ~holder() {
            turn_.taken_.clear(std::memory_order_release);
            turn_.taken_.notify_one();
        }

    private:
        writers_turn& turn_;
    };

private:
    std::atomic_flag taken_;
};

}  // namespace annals::detail

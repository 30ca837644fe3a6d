// How a log wakes those who wait for its next append.
#pragma once

#include <atomic>
#include <concepts>
#include <cstdint>

namespace annals {

/// Rung by a log behind each append. Costs the log nothing but a look, while nobody listens. Threads may use it at the same
/// time.
class bell {
public:
    /// Wakes all who listen. Of what was done before, a listener that begins later knows by itself.
    void ring() noexcept {
        if (listeners_.load(std::memory_order_seq_cst) == 0) return;
        rings_.fetch_add(1, std::memory_order_seq_cst);
        rings_.notify_all();
    }

    /// Listens as long as it lives.
    class listener {
    public:
        explicit listener(bell& to) noexcept : bell_(to) { bell_.listeners_.fetch_add(1, std::memory_order_seq_cst); }
        listener(const listener&)            = delete;
        listener& operator=(const listener&) = delete;
        ~listener() { bell_.listeners_.fetch_sub(1, std::memory_order_relaxed); }

        /// First this, then a look at the log, and then, if there is nothing to do, `wait` with what this answered: so no ring
        /// is missed.
        [[nodiscard]] std::uint64_t rings() const noexcept { return bell_.rings_.load(std::memory_order_seq_cst); }
        /// Returns when there were more rings than that.
        void wait(std::uint64_t rings) const noexcept { bell_.rings_.wait(rings, std::memory_order_acquire); }

    private:
        bell& bell_;
    };

private:
    std::atomic<std::uint64_t> rings_{0};
    std::atomic<std::uint32_t> listeners_{0};
};

/// A log that rings a bell behind each append: `log.appended()`, which threads may ring, too, to wake who waits. Null if it does not ring,
/// for another process writes it.
template <class Log>
concept waking_log = requires(const Log& log) {
    { log.appended() } -> std::same_as<bell*>;
};

}  // namespace annals

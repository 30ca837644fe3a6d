// Threads that append at the same time share a transaction, and with it the wait for the disk.
#pragma once

#include <annals/log/append.hpp>
#include <annals/log/error.hpp>
#include <annals/model/expected.hpp>

#include <atomic>
#include <cstddef>
#include <exception>
#include <memory>
#include <mutex>
#include <span>
#include <utility>
#include <vector>

namespace annals::detail {

/// An append that waits for its turn, where the thread that waits has it.
class waiting_append {
public:
    explicit waiting_append(std::size_t bytes) : bytes_(bytes) {}
    waiting_append(const waiting_append&)            = delete;
    waiting_append& operator=(const waiting_append&) = delete;

protected:
    ~waiting_append() = default;

    /// Decides, and writes, in a transaction that others may have written in. By any thread, and again if the others' part
    /// comes to nothing. `begins_to_write` is called before the first change.
    virtual expected<receipt, error> write() = 0;

    void begins_to_write() noexcept { has_written_ = true; }

private:
    friend class append_queue;

    /// False if it changed something and came to no end.
    bool attempt() noexcept {
        has_written_ = false;
        thrown_      = nullptr;
        try {
            result_ = write();
        } catch (...) {
            thrown_ = std::current_exception();
            return !has_written_;
        }
        return result_ || !has_written_;
    }
    std::size_t              bytes_;
    bool                     has_written_ = false;
    expected<receipt, error> result_;
    std::exception_ptr       thrown_;
};

/// Those that append. While one commits, all who come meanwhile make up a group; the first of them leads it, and does their
/// work in one transaction when it is its turn. Each is decided by itself: what one is refused, or throws, is its own affair.
class append_queue {
public:
    /// Has `mine` done when it is its turn with the writer, which `writing` guards. `writer.in_transaction(work)` calls
    /// `work()`, commits what it has changed if it returns true, and undoes it else; it answers what went wrong with that.
    /// Throws what `mine` throws, and allocation.
    template <class Writer>
    expected<receipt, error> append(waiting_append& mine, std::mutex& writing, Writer& writer) {
        std::shared_ptr<group> with;
        bool                   leads = false;
        {
            const std::lock_guard lock(mutex_);
            if (!collecting_ || collecting_->bytes >= most_bytes) {
                with = std::make_shared<group>();
                with->members.push_back(&mine);
                collecting_ = with;
                leads       = true;
            } else {
                with = collecting_;
                with->members.push_back(&mine);
            }
            with->bytes += mine.bytes_;
        }
        if (leads) {
            const std::lock_guard turn(writing);
            {
                const std::lock_guard lock(mutex_);
                if (collecting_ == with) collecting_.reset();
            }
            work_off(with->members, writer);
            with->is_over.store(true, std::memory_order_release);
            with->is_over.notify_all();
        } else
            with->is_over.wait(false, std::memory_order_acquire);
        if (mine.thrown_) std::rethrow_exception(mine.thrown_);
        return std::move(mine.result_);
    }

private:
    // So that a transaction, and the wait for it, do not grow without end.
    static constexpr std::size_t most_bytes = std::size_t{1} << 18U;

    struct group {
        std::vector<waiting_append*> members;  // the first one leads
        std::size_t                  bytes = 0;
        std::atomic<bool>            is_over{false};
    };

    template <class Writer>
    static void work_off(std::span<waiting_append* const> members, Writer& writer) noexcept {
        waiting_append* broken = nullptr;  // its part cannot be undone without the others'
        const auto      all    = [&] {
            for (waiting_append* const each : members)
                if (!each->attempt() || !writer.is_in_transaction()) {  // what cannot be read may end it all
                    broken = each;
                    return false;
                }
            return true;
        };
        try {
            const auto ended = writer.in_transaction(all);
            if (!broken && ended) return;
            // Nothing was committed. A group that has no room may still have members that have.
            if (members.size() > 1 && (broken || ended.error().code == errc::disk_full)) {
                for (waiting_append* const& each : members)
                    if (each != broken) work_off(std::span(&each, 1), writer);
            } else if (!broken)
                for (waiting_append* const each : members) each->result_ = unexpected<error>(ended.error());
        } catch (...) {
            for (waiting_append* const each : members) each->thrown_ = std::current_exception();
        }
    }

    std::mutex             mutex_;
    std::shared_ptr<group> collecting_;
};

}  // namespace annals::detail

// Connections for readings: those that go on at the same time have one each, for one is taken in by one thread.
#pragma once

#include <annals/log/jetstream/server.hpp>

#include <cstddef>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace annals::detail {

/// Threads may use it at the same time.
class reading_connections {
public:
    explicit reading_connections(const jetstream_server& main) : main_(main) {}

    /// A connection for one reading, as long as this lives.
    class lease {
    public:
        lease(reading_connections& from, std::unique_ptr<jetstream_server> own, bool is_main)
            : from_(from), own_(std::move(own)), is_main_(is_main) {}
        lease(const lease&)            = delete;
        lease& operator=(const lease&) = delete;
        ~lease() { from_.take_back(std::move(own_), is_main_); }

        [[nodiscard]] const jetstream_server& server() const noexcept { return own_ ? *own_ : from_.main_; }

    private:
        reading_connections&              from_;
        std::unique_ptr<jetstream_server> own_;
        bool                              is_main_;
    };

    /// The log's own for the first one; for others another one, if it can be had.
    [[nodiscard]] lease borrow() {
        std::unique_lock lock(mutex_);
        if (!std::exchange(is_main_lent_, true)) return lease(*this, nullptr, true);
        if (!idle_.empty()) {
            auto one = std::move(idle_.back());
            idle_.pop_back();
            return lease(*this, std::move(one), false);
        }
        if (count_ == most) return lease(*this, nullptr, false);
        ++count_;
        lock.unlock();
        auto made = jetstream_server::connect(main_.url(), main_.options());
        lock.lock();
        if (made) return lease(*this, std::make_unique<jetstream_server>(std::move(*made)), false);
        --count_;
        return lease(*this, nullptr, false);
    }

private:
    static constexpr std::size_t most = 16;

    void take_back(std::unique_ptr<jetstream_server> one, bool is_main) {
        const std::lock_guard lock(mutex_);
        if (one) idle_.push_back(std::move(one));
        if (is_main) is_main_lent_ = false;
    }

    const jetstream_server&                        main_;
    std::mutex                                     mutex_;
    bool                                           is_main_lent_ = false;
    std::size_t                                    count_        = 0;
    std::vector<std::unique_ptr<jetstream_server>> idle_;
};

}  // namespace annals::detail

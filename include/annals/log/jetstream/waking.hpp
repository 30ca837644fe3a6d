// How log objects wake each other: whoever appended says so, on a subject beside the log.
#pragma once

#include <annals/log/bell.hpp>
#include <annals/log/jetstream/handles.hpp>
#include <annals/log/jetstream/server.hpp>
#include <annals/log/jetstream/subjects.hpp>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>

namespace annals::detail {

/// Rings a log's bell: when this object appended, when others say that they did, and once a second, so that nothing depends on
/// what they say. Threads may use it at the same time.
class jetstream_waking {
public:
    jetstream_waking(const jetstream_server& server, const jetstream_subjects& subjects)
        : server_(server), subjects_(subjects), thread_([this] { go(); }) {}
    jetstream_waking(const jetstream_waking&)            = delete;
    jetstream_waking& operator=(const jetstream_waking&) = delete;
    ~jetstream_waking() {
        {
            const std::lock_guard lock(mutex_);
            is_over_ = true;
        }
        changed_.notify_all();
        thread_.join();
        if (subscription_) {
            // Its callback may be at work.
            server_.retired().add(std::move(subscription_));
            std::unique_lock lock(mutex_);
            changed_.wait_for(lock, std::chrono::seconds(5), [this] { return has_ended_; });
        }
    }

    /// Begins to listen to others, if nobody did before.
    bell* listen() {
        const std::lock_guard lock(mutex_);
        is_listening_ = true;
        if (!subscription_) subscribe();
        return &bell_;
    }
    /// This object appended.
    void appended() {
        bell_.ring();
        if (has_appended_.exchange(true)) return;
        const std::lock_guard lock(mutex_);
        changed_.notify_all();
    }

private:
    // How often it is said at most.
    static constexpr auto breath = std::chrono::milliseconds(2);

    // With the lock.
    void subscribe() {
        natsSubscription* made = nullptr;
        const auto        rung = [](natsConnection*, natsSubscription*, natsMsg* message, void* closure) {
            natsMsg_Destroy(message);
            static_cast<jetstream_waking*>(closure)->bell_.ring();
        };
        if (natsConnection_Subscribe(&made, server_.connection(), subjects_.appended().c_str(), rung, this) != NATS_OK) return;
        subscription_.reset(made);
        const auto ended = [](void* closure) {
            auto* const           mine = static_cast<jetstream_waking*>(closure);
            const std::lock_guard ending(mine->mutex_);
            mine->has_ended_ = true;
            mine->changed_.notify_all();
        };
        has_ended_ = natsSubscription_SetOnCompleteCB(made, ended, this) != NATS_OK;
    }
    // The connection may be another one.
    void listen_again() {
        if (!is_listening_ || !server_.is_connected()) return;
        if (subscription_ && has_ended_) server_.retired().add(std::move(subscription_));
        if (!subscription_) subscribe();
    }
    void go() {
        std::unique_lock lock(mutex_);
        const auto       is_due = [this] { return is_over_ || has_appended_.load(); };
        while (!is_over_) {
            changed_.wait_for(lock, std::chrono::seconds(1), is_due);
            const bool tell = has_appended_.exchange(false);
            listen_again();
            lock.unlock();
            if (tell)
                (void)natsConnection_Publish(server_.connection(), subjects_.appended().c_str(), nullptr, 0);
            else
                bell_.ring();
            lock.lock();
            if (tell) changed_.wait_for(lock, breath, [this] { return is_over_; });
        }
    }

    const jetstream_server&   server_;
    const jetstream_subjects& subjects_;
    bell                      bell_;
    std::mutex                mutex_;
    std::condition_variable   changed_;
    std::atomic<bool>         has_appended_{false};
    bool                      is_over_ = false, has_ended_ = false, is_listening_ = false;
    nats_subscription         subscription_;
    std::thread               thread_;  // the last: it uses the others
};

}  // namespace annals::detail

// Subscriptions that nobody needs any more.
#pragma once

#include <annals/log/jetstream/handles.hpp>

#include <mutex>
#include <utility>
#include <vector>

namespace annals::detail {

/// libnats before 3.6 may touch a subscription that is destroyed while a message for it comes in (nats-io/nats.c #637, #638).
/// So it is kept until an answer has come in that was asked for later: the thread that takes in what comes is behind it then.
/// Threads may use it at the same time.
class retired_subscriptions {
public:
    void add(nats_subscription done) {
        (void)natsSubscription_Unsubscribe(done.get());
        const std::lock_guard lock(mutex_);
        waiting_.push_back(std::move(done));
    }
    /// Asks for an answer by `question()`, and gives back what was retired before, if it came.
    template <class Question>
    natsStatus behind_answer(Question&& question) {
        std::vector<nats_subscription> before;
        {
            const std::lock_guard lock(mutex_);
            before.swap(waiting_);
        }
        const auto s = question();
        if (s != NATS_OK) {
            const std::lock_guard lock(mutex_);
            for (auto& each : before) waiting_.push_back(std::move(each));
        }
        return s;
    }

private:
    std::mutex                     mutex_;
    std::vector<nats_subscription> waiting_;
};

}  // namespace annals::detail

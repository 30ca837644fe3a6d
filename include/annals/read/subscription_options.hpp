// What a subscription is told, and what it tells.
#pragma once

#include <annals/model/context.hpp>
#include <annals/read/parked_event.hpp>
#include <annals/read/snapshot.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <functional>

namespace annals {

/// How far a subscription is.
struct subscription_progress {
    annals::position folded{};  // up to here; what is not selected counts as folded
    annals::position head{};    // of the log, when it was looked at last

    /// How many positions behind; so many events, if the log's positions have no gaps.
    [[nodiscard]] std::uint64_t lag() const { return head.value - std::min(head.value, folded.value); }
};

struct subscription_options {
    /// How many events are read at a time at most. So long `look` may have to wait, and a stop.
    std::uint64_t batch = 4096;
    /// How often a log is looked at that rings no bell, because another process writes it.
    std::chrono::milliseconds poll = std::chrono::milliseconds(50);
    /// How often a handler that threw is given the event once more, alone, and what is waited between. The state is as before
    /// each time.
    unsigned                  attempts = 1;
    std::chrono::milliseconds pause    = std::chrono::milliseconds(100);
    /// What then happens: the event is put aside, and the state is as if it had not happened; or `run` throws what the handler
    /// threw.
    bool park = false;
    /// Told behind each batch, and when an event is put aside, by the thread that runs.
    std::function<void(const subscription_progress&)> on_progress{};
    std::function<void(const parked_event&)>          on_parked{};
    /// When what was folded is saved, if there is a store: with it the place, in one piece. Also when `run` returns.
    snapshot_policy save = every(10'000);
};

}  // namespace annals

// What a split subscription is told, and what it tells.
#pragma once

#include <annals/model/context.hpp>
#include <annals/read/subscription_options.hpp>

#include <chrono>
#include <cstddef>
#include <exception>
#include <functional>

namespace annals {

/// A worker of a split subscription that an exception ended.
struct worker_death {
    std::size_t        partition = 0;
    std::exception_ptr why;
    annals::position   folded{};    // how far the partition is
    unsigned           deaths = 0;  // of its workers at that place
};

struct split_options {
    /// How many workers may die at one place of a partition and be replaced. Then the next death ends all. A worker that gets
    /// further than the one before it counts from the beginning.
    unsigned restarts = 3;
    /// What is waited before another takes over.
    std::chrono::milliseconds pause = std::chrono::milliseconds(100);
    /// Told of each death, before another takes over, by the thread that called `run`.
    std::function<void(const worker_death&)> on_death{};
    /// Of each partition. The functions in it are called by the workers, also at the same time.
    subscription_options each{};
};

}  // namespace annals

// What a contestant of the upcast benchmarks is: it holds events of all shapes, and replays them on each call. Each one has
// a file of its own.
#pragma once

#include "bank.hpp"

#include <functional>

using upcast_replay = std::function<bank::balance_sheet()>;

upcast_replay upcast_by_memory_log(std::size_t count);
upcast_replay upcast_by_hand(std::size_t count);

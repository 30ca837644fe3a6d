// What a contestant of the replay benchmarks is. Each one has a file of its own.
#pragma once

#include "ledger.hpp"

#include <functional>
#include <tuple>

/// The states of the three projections that are folded in one pass.
using three_states = std::tuple<ledger::balance_sheet, ledger::turnover, ledger::profit>;

/// A contestant that holds `count` events of a pattern and replays all of them on each call.
using one_replay   = std::function<ledger::balance_sheet()>;
using three_replay = std::function<three_states()>;

one_replay memory_log(ledger::pattern which, std::size_t count);
one_replay hand_written_switch(ledger::pattern which, std::size_t count);
one_replay variant_visit(ledger::pattern which, std::size_t count);
one_replay virtual_calls(ledger::pattern which, std::size_t count);

three_replay memory_log_fused(ledger::pattern which, std::size_t count);
three_replay hand_fused_switch(ledger::pattern which, std::size_t count);
three_replay memory_log_three_passes(ledger::pattern which, std::size_t count);

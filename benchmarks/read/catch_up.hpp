// The contestants that catch up with a log: four projections from the first event to the last. Each has a file of its own.
#pragma once

#include "../replay/filled_log.hpp"
#include "../replay/ledger.hpp"

#include <annals/log/file_log.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <tuple>

namespace ledger {

/// A fourth state, beside the three of the replay benchmarks.
struct traffic {
    using events = annals::events<opened, transferred, closed>;

    std::int64_t  customers = 0;
    std::uint64_t transfers = 0;
    std::uint64_t to        = 0;

    constexpr void apply(const opened&) { ++customers; }
    constexpr void apply(const transferred& e) {
        ++transfers;
        to ^= e.to;
    }
    constexpr void apply(const closed&) { --customers; }

    friend constexpr bool operator==(const traffic&, const traffic&) = default;
};

}  // namespace ledger

using four_states     = std::tuple<ledger::balance_sheet, ledger::turnover, ledger::profit, ledger::traffic>;
using ledger_file_log = annals::file_log<ledger::all_events>;

// This library, as its users write it: one subscription to all four.
four_states subscription(const ledger_log& log);
four_states subscription(const ledger_file_log& log);

// One reading of the same log, and one reader, which is written by hand: all numbers in one struct, one handler for an event.
four_states hand_fused(const ledger_log& log);
four_states hand_fused(const ledger_file_log& log);

// No log: a switch over the bytes of the same events, as the replay benchmarks have it for three states.
class hand_written_blocks;
four_states hand_fused_switch(const hand_written_blocks& blocks);

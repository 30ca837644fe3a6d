// The contestants that search for the first event after which more than so much was charged. Each has a file of its own.
#pragma once

#include "../replay/filled_log.hpp"
#include "../replay/ledger.hpp"

#include <cstdint>
#include <utility>
#include <vector>

/// The event's position, and the state behind it.
using found_state = std::pair<std::uint64_t, ledger::balance_sheet>;

found_state first_when(const ledger_log& log, std::int64_t fees);  // this library, as its users write it

// No log: loops over the same events, which end at the one that is searched for.
class hand_written_blocks;
found_state hand_written_search(const hand_written_blocks& blocks, std::int64_t fees);
found_state variant_search(const std::vector<ledger::all_events::variant>& events, std::int64_t fees);

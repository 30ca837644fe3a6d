// One catch-up, or one search, for callgrind, which counts what happens inside `measured`:
//     valgrind --tool=callgrind --toggle-collect='measured*' read_instructions CONTESTANT memory
#include "../replay/hand_written_blocks.hpp"
#include "catch_up.hpp"
#include "search.hpp"

#include <cstdint>
#include <cstdio>
#include <string_view>

namespace {

constexpr std::size_t     event_count = 1'000'000;
constexpr ledger::pattern which       = ledger::pattern::random;

std::int64_t balance_of(const four_states& states) { return std::get<ledger::balance_sheet>(states).balance; }
std::int64_t balance_of(const found_state& found) { return found.second.balance; }

}  // namespace

extern "C" {
[[gnu::noinline]] std::int64_t measured_hand_fused(const ledger_log& log) { return balance_of(hand_fused(log)); }
[[gnu::noinline]] std::int64_t measured_subscription(const ledger_log& log) { return balance_of(subscription(log)); }
[[gnu::noinline]] std::int64_t measured_first_when(const ledger_log& log, std::int64_t fees) {
    return balance_of(first_when(log, fees));
}
[[gnu::noinline]] std::int64_t measured_hand_written(const hand_written_blocks& blocks, std::int64_t fees) {
    return balance_of(hand_written_search(blocks, fees));
}
}

int main(int count, char** given) {
    if (count != 3) return 2;
    const std::string_view name    = given[1];
    const auto             log     = filled_log(which, event_count);
    const auto             blocks  = filled_blocks(which, event_count);
    const std::int64_t     fees    = annals::replay<ledger::balance_sheet>(*log)->fees - 1;
    std::int64_t           balance = 0;
    if (name == "hand_fused")
        balance = measured_hand_fused(*log);
    else if (name == "subscription")
        balance = measured_subscription(*log);
    else if (name == "hand_written_search")
        balance = measured_hand_written(*blocks, fees);
    else if (name == "first_when")
        balance = measured_first_when(*log, fees);
    else
        return 2;
    std::printf("%lld\n", static_cast<long long>(balance));
}

// Replays one contestant once, for callgrind, which counts what happens inside `measured`:
//     valgrind --tool=callgrind --toggle-collect='measured*' instructions CONTESTANT PATTERN
#include "contestant.hpp"

#include <cstdio>
#include <string_view>

namespace {

constexpr std::size_t event_count = 1'000'000;

ledger::pattern pattern_named(std::string_view name) {
    for (const ledger::pattern each : ledger::patterns)
        if (name_of(each) == name) return each;
    return ledger::pattern::random;
}

}  // namespace

extern "C" {
[[gnu::noinline]] long long measured_one(const one_replay& replay) { return replay().balance; }
[[gnu::noinline]] long long measured_three(const three_replay& replay) { return std::get<0>(replay()).balance; }
}

int main(int count, char** given) {
    if (count != 3) return 2;
    const std::string_view name  = given[1];
    const ledger::pattern  which = pattern_named(given[2]);
    long long              balance = 0;
    if (name == "memory_log")
        balance = measured_one(memory_log(which, event_count));
    else if (name == "hand_written_switch")
        balance = measured_one(hand_written_switch(which, event_count));
    else if (name == "memory_log_fused")
        balance = measured_three(memory_log_fused(which, event_count));
    else if (name == "hand_fused_switch")
        balance = measured_three(hand_fused_switch(which, event_count));
    else
        return 2;
    std::printf("%lld\n", balance);
}

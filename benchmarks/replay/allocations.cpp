// What a replay allocates: nothing. Prints lines like those of `run_in_rounds`.
#include "../support/allocations.hpp"
#include "contestant.hpp"

#include <cstdio>

int main() {
    const one_replay   one   = memory_log(ledger::pattern::random, 100'000);
    const three_replay three = memory_log_fused(ledger::pattern::random, 100'000);

    const std::uint64_t before    = allocations_so_far();
    const auto          state     = one();
    const std::uint64_t after_one = allocations_so_far();
    const auto          states    = three();
    const std::uint64_t after_all = allocations_so_far();

    std::printf("allocations_replay\tmemory_log\t0\t%llu\n", static_cast<unsigned long long>(after_one - before));
    std::printf("allocations_replay\tmemory_log_fused\t0\t%llu\n", static_cast<unsigned long long>(after_all - after_one));
    return state == std::get<0>(states) ? 0 : 1;
}

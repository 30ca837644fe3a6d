// Replays of one pattern by each contestant, in rounds: `replay PATTERN EVENTS ROUNDS`.
#include "../support/rounds.hpp"
#include "contestant.hpp"

#include <benchmark/benchmark.h>

#include <cstdio>
#include <cstdlib>
#include <optional>

namespace {

/// Registers a contestant, after it has shown that it comes to the same state as those before it.
template <class Replay, class State>
void enter(std::vector<std::string>& names, const std::string& name, const Replay& replay, std::optional<State>& agreed) {
    const State state = replay();
    if (agreed && state != *agreed) {
        std::fprintf(stderr, "%s comes to another state\n", name.c_str());
        std::exit(1);
    }
    agreed = state;
    names.push_back(name);
    benchmark::RegisterBenchmark(name.c_str(), [replay](benchmark::State& run) {
        for (auto _ : run) benchmark::DoNotOptimize(replay());
    })->Iterations(1)->UseRealTime();
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 4) return 2;
    const std::string pattern_name = argv[1];
    const auto        events       = static_cast<std::size_t>(std::atoll(argv[2]));
    const int         rounds       = std::atoi(argv[3]);

    for (const ledger::pattern which : ledger::patterns) {
        if (name_of(which) != pattern_name) continue;
        std::vector<std::string>             names;
        std::optional<ledger::balance_sheet> one;
        std::optional<three_states>          three;
        const std::string                    replay = "replay_" + pattern_name + ":";
        const std::string                    fused  = "fused_" + pattern_name + ":";
        enter(names, replay + "hand_written_switch", hand_written_switch(which, events), one);
        enter(names, replay + "memory_log", memory_log(which, events), one);
        enter(names, replay + "variant_visit", variant_visit(which, events), one);
        enter(names, replay + "virtual_calls", virtual_calls(which, events), one);
        enter(names, fused + "hand_fused_switch", hand_fused_switch(which, events), three);
        enter(names, fused + "memory_log_fused", memory_log_fused(which, events), three);
        enter(names, fused + "memory_log_three_passes", memory_log_three_passes(which, events), three);
        run_in_rounds(names, rounds);
        return 0;
    }
    return 2;
}

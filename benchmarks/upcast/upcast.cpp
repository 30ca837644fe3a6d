// Replays of a log of old events, in rounds: `upcast EVENTS ROUNDS`.
#include "../support/rounds.hpp"
#include "contestant.hpp"

#include <benchmark/benchmark.h>

#include <cstdio>
#include <cstdlib>

int main(int argc, char** argv) {
    if (argc != 3) return 2;
    const auto events = static_cast<std::size_t>(std::atoll(argv[1]));
    const int  rounds = std::atoi(argv[2]);

    const upcast_replay by_hand = upcast_by_hand(events), by_memory_log = upcast_by_memory_log(events);
    if (by_hand() != by_memory_log()) {
        std::fprintf(stderr, "the contestants come to different states\n");
        return 1;
    }
    const std::vector<std::string> names = {"upcast:hand_written_switch", "upcast:memory_log"};
    for (const std::string& name : names)
        benchmark::RegisterBenchmark(name.c_str(),
                                     [replay = name == names[0] ? by_hand : by_memory_log](benchmark::State& run) {
                                         for (auto _ : run) benchmark::DoNotOptimize(replay());
                                     })
            ->Iterations(1)
            ->UseRealTime();
    run_in_rounds(names, rounds);
}

// Four projections catch up with a log of so many events, in memory and in files: `catch_up EVENTS ROUNDS [DIRECTORY]`. In
// files, the events came in appends of 1, 10, 100, 1000 and 10 000, each of which
// lies in a frame, and are read from the system's cache.
#include "../durable/fresh_directory.hpp"
#include "../replay/hand_written_blocks.hpp"
#include "../support/rounds.hpp"
#include "catch_up.hpp"
#include "filled_file_log.hpp"

#include <benchmark/benchmark.h>

#include <cstdlib>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace {

constexpr ledger::pattern which = ledger::pattern::random;

std::optional<four_states> agreed;

/// Registers a contestant, after it has shown that it comes to the same states as those before it.
void enter(std::vector<std::string>& names, const std::string& name, const std::function<four_states()>& catch_up) {
    const four_states states = catch_up();
    if (agreed && states != *agreed) give_up(name + " comes to another state");
    agreed = states;
    names.push_back(name);
    benchmark::RegisterBenchmark(name.c_str(),
                                 [catch_up](benchmark::State& run) {
                                     for (auto _ : run) benchmark::DoNotOptimize(catch_up());
                                 })
        ->Iterations(1)
        ->UseRealTime();
}

void run(const std::vector<std::string>& names, int rounds) {
    run_in_rounds(names, rounds);
    benchmark::ClearRegisteredBenchmarks();
}

void in_memory(std::size_t events, int rounds) {
    const auto               log    = filled_log(which, events);
    const auto               blocks = filled_blocks(which, events);
    std::vector<std::string> names;
    enter(names, "catch_up_memory:hand_fused", [&] { return hand_fused(*log); });
    enter(names, "catch_up_memory:subscription", [&] { return subscription(*log); });
    enter(names, "catch_up_memory:hand_fused_switch", [&] { return hand_fused_switch(*blocks); });
    run(names, rounds);
}

void in_files(std::size_t events, int rounds, const std::string& directory) {
    for (const std::size_t at_once : {1, 10, 100, 1000, 10'000}) {
        const std::string        claim = "catch_up_file_" + std::to_string(at_once);
        const auto               log   = filled_file_log(directory + "/" + claim, which, events, at_once);
        std::vector<std::string> names;
        settle(directory);
        enter(names, claim + ":hand_fused", [&] { return hand_fused(log); });
        enter(names, claim + ":subscription", [&] { return subscription(log); });
        run(names, rounds);
        std::filesystem::remove_all(directory + "/" + claim);  // what is open stays
    }
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 3 && argc != 4) return 2;
    const auto events = static_cast<std::size_t>(std::atoll(argv[1]));
    const int  rounds = std::atoi(argv[2]);

    in_memory(events, rounds);
    return in_fresh_directory(argc == 4 ? argv[3] : "", [&](const std::string& directory) {
        in_files(events, rounds, directory);
        return 0;
    });
}

// Commands on streams of 1, 10 and 100 events in a log of so many events: `handle EVENTS ROUNDS`. Each command goes to a
// stream of its own, chosen from all over the log, so that every stream still has the length that is claimed.
#include "../support/allocations.hpp"
#include "../support/rounds.hpp"
#include "contestant.hpp"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

namespace {

struct contestant {
    const char* name;
    one_command (*fill)(filling);
};

constexpr contestant contestants[] = {
    {"hand_written_map", hand_written_map},
    {"repository", repository},
    {"repository_without_clock", repository_without_clock},
    {"append_alone", append_alone},
};

constexpr std::int64_t affordable = 1;
constexpr std::int64_t too_much   = std::int64_t{1} << 40;

/// Registers `commands` commands of a contestant for each round.
void enter(std::vector<std::string>& names, const std::string& name, const one_command& carry_out, filling how,
           std::size_t commands, std::int64_t cents) {
    names.push_back(name);
    benchmark::RegisterBenchmark(name.c_str(), [=, next = std::size_t{0}](benchmark::State& run) mutable {
        std::vector<std::string> ids(commands);
        for (std::string& id : ids) {
            id   = id_of(next);
            next = (next + 7919) % how.streams;  // a prime, so that no stream comes twice before all have come
        }
        const std::uint64_t before = allocations_so_far();
        std::size_t         at     = 0;
        bool                fits   = true;
        for (auto _ : run) fits = carry_out(ids[at++], cents) == (cents == affordable) && fits;
        run.counters["allocations"] =
            static_cast<double>(allocations_so_far() - before) / static_cast<double>(commands);
        if (!fits) {
            std::fprintf(stderr, "a command was not answered as it should be\n");
            std::exit(1);
        }
    })->Iterations(static_cast<benchmark::IterationCount>(commands))->UseRealTime();
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 3) return 2;
    const auto events = static_cast<std::size_t>(std::atoll(argv[1]));
    const int  rounds = std::atoi(argv[2]);

    for (const std::size_t length : {1, 10, 100}) {
        const filling     how{events / length, length};
        const std::size_t commands = std::min<std::size_t>(how.streams / static_cast<std::size_t>(rounds), 10'000);
        std::vector<std::string> names;
        for (const contestant& each : contestants)
            enter(names, "handle_" + std::to_string(length) + ":" + each.name, each.fill(how), how, commands, affordable);
        run_in_rounds(names, rounds);
        benchmark::ClearRegisteredBenchmarks();

        names.clear();
        enter(names, "refuse_" + std::to_string(length) + ":repository", repository(how), how, commands, too_much);
        run_in_rounds(names, rounds);
        benchmark::ClearRegisteredBenchmarks();
    }
}

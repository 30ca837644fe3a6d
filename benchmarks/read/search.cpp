// The first event of so many after which something was so, which is nearly the last one: `search EVENTS ROUNDS`.
#include "../replay/hand_written_blocks.hpp"
#include "../support/rounds.hpp"
#include "search.hpp"

#include <benchmark/benchmark.h>

#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string>
#include <vector>

namespace {

constexpr ledger::pattern which = ledger::pattern::random;

void enter(std::vector<std::string>& names, const std::string& name, const found_state& expected,
           const std::function<found_state()>& search) {
    if (search() != expected) {
        std::fprintf(stderr, "%s finds something else\n", name.c_str());
        std::exit(1);
    }
    names.push_back(name);
    benchmark::RegisterBenchmark(name.c_str(),
                                 [search](benchmark::State& run) {
                                     for (auto _ : run) benchmark::DoNotOptimize(search());
                                 })
        ->Iterations(5)
        ->UseRealTime();
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 3) return 2;
    const auto events = static_cast<std::size_t>(std::atoll(argv[1]));
    const int  rounds = std::atoi(argv[2]);

    const auto                               log    = filled_log(which, events);
    const auto                               blocks = filled_blocks(which, events);
    std::vector<ledger::all_events::variant> variants;
    ledger::generate(which, events, [&](const auto& event) { variants.emplace_back(event); });

    const std::int64_t       fees     = annals::replay<ledger::balance_sheet>(*log)->fees - 1;
    const found_state        expected = variant_search(variants, fees);
    std::vector<std::string> names;
    enter(names, "first_when:hand_written_search", expected, [&] { return hand_written_search(*blocks, fees); });
    enter(names, "first_when:variant_search", expected, [&] { return variant_search(variants, fees); });
    enter(names, "first_when:first_when", expected, [&] { return first_when(*log, fees); });
    run_in_rounds(names, rounds);
}

// Encoding and decoding by each contestant, in rounds: `codec ROUNDS`. All of them on the same events, in one run.
#include "../support/rounds.hpp"
#include "contestants.hpp"

#include <benchmark/benchmark.h>

#include <cstdio>
#include <cstdlib>

namespace {

/// Measures one thing that contestants can do. What it takes is told for each event.
template <class Run>
void enter(std::vector<std::string>& names, const std::string& name, const Run& run, int batches) {
    if (!run) return;
    names.push_back(name);
    benchmark::RegisterBenchmark(name.c_str(),
                                 [run, batches](benchmark::State& state) {
                                     for (auto _ : state)
                                         for (int i = 0; i < batches; ++i) {
                                             if constexpr (std::is_void_v<decltype(run())>)
                                                 run();
                                             else
                                                 benchmark::DoNotOptimize(run());
                                         }
                                 })
        ->Iterations(1)
        ->UseRealTime();
}

/// Registers all contestants, after each has shown that it gives back what it was given.
template <class E>
void measure(const std::string& event, const std::vector<E>& batch, const std::vector<contestant<E>>& contestants, int rounds,
             int batches) {
    std::vector<std::pair<std::string, codec<E>>> all;
    for (const contestant<E>& each : contestants) {
        all.emplace_back(each.name, each.enter(batch));
        const codec<E>& codec = all.back().second;
        if (codec.round_trip() != batch) {
            std::fprintf(stderr, "%s does not give back what it was given\n", each.name);
            std::exit(1);
        }
        std::printf("size_%s\t%s\t0\t%zu\n", event.c_str(), each.name, codec.encode());
    }
    std::printf("events\t%s\t0\t%zu\n", event.c_str(), batch.size() * static_cast<std::size_t>(batches));

    const auto claim = [&](const std::string& what, auto does) {
        std::vector<std::string> names;
        for (const auto& [name, codec] : all) enter(names, what + "_" + event + ":" + name, codec.*does, batches);
        run_in_rounds(names, rounds);
        benchmark::ClearRegisteredBenchmarks();
    };
    claim("encode", &codec<E>::encode);
    claim("append", &codec<E>::append);
    claim("decode", &codec<E>::decode);
    claim("decode_reused", &codec<E>::decode_reused);
    claim("sum", &codec<E>::sum);
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2) return 2;
    const int rounds = std::atoi(argv[1]);
    measure("paid", shop::many_paid(), paid_contestants, rounds, 2000);
    measure("ordered", shop::many_ordered(), ordered_contestants, rounds, 100);
}

// Events to JSON and back, by this library and by Boost.JSON alone, in rounds: `json ROUNDS`.
#include "../support/rounds.hpp"
#include "contestant.hpp"

#include <benchmark/benchmark.h>

#include <cstdio>
#include <cstdlib>

int main(int argc, char** argv) {
    if (argc != 2) return 2;
    constexpr int                            batches       = 20;
    const int                                rounds        = std::atoi(argv[1]);
    const std::vector<shop::ordered>         batch         = shop::many_ordered();
    const std::pair<const char*, json_codec> contestants[] = {{"boost_json", boost_json(batch)},
                                                              {"annals", annals_json(batch)}};
    if (contestants[0].second.texts() != contestants[1].second.texts()) {
        std::fprintf(stderr, "the contestants do not write the same JSON\n");
        return 1;
    }
    for (const auto& [name, codec] : contestants)
        if (codec.events() != batch) {
            std::fprintf(stderr, "%s does not give back what it was given\n", name);
            return 1;
        }
    std::printf("events\tjson\t0\t%zu\n", batch.size() * batches);

    const auto claim = [&](const std::string& what, auto does) {
        std::vector<std::string> names;
        for (const auto& [contestant, codec] : contestants) {
            names.push_back(what + ":" + contestant);
            benchmark::RegisterBenchmark(names.back().c_str(),
                                         [run = codec.*does](benchmark::State& state) {
                                             for (auto _ : state)
                                                 for (int i = 0; i < batches; ++i) run();
                                         })
                ->Iterations(1)
                ->UseRealTime();
        }
        run_in_rounds(names, rounds);
        benchmark::ClearRegisteredBenchmarks();
    };
    claim("json_to_value", &json_codec::to_value);
    claim("json_from_value", &json_codec::from_value);
    claim("json_to_text", &json_codec::to_text);
    claim("json_from_text", &json_codec::from_text);
}

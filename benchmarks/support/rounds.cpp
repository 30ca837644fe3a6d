#include "rounds.hpp"

#include <benchmark/benchmark.h>

#include <cstddef>
#include <cstdio>

namespace {

class line_reporter : public benchmark::BenchmarkReporter {
public:
    explicit line_reporter(int round) : round_(round) {}

    bool ReportContext(const Context&) override { return true; }
    void ReportRuns(const std::vector<Run>& runs) override {
        for (const Run& run : runs) {
            const std::string name       = run.run_name.function_name;
            const std::size_t colon      = name.find(':');
            const std::string claim      = name.substr(0, colon);
            const std::string contestant = name.substr(colon + 1);
            print(claim, contestant, run.GetAdjustedRealTime());
            for (const auto& [counter, value] : run.counters) print(counter + "_" + claim, contestant, value.value);
        }
    }

private:
    void print(const std::string& claim, const std::string& contestant, double value) {
        std::printf("%s\t%s\t%d\t%.6f\n", claim.c_str(), contestant.c_str(), round_, value);
        std::fflush(stdout);
    }

    int round_;
};

}  // namespace

void run_in_rounds(const std::vector<std::string>& names, int rounds) {
    for (int round = 0; round < rounds; ++round)
        for (std::size_t i = 0; i < names.size(); ++i) {
            line_reporter reporter(round);
            benchmark::RunSpecifiedBenchmarks(&reporter,
                                              "^" + names[(i + static_cast<std::size_t>(round)) % names.size()] + "($|/)");
        }
}

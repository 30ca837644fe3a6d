// The file log on a disk that crashes, fails and decays:
//     crash_simulation [SECONDS [SEED]]          all parts, for so long
//     crash_simulation --replay PART:NUMBER[:SEED[:SAFEGUARD]]
//     crash_simulation --safeguards [SECONDS]    that each safeguard is needed: without it something breaks
#include "crash_simulation/safeguards.hpp"
#include "crash_simulation/suite.hpp"

#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <optional>
#include <string>
#include <unistd.h>
#include <vector>

using namespace crash_simulation;

namespace {

using steady = std::chrono::steady_clock;

// What runs now, for the case that it does not come to an end.
char running[96];

[[noreturn]] void say_what_ran(const char* how) {
    std::printf("FAILED %s\n    to run only this: crash_simulation --replay %s\n", how, running);
    std::_Exit(1);
}

std::string name_of_case(part which, std::uint64_t number, std::uint64_t seed) {
    return std::string(name_of(which)) + ":" + std::to_string(number) + ":" + std::to_string(seed);
}

int replay(const std::string& text) {
    std::vector<std::string> fields{""};
    for (const char letter : text)
        if (letter == ':')
            fields.emplace_back();
        else
            fields.back().push_back(letter);
    fields.resize(4);
    const auto number = std::strtoull(fields[1].c_str(), nullptr, 10);
    const auto seed   = fields[2].empty() ? 1 : std::strtoull(fields[2].c_str(), nullptr, 10);
    suite      all(seed);
    take_away(fields[3]);
    told().is_kept = true;
    for (const part each : all_parts) {
        if (name_of(each) != fields[0]) continue;
        std::string what = "nothing broke";
        try {
            all.run(each, number);
        } catch (const std::exception& failure) { what = failure.what(); }
        for (const std::string& line : told().lines) std::printf("  %s\n", line.c_str());
        std::printf("%s\n", what.c_str());
        return what == "nothing broke" ? 0 : 1;
    }
    std::fprintf(stderr, "no such part: %s\n", fields[0].c_str());
    return 2;
}

int campaign(double seconds, std::uint64_t seed) {
    const auto           begin   = steady::now();
    const auto           elapsed = [&] { return std::chrono::duration<double>(steady::now() - begin).count(); };
    std::optional<suite> all;
    try {
        all.emplace(seed);
    } catch (const std::exception& failure) {
        std::printf("without any fault, seed %llu: %s\n", static_cast<unsigned long long>(seed), failure.what());
        return 1;
    }
    struct progress {
        part               which;
        double             share;
        unsigned long long cases = 0;
        double             spent = 0;
    };
    progress parts[]  = {{part::crash, 30},      {part::recovery, 15}, {part::kill, 8},    {part::fault, 15},
                         {part::interrupted, 4}, {part::full, 4},      {part::damage, 14}, {part::long_run, 10}};
    int      failures = 0;
    for (double now = elapsed(); now < seconds && failures < 10;) {
        progress* next = &parts[0];
        for (progress& each : parts)
            if (each.spent / each.share < next->spent / next->share) next = &each;
        std::snprintf(running, sizeof(running), "%s", name_of_case(next->which, next->cases, seed).c_str());
        ::alarm(20);
        try {
            all->run(next->which, next->cases);
        } catch (const std::exception& failure) {
            ++failures;
            std::printf("FAILED %s\n    to run only this: crash_simulation --replay %s\n", failure.what(),
                        name_of_case(next->which, next->cases, seed).c_str());
        }
        ++next->cases;
        const double behind = elapsed();
        next->spent += behind - now;
        now = behind;
    }
    for (const progress& each : parts)
        std::printf("%-12s %8llu cases in %5.1f s, %.1f times each point\n", name_of(each.which).data(), each.cases, each.spent,
                    static_cast<double>(each.cases) / static_cast<double>(all->round(each.which)));
    const tally& sum = tried();
    std::printf("%llu runs: %llu crashes, %llu kills, %llu recoveries, %llu faults, %llu damages; ", sum.runs, sum.crashes,
                sum.kills, sum.recoveries, sum.faults, sum.damages);
    std::printf("%llu appends, %llu checks of a whole log\n", sum.appends, sum.checks);
    return failures == 0 ? 0 : 1;
}

}  // namespace

int main(int count, char** arguments) {
    std::setvbuf(stdout, nullptr, _IOLBF, 0);
    std::set_terminate([] { say_what_ran("the process was ended by an exception"); });
    std::signal(SIGALRM, [](int) { say_what_ran("it does not come to an end"); });
    const std::string first = count > 1 ? arguments[1] : "30";
    if (first == "--replay" && count > 2) return replay(arguments[2]);
    if (first == "--safeguards") return check_safeguards(count > 2 ? std::strtod(arguments[2], nullptr) : 2);
    return campaign(std::strtod(first.c_str(), nullptr), count > 2 ? std::strtoull(arguments[2], nullptr, 10) : 1);
}

// Replays of so many events of 64 bytes, which lie in the page cache: `replays EVENTS ROUNDS [DIRECTORY]`. The events came in
// appends of 100, to 1000 streams in turn. They are of one type, or of eight at random.
//
// One peer after the other runs beside this library, in rounds, so that the files of two have room in memory and no more.
// In each round a contestant is opened anew, which is the counter `opening`; the log in memory stays, for it has no files.
#include "../support/rounds.hpp"
#include "contestant.hpp"
#include "fresh_directory.hpp"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <filesystem>

namespace {

using clock_type = std::chrono::steady_clock;

struct entrant {
    const char* name;
    contestant_pointer (*open)(const opening&);
    bool has_files = true;
};

constexpr entrant ours    = {"annals", open_annals};
constexpr entrant peers[] = {
    {"lmdb", open_lmdb}, {"sqlite", open_sqlite}, {"rocksdb", open_rocksdb}, {"memory_log", open_memory_log, false}};

struct mix {
    const char*   name;
    std::uint64_t types;
};

constexpr mix mixes[] = {{"one_type", 1}, {"eight_types", 8}};

double seconds_since(clock_type::time_point begin) {
    return std::chrono::duration<double>(clock_type::now() - begin).count();
}

/// Appends the events of a mix, the same to each contestant, and returns what their replay must come to.
warehouse::tally fill(contestant& log, const mix& which, std::size_t count) {
    using namespace warehouse;
    constexpr std::size_t   at_once = 100, stream_count = 1000;
    std::vector<stream_key> streams;
    for (std::size_t i = 0; i < stream_count; ++i) streams.push_back({"stream-" + std::to_string(i), i});
    tally          expected;
    random_numbers random;
    batch          events;
    std::size_t    appends = 0;
    for (std::size_t left = count; left != 0; ++appends) {
        const std::size_t now = std::min(left, at_once);
        events.fill(now, [&](std::size_t) {
            const std::uint64_t type = which.types == 1 ? 0 : random() % which.types;
            return random_small_event(type, random);
        });
        if (!log.append(streams[appends % stream_count], appends / stream_count * at_once, events))
            give_up("replays", "refused, though the version is right");
        for (const stored_event& event : events.bytes()) apply_stored(expected, event.type, event.bytes.data());
        left -= now;
    }
    return expected;
}

/// A contestant that holds the events of a mix.
class filled {
public:
    filled(const entrant& who, const mix& which, std::size_t count, const std::string& directory)
        : who_(who), how_{directory + "/" + who.name, warehouse::event_size::small, purpose::replay} {
        std::filesystem::create_directory(how_.directory);
        contestant_pointer log   = who.open(how_);
        const auto         begin = clock_type::now();
        expected_                = fill(*log, which, count);
        if (!who.has_files) kept_ = std::move(log);
        log.reset();
        std::fprintf(stderr, "%s: filled in %.1f s\n", who.name, seconds_since(begin));
        settle(directory);
        replay_once();  // the page cache is warm from here on
    }
    ~filled() { std::filesystem::remove_all(how_.directory); }
    filled(const filled&)            = delete;
    filled& operator=(const filled&) = delete;

    const char* name() const { return who_.name; }

    struct taken {
        double opening, replay;  // seconds
    };
    taken replay_once() const {
        const auto               begin  = clock_type::now();
        const contestant_pointer opened = kept_ ? nullptr : who_.open(how_);
        contestant&              log    = kept_ ? *kept_ : *opened;
        const double             open   = seconds_since(begin);
        const auto               middle = clock_type::now();
        const auto               state  = log.replay();
        const double             replay = seconds_since(middle);
        if (state != expected_) give_up(who_.name, "comes to another state");
        return {open, replay};
    }

private:
    entrant            who_;
    opening            how_;
    contestant_pointer kept_;
    warehouse::tally   expected_;
};

void enter(std::vector<std::string>& names, const std::string& claim, const filled& who) {
    names.push_back(claim + ":" + who.name());
    benchmark::RegisterBenchmark(names.back().c_str(), [&who](benchmark::State& run) {
        for (auto _ : run) {
            const auto [opening, replay] = who.replay_once();
            run.SetIterationTime(replay);
            run.counters["opening"] = opening * 1e9;
        }
    })->Iterations(1)->UseManualTime();
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 3 && argc != 4) return 2;
    const auto count  = static_cast<std::size_t>(std::atoll(argv[1]));
    const int  rounds = std::atoi(argv[2]);

    return in_fresh_directory(argc == 4 ? argv[3] : "", [&](const std::string& directory) {
        for (const mix& which : mixes) {
            const filled annals(ours, which, count, directory);
            for (const entrant& who : peers) {
                const filled             peer(who, which, count, directory);
                const std::string        claim = std::string("replay_durable_") + which.name + "_" + who.name;
                std::vector<std::string> names;
                enter(names, claim, annals);
                enter(names, claim, peer);
                run_in_rounds(names, rounds);
                benchmark::ClearRegisteredBenchmarks();
            }
        }
        return 0;
    });
}

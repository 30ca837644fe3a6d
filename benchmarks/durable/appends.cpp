// Durable appends, each of which is on the disk before the next one of its thread begins: `appends ROUNDS SECONDS [DIRECTORY]`.
// In each round each contestant begins anew in an empty directory and appends for so long. One thread at 1, 100 and 10 000
// events at once; 4, 16 and 64 threads at one event. Each thread has 1000 streams of its own, and takes one after the other.
//
// A claim's value is the time from one append to the next, in nanoseconds: of all threads together. Counters are the median
// and the 99th percentile of an append as its thread waits for it.
//
// The machine should do nothing else: where all processors are busy, a sync that is done waits for one, which takes far longer
// than the sync, and all contestants look alike.
#include "../support/rounds.hpp"
#include "contestant.hpp"
#include "fresh_directory.hpp"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <barrier>
#include <chrono>
#include <thread>

namespace {

using clock_type = std::chrono::steady_clock;

struct entrant {
    const char* name;
    contestant_pointer (*open)(const opening&);
    bool is_log;  // has streams and versions
};

constexpr entrant entrants[] = {
    {"annals", open_annals, true},   {"raw_file", open_raw_file, false}, {"sqlite", open_sqlite, true},
    {"lmdb", open_lmdb, true},       {"rocksdb", open_rocksdb, true},
};

struct load {
    warehouse::event_size size;
    std::size_t           events;  // in one append
    std::size_t           threads;
};

std::string claim_of(const load& what) {
    std::string claim = what.size == warehouse::event_size::small ? "append_64_" : "append_1024_";
    claim += std::to_string(what.events);
    return what.threads == 1 ? claim : claim + "_threads_" + std::to_string(what.threads);
}

warehouse::batch batch_of(const load& what) {
    using namespace warehouse;
    batch          made;
    random_numbers random;
    if (what.size == event_size::small)
        made.fill(what.events, [&](std::size_t i) { return random_small_event(i, random); });
    else
        made.fill(what.events, [&](std::size_t) { return large_events::variant{random_event<delivered>(random)}; });
    return made;
}

/// One thread's streams, and what it has appended to them.
class writer {
public:
    static constexpr std::size_t streams = 1000;

    explicit writer(std::size_t number) : versions_(streams) {
        for (std::size_t i = 0; i < streams; ++i) {
            const std::uint64_t stream = number * streams + i;
            keys_.push_back({"stream-" + std::to_string(stream), stream});
        }
        waits_.reserve(std::size_t{1} << 17);
    }

    void append(contestant& to, const warehouse::batch& events) {
        if (!to.append(keys_[next_], versions_[next_], events)) give_up("appends", "refused, though the version is right");
        versions_[next_] += events.bytes().size();
        next_ = (next_ + 1) % streams;
        ++appends_;
    }
    void append_until(clock_type::time_point end, contestant& to, const warehouse::batch& events) {
        for (auto before = clock_type::now(); before < end;) {
            append(to, events);
            const auto after = clock_type::now();
            waits_.push_back(std::chrono::duration<double, std::nano>(after - before).count());
            before = after;
        }
    }
    /// That a version which is too high or too low is refused.
    void append_wrongly(contestant& to, const warehouse::batch& events) const {
        if (to.append(keys_[0], versions_[0] + 1, events) || to.append(keys_[0], versions_[0] - 1, events))
            give_up("appends", "accepted, though the version is wrong");
    }

    std::size_t                appends() const { return appends_; }
    const std::vector<double>& waits() const { return waits_; }

private:
    std::vector<stream_key>    keys_;
    std::vector<std::uint64_t> versions_;
    std::size_t                next_    = 0;
    std::size_t                appends_ = 0;
    std::vector<double>        waits_;  // nanoseconds
};

struct outcome {
    double seconds;  // for each append
    double half_wait, long_wait;
};

outcome outcome_of(const std::vector<writer>& writers, clock_type::duration taken) {
    std::vector<double> waits;
    for (const writer& each : writers) waits.insert(waits.end(), each.waits().begin(), each.waits().end());
    std::sort(waits.begin(), waits.end());
    return {std::chrono::duration<double>(taken).count() / static_cast<double>(waits.size()), waits[waits.size() / 2],
            waits[waits.size() * 99 / 100]};
}

/// What the fastest log takes of the disk in that time, and the files that are made ahead.
std::size_t room_for(const load& what, double seconds) {
    constexpr std::size_t least = std::size_t{256} << 20, most = std::size_t{2} << 30;
    const std::size_t     append = what.events * (what.size == warehouse::event_size::small ? 64 : 1024);
    return std::clamp(static_cast<std::size_t>(static_cast<double>(append) * 10'000 * seconds), least, most);
}

outcome measured(const entrant& who, const load& what, const warehouse::batch& events, double seconds,
                 const std::string& directory) {
    constexpr int       first_appends = 10;  // which no time is taken of
    std::vector<writer> writers;
    for (std::size_t i = 0; i < what.threads; ++i) writers.emplace_back(i);
    empty_directory(directory);
    visit_room(directory, room_for(what, seconds));
    const contestant_pointer log = who.open({directory, what.size, purpose::appends});
    for (writer& each : writers)
        for (int i = 0; i < first_appends; ++i) each.append(*log, events);
    settle(directory);

    clock_type::time_point begin, end;
    std::barrier           together(static_cast<std::ptrdiff_t>(what.threads), [&]() noexcept {
        begin = clock_type::now();
        end   = begin + std::chrono::duration_cast<clock_type::duration>(std::chrono::duration<double>(seconds));
    });
    std::vector<std::thread> threads;
    for (writer& each : writers)
        threads.emplace_back([&] {
            together.arrive_and_wait();
            each.append_until(end, *log, events);
        });
    for (std::thread& each : threads) each.join();
    const auto taken = clock_type::now() - begin;

    std::uint64_t appended = 0;
    for (const writer& each : writers) appended += each.appends() * events.bytes().size();
    if (who.is_log) writers[0].append_wrongly(*log, events);
    if (log->count() != appended) give_up(who.name, "does not hold what it was given");
    return outcome_of(writers, taken);
}

/// Registers a contestant. It is counted as if each of its appends were `appends` of them.
void enter(std::vector<std::string>& names, const std::string& name, const entrant& who, const load& what, double appends,
           double seconds, const std::string& directory) {
    names.push_back(name);
    benchmark::RegisterBenchmark(name.c_str(), [=, events = batch_of(what)](benchmark::State& run) {
        for (auto _ : run) {
            const outcome found = measured(who, what, events, seconds, directory);
            run.SetIterationTime(found.seconds / appends);
            run.counters["half_wait"] = found.half_wait;
            run.counters["long_wait"] = found.long_wait;
        }
    })->Iterations(1)->UseManualTime();
}

/// With several threads, the disk alone stands for what is best: all of them wait for one sync.
void run_load(const load& what, int rounds, double seconds, const std::string& directory) {
    std::vector<std::string> names;
    for (const entrant& who : entrants) {
        const std::string name  = claim_of(what) + ":" + who.name;
        const bool        alone = !who.is_log && what.threads > 1;
        if (alone)
            enter(names, name, who, {what.size, what.threads, 1}, static_cast<double>(what.threads), seconds, directory);
        else
            enter(names, name, who, what, 1, seconds, directory);
    }
    run_in_rounds(names, rounds);
    benchmark::ClearRegisteredBenchmarks();
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 3 && argc != 4) return 2;
    const int    rounds  = std::atoi(argv[1]);
    const double seconds = std::atof(argv[2]);

    return in_fresh_directory(argc == 4 ? argv[3] : "", [&](const std::string& directory) {
        for (const warehouse::event_size size : {warehouse::event_size::small, warehouse::event_size::large}) {
            for (const std::size_t events : {1U, 100U, 10'000U}) run_load({size, events, 1}, rounds, seconds, directory);
            for (const std::size_t threads : {4U, 16U, 64U}) run_load({size, 1, threads}, rounds, seconds, directory);
        }
        return 0;
    });
}

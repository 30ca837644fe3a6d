// An aggregate of so many events is loaded from a log in memory, which holds nothing else but another one of 100 events: with
// and without a snapshot, behind which 100 events came. `load EVENTS ROUNDS [DIRECTORY]`. Snapshots in files are read from the
// system's cache.
#include "../durable/fresh_directory.hpp"
#include "../handle/account.hpp"
#include "../support/rounds.hpp"

#include <annals/read/file_snapshots.hpp>
#include <annals/read/load.hpp>

#include <benchmark/benchmark.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace {

using account_log = annals::memory_log<account::account::events>;
using any_event   = account::account::events::variant;

constexpr std::uint64_t since = 100;  // events behind the snapshot

[[noreturn]] void give_up(const char* why) {
    std::fprintf(stderr, "%s\n", why);
    std::exit(1);
}

void append(account_log& log, const std::string& stream, std::uint64_t first, std::uint64_t last) {
    for (std::uint64_t at = first; at <= last; ++at)
        account::event_number(at, [&](const auto& event) {
            if (!log.append(stream, annals::version{at - 1}, event)) give_up("an append is refused");
        });
}

/// Registers a contestant, which answers the balance that it comes to.
void enter(std::vector<std::string>& names, const std::string& name, int loads, std::int64_t balance,
           const std::function<std::int64_t()>& load) {
    if (load() != balance) give_up((name + " comes to another state").c_str());
    names.push_back(name);
    benchmark::RegisterBenchmark(name.c_str(),
                                 [load](benchmark::State& run) {
                                     for (auto _ : run) benchmark::DoNotOptimize(load());
                                 })
        ->Iterations(loads)
        ->UseRealTime();
}

std::int64_t folded_by_hand(const std::vector<any_event>& events) {
    account::account state;
    for (const any_event& event : events) std::visit([&](const auto& each) { state.apply(each); }, event);
    return state.balance;
}

int measure(std::uint64_t events, int rounds, const std::string& directory) {
    account_log              log;
    annals::memory_snapshots in_memory;
    auto                     in_files = annals::file_snapshots<>::open(directory);
    if (!in_files) give_up("there is no place for snapshots");
    append(log, "account-long", 1, events - since);
    for (const auto* store : {"memory", "files"}) {
        const auto what  = annals::stream("account-long");
        const auto saved = store == std::string_view("memory") ? annals::save_snapshot<account::account>(log, what, in_memory)
                                                               : annals::save_snapshot<account::account>(log, what, *in_files);
        if (!saved || !*saved) give_up("a snapshot is not saved");
    }
    append(log, "account-long", events - since + 1, events);
    append(log, "account-short", 1, since);
    std::vector<any_event> alike;
    for (std::uint64_t at = 1; at <= events; ++at)
        account::event_number(at, [&](const auto& event) { alike.emplace_back(event); });

    const std::int64_t       balance = folded_by_hand(alike);
    const std::int64_t       small   = folded_by_hand({alike.begin(), alike.begin() + since});
    std::vector<std::string> names;
    const auto               balance_of = [&](const char* id, const auto&... with) {
        return annals::repository_of<account::account>(log, with...).load(id)->state.balance;
    };
    enter(names, "load:without_snapshot", 3, balance, [&] { return balance_of("long"); });
    enter(names, "load:hand_written_vector", 3, balance, [&] { return folded_by_hand(alike); });
    enter(names, "load:memory_snapshots", 1000, balance, [&] { return balance_of("long", annals::with_snapshots(in_memory)); });
    enter(names, "load:file_snapshots", 1000, balance, [&] { return balance_of("long", annals::with_snapshots(*in_files)); });
    enter(names, "load:stream_of_100", 1000, small, [&] { return balance_of("short"); });
    run_in_rounds(names, rounds);
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 3 && argc != 4) return 2;
    const auto events = static_cast<std::uint64_t>(std::atoll(argv[1]));
    const int  rounds = std::atoi(argv[2]);
    return in_fresh_directory(argc == 4 ? argv[3] : "", [&](const std::string& at) { return measure(events, rounds, at); });
}

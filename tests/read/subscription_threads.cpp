// Subscriptions that follow a log while others append to it.
#include "catch.hpp"
#include "read/balances.hpp"
#include "support/file_logs.hpp"

#include <annals/read/subscription.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

using namespace bank;
using annals::position;
using annals::whole_log;

namespace {

// Three writers, four subscriptions of which each is stopped and run again at random, and one who looks.
template <class Log>
void write_and_follow(Log& log, int appends) {
    annals::memory_snapshots store;
    using followed = annals::subscription<balances, Log, annals::memory_snapshots>;
    std::vector<std::unique_ptr<followed>> all;
    annals::subscription_options           options;
    options.batch = 16;
    options.save  = annals::every(50);
    for (int i = 0; i < 4; ++i)
        all.push_back(std::make_unique<followed>(log, i % 2 == 0 ? whole_log() : annals::category("account"), options, &store));

    std::atomic<bool>        is_over{false};
    std::atomic<int>         wrong{0};
    std::vector<std::thread> threads;
    for (auto& each : all)
        threads.emplace_back([&] {
            while (!is_over)
                if (!each->run()) ++wrong;
        });
    threads.emplace_back([&] {
        std::mt19937  random(7);
        std::uint64_t before = 0;
        while (!is_over) {
            all[random() % all.size()]->stop();
            if (random() % 8 == 0 && !all[random() % all.size()]->rebuild()) ++wrong;
            all[0]->look([&](const balances& state, position at) {
                if (at.value < before || state.sum < state.count) ++wrong;
                before = at.value;
            });
            std::this_thread::sleep_for(std::chrono::microseconds(200));
        }
    });
    std::vector<std::thread> writers;
    for (int writer = 0; writer < 3; ++writer)
        writers.emplace_back([&, writer] {
            const std::string name = (writer == 2 ? "savings-" : "account-") + std::to_string(writer);
            for (int i = 0; i < appends; ++i)
                if (!log.append(name, annals::any_version, deposited{1 + i % 5}, annotated{"x"})) ++wrong;
        });
    for (auto& each : writers) each.join();
    for (auto& each : all) CHECK(each->wait_for(*log.head(), std::chrono::seconds(60)));
    is_over = true;
    for (auto& each : all) each->stop();
    for (auto& each : threads) each.join();
    CHECK(wrong == 0);
    CHECK(all[0]->look(state_of) == annals::replay<balances>(log).value());
    CHECK(all[1]->look(state_of) == annals::replay<balances>(log, annals::category("account")).value());
    CHECK(all[2]->look(state_of) == all[0]->look(state_of));
    CHECK(all[3]->look(state_of) == all[1]->look(state_of));
}

}  // namespace

TEST_CASE("four subscriptions follow a log in memory that three threads write, and are stopped again and again") {
    annals::memory_log<bank::events> log;
    write_and_follow(log, 3000);
}

TEST_CASE("four subscriptions follow a log on the disk that three threads write, and are stopped again and again") {
    const support::temporary_directory home;
    auto                               log = support::opened(home / "log");
    write_and_follow(log, 1000);
}

TEST_CASE("a subscription sees what another process appends, by looking from time to time") {
    const support::temporary_directory home;
    auto                               writer = support::opened(home / "log");
    REQUIRE(writer.append("a", annals::any_version, deposited{1}).has_value());
    const auto  log = support::opened_read_only(home / "log");
    auto        all = annals::subscribe<balances>(log, whole_log(), {.poll = std::chrono::milliseconds(1)});
    std::thread running([&] { CHECK(all.run().has_value()); });
    for (std::int64_t i = 2; i <= 20; ++i) {
        const auto made = writer.append("a", annals::any_version, deposited{i});
        REQUIRE(made.has_value());
        CHECK(all.wait_for(made->position, std::chrono::seconds(60)));
    }
    all.stop();
    running.join();
    CHECK(all.look(state_of) == balances{210, 20});
}

TEST_CASE("a stop that comes first is not forgotten") {
    annals::memory_log<bank::events> log;
    auto                             all = annals::subscribe<balances>(log);
    all.stop();
    CHECK(all.run().has_value());  // returns
    std::thread running([&] { CHECK(all.run().has_value()); });
    REQUIRE(log.append("a", annals::any_version, deposited{1}).has_value());
    CHECK(all.wait_for(position{1}, std::chrono::seconds(60)));
    all.stop();
    running.join();
}

#if defined(__cpp_lib_jthread)
TEST_CASE("a subscription stops with its thread") {
    annals::memory_log<bank::events> log;
    auto                             all = annals::subscribe<balances>(log);
    {
        std::jthread running([&](std::stop_token until) { CHECK(all.run(until).has_value()); });
        REQUIRE(log.append("a", annals::any_version, deposited{1}).has_value());
        CHECK(all.wait_for(position{1}, std::chrono::seconds(60)));
    }
    CHECK(all.look(state_of) == balances{1, 1});
}
#endif

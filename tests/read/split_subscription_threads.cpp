// Split subscriptions that follow a log while others append to it, are stopped, looked at, and die.
#include "catch.hpp"
#include "read/balances.hpp"
#include "support/file_logs.hpp"

#include <annals/read/split_subscription.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <map>
#include <random>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

using namespace bank;
using annals::position;
using annals::whole_log;

namespace {

std::atomic<unsigned> handled{0};

// Throws now and then, and sees whether its streams come in order.
struct in_order {
    using events = annals::events<deposited>;

    std::int64_t                         sum   = 0;
    std::int64_t                         wrong = 0;
    std::map<std::string, std::uint64_t> last;

    void apply(const deposited& e, const annals::context& where) {
        if (++handled % 97 == 0) throw std::runtime_error("now and then");
        if (std::uint64_t& before = last[std::string{where.stream}]; where.version.value != ++before) ++wrong;
        sum += e.cents;
    }
};

// Three writers, and a split subscription with a store, which dies, is stopped and run again, and made anew.
template <class Log>
void write_and_follow(Log& log, int appends) {
    annals::memory_snapshots store;
    annals::split_options    options;
    options.pause      = std::chrono::milliseconds(0);
    options.restarts   = 1'000'000;
    options.each.batch = 16;
    options.each.save  = annals::every(50);
    std::atomic<bool>        is_over{false};
    std::atomic<int>         wrong{0};
    std::atomic<int>         deaths{0};
    std::vector<std::thread> writers;
    std::atomic<unsigned>    batches{0};
    options.on_death         = [&](const annals::worker_death&) { ++deaths; };
    options.each.on_progress = [&](const annals::subscription_progress&) {
        if (++batches % 13 == 0) throw std::runtime_error("died");
    };
    for (int writer = 0; writer < 3; ++writer)
        writers.emplace_back([&, writer] {
            for (int i = 0; i < appends; ++i) {
                const std::string name = "account-" + std::to_string((i * 7 + writer) % 11);
                if (!log.append(name, annals::any_version, deposited{1 + i % 5})) ++wrong;
            }
        });
    for (int lives = 0; lives < 3; ++lives) {
        auto                     split = annals::subscribe_split<in_order>(log, whole_log(), 3, store, options);
        std::vector<std::thread> others;
        is_over = false;
        others.emplace_back([&] {
            while (!is_over)
                if (!split.run()) ++wrong;
        });
        others.emplace_back([&] {
            std::mt19937 random(7);
            while (!is_over) {
                if (random() % 4 == 0) split.stop();
                split.look([&](const in_order& state, position) { wrong += state.wrong != 0; });
                (void)split.progress();
                (void)split.parked();
                std::this_thread::sleep_for(std::chrono::microseconds(200));
            }
        });
        if (lives == 2)
            for (auto& each : writers) each.join();
        const auto head = log.head();
        CHECK(split.wait_for(*head, std::chrono::seconds(60)));
        is_over = true;
        split.stop();
        for (auto& each : others) each.join();
        if (lives < 2) continue;
        balances all;
        split.look([&](const in_order& state, position) {
            all.sum += state.sum;
            wrong += state.wrong != 0;
            for (const auto& [stream, count] : state.last) all.count += static_cast<std::int64_t>(count);
        });
        CHECK(all == annals::replay<balances>(log).value());
    }
    CHECK(wrong == 0);
    CHECK(deaths > 0);
}

}  // namespace

TEST_CASE("a split subscription follows a log in memory that three threads write, dies, and is stopped again and again") {
    annals::memory_log<bank::events> log;
    write_and_follow(log, 2000);
}

TEST_CASE("a split subscription follows a log on the disk that three threads write, dies, and is stopped again and again") {
    const support::temporary_directory home;
    auto                               log = support::opened(home / "log");
    write_and_follow(log, 500);
}

#if defined(__cpp_lib_jthread)
TEST_CASE("a split subscription stops with its thread") {
    annals::memory_log<bank::events> log;
    auto                             split = annals::subscribe_split<balances>(log, whole_log(), 2);
    {
        std::jthread running([&](std::stop_token until) { CHECK(split.run(until).has_value()); });
        REQUIRE(log.append("a", annals::any_version, deposited{1}).has_value());
        CHECK(split.wait_for(position{1}, std::chrono::seconds(60)));
    }
    std::int64_t sum = 0;
    split.look([&](const balances& state, position) { sum += state.sum; });
    CHECK(sum == 1);
}
#endif

// A split subscription is, stream by stream, what one subscription is: in order, and once, whoever dies.
#include "catch.hpp"
#include "read/balances.hpp"
#include "support/file_logs.hpp"

#include <annals/read/file_snapshots.hpp>
#include <annals/read/split_subscription.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <random>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

using namespace bank;
using annals::every;
using annals::position;
using annals::whole_log;

namespace {

using memory = annals::memory_log<bank::events>;

static_assert(annals::event_log<annals::partition_of<memory>> && annals::waking_log<annals::partition_of<memory>>);
static_assert(annals::positions_are_gapless<annals::partition_of<memory>>);
static_assert(annals::snapshot_store<annals::snapshots_of_partition<annals::memory_snapshots>>);

std::atomic<int> folded{0};   // events, by any state
std::atomic<int> trouble{0};  // how often a handler throws

using versions = std::map<std::string, std::vector<std::uint64_t>>;

// Each stream, and what came of it in which order.
struct streams {
    using events = annals::events<deposited, annotated>;

    std::int64_t sum = 0;
    versions     seen;

    void apply(const deposited& e, const annals::context& where) { note(where), sum += e.cents; }
    void apply(const annotated& e, const annals::context& where) {
        note(where);  // half of what is to be done
        if (e.note == "bad" && trouble > 0) {
            --trouble;
            throw std::runtime_error("not that");
        }
    }
    void note(const annals::context& where) {
        ++folded;
        seen[std::string{where.stream}].push_back(where.version.value);
    }
};

void fill(memory& log, int count, int of_streams = 20) {
    for (int i = 0; i < count; ++i)
        REQUIRE(log.append("account-" + std::to_string(i % of_streams), annals::any_version, deposited{i}).has_value());
}

// All partitions together. No stream is in two of them.
template <class Split>
streams together(const Split& split) {
    streams all;
    split.look([&](const streams& one, position) {
        all.sum += one.sum;
        for (const auto& [stream, seen] : one.seen) CHECK(all.seen.emplace(stream, seen).second);
    });
    return all;
}
template <class Split, class Log>
void is_right(const Split& split, const Log& log, const annals::log_query& what = whole_log()) {
    const auto all   = together(split);
    const auto plain = annals::replay<streams>(log, what).value();
    CHECK(all.sum == plain.sum);
    CHECK(all.seen == plain.seen);
}

annals::split_options at_once() {
    annals::split_options options;
    options.pause = std::chrono::milliseconds(0);
    return options;
}

}  // namespace

TEST_CASE("a stream is in the same partition for ever") {
    // Written down, for what was saved depends on it. Figures of another program.
    CHECK(annals::detail::number_of_stream("") == 0x0000000000000000U);
    CHECK(annals::detail::number_of_stream("a") == 0x95da58f99f363d7dU);
    CHECK(annals::detail::number_of_stream("account-1") == 0x044d79bdf9fba21bU);
    CHECK(annals::detail::number_of_stream("account-bob") == 0x7ec0d556aa8347b9U);
    CHECK(annals::detail::number_of_stream("savings-6f1d2c3b-4e5f") == 0xd6be57011edaf9d7U);
    // Streams that differ little are spread evenly.
    for (const std::size_t partitions : {2U, 3U, 4U, 7U, 8U, 16U}) {
        std::vector<int> sizes(partitions);
        for (int i = 0; i < 16'000; ++i) ++sizes[annals::partition_of_stream("account-" + std::to_string(i), partitions)];
        for (const int size : sizes) {
            CHECK(size > 14'000 / static_cast<int>(partitions));
            CHECK(size < 18'000 / static_cast<int>(partitions));
        }
    }
}

TEST_CASE("all partitions together are what one subscription is, and each stream is in order") {
    memory log;
    fill(log, 500);
    REQUIRE(log.append("savings-1", annals::any_version, deposited{7}, withdrawn{5}, annotated{"x"}).has_value());
    const std::size_t workers = GENERATE(std::size_t{0}, std::size_t{1}, std::size_t{2}, std::size_t{5}, std::size_t{40});
    CAPTURE(workers);
    auto split = annals::subscribe_split<streams>(log, whole_log(), workers);
    CHECK(split.partitions() == std::max<std::size_t>(workers, 1));
    REQUIRE(split.catch_up().has_value());
    is_right(split, log);
    CHECK(split.progress().folded == position{503});
    CHECK(split.progress().lag() == 0);
    CHECK(split.wait_for(position{503}, std::chrono::seconds(0)));
    CHECK_FALSE(split.wait_for(position{504}, std::chrono::milliseconds(1)));
    CHECK(split.look("account-3", [](const streams& one, position) { return one.seen.at("account-3").size(); }) == 25);
    fill(log, 30);
    CHECK(split.progress().lag() == 30);
    REQUIRE(split.catch_up().has_value());
    is_right(split, log);
    REQUIRE(split.rebuild().has_value());
    is_right(split, log);

    auto savings = annals::subscribe_split<streams>(log, annals::category("savings"), workers);
    REQUIRE(savings.catch_up().has_value());
    is_right(savings, log, annals::category("savings"));

    const auto refused = annals::subscribe_split<streams>(log, whole_log().limit(3), workers).catch_up();
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().code == annals::errc::out_of_range);
}

TEST_CASE("it follows while it runs, and stops") {
    memory log;
    fill(log, 10);
    auto        split = annals::subscribe_split<streams>(log, whole_log(), 3);
    std::thread running([&] { CHECK(split.run().has_value()); });
    fill(log, 10);
    CHECK(split.wait_for(position{20}, std::chrono::seconds(60)));
    split.stop();
    running.join();
    is_right(split, log);
    split.stop();
    CHECK(split.run().has_value());  // returns
    fill(log, 10);
    REQUIRE(split.catch_up().has_value());
    is_right(split, log);
    std::thread again([&] { CHECK(split.run().has_value()); });
    fill(log, 10);
    CHECK(split.wait_for(position{40}, std::chrono::seconds(20)));
    split.stop();
    again.join();
    is_right(split, log);
}

TEST_CASE("several projections, and events of all kinds, are split, too") {
    memory log;
    fill(log, 50);
    auto split = annals::subscribe_split<annals::fused<balances, streams>>(log, whole_log(), 4);
    REQUIRE(split.catch_up().has_value());
    balances all;
    split.look([&](const auto& one, position) {
        all.sum += std::get<balances>(one.states).sum;
        all.count += std::get<balances>(one.states).count;
        CHECK(std::get<balances>(one.states).sum == std::get<streams>(one.states).sum);
    });
    CHECK(all == annals::replay<balances>(log).value());
}

TEST_CASE("if a worker dies, another takes its partition over, and nothing is lost or folded twice") {
    memory log;
    fill(log, 100);
    REQUIRE(log.append("account-3", annals::any_version, deposited{1}, annotated{"bad"}, deposited{2}).has_value());
    fill(log, 100);
    std::vector<unsigned> deaths;
    auto                  options = at_once();
    options.restarts              = 3;
    options.on_death              = [&](const annals::worker_death& death) {
        CHECK(death.partition == annals::partition_of_stream("account-3", 4));
        CHECK(death.folded == position{101});
        CHECK_THROWS_WITH(std::rethrow_exception(death.why), "not that");
        deaths.push_back(death.deaths);
    };
    options.each.batch = GENERATE(std::uint64_t{1}, std::uint64_t{7}, std::uint64_t{4096});
    // In the batch, and then alone: the first worker dies of two.
    trouble    = 2 * 3;
    auto split = annals::subscribe_split<streams>(log, whole_log(), 4, options);
    REQUIRE(split.catch_up().has_value());
    CHECK(trouble == 0);
    CHECK(deaths == std::vector<unsigned>{1, 2, 3});
    is_right(split, log);
}

TEST_CASE("if too many workers die at one place, it ends, and throws what the last one died of") {
    memory log;
    fill(log, 100);
    REQUIRE(log.append("account-3", annals::any_version, annotated{"bad"}, deposited{2}).has_value());
    fill(log, 100);
    int  deaths                              = 0;
    auto options                             = at_once();
    options.restarts                         = 2;
    std::function<bool()> others_are_through = [] { return true; };
    options.on_death                         = [&](const annals::worker_death&) {
        while (!others_are_through()) std::this_thread::yield();
        ++deaths;
    };
    trouble            = 1'000'000;
    auto split         = annals::subscribe_split<streams>(log, whole_log(), 4, options);
    others_are_through = [&] {
        int count = 0;
        split.look([&](const streams&, position at) { count += at == position{202}; });
        return count == 3;
    };
    CHECK_THROWS_WITH((void)split.run(), "not that");
    CHECK(deaths == 3);
    CHECK(split.progress().folded == position{100});
    CHECK_FALSE(split.wait_for(position{202}, std::chrono::seconds(0)));
    others_are_through = [] { return true; };
    CHECK_THROWS_WITH((void)split.catch_up(), "not that");
    CHECK(deaths == 6);
    // It goes on when the cause is gone.
    trouble = 0;
    REQUIRE(split.catch_up().has_value());
    is_right(split, log);

    // What can be put aside is no reason to die.
    trouble           = 1'000'000;
    options.each.park = true;
    auto parking      = annals::subscribe_split<streams>(log, whole_log(), 4, options);
    REQUIRE(parking.catch_up().has_value());
    REQUIRE(parking.parked().size() == 1);
    CHECK(parking.parked()[0].stream == "account-3");
    CHECK(deaths == 6);
    trouble = 0;
}

TEST_CASE("a worker that gets further counts from the beginning") {
    memory log;
    for (int i = 0; i < 10; ++i)
        REQUIRE(log.append("account-3", annals::any_version, annotated{"bad"}, deposited{2}).has_value());
    int  batches             = 0;
    auto options             = at_once();
    options.restarts         = 1;
    options.each.batch       = 2;
    options.each.on_progress = [&](const annals::subscription_progress&) {
        if (++batches % 3 != 0) throw std::runtime_error("died");
    };
    auto split = annals::subscribe_split<streams>(log, whole_log(), 1, options);
    REQUIRE(split.catch_up().has_value());
    is_right(split, log);
}

TEST_CASE("each partition is saved with its place, and goes on there; another number of them begins anew") {
    const support::temporary_directory home;
    memory                             log;
    fill(log, 100);
    annals::memory_snapshots store;
    const auto               folds = [&](std::size_t workers) {
        auto split = annals::subscribe_split<streams>(log, whole_log(), workers, store);
        folded     = 0;
        REQUIRE(split.catch_up().has_value());
        const int count = folded;
        is_right(split, log);
        return count;
    };
    CHECK(folds(4) == 100);
    CHECK(store.size() == 4);
    fill(log, 10);
    CHECK(folds(4) == 10);
    CHECK(folds(3) == 110);
    CHECK(folds(4) == 0);
    CHECK(folds(1) == 110);
    fill(log, 1);
    CHECK(folds(3) == 1);
    CHECK(store.size() == 8);
    // One that is not split has nothing to do with them.
    auto plain = annals::subscribe<streams>(log, whole_log(), store);
    folded     = 0;
    REQUIRE(plain.catch_up().has_value());
    CHECK(folded == 111);
    CHECK(folds(1) == 1);
}

TEST_CASE("a split read model of a log on the disk outlives the process") {
    const support::temporary_directory home;
    for (int lives = 1; lives <= 3; ++lives) {
        auto log   = support::opened(home / "log");
        auto store = annals::file_snapshots<>::open(home / "models").value();
        for (int i = 0; i < 30; ++i)
            REQUIRE(
                log.append("account-" + std::to_string(i), annals::any_version, deposited{lives}, annotated{"x"}).has_value());
        auto split = annals::subscribe_split<streams>(log, whole_log(), 3, store);
        folded     = 0;
        REQUIRE(split.catch_up().has_value());
        CHECK(folded == 60);  // what is new
        is_right(split, log);
    }
}

TEST_CASE("with any workers, batches, saves and deaths, each event of a stream is folded once and in its order") {
    const auto seed = GENERATE(range(1U, 30U));
    CAPTURE(seed);
    std::mt19937             random(seed);
    memory                   log;
    annals::memory_snapshots store;
    for (int lives = 0; lives < 8; ++lives) {
        std::atomic<unsigned> calls{static_cast<unsigned>(random() % 7)};
        auto                  options = at_once();
        options.restarts              = static_cast<unsigned>(random() % 4);
        options.each.batch            = 1 + random() % 9;
        options.each.save             = every(1 + random() % 20);
        options.each.on_progress      = [&](const annals::subscription_progress&) {
            if (++calls % 8 == 0) throw std::runtime_error("died");
        };
        auto split = annals::subscribe_split<streams>(log, whole_log(), 1 + random() % 3, store, options);
        for (int i = 0; i < 3; ++i) {
            fill(log, static_cast<int>(random() % 20), 6);
            if (random() % 2 == 0) REQUIRE(log.append("account-1", annals::any_version, annotated{"bad"}).has_value());
            trouble = static_cast<int>(random() % 5);
            try {
                const auto done = split.catch_up();
                REQUIRE(done.has_value());
                is_right(split, log);
                CHECK(split.progress().lag() == 0);
            } catch (const std::runtime_error&) {}
        }
    }
    trouble = 0;
}

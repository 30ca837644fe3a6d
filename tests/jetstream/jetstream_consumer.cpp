// Consumers that several processes share, one of which dies.
#include "catch.hpp"
#include "support/bank.hpp"
#include "support/nats_server.hpp"
#include "support/relay.hpp"

#include <annals/read/jetstream_consumer.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <map>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

using namespace bank;
using namespace std::chrono_literals;
using annals::any_version;
using annals::jetstream_consumer_options;
using remote_bank = annals::jetstream_log<bank::events>;
using consumer    = annals::jetstream_consumer<remote_bank>;

namespace {

remote_bank open_at(const std::string& url) {
    auto log = remote_bank::open(url);
    if (!log) throw std::runtime_error(log.error().message());
    return std::move(*log);
}
consumer consume(const remote_bank& log, const jetstream_consumer_options& options, const std::string& name = "report") {
    auto made = consumer::open(log, name, annals::category("account"), options);
    if (!made) throw std::runtime_error(made.error().message());
    return std::move(*made);
}
jetstream_consumer_options options_of(bool in_parallel) {
    jetstream_consumer_options options;
    options.in_parallel = in_parallel;
    options.patience    = 1s;
    options.pause       = 10ms;
    return options;
}

struct handled {
    std::string   stream;
    std::uint64_t version;
};
std::vector<handled> handled_in(const std::string& path) {
    std::vector<handled> all;
    std::ifstream        file(path);
    for (handled each; file >> each.stream >> each.version;) all.push_back(each);
    return all;
}
// Each event at least once; what comes again is the last one of its stream.
void check_order(const std::vector<handled>& all, const std::map<std::string, std::uint64_t>& due) {
    std::map<std::string, std::uint64_t> at;
    for (const handled& each : all) {
        auto& before = at[each.stream];
        if (each.version != before && each.version != before + 1)
            FAIL_CHECK(each.stream << " at version " << each.version << " behind " << before);
        before = each.version;
    }
    CHECK(at == due);
}

}  // namespace

// Run as a process of its own, by the test below.
TEST_CASE("a worker", "[.jetstream_worker]") {
    const char* const url = std::getenv("ANNALS_URL");
    if (!url) return;
    const int  file = ::open(std::getenv("ANNALS_FILE"), O_WRONLY | O_APPEND | O_CREAT, 0666);
    const auto log  = open_at(url);
    auto       mine = consume(log, options_of(std::getenv("ANNALS_PARALLEL") != nullptr));
    (void)mine.run(annals::handlers{[&](const deposited&, const annals::context& where) {
                                        const std::string line =
                                            std::string{where.stream} + " " + std::to_string(where.version.value) + "\n";
                                        (void)!::write(file, line.data(), line.size());
                                        std::this_thread::sleep_for(1ms);
                                    },
                                    annals::otherwise()});
}

TEST_CASE("Of two processes that share a consumer one is killed: the other takes what it had, in the order of each stream",
          "[jetstream]") {
    const support::nats_server           server;
    const support::temporary_directory   home;
    auto                                 log         = open_at(server.url());
    const bool                           in_parallel = GENERATE(false, true);
    auto                                 mine        = consume(log, options_of(in_parallel));
    std::map<std::string, std::uint64_t> due;
    const auto                           append_some = [&](int count) {
        for (int i = 0; i < count; ++i) {
            const std::string stream = "account-" + std::to_string(i % 24);
            REQUIRE(log.append(stream, any_version, deposited{i}));
            ++due[stream];
        }
    };
    append_some(120);
    const auto worker = [&] {
        return support::child_process({"/proc/self/exe", "[.jetstream_worker]"}, home / "output", [&] {
            ::setenv("ANNALS_URL", server.url().c_str(), 1);
            ::setenv("ANNALS_FILE", (home / "handled").c_str(), 1);
            if (in_parallel) ::setenv("ANNALS_PARALLEL", "1", 1);
        });
    };
    auto first = worker(), second = worker();
    REQUIRE(support::soon([&] { return handled_in(home / "handled").size() > 60; }));
    (void)first.end(SIGKILL);
    append_some(120);
    REQUIRE(support::soon([&] { return *mine.left() == 0; }));
    check_order(handled_in(home / "handled"), due);
}

TEST_CASE("What a handler throws, or cannot be saved, comes again", "[jetstream]") {
    const support::nats_server server;
    auto                       log = open_at(server.url());
    REQUIRE(log.append("account-ann", any_version, deposited{1}, deposited{2}));
    REQUIRE(log.append("audit-ann", any_version, deposited{100}));
    REQUIRE(log.append("account-ann", any_version, deposited{3}));
    auto                      mine = consume(log, options_of(false));
    std::vector<std::int64_t> seen;
    const auto                reader = [&](std::int64_t bad) {
        return annals::handlers{[&, bad](const deposited& event) {
                                    seen.push_back(event.cents);
                                    if (event.cents == bad) throw std::runtime_error("no");
                                },
                                annals::otherwise()};
    };
    CHECK_THROWS(mine.run(reader(2)));
    const auto unsaved = mine.run(reader(0), [](annals::position) -> annals::expected<void, annals::error> {
        return annals::unexpected<annals::error>(annals::error{annals::errc::disk_full, "full", {}});
    });
    CHECK(unsaved.error().code == annals::errc::disk_full);
    annals::position saved;
    REQUIRE(mine.run(reader(0), [&](annals::position at) {
        saved = at;
        if (seen.back() == 3) mine.stop();
    }));
    CHECK(seen == std::vector<std::int64_t>{1, 2, 1, 2, 1, 2, 3});
    CHECK(saved == *log.head());
    REQUIRE(support::soon([&] { return *mine.left() == 0; }));
    // Another name has a place of its own, which may begin later.
    auto later = consumer::open(log, "later", annals::whole_log().from(saved));
    REQUIRE(later);
    CHECK(*later->left() == 1);
    REQUIRE(later->remove());
    CHECK_FALSE(consumer::open(log, "no.name"));
    CHECK_FALSE(consumer::open(log, "late", annals::whole_log().limit(3)));
}

TEST_CASE("A consumer that begins behind an append, or behind all that is there, hands out nothing before that",
          "[jetstream]") {
    const support::nats_server server;
    auto                       log = open_at(server.url());
    const auto                 two = log.append("account-ann", any_version, deposited{1}, deposited{2});
    REQUIRE(two);
    const auto seen_from = [&](std::uint64_t at) {
        auto mine = consumer::open(log, "from-" + std::to_string(at), annals::whole_log().from(annals::position{at}));
        std::vector<std::int64_t>     seen;
        std::vector<annals::position> saved;
        REQUIRE(mine);
        std::thread appending([&] {
            for (int cents = 3; cents <= 6; ++cents) REQUIRE(log.append("account-ann", any_version, deposited{cents}));
        });
        REQUIRE(mine->run(annals::handlers{[&](const deposited& event) { seen.push_back(event.cents); }, annals::otherwise()},
                          [&](annals::position last) {
                              saved.push_back(last);
                              if (seen.back() == 6) mine->stop();
                          }));
        appending.join();
        for (const annals::position each : saved) CHECK(each.value >= at);
        return seen;
    };
    CHECK(seen_from(two->position.value) == std::vector<std::int64_t>{2, 3, 4, 5, 6});
    const auto head = log.head();
    REQUIRE(head);
    CHECK(seen_from(head->value + 1) == std::vector<std::int64_t>{3, 4, 5, 6});
    // Where there is nothing yet: each append moves the log on by as much.
    const auto step = log.append("account-ann", any_version, deposited{0})->position.value - head->value;
    CHECK(seen_from(log.head()->value + step / 5 * 2) == std::vector<std::int64_t>{4, 5, 6});
}

TEST_CASE("A late answer does not stand in for the next ones", "[jetstream]") {
    const support::nats_server    server;
    support::relay                network(static_cast<std::uint16_t>(server.port()));
    auto                          near = open_at(server.url());
    annals::jetstream_log_options options;
    options.patience = 3s;
    auto far         = remote_bank::open("nats://127.0.0.1:" + std::to_string(network.port()), options);
    REQUIRE(far);
    auto             mine = consume(*far, options_of(false));
    std::atomic<int> seen{0};
    std::thread running([&] { CHECK(mine.run(annals::handlers{[&](const deposited&) { ++seen; }, annals::otherwise()})); });
    const auto  comes_soon = [&](int count) {
        REQUIRE(near.append("account-ann", any_version, deposited{count}));
        return support::soon([&] { return seen == count; }, 400ms);
    };
    CHECK(comes_soon(1));
    // Longer than an answer is waited for.
    network.stall(true);
    std::this_thread::sleep_for(2400ms);
    network.stall(false);
    REQUIRE(near.append("account-ann", any_version, deposited{2}));
    CHECK(support::soon([&] { return seen == 2; }));
    std::this_thread::sleep_for(100ms);
    for (int i = 3; i < 6; ++i) CHECK(comes_soon(i));
    mine.stop();
    running.join();
}

TEST_CASE("What was handed out too long ago, and to another one since, is not handled any more", "[jetstream]") {
    const support::nats_server    server;
    support::relay                network(static_cast<std::uint16_t>(server.port()));
    auto                          near = open_at(server.url());
    annals::jetstream_log_options options;
    options.patience = 400ms;
    auto far         = remote_bank::open("nats://127.0.0.1:" + std::to_string(network.port()), options);
    REQUIRE(far);
    auto how                  = options_of(false);
    how.patience              = 300ms;
    auto                 mine = consume(*far, how), another = consume(near, how);
    std::vector<handled> all;
    const auto           run_until = [&](consumer& which, std::uint64_t last) {
        return which.run(annals::handlers{[&](const deposited&, const annals::context& where) {
                                              all.push_back({std::string{where.stream}, where.version.value});
                                              if (where.version.value == last) which.stop();
                                          },
                                          annals::otherwise()});
    };
    for (int i = 1; i <= 3; ++i) REQUIRE(near.append("account-ann", any_version, deposited{i}));
    network.stall(true);
    CHECK(run_until(mine, 0).error().code == annals::errc::unreachable);
    // What it asked for arrives only now, and so does the first append, when nobody asks any more.
    network.stall(false);
    REQUIRE(run_until(another, 3));
    REQUIRE(near.append("account-ann", any_version, deposited{4}));
    REQUIRE(run_until(mine, 4));
    check_order(all, {{"account-ann", 4}});
}

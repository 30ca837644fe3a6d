// Many appends under way at the same time: each is checked, told and made as any other.
#include "catch.hpp"
#include "support/bank.hpp"
#include "support/nats_server.hpp"
#include "support/relay.hpp"

#include <annals/log/jetstream_pipeline.hpp>

#include <chrono>
#include <cstdint>
#include <future>
#include <map>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

using namespace bank;
using namespace std::chrono_literals;
using annals::any_version;
using annals::errc;
using annals::no_stream;
using annals::version;
using remote_bank = annals::jetstream_log<bank::events>;
using pipeline    = annals::jetstream_pipeline<remote_bank>;
using told_of     = std::map<std::uint64_t, annals::expected<annals::receipt, annals::error>>;

namespace {

remote_bank open_at(const std::string& url, std::chrono::milliseconds patience = 15s) {
    annals::jetstream_log_options options;
    options.patience = patience;
    auto log         = remote_bank::open(url, options);
    if (!log) throw std::runtime_error(log.error().message());
    return std::move(*log);
}
// Each event that was told is in the log where its receipt says, and nothing else is.
void check(const remote_bank& log, const told_of& told) {
    std::map<std::string, std::uint64_t>  versions;
    std::map<std::uint64_t, std::int64_t> there;
    REQUIRE(log.read(annals::whole_log(), annals::handlers{[&](const deposited& event, const annals::context& where) {
                                                               CHECK(where.version.value ==
                                                                     ++versions[std::string{where.stream}]);
                                                               there[where.position.value] = event.cents;
                                                           },
                                                           annals::otherwise()}));
    std::size_t good = 0;
    for (const auto& [number, answer] : told) {
        if (!answer) continue;
        ++good;
        const auto found = there.find(answer->position.value);
        if (found == there.end() || found->second != static_cast<std::int64_t>(number))
            FAIL_CHECK("append " << number << " is not there");
    }
    CHECK(there.size() == good);
}

}  // namespace

TEST_CASE("Appends that are under way together are told of one by one", "[jetstream]") {
    const support::nats_server server;
    auto                       log = open_at(server.url()), other = open_at(server.url());
    told_of                    told;
    pipeline many(log, [&](std::uint64_t number, const auto& done) { CHECK(told.emplace(number, done).second); });
    // Another one appends to one of the streams meanwhile, and where the pipeline knew what was there.
    std::thread racing([&] {
        for (int i = 0; i < 50; ++i) REQUIRE(other.append("account-3", any_version, annotated{"x"}));
    });
    for (int i = 1; i <= 600; ++i)
        CHECK(many.append("account-" + std::to_string(i % 20), any_version, deposited{i}) == static_cast<std::uint64_t>(i));
    REQUIRE(many.settle());
    racing.join();
    CHECK(told.size() == 600);
    for (const auto& [number, done] : told) CHECK(done);

    // What cannot be is refused as the log would.
    many.append("account-1", no_stream, deposited{601});
    many.append("", any_version, deposited{602});
    many.append("account-2", version{30}, deposited{603});
    many.append("account-2", version{30}, deposited{604});
    const auto failed = many.settle();
    REQUIRE_FALSE(failed);
    CHECK(many.settle());
    CHECK(told.at(601).error().code == errc::version_conflict);
    CHECK(told.at(602).error().code == errc::invalid_stream_name);
    CHECK(told.at(603)->version == version{31});
    CHECK(told.at(604).error().code == errc::version_conflict);

    // With times of their own, they are in the order of those.
    annals::metadata about;
    about.time = annals::timestamp{std::int64_t{1} << 62U};
    many.append("account-5", any_version, about, deposited{605});
    many.append("account-6", any_version, about, deposited{606});
    many.append("account-7", any_version, deposited{607});
    REQUIRE(many.settle());
    std::int64_t last = 0;
    REQUIRE(log.read(annals::whole_log(), annals::handlers{annals::otherwise([&](const auto&, const annals::context& where) {
                         CHECK(where.time.nanoseconds >= std::exchange(last, where.time.nanoseconds));
                     })}));

    std::uint64_t seen = 0;
    REQUIRE(log.read(annals::stream("account-3"),
                     annals::handlers{annals::otherwise(
                         [&](const auto&, const annals::context& where) { CHECK(where.version.value == ++seen); })}));
    CHECK(seen == 30 + 50);
}

TEST_CASE("Appends that are under way when their server is killed are there once", "[jetstream]") {
    support::nats_server server;
    auto                 log = open_at(server.url());
    told_of              told;
    {
        pipeline many(log, [&](std::uint64_t number, const auto& done) { told.emplace(number, done); });
        for (int i = 1; i <= 900; ++i) {
            many.append("account-" + std::to_string(i % 40), any_version, deposited{i});
            if (i % 300 == 150) {
                server.kill();
                server.start();
            }
        }
    }
    CHECK(told.size() == 900);
    for (const auto& [number, done] : told) CHECK(done);
    check(log, told);
}

TEST_CASE("Others append to a stream while an append to it is under way", "[jetstream]") {
    const support::nats_server server;
    auto                       log = open_at(server.url());
    pipeline                   idle(log), another(log);
    idle.append("account-ann", any_version, deposited{1});
    // Of the same thread, too.
    another.append("account-ann", any_version, deposited{2});
    auto waits = std::async(std::launch::async, [&] { return log.append("account-ann", any_version, deposited{3}); });
    if (waits.wait_for(10s) != std::future_status::ready) FAIL_CHECK("an append waits for a pipeline that nobody uses");
    REQUIRE(another.settle());
    REQUIRE(idle.settle());
    CHECK(waits.get());

    const auto back_and_forth = [&log](int odd) {
        pipeline many(log);
        for (int i = 0; i < 300; ++i) many.append("account-" + std::to_string((i + odd) % 2), any_version, deposited{i});
        return many.settle().has_value();
    };
    auto one = std::async(std::launch::async, back_and_forth, 0), other = std::async(std::launch::async, back_and_forth, 1);
    CHECK(one.get());
    CHECK(other.get());
    // What is remembered of the streams is right by now.
    for (int i = 0; i < 2; ++i) {
        const auto done = log.append("account-" + std::to_string(i), version{300}, deposited{0});
        REQUIRE(done);
        CHECK(done->version == version{301});
    }
}

TEST_CASE("Appends whose answers are lost with a connection are not waited for one by one", "[jetstream]") {
    const support::nats_server server;
    support::relay             network(static_cast<std::uint16_t>(server.port()));
    const auto                 log_at = "nats://127.0.0.1:" + std::to_string(network.port());
    auto                       log    = open_at(log_at, 5s);
    told_of                    told;
    {
        pipeline many(log, [&](std::uint64_t number, const auto& done) { told.emplace(number, done); });
        for (int i = 1; i <= 900; ++i) {
            if (i == 300) network.stall(true);
            many.append("account-" + std::to_string(i), no_stream, deposited{i});
        }
        network.cut();
        network.stall(false);
    }
    CHECK(told.size() == 900);
    for (const auto& [number, done] : told) CHECK(done);
    check(log, told);
}

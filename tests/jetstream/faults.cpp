// Servers that are killed, frozen and cut off under load: what was acknowledged is there, once, and the log goes on.
#include "catch.hpp"
#include "support/bank.hpp"
#include "support/nats_server.hpp"
#include "support/relay.hpp"

#include <annals/log/jetstream_pipeline.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <future>
#include <map>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <variant>
#include <vector>

using namespace bank;
using namespace std::chrono_literals;
using annals::any_version;
using annals::errc;
using annals::jetstream_log_options;
using annals::metadata;
using annals::no_stream;
using annals::version;
using remote_bank = annals::jetstream_log<bank::events>;

namespace {

remote_bank open_at(const std::string& url, const jetstream_log_options& options) {
    auto log = remote_bank::open(url, options);
    if (!log) throw std::runtime_error(log.error().message());
    return std::move(*log);
}
jetstream_log_options patient(std::chrono::milliseconds patience) {
    jetstream_log_options options;
    options.patience = patience;
    return options;
}
metadata with_id(std::uint8_t number) {
    metadata about;
    about.event_ids.resize(1);
    about.event_ids[0].bytes[0] = number;
    return about;
}

/// Threads that append until they are told to stop: each to streams of its own, and all of them to one.
class load {
public:
    explicit load(remote_bank& log) : log_(log) {
        for (std::size_t writer = 0; writer < told_.size(); ++writer) threads_.emplace_back([this, writer] { go(writer); });
    }
    /// Joins the threads; every append was acknowledged, and is in the log once, where the receipt says.
    void end_and_check() {
        is_over_ = true;
        for (auto& each : threads_) each.join();
        std::map<std::string, std::uint64_t>  versions;
        std::map<std::int64_t, int>           seen;
        std::map<std::int64_t, std::uint64_t> places;
        REQUIRE(log_.read(annals::whole_log(), annals::handlers{[&](const deposited& event, const annals::context& where) {
                                                                    CHECK(where.version.value ==
                                                                          ++versions[std::string{where.stream}]);
                                                                    ++seen[event.cents];
                                                                    places[event.cents] = where.position.value;
                                                                },
                                                                annals::otherwise()}));
        std::size_t told = 0;
        for (const auto& each : told_)
            for (const auto& [event, place] : each) {
                ++told;
                CHECK(seen[event] == 1);
                CHECK(places[event] == place);
            }
        for (const auto& [event, count] : seen) CHECK(count == 1);
        CHECK(failures_ == 0);
        CHECK(told == seen.size());
        CHECK(told > 20);
    }
    [[nodiscard]] std::uint64_t count() const { return count_; }

private:
    void go(std::size_t writer) {
        for (std::int64_t i = 0; !is_over_; ++i) {
            const std::int64_t event = static_cast<std::int64_t>(writer) * 1'000'000 + i;
            const std::string  stream =
                i % 5 == 0 ? "account-shared" : "account-" + std::to_string(writer) + "-" + std::to_string(i % 3);
            const auto done = log_.append(stream, any_version, deposited{event});
            if (done)
                told_[writer].emplace_back(event, done->position.value);
            else
                ++failures_;
            ++count_;
        }
    }

    remote_bank&                                                       log_;
    std::array<std::vector<std::pair<std::int64_t, std::uint64_t>>, 3> told_;
    std::atomic<bool>                                                  is_over_{false};
    std::atomic<int>                                                   failures_{0};
    std::atomic<std::uint64_t>                                         count_{0};
    std::vector<std::thread>                                           threads_;
};

// Which of the servers says what is stored.
std::size_t leader_of(const std::string& urls, const std::string& stream) {
    natsConnection* connection = nullptr;
    jsCtx*          jetstream  = nullptr;
    jsStreamInfo*   info       = nullptr;
    REQUIRE(natsConnection_ConnectTo(&connection, urls.substr(0, urls.find(',')).c_str()) == NATS_OK);
    REQUIRE(natsConnection_JetStream(&jetstream, connection, nullptr) == NATS_OK);
    REQUIRE(js_GetStreamInfo(&info, jetstream, stream.c_str(), nullptr, nullptr) == NATS_OK);
    const char leader = std::string(info->Cluster->Leader).back();  // server-0, server-1, server-2
    jsStreamInfo_Destroy(info);
    jsCtx_Destroy(jetstream);
    natsConnection_Destroy(connection);
    return static_cast<std::size_t>(leader - '0');
}

// Two who append to the same streams, each at the version that it takes for the last one, as fast as they can.
class race {
public:
    explicit race(const support::nats_cluster& cluster) {
        auto options     = patient(20s);
        options.replicas = 3;
        options.name     = "race";
        for (std::size_t writer = 0; writer < 2; ++writer) {
            logs_.push_back(open_at(cluster[writer].url(), options));
            REQUIRE(logs_[0].append("audit", any_version, deposited{-1}));  // whose schema nobody has to announce then
        }
        std::vector<std::thread> threads;
        for (std::size_t writer = 0; writer < 2; ++writer) threads.emplace_back([this, writer] { go(writer); });
        for (auto& each : threads) each.join();
    }
    /// What holds, whatever the servers are; and what holds by what the log says of them.
    void check() const {
        std::map<std::string, std::map<std::uint64_t, int>>  versions;
        std::map<std::int64_t, std::vector<annals::receipt>> there;
        std::map<std::string, std::vector<std::int64_t>>     forwards;
        REQUIRE(logs_[0].read(annals::category("account"),
                              annals::handlers{[&](const deposited& event, const annals::context& where) {
                                                   ++versions[std::string{where.stream}][where.version.value];
                                                   there[event.cents].push_back({where.version, where.position, 1});
                                                   forwards[std::string{where.stream}].push_back(event.cents);
                                               },
                                               annals::otherwise()}));
        std::size_t told = 0, refused = 0;
        for (const auto& each : told_) {
            CHECK(each.failures == 0);
            refused += each.refused.size();
            told += each.done.size();
            for (const auto& [event, receipt] : each.done) CHECK(there[event] == std::vector{receipt});
            for (const std::int64_t event : each.refused) CHECK(there[event].empty());
        }
        CHECK(told > 100);
        CHECK(refused > 100);
        std::size_t all = 0, twice = 0;
        for (const auto& [stream, of_it] : versions) {
            std::uint64_t last = 0;
            for (const auto& [version, count] : of_it) {
                CHECK(version == ++last);
                all += static_cast<std::size_t>(count);
                twice += count > 1 ? 1U : 0U;
            }
            // Read backwards, or from the midst, it is the same.
            const auto seen = [&](annals::stream_query what) {
                std::vector<std::int64_t> events;
                REQUIRE(logs_[1].read(what, annals::handlers{[&](const deposited& event) { events.push_back(event.cents); },
                                                             annals::otherwise()}));
                return events;
            };
            auto backwards = seen(annals::stream(stream).backwards());
            std::reverse(backwards.begin(), backwards.end());
            CHECK(backwards == forwards[stream]);
            const auto behind = seen(annals::stream(stream).from(version{last}));
            CHECK(behind.size() == static_cast<std::size_t>(of_it.at(last)));
        }
        CHECK(all == told);
        if (logs_[0].guarantees().checks_are_safe) CHECK(twice == 0);
    }

private:
    struct writer_told {
        std::map<std::int64_t, annals::receipt> done;
        std::vector<std::int64_t>               refused;
        int                                     failures = 0;
    };

    void go(std::size_t writer) {
        std::map<std::string, version> at;
        for (std::int64_t i = 0; i < 700; ++i) {
            const std::int64_t event  = static_cast<std::int64_t>(writer) * 1'000'000 + i;
            const std::string  stream = "account-" + std::to_string(i / 3 % 3);
            const auto         done   = logs_[writer].append(stream, at[stream], deposited{event});
            if (done) {
                at[stream] = done->version;
                told_[writer].done.emplace(event, *done);
            } else if (done.error().code == errc::version_conflict) {
                at[stream] = done.error().actual;
                told_[writer].refused.push_back(event);
            } else
                ++told_[writer].failures;
        }
    }

    std::vector<remote_bank>   logs_;
    std::array<writer_told, 2> told_;
};

void wait_for_more(const load& running, std::uint64_t more) {
    const auto until = running.count() + more;
    REQUIRE(support::soon([&] { return running.count() >= until; }));
}

}  // namespace

TEST_CASE("A server that is killed under load loses nothing that it acknowledged, and writes nothing twice", "[jetstream]") {
    support::nats_server server;
    auto                 log = open_at(server.url(), patient(15s));
    load                 running(log);
    for (int round = 0; round < 3; ++round) {
        wait_for_more(running, 200);
        server.kill();
        std::this_thread::sleep_for(50ms);
        server.start();
    }
    wait_for_more(running, 200);
    running.end_and_check();
}

TEST_CASE("Of three servers one is killed under load: nothing is lost, and the others go on", "[jetstream]") {
    support::nats_cluster cluster;
    auto                  options = patient(20s);
    options.replicas              = 3;
    auto log                      = open_at(cluster.url(), options);
    CHECK(log.guarantees().is_clustered);
    CHECK(log.guarantees().replicas == 3);
    // The servers know an append by its first id for a while: another one that begins with that is not taken for it.
    metadata two = with_id(1);
    two.event_ids.push_back(with_id(2).event_ids[0]);
    REQUIRE(log.append("audit-ann", any_version, two, annotated{"a"}, annotated{"b"}));
    REQUIRE(log.append("audit-ann", any_version, std::vector<std::variant<annotated>>(1030)));
    CHECK(log.append("audit-ann", any_version, with_id(1), annotated{"c"}).error().code == errc::duplicate_event);
    race(cluster).check();
    load running(log);
    wait_for_more(running, 60);
    auto& victim = cluster[leader_of(cluster.url(), options.name)];
    victim.kill();
    wait_for_more(running, 60);
    victim.start();
    wait_for_more(running, 30);
    running.end_and_check();
}

TEST_CASE("Connections that are cut under load lose nothing, and write nothing twice", "[jetstream]") {
    const support::nats_server server;
    support::relay             network(static_cast<std::uint16_t>(server.port()));
    auto                       log = open_at("nats://127.0.0.1:" + std::to_string(network.port()), patient(15s));
    {
        load running(log);
        network.cut_after(20'000);
        wait_for_more(running, 300);
        for (int i = 0; i < 5; ++i) {
            wait_for_more(running, 50);
            network.cut();
        }
        CHECK(network.cuts() > 5);
        network.cut_after(0);
        running.end_and_check();
    }
    // In the midst of a reading, too.
    network.cut_after(60'000);
    std::uint64_t last = 0;
    REQUIRE(log.read(annals::whole_log(), annals::handlers{annals::otherwise([&](const auto&, const annals::context& where) {
                         CHECK(where.position.value > std::exchange(last, where.position.value));
                     })}));
    CHECK(annals::position{last} == *log.head());
}

TEST_CASE("A lost answer is no lost append", "[jetstream]") {
    support::nats_server server;
    auto                 log = open_at(server.url(), patient(4s));  // an attempt waits a second
    REQUIRE(log.append("account-ann", no_stream, deposited{1}));
    server.freeze();
    auto slow = std::async(std::launch::async, [&] { return log.append("account-ann", version{1}, deposited{2}); });
    std::this_thread::sleep_for(1500ms);
    server.go_on();
    const auto done = slow.get();
    REQUIRE(done);
    CHECK(done->version == version{2});
    totals all;
    REQUIRE(log.read(annals::whole_log(), all));
    CHECK(all.seen == 2);
    CHECK(log.append("account-ann", version{2}, deposited{3}));
}

TEST_CASE("Whoever waited too long for an answer is told that the append may be there, and may repeat it", "[jetstream]") {
    support::nats_server server;
    auto                 log = open_at(server.url(), patient(400ms));
    REQUIRE(log.append("account-ann", no_stream, deposited{1}));
    server.freeze();
    CHECK(log.append("account-bob", no_stream, with_id(7), deposited{2}).error().code == errc::durability_unknown);
    server.go_on();
    const auto again = log.append("account-bob", no_stream, with_id(7), deposited{2});
    REQUIRE(again);
    CHECK(again->version == version{1});
    totals all;
    REQUIRE(log.read(annals::whole_log(), all));
    CHECK(all.seen == 2);
}

TEST_CASE("A server that is not there is unreachable, until it is back", "[jetstream]") {
    support::nats_server server;
    auto                 log = open_at(server.url(), patient(300ms));
    REQUIRE(log.append("account-ann", no_stream, deposited{1}));
    server.kill();
    std::this_thread::sleep_for(50ms);  // what is sent before that is noticed may be there, for all that is known
    CHECK(log.append("account-ann", any_version, deposited{2}).error().code == errc::unreachable);
    CHECK(log.append("account-new", no_stream, deposited{2}).error().code == errc::unreachable);
    CHECK(log.head().error().code == errc::unreachable);
    totals none;
    CHECK(log.read(annals::whole_log(), none).error().code == errc::unreachable);
    CHECK(remote_bank::open(server.url(), patient(300ms)).error().code == errc::unreachable);
    server.start();
    // Within the patience of another one, which is enough for a server to begin.
    REQUIRE(support::soon([&] { return log.append("account-ann", any_version, with_id(3), deposited{3}).has_value(); }, 5s));
    totals all;
    REQUIRE(log.read(annals::whole_log(), all));
    CHECK(all.seen == 2);
}

TEST_CASE("A reading goes on when its server was killed in its midst", "[jetstream]") {
    support::nats_server server;
    auto                 log = open_at(server.url(), patient(10s));
    for (int i = 0; i < 3000; ++i)
        REQUIRE(log.append("account-" + std::to_string(i % 3), any_version, annotated{std::string(1000, 'x')}));
    std::uint64_t last = 0;
    int           seen = 0;
    const auto    read =
        log.read(annals::whole_log(), annals::handlers{annals::otherwise([&](const auto&, const annals::context& where) {
                     CHECK(where.position.value > std::exchange(last, where.position.value));
                     if (++seen % 1000 == 100) {
                         server.kill();
                         server.start();
                     }
                 })});
    REQUIRE(read);
    CHECK(seen == 3000);
}

TEST_CASE("Appends that wait for others wait no longer than the patience", "[jetstream]") {
    const support::nats_server server;
    auto                       log = open_at(server.url(), patient(400ms));
    REQUIRE(log.append("account-ann", no_stream, deposited{1}));
    const bool is_in_order = GENERATE(false, true);
    metadata   about;
    if (is_in_order) about.time = annals::timestamp{1};
    server.freeze();
    const auto                                                                 begun = std::chrono::steady_clock::now();
    std::vector<std::future<annals::expected<annals::receipt, annals::error>>> all;
    for (int i = 0; i < 8; ++i)
        all.push_back(std::async(std::launch::async, [&, i] {
            return log.append(is_in_order ? "account-" + std::to_string(i) : "account-ann", any_version, about, deposited{2});
        }));
    int late = 0;
    for (auto& each : all)
        if (const auto done = each.get(); !done) {
            ++late;
            if (done.error().code != errc::unreachable) CHECK(done.error().code == errc::durability_unknown);
        }
    CHECK(late > 1);  // of which some may have been quicker than the frost
    CHECK(std::chrono::steady_clock::now() - begun < 1500ms);
    server.go_on();
}

TEST_CASE("All that an append has to ask for takes no longer than the patience", "[jetstream]") {
    const support::nats_server server;
    auto                       log = open_at(server.url(), patient(2s));
    REQUIRE(log.append("account-ann", no_stream, with_id(1), deposited{1}));
    REQUIRE(log.append("account-eve", no_stream, deposited{1}));
    metadata timed = with_id(2);
    timed.time     = annals::timestamp{1};
    server.freeze();
    const auto begun = std::chrono::steady_clock::now();
    struct ended {
        annals::expected<annals::receipt, annals::error> done;
        std::chrono::steady_clock::duration              after;
    };
    std::vector<std::future<ended>> all;
    const auto                      append = [&](const char* stream, const metadata& about, auto event) {
        all.push_back(std::async(std::launch::async, [&, stream, about, event] {
            auto done = log.append(stream, any_version, about, event);
            return ended{std::move(done), std::chrono::steady_clock::now() - begun};
        }));
    };
    append("account-ann", {}, deposited{2});          // where it is known what is there
    append("account-eve", with_id(3), deposited{2});  // and where it may be a repeated one
    append("account-bob", {}, deposited{2});          // where nothing is known
    append("account-tim", timed, deposited{2});       // behind all others
    append("audit-ann", {}, annotated{"new"});        // whose schema is new
    for (auto& each : all) {
        const auto one = each.get();
        CHECK(one.after < 2400ms);
        REQUIRE_FALSE(one.done);
        if (one.done.error().code != errc::unreachable) CHECK(one.done.error().code == errc::durability_unknown);
    }
    server.go_on();
}

TEST_CASE("A log whose password was refused for a while goes on when it is right again", "[jetstream]") {
    const auto knows = [](const std::string& password) {
        return "authorization { user: ann, password: \"" + password + "\" }\n";
    };
    support::nats_server server({}, "one", knows("sesame"));
    auto                 options = patient(300ms);
    options.user = "ann", options.password = "sesame";
    auto                       log = open_at(server.url(), options);
    annals::jetstream_pipeline many(log);
    many.append("account-ann", no_stream, deposited{1});
    REQUIRE(many.settle());
    const annals::bell::listener waits(*log.appended());
    server.configure(knows("mellon"));
    server.kill();
    server.start();
    std::this_thread::sleep_for(500ms);  // libnats gives up when it is refused for the second time
    CHECK(log.append("account-ann", any_version, deposited{2}).error().code == errc::unreachable);
    CHECK(log.head().error().code == errc::unreachable);
    server.configure(knows("sesame"));
    server.kill();
    server.start();
    REQUIRE(support::soon([&] { return log.append("account-ann", version{1}, with_id(3), deposited{3}).has_value(); }, 5s));
    many.append("account-bob", no_stream, deposited{4});
    CHECK(many.settle());
    totals all;
    REQUIRE(log.read(annals::whole_log(), all));
    CHECK(all.balance == 1 + 3 + 4);
    // It is told again of what others append, and not only looks once a second.
    auto other = open_at(server.url(), options);
    int  quick = 0;
    CHECK(support::soon([&] {
        const auto rings = waits.rings();
        const auto begun = std::chrono::steady_clock::now();
        REQUIRE(other.append("account-eve", any_version, deposited{5}));
        waits.wait(rings);
        quick = std::chrono::steady_clock::now() - begun < 100ms ? quick + 1 : 0;
        return quick == 5;
    }));
}

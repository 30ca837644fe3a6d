// What is particular to a log on a NATS server: subjects, other processes, what is lost on the way.
#include "catch.hpp"
#include "support/bank.hpp"
#include "support/certificates.hpp"
#include "support/nats_server.hpp"

#include <annals/log/jetstream_pipeline.hpp>
#include <annals/log/memory_log.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <malloc.h>

using namespace bank;
using namespace std::chrono_literals;
using annals::any_version;
using annals::errc;
using annals::jetstream_log_options;
using annals::metadata;
using annals::no_stream;
using annals::version;
using annals::whole_log;
using remote_bank = annals::jetstream_log<bank::events>;

namespace {

// One for all tests that do it no harm; each has a log of its own.
const support::nats_server& shared_server() {
    static const support::nats_server server;
    return server;
}
jetstream_log_options fresh(std::chrono::milliseconds patience = 5s) {
    static int            count = 0;
    jetstream_log_options options;
    options.name     = "bank-" + std::to_string(++count);
    options.patience = patience;
    return options;
}
template <class Log = remote_bank>
Log open_at(const support::nats_server& server, const jetstream_log_options& options) {
    auto log = Log::open(server.url(), options);
    if (!log) throw std::runtime_error(log.error().message());
    return std::move(*log);
}
metadata with_id(std::uint8_t number) {
    metadata about;
    about.event_ids.resize(1);
    about.event_ids[0].bytes[0] = number;
    return about;
}
struct entry {
    std::string   stream;
    std::uint64_t version, position;
    annals::uuid  id;

    friend bool operator==(const entry& a, const entry& b) {
        return a.stream == b.stream && a.version == b.version && a.id == b.id;
    }
};
template <class Log, class Unit>
std::vector<entry> seen_in(const Log& log, const annals::query<Unit>& what) {
    std::vector<entry> all;
    const auto         read =
        log.read(what, annals::handlers{annals::otherwise([&](const auto&, const annals::context& where) {
                     all.push_back({std::string{where.stream}, where.version.value, where.position.value, where.id});
                 })});
    REQUIRE(read);
    CHECK(read->count == all.size());
    return all;
}
// The server as a tool sees it.
struct tool {
    natsConnection* connection = nullptr;
    jsCtx*          jetstream  = nullptr;

    explicit tool(const support::nats_server& server) {
        REQUIRE(natsConnection_ConnectTo(&connection, server.url().c_str()) == NATS_OK);
        REQUIRE(natsConnection_JetStream(&jetstream, connection, nullptr) == NATS_OK);
    }
    tool(const tool&)            = delete;
    tool& operator=(const tool&) = delete;
    ~tool() {
        jsCtx_Destroy(jetstream);
        natsConnection_Destroy(connection);
    }
};

}  // namespace

TEST_CASE("Each stream has a subject of its own, whatever is in its name", "[jetstream]") {
    const annals::detail::jetstream_subjects subjects("log");
    std::set<std::string>                    all;
    std::vector<std::string>                 names{"account",
                                   "account-",
                                   "-",
                                   "-x",
                                   "--",
                                   "a.b-c",
                                   "a-b.c",
                                   "a*-b",
                                   ">",
                                   "a-%",
                                   "a-%25",
                                   "a b",
                                   "a-\n",
                                   "\xc3\xa4-\xff",
                                   std::string("\0", 1),
                                   std::string("\0-\0", 3),
                                   "%",
                                   "%-",
                                   "$JS-x",
                                   "A-1",
                                   "a-1"};
    for (const std::string& name : names) {
        const std::string subject = subjects.of_stream(name);
        CHECK(all.insert(subject).second);
        CHECK(subject.find_first_of("*> \n\t\r") == std::string::npos);
        CHECK(std::count(subject.begin(), subject.end(), '.') == 4);
        CHECK(subject.find("..") == std::string::npos);
        CHECK(subjects.stream_of(subject) == name);
    }
}

TEST_CASE("Of two processes that append to one stream, one wins", "[jetstream]") {
    const auto options = fresh();
    auto       first   = open_at(shared_server(), options),
         second        = open_at(shared_server(), options);  // each with a connection of its own
    REQUIRE(first.append("account-ann", no_stream, bank::opened{7}));
    CHECK(second.append("account-ann", no_stream, bank::opened{7}).error().code == errc::version_conflict);
    CHECK(second.append("account-ann", version{1}, deposited{1})->version == version{2});
    // What it remembers is not what counts.
    CHECK(first.append("account-ann", version{1}, deposited{1}).error().actual == version{2});
    CHECK(first.append("account-ann", any_version, deposited{1})->version == version{3});
    CHECK(second.append("account-ann", annals::stream_exists, deposited{1})->version == version{4});

    std::atomic<int>         conflicts{0}, failures{0};
    std::vector<std::thread> threads;
    for (auto* log : {&first, &second, &first, &second})
        threads.emplace_back([&, log] {
            for (int i = 0; i < 50; ++i)
                for (;;) {
                    totals     now;
                    const auto read = log->read(annals::stream("account-bob"), now);
                    const auto done = log->append("account-bob", read ? read->version : version{0}, deposited{1});
                    if (done) break;
                    if (done.error().code != errc::version_conflict) {
                        ++failures;
                        break;
                    }
                    ++conflicts;
                }
        });
    for (auto& each : threads) each.join();
    CHECK(failures == 0);
    CHECK(conflicts > 0);
    const auto all = seen_in(first, annals::stream("account-bob"));
    REQUIRE(all.size() == 200);
    for (std::size_t i = 0; i < all.size(); ++i) CHECK(all[i].version == i + 1);
}

TEST_CASE("A repeated append is known again when the server has forgotten its id", "[jetstream]") {
    const auto options = fresh();
    auto       log     = open_at(shared_server(), options);
    const auto first   = log.append("account-ann", no_stream, with_id(1), bank::opened{7});
    const auto second  = log.append("account-ann", version{1}, with_id(2), deposited{1});
    REQUIRE(second);
    {
        // As short as a server takes it.
        const tool    server(shared_server());
        jsStreamInfo* info = nullptr;
        REQUIRE(js_GetStreamInfo(&info, server.jetstream, options.name.c_str(), nullptr, nullptr) == NATS_OK);
        info->Config->Duplicates = 100'000'000;
        REQUIRE(js_UpdateStream(nullptr, server.jetstream, info->Config, nullptr, nullptr) == NATS_OK);
        jsStreamInfo_Destroy(info);
    }
    for (int i = 0; i < 40; ++i) REQUIRE(log.append("account-ann", any_version, deposited{1}));
    std::this_thread::sleep_for(250ms);
    auto other = open_at(shared_server(), options);
    CHECK(other.append("account-ann", any_version, with_id(2), deposited{1}).value() == *second);
    CHECK(other.append("account-ann", no_stream, with_id(1), bank::opened{7}).value() == *first);
    CHECK(seen_in(other, annals::stream("account-ann")).size() == 42);
}

TEST_CASE("Whoever reads far into a log reads what a memory log would", "[jetstream]") {
    auto                             log = open_at(shared_server(), fresh());
    annals::memory_log<bank::events> plain;
    std::uint8_t                     next = 0;
    std::vector<std::uint64_t>       positions{0};
    for (int i = 0; i < 600; ++i) {
        const std::string stream = (i % 7 == 0 ? "audit-" : "account-") + std::to_string(i * i % 11);
        metadata          about;
        about.event_ids.resize(1 + static_cast<std::size_t>(i) % 3);
        for (auto& id : about.event_ids) {
            id.bytes[0] = ++next;
            id.bytes[1] = static_cast<std::uint8_t>(i % 251);
            id.bytes[2] = static_cast<std::uint8_t>(1 + i / 251);
        }
        const std::vector<bank::events::variant> batch(about.event_ids.size(), deposited{i});
        const auto                               done = log.append(stream, any_version, about, batch);
        REQUIRE(done);
        REQUIRE(plain.append(stream, any_version, about, batch));
        for (std::size_t event = batch.size(); event-- > 0;) positions.push_back(done->position.value - event);
    }
    const auto compare = [&](const auto& there, const auto& here) {
        const auto theirs = seen_in(log, there), ours = seen_in(plain, here);
        CHECK(theirs == ours);
        for (std::size_t i = 0; i < theirs.size() && i < ours.size(); ++i)
            if (theirs[i].position != positions[ours[i].position]) FAIL_CHECK("another position");
    };
    for (const bool back : {false, true}) {
        const auto turned = [&](auto what) { return back ? what.backwards() : what; };
        for (const std::uint64_t from : {1U, 2U, 40U, 111U})
            for (const std::uint64_t to : {1U, 43U, 90U, 1000U})
                compare(turned(annals::stream("account-4").from(version{from}).to(version{to})),
                        turned(annals::stream("account-4").from(version{from}).to(version{to})));
        for (std::uint64_t at = 1; at < 120; ++at) {
            compare(turned(annals::stream("account-4").from(version{at}).limit(3)),
                    turned(annals::stream("account-4").from(version{at}).limit(3)));
            compare(turned(annals::stream("account-4").to(version{at}).limit(3)),
                    turned(annals::stream("account-4").to(version{at}).limit(3)));
        }
        for (const std::uint64_t from : {1U, 700U, 1190U})
            for (const std::uint64_t to : {3U, 720U, 1199U}) {
                const annals::position first{positions[from]}, last{positions[to]};
                compare(turned(whole_log().from(first).to(last)),
                        turned(whole_log().from(annals::position{from}).to(annals::position{to})));
                compare(turned(annals::category("audit").from(first).to(last)),
                        turned(annals::category("audit").from(annals::position{from}).to(annals::position{to})));
            }
        compare(turned(whole_log().limit(100)), turned(whole_log().limit(100)));
        compare(turned(annals::category("audit").limit(70)), turned(annals::category("audit").limit(70)));
    }
}

TEST_CASE("Whoever reads backwards does not hold what is large behind much that is small", "[jetstream]") {
    auto log = open_at(shared_server(), fresh(20s));
    {
        annals::jetstream_pipeline many(log);
        for (int i = 0; i < 100; ++i)
            many.append("audit-" + std::to_string(i), any_version, annotated{std::string(400'000, 'x')});
        for (int i = 0; i < 3000; ++i) many.append("account-" + std::to_string(i % 100), any_version, deposited{i});
        REQUIRE(many.settle());
    }
    (void)::mallopt(M_MMAP_THRESHOLD, 128 * 1024);  // what is larger is counted as such
    const std::size_t before = ::mallinfo2().hblkhd;
    std::size_t       most   = before;
    std::uint64_t     last   = annals::unlimited;
    const auto        read =
        log.read(whole_log().backwards(), annals::handlers{annals::otherwise([&](const auto&, const annals::context& where) {
                     CHECK(where.position.value < std::exchange(last, where.position.value));
                     most = std::max(most, static_cast<std::size_t>(::mallinfo2().hblkhd));
                 })});
    REQUIRE(read);
    CHECK(read->count == 3100);
    CHECK(most - before < 20'000'000);
    // An answer behind all that is still pushed: libnats 3.4 leaks the half of a message that a closed connection has got.
    CHECK(log.head());
}

TEST_CASE("A stream with something else in it is left as it is", "[jetstream]") {
    const auto options = fresh();
    {
        const tool     server(shared_server());
        jsStreamConfig how;
        jsStreamConfig_Init(&how);
        const char* within[] = {"others.>"};
        how.Name             = options.name.c_str();
        how.Subjects         = within;
        how.SubjectsLen      = 1;
        REQUIRE(js_AddStream(nullptr, server.jetstream, &how, nullptr, nullptr) == NATS_OK);
    }
    const auto refused = remote_bank::open(shared_server().url(), options);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == errc::no_such_log);
    jetstream_log_options odd;
    odd.name = "no.name";
    CHECK(remote_bank::open(shared_server().url(), odd).error().code == errc::no_such_log);
}

namespace renamed {
struct opened {
    std::string holder;
};
struct closed {};
}  // namespace renamed

TEST_CASE("Others' schemas are read when their events come, and what does not fit is told", "[jetstream]") {
    const auto  options = fresh();
    auto        first = open_at(shared_server(), options), second = open_at(shared_server(), options);
    std::thread other([&] { REQUIRE(second.append("account-bob", any_version, bank::opened{3}, annotated{"x"})); });
    REQUIRE(first.append("account-ann", any_version, deposited{1}, withdrawn{2}));
    other.join();
    CHECK(seen_in(first, whole_log()).size() == 4);
    CHECK(seen_in(second, whole_log()).size() == 4);
    const auto refused =
        annals::jetstream_log<annals::events<renamed::opened, renamed::closed>>::open(shared_server().url(), options);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == errc::incompatible_schema);
    CHECK(refused.error().details.find("deposited") != std::string::npos);
}

TEST_CASE("An append that no message can hold is refused", "[jetstream]") {
    auto options           = fresh();
    options.largest_append = 2000;
    auto log               = open_at(shared_server(), options);
    CHECK(log.append("account-ann", any_version, annotated{std::string(3000, 'x')}).error().code == errc::append_too_large);
    CHECK(log.append("account-ann", any_version, annotated{std::string(1000, 'x')}));
    auto whole = open_at(shared_server(), fresh());
    CHECK(whole.append("account-ann", any_version, annotated{std::string(2'000'000, 'x')}).error().code ==
          errc::append_too_large);
    CHECK(whole.append("account-ann", any_version, annotated{std::string(900'000, 'x')}));
}

TEST_CASE("The log says what its server promises", "[jetstream]") {
    const auto log  = open_at(shared_server(), fresh());
    const auto says = log.guarantees();
    CHECK(says.server_version.substr(0, 2) == "2.");
    CHECK(says.words().find(says.server_version) != std::string::npos);
    CHECK_FALSE(says.is_clustered);
    CHECK(says.checks_are_safe);
    using given = annals::jetstream_guarantees;
    CHECK(given::of("2.9.10", true, 3).survives_power_cut == given::assurance::no);
    CHECK_FALSE(given::of("2.9.10", true, 3).checks_are_safe);
    CHECK_FALSE(given::of("2.10.18", true, 3).checks_are_safe);
    CHECK(given::of("2.10.19", true, 3).checks_are_safe);
    CHECK(given::of("2.12.1-beta", false, 1).survives_power_cut == given::assurance::if_configured);
    CHECK_FALSE(given::of("", true, 3).checks_are_safe);
}

TEST_CASE("Whoever waits is woken by an append of another process", "[jetstream]") {
    const auto options = fresh();
    auto       here = open_at(shared_server(), options), there = open_at(shared_server(), options);
    REQUIRE(there.append("account-ann", any_version, deposited{1}));
    annals::bell::listener waits(*here.appended());
    const auto             before = waits.rings();
    const auto             begun  = std::chrono::steady_clock::now();
    // Not within the second in which it would be looked at anyway, ten times out of ten.
    int quick = 0;
    for (int i = 0; i < 10; ++i) {
        const auto rings = waits.rings();
        const auto at    = std::chrono::steady_clock::now();
        REQUIRE(there.append("account-ann", any_version, deposited{1}));
        waits.wait(rings);
        quick += std::chrono::steady_clock::now() - at < 200ms ? 1 : 0;
    }
    CHECK(quick >= 9);
    CHECK(waits.rings() > before);
    CHECK(std::chrono::steady_clock::now() - begun < 10s);
}

TEST_CASE("That something was appended is told beside the log, whatever its name", "[jetstream]") {
    auto log = remote_bank::open(shared_server().url());  // "annals"
    REQUIRE(log);
    const auto first = log->append("account-ann", any_version, deposited{0});
    REQUIRE(first);
    for (int i = 1; i <= 3; ++i) {
        std::this_thread::sleep_for(10ms);
        const auto next = log->append("account-ann", any_version, deposited{i});
        REQUIRE(next);
        CHECK(annals::detail::sequence_of(next->position.value) ==
              annals::detail::sequence_of(first->position.value) + static_cast<std::uint64_t>(i));
    }
}

TEST_CASE("A feed that begins behind the end of a log waits for what comes there", "[jetstream]") {
    const auto options = fresh();
    auto       log     = remote_bank::open(shared_server().url(), options);
    REQUIRE(log);
    const auto there = log->append("account-ann", any_version, deposited{0});
    REQUIRE(there);
    const std::uint64_t begin  = annals::detail::sequence_of(there->position.value) + 3;
    auto                server = annals::detail::jetstream_server::connect(shared_server().url(), options);
    REQUIRE(server);
    std::thread                    appending([&] {
        std::this_thread::sleep_for(50ms);
        for (int i = 0; i < 5; ++i) REQUIRE(log->append("account-ann", any_version, deposited{i}));
    });
    annals::detail::jetstream_feed feed(*server, {}, begin);
    const auto                     next = feed.next(), behind = feed.next();
    appending.join();
    REQUIRE(next);
    REQUIRE(behind);
    CHECK(next->sequence() == begin);
    CHECK(behind->sequence() == begin + 1);
}

TEST_CASE("An append with a time of its own is in the order of times, whatever others append at the moment", "[jetstream]") {
    auto log = remote_bank::open(shared_server().url(), fresh());
    REQUIRE(log);
    std::atomic<bool>        is_over{false};
    std::vector<std::thread> others;
    for (int i = 0; i < 2; ++i)
        others.emplace_back([&, i] {
            while (!is_over) REQUIRE(log->append("account-" + std::to_string(i), any_version, deposited{1}));
        });
    metadata about;
    about.time = annals::timestamp{1};  // long ago
    for (int i = 0; i < 200; ++i) REQUIRE(log->append("account-ann", any_version, about, deposited{2}));
    is_over = true;
    for (auto& each : others) each.join();
    std::int64_t last = 0;
    REQUIRE(log->read(whole_log(), annals::handlers{annals::otherwise([&](const auto&, const annals::context& where) {
                          if (where.time.nanoseconds < std::exchange(last, where.time.nanoseconds))
                              FAIL_CHECK("out of order at " << where.position.value);
                      })}));
}

namespace {

// What says that a log cannot be opened.
annals::error refusal_of(const std::string& url, const jetstream_log_options& options = {}) {
    auto log = remote_bank::open(url, options);
    REQUIRE_FALSE(log);
    return std::move(log.error());
}
std::string at(const support::nats_server& server, const std::string& before) { return before + std::to_string(server.port()); }

}  // namespace

TEST_CASE("A connection is encrypted, and the server known, and whoever connects", "[jetstream]") {
    const support::temporary_directory home;
    const auto named = [&](const char* name) { return support::certificate{home / name, home / name + std::string{".key"}}; };
    const auto ours = named("ours"), theirs = named("theirs"), server = named("server"), client = named("client");
    support::make_certificate(ours, "DNS:ours");
    support::make_certificate(theirs, "DNS:ours");
    support::make_certificate(server, "IP:127.0.0.1", &ours);
    support::make_certificate(client, "DNS:ann", &ours);
    const std::string tls      = "tls { cert_file: \"" + server.path + "\", key_file: \"" + server.key + "\"";
    const auto        trusting = [](const support::certificate& whom) {
        jetstream_log_options options;
        options.certificate_authorities = whom.path;
        return options;
    };
    {
        const support::nats_server encrypted({}, "one", tls + " }\n");
        auto                       log = remote_bank::open(at(encrypted, "tls://127.0.0.1:"), trusting(ours));
        REQUIRE(log);
        CHECK(log->guarantees().server_version.substr(0, 2) == "2.");  // is said before anything is encrypted
        // Much at once, too, over a connection of its own.
        {
            annals::jetstream_pipeline many(*log);
            for (int i = 0; i < 300; ++i)
                many.append("audit-" + std::to_string(i % 50), any_version, annotated{std::string(5000, 'x')});
            REQUIRE(many.settle());
        }
        CHECK(seen_in(*log, whole_log()).size() == 300);

        const auto another = refusal_of(at(encrypted, "tls://127.0.0.1:"), trusting(theirs));
        CHECK(another.code == errc::io_failed);
        CHECK(another.message().find("certificate") != std::string::npos);
        CHECK(refusal_of(at(encrypted, "nats://127.0.0.1:")).code == errc::io_failed);  // nobody is trusted
        const auto misnamed = refusal_of(at(encrypted, "tls://localhost:"), trusting(ours));
        CHECK(misnamed.code == errc::io_failed);
        CHECK(misnamed.message().find("hostname mismatch") != std::string::npos);
        CHECK(refusal_of(at(encrypted, "tls://127.0.0.1:"), trusting({home / "none", {}})).code == errc::io_failed);
    }
    const support::nats_server strict(
        {}, "one",
        tls + ", ca_file: \"" + ours.path + "\", verify: true }\nauthorization { user: ann, password: \"sesame\" }\n");
    auto known        = trusting(ours);
    known.certificate = client.path, known.key = client.key;
    auto log = remote_bank::open(at(strict, "tls://ann:sesame@127.0.0.1:"), known);
    REQUIRE(log);
    CHECK(log->append("account-ann", no_stream, deposited{1}));
    // Without a certificate of its own: the server closes the connection, which is all that is seen of it.
    auto unknown     = trusting(ours);
    unknown.patience = 300ms;
    CHECK_FALSE(remote_bank::open(at(strict, "tls://ann:sesame@127.0.0.1:"), unknown));
    known.user = "ann", known.password = "sesame";
    CHECK(remote_bank::open(at(strict, "tls://127.0.0.1:"), known));
}

TEST_CASE("Whoever is not known is refused, and no error says a secret", "[jetstream]") {
    const auto check = [](const support::nats_server& server, const std::string& good, const std::string& bad) {
        auto log = remote_bank::open(at(server, "nats://" + good + "@127.0.0.1:"));
        REQUIRE(log);
        REQUIRE(log->append("account-ann", no_stream, deposited{1}));
        const std::string urls[] = {at(server, "nats://" + bad + "@127.0.0.1:"), at(server, bad + "@127.0.0.1:"),
                                    at(server, "nats://" + bad + "@127.0.0.1:") + at(server, ",nats://" + bad + "@127.0.0.1:")};
        for (const std::string& url : urls) {
            const auto refused = refusal_of(url);
            CHECK(refused.code == errc::io_failed);
            CHECK(refused.message().find("does not know the user, the password or the token") != std::string::npos);
            CHECK(refused.message().find("127.0.0.1:" + std::to_string(server.port())) != std::string::npos);
            CHECK(refused.message().find("mellon") == std::string::npos);
        }
        CHECK(refusal_of(at(server, "nats://127.0.0.1:")).code == errc::io_failed);
        // It is not told to a server that does not encrypt.
        CHECK(refusal_of(at(server, "tls://" + good + "@127.0.0.1:")).message().find("does not encrypt") != std::string::npos);
        // Nor is what is right.
        auto twice = remote_bank::open(at(server, "nats://" + good + "@127.0.0.1:"), [] {
            jetstream_log_options odd;
            odd.name = "no.name";
            return odd;
        }());
        REQUIRE_FALSE(twice);
        CHECK(twice.error().message().find("sesame") == std::string::npos);
    };
    {
        const support::nats_server server({}, "one", "authorization { user: ann, password: \"sesame\" }\n");
        check(server, "ann:sesame", "ann:mellon");
    }
    {
        support::nats_server server({}, "one", "authorization { token: \"sesame\" }\n");
        check(server, "sesame", "mellon");
        server.kill();
        jetstream_log_options brief;
        brief.patience  = 100ms;
        const auto gone = refusal_of(at(server, "nats://sesame@127.0.0.1:"), brief);
        CHECK(gone.code == errc::unreachable);
        CHECK(gone.message().find("sesame") == std::string::npos);
    }
}

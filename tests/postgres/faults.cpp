// Where every log in PostgreSQL is in danger: transactions that are open for long, are undone, or commit late; servers that are
// killed, connections that are cut.
#include "catch.hpp"
#include "support/courses.hpp"
#include "support/pgbouncer.hpp"
#include "support/postgres_logs.hpp"
#include "support/relay.hpp"
#include "support/small_disk.hpp"

#include <annals/app/table_read_model.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <mutex>
#include <new>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

using namespace bank;
using namespace std::chrono_literals;
using annals::any_version;
using annals::errc;
using annals::position;
using annals::postgres_transaction;
using annals::version;
using support::append_by_hand;
using support::bank_log;
using support::fresh_schema;
using support::open_postgres;
using support::positions_in;
using support::postgres_tool;
using support::soon;
using support::up_to;

namespace {

// How many allocations of this thread succeed before one fails; none does if it is negative.
thread_local int allocations_left = -1;

}  // namespace

void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
    return allocations_left-- == 0 ? nullptr : std::malloc(size == 0 ? 1 : size);
}
void* operator new(std::size_t size) {
    if (void* const made = operator new(size, std::nothrow)) return made;
    throw std::bad_alloc();
}
void* operator new[](std::size_t size) { return operator new(size); }
void* operator new[](std::size_t size, const std::nothrow_t& nothing) noexcept { return operator new(size, nothing); }
void  operator delete(void* what) noexcept { std::free(what); }
void  operator delete(void* what, std::size_t) noexcept { std::free(what); }
void  operator delete[](void* what) noexcept { std::free(what); }
void  operator delete[](void* what, std::size_t) noexcept { std::free(what); }

namespace {

std::string server() { return support::shared_postgres_server().connection(); }

// Reads on behind the last event that it saw, and takes note of what is out of order.
class follower {
public:
    explicit follower(const bank_log& log) : log_(log), thread_([this] { go(); }) {}
    follower(const follower&)            = delete;
    follower& operator=(const follower&) = delete;
    ~follower() { finish(); }

    [[nodiscard]] std::uint64_t seen() const { return seen_; }
    // What was wrong, once it has seen all that is there.
    std::string finish() {
        is_over_ = true;
        if (thread_.joinable()) thread_.join();
        return wrong_;
    }

private:
    void go() {
        for (bool is_last = false; !is_last;) {
            is_last         = is_over_;
            const auto read = log_.read(
                annals::whole_log().from(position{seen_ + 1}),
                annals::handlers{annals::otherwise([&](const auto&, const annals::context& where) {
                    if (where.position.value != seen_ + 1)
                        wrong_ = std::to_string(where.position.value) + " behind " + std::to_string(seen_);
                    auto& before = versions_[std::string{where.stream}];
                    if (where.version.value != ++before)
                        wrong_ = "version " + std::to_string(where.version.value) + " of " + std::string{where.stream};
                    seen_ = where.position.value;
                })});
            if (!read) wrong_ = read.error().message();
        }
    }

    const bank_log&                      log_;
    std::atomic<std::uint64_t>           seen_{0};
    std::atomic<bool>                    is_over_{false};
    std::string                          wrong_;
    std::map<std::string, std::uint64_t> versions_;
    std::thread                          thread_;
};

// Threads that append, each to streams of its own, at the version that it knows; and what they were told.
class writers {
public:
    // One in so many times they append much.
    explicit writers(std::vector<bank_log*> logs, int most = 1'000'000, int much_in = 3) {
        for (std::size_t i = 0; i < logs.size(); ++i)
            threads_.emplace_back([this, i, most, much_in, log = logs[i]] {
                std::uint64_t                            at     = 0;
                const auto                               stream = "account-" + std::to_string(i);
                const std::vector<bank::events::variant> much(70, deposited{1});
                for (int count = 0; count < most && !is_over_; ++count) {
                    const auto append = [&](auto&&... events) { return log->append(stream, version{at}, events...); };
                    const auto made   = count % much_in == much_in - 1 ? append(much)
                                        : count % 7 == 6               ? append(deposited{1}, annotated{"two"})
                                                                       : append(deposited{1});
                    const std::lock_guard lock(mutex_);
                    if (!made) {
                        failures_.push_back(made.error().message());
                        continue;
                    }
                    at = made->version.value;
                    told_.emplace_back(made->position.value, made->count);
                }
            });
    }
    writers(const writers&)            = delete;
    writers& operator=(const writers&) = delete;
    ~writers() { finish(); }

    std::size_t count() {
        const std::lock_guard lock(mutex_);
        return told_.size();
    }
    void finish(bool all = false) {
        is_over_ = !all;
        for (auto& each : threads_) each.join();
        threads_.clear();
    }
    [[nodiscard]] const std::vector<std::string>& failures() const { return failures_; }
    // Everything that they were told, and nothing else, is in the log, once.
    [[nodiscard]] bool are_just_what_is_in(const bank_log& log) const {
        std::set<std::uint64_t> due;
        std::size_t             count = 0;
        for (const auto& [last, events] : told_)
            for (std::uint64_t i = 0; i < events; ++i, ++count) due.insert(last - i);
        const auto all = positions_in(log);
        return due.size() == count && std::vector<std::uint64_t>(due.begin(), due.end()) == all && all == up_to(all.size());
    }

private:
    std::mutex                                           mutex_;
    std::vector<std::string>                             failures_;
    std::vector<std::pair<std::uint64_t, std::uint64_t>> told_;
    std::atomic<bool>                                    is_over_{false};
    std::vector<std::thread>                             threads_;
};

// A row for each event: one that came twice would be there twice.
struct entries {
    using events = annals::events<deposited>;

    std::string table;

    void create(postgres_transaction& in) const {
        in.execute("DROP TABLE IF EXISTS " + table);
        in.execute("CREATE TABLE " + table + " (cents bigint)");
    }
    void react(const deposited& e, postgres_transaction& in) const {
        in.execute("INSERT INTO " + table + " VALUES ($1)", e.cents);
    }
};

}  // namespace

TEST_CASE("A transaction that is open for long, or undone, holds up writers but no reader, and leaves no gap",
          "[postgres][faults]") {
    const std::string schema = fresh_schema();
    auto              log = open_postgres(schema), other = open_postgres(schema);
    REQUIRE(log.append("account-x", any_version, deposited{1}));
    follower      following(other);
    postgres_tool held, idle;
    idle("BEGIN; CREATE TABLE elsewhere_" + schema + " (a int); SELECT count(*) FROM " + schema + ".events");  // and no more
    for (const char* end : {"COMMIT", "ROLLBACK", "COMMIT"}) {
        const auto before = log.head()->value;
        held("BEGIN");
        REQUIRE(held(append_by_hand(schema, "held-1")) == std::to_string(before + 1) + "|");
        writers waiting({&log, &log, &other}, 1);
        std::this_thread::sleep_for(100ms);
        CHECK(waiting.count() == 0);
        CHECK(log.head()->value == before);  // a reader does not wait
        CHECK(following.seen() == before);
        held(end);
        waiting.finish(true);
        // The versions that they know are right the first time only.
        const auto made = before == 1 ? 3U : 0U;
        CHECK(waiting.count() == made);
        CHECK(log.head()->value == before + made + (end[0] == 'C' ? 1 : 0));
        CHECK(soon([&] { return following.seen() == log.head()->value; }));
    }
    CHECK(following.finish() == "");
    CHECK(positions_in(log) == up_to(6));
}

TEST_CASE("A commit that takes its time is before all that came behind it", "[postgres][faults]") {
    const std::string schema = fresh_schema();
    auto              log = open_postgres(schema), other = open_postgres(schema);
    postgres_tool     tool;
    tool("CREATE FUNCTION " + schema +
         ".late() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.position % 20 = 0 THEN PERFORM pg_sleep(0.02); END IF; "
         "RETURN NULL; END "
         "$$; "
         "CREATE CONSTRAINT TRIGGER late AFTER INSERT ON " +
         schema + ".events DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION " + schema + ".late()");
    auto     reading = open_postgres(schema);
    follower following(reading);
    writers  writing({&log, &other, &log, &log}, 20);
    writing.finish(true);
    CHECK(writing.failures() == std::vector<std::string>{});
    CHECK(following.finish() == "");
    CHECK(following.seen() == log.head()->value);
    CHECK(writing.are_just_what_is_in(log));
}

TEST_CASE("Two processes that go ahead do not wait for each other", "[postgres][faults]") {
    const std::string schema = fresh_schema();
    auto              log = open_postgres(schema, server(), 2s), other = open_postgres(schema, server(), 2s);
    writers           writing({&log, &log, &log, &other, &other, &other}, 100, 1);
    writing.finish(true);
    CHECK(writing.failures() == std::vector<std::string>{});
    CHECK(writing.are_just_what_is_in(log));
}

TEST_CASE("Who appends now and then finds a turn beside those who go ahead", "[postgres][faults]") {
    const std::string schema = fresh_schema();
    auto              log = open_postgres(schema), other = open_postgres(schema);
    writers           writing({&log, &log, &log, &log}, 1'000'000, 1);
    REQUIRE(soon([&] { return writing.count() > 20; }));
    const auto before = writing.count();
    for (int i = 0; i < 20; ++i) CHECK(other.append("other-1", any_version, deposited{1}));
    CHECK(writing.count() - before < 20 * 20);
    writing.finish();
    CHECK(writing.failures() == std::vector<std::string>{});
    CHECK(positions_in(log) == up_to(log.head()->value));
}

TEST_CASE("Who waits too long for others is told, and reads on", "[postgres][faults]") {
    const std::string schema = fresh_schema();
    auto              log    = open_postgres(schema, server(), 500ms);
    REQUIRE(log.append("account-x", any_version, deposited{1}));
    postgres_tool held;
    held("BEGIN");
    held(append_by_hand(schema, "held-1"));
    CHECK(log.append("account-x", any_version, deposited{1}).error().code == errc::locked);
    CHECK(positions_in(log) == up_to(1));
    held("ROLLBACK");
    CHECK(log.append("account-x", any_version, deposited{1})->position == position{2});
}

TEST_CASE("The bell is rung when another process appends, at once, and also after its connection was lost",
          "[postgres][faults]") {
    const std::string schema = fresh_schema();
    auto              log = open_postgres(schema), other = open_postgres(schema);
    auto* const       bell = log.appended();
    postgres_tool     tool;
    const auto        listeners = [&] {
        return tool("SELECT count(*) FROM pg_locks WHERE classid = 1634626676 AND mode = 'ShareLock' AND granted");
    };
    int streams = 0;
    // In a stream of which nothing is known, and in one of which everything is.
    const auto is_quick = [&](bool is_new) {
        auto best = std::chrono::steady_clock::duration::max();
        for (int i = 0; i < 3; ++i) {
            const annals::bell::listener listening(*bell);
            std::thread                  waiting([&, rings = listening.rings()] { listening.wait(rings); });
            const auto                   begin = std::chrono::steady_clock::now();
            REQUIRE(other.append("account-" + std::to_string(is_new ? ++streams : streams), any_version, deposited{1}));
            waiting.join();
            best = std::min(best, std::chrono::steady_clock::now() - begin);
        }
        return best < 300ms;
    };
    REQUIRE(soon([&] { return listeners() == "1|"; }));
    CHECK(is_quick(true));
    CHECK(is_quick(false));
    tool("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE classid = 1634626676");
    REQUIRE(soon([&] { return listeners() == "1|"; }));
    CHECK(is_quick(false));
}

TEST_CASE("Who waits for the bell hears it while somebody who appends takes his time, and a log is closed then, too",
          "[postgres][faults]") {
    const std::string schema = fresh_schema();
    auto              log    = std::make_optional(open_postgres(schema));
    REQUIRE(log->append("account-x", any_version, deposited{1}));
    postgres_tool held;
    held("BEGIN");
    held(append_by_hand(schema, "held-1"));  // nobody listens, so nobody is told
    const auto begun = std::chrono::steady_clock::now();
    {
        const annals::bell::listener listening(*log->appended());
        CHECK(soon([&, rings = listening.rings()] { return listening.rings() > rings + 1; }, 3s));
    }
    log.reset();
    CHECK(std::chrono::steady_clock::now() - begun < 5s);
}

TEST_CASE("A server that is killed comes back with all that was acknowledged, once and in order", "[postgres][faults]") {
    support::postgres_server mine;
    const auto               here = mine.connection();
    auto log = open_postgres("killed", here), other = open_postgres("killed", here), reading = open_postgres("killed", here);
    auto tables = open_postgres("killed", here);
    auto model  = annals::table_read_model_of(tables, "entries", entries{"entries"}, 5);
    std::string end;
    std::thread keeping([&] {
        const auto done = model.run();
        end             = done ? "" : done.error().message();
    });
    follower    following(reading);
    writers     writing({&log, &other, &log, &log});
    for (int round = 0; round < 3; ++round) {
        const auto before = writing.count();
        REQUIRE(soon([&] { return writing.count() > before + 50; }));
        mine.kill();
        std::this_thread::sleep_for(20ms);
        mine.start();
    }
    const auto before = writing.count();
    CHECK(soon([&] { return writing.count() > before + 10; }));
    writing.finish();
    CHECK(writing.failures() == std::vector<std::string>{});
    CHECK(following.finish() == "");
    CHECK(following.seen() == log.head()->value);
    CHECK(writing.are_just_what_is_in(log));
    CHECK(soon([&] { return *model.place() == *log.head(); }));
    model.stop();
    keeping.join();
    CHECK(end == "");
    postgres_tool tool(here);
    CHECK(tool("SELECT count(*) FROM entries") == tool("SELECT count(*) FROM killed.readable WHERE event = 'deposited'"));
    // What a log knows of its schemas is durable, also where its appends are not.
    annals::postgres_log_options options;
    options.schema  = "quick";
    options.durable = false;
    auto quick      = bank_log::open(here, options);
    REQUIRE(quick);
    REQUIRE(quick->append("account-x", any_version, opened{1}));
    std::this_thread::sleep_for(500ms);
    REQUIRE(quick->append("account-x", any_version, deposited{1}));
    mine.kill();
    mine.start();
    REQUIRE(quick->append("account-x", any_version, deposited{2}));
    CHECK(positions_in(*quick) == up_to(quick->head()->value));
}

TEST_CASE("Connections that are cut cost no append and no event, and double none", "[postgres][faults]") {
    support::relay    between(support::shared_postgres_server().port());
    const auto        through = support::shared_postgres_server().connection(between.port());
    const std::string schema  = fresh_schema();
    auto log = open_postgres(schema, through), other = open_postgres(schema, through), reading = open_postgres(schema, through);
    auto tables = open_postgres(schema, through);
    auto model  = annals::table_read_model_of(tables, "entries", entries{"entries_" + schema}, 5);
    REQUIRE(model.catch_up());
    std::string end;
    std::thread keeping([&] {
        const auto done = model.run();
        end             = done ? "" : done.error().message();
    });
    {
        follower following(reading);
        writers  writing({&log, &other, &log, &log});
        SECTION("by the network, in the middle of something") {
            between.cut_after(20'000);
            between.cut();
            CHECK(soon([&] { return between.cuts() > 60; }));
            between.cut_after(0);
        }
        SECTION("by the server") {
            postgres_tool tool;
            for (int i = 0; i < 30; ++i) {
                tool(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'annals' AND pid <> "
                    "pg_backend_pid()");
                std::this_thread::sleep_for(10ms);
            }
        }
        const auto before = writing.count();
        CHECK(soon([&] { return writing.count() > before + 10; }));
        writing.finish();
        CHECK(writing.failures() == std::vector<std::string>{});
        CHECK(following.finish() == "");
        CHECK(following.seen() == log.head()->value);
        CHECK(writing.are_just_what_is_in(log));
    }
    CHECK(soon([&] { return *model.place() == *log.head(); }));
    model.stop();
    keeping.join();
    CHECK(end == "");
    postgres_tool tool;
    CHECK(tool("SELECT count(*) FROM entries_" + schema) ==
          tool("SELECT count(*) FROM " + schema + ".readable WHERE event = 'deposited'"));
}

TEST_CASE("An append whose answer is lost is there once, and answered", "[postgres][faults]") {
    support::relay between(support::shared_postgres_server().port());
    auto           log = open_postgres(fresh_schema(), support::shared_postgres_server().connection(between.port()));
    REQUIRE(log.append("account-x", annals::no_stream, annotated{"x"}, deposited{1}));
    REQUIRE(log.append("account-x", version{2}, deposited{1}));
    between.lose_answer();
    CHECK(log.append("account-x", version{3}, deposited{1})->position == position{4});  // an INSERT
    between.lose_answer();
    CHECK(log.append("account-x", version{4}, deposited{1}, annotated{"x"})->position == position{6});  // looked at first
    between.lose_answer();
    CHECK(log.append("account-x", version{5}, deposited{1}).error().code == errc::version_conflict);
    between.lose_answer();
    CHECK(log.head()->value == 6);
    between.lose_answer();
    CHECK(positions_in(log) == up_to(6));
    CHECK(between.cuts() == 5);
}

TEST_CASE("An append whose answer is lost is there once, wherever the next connection is lost", "[postgres][faults]") {
    for (int passing = 0; passing < 14; ++passing) {
        support::relay between(support::shared_postgres_server().port());
        auto           log = open_postgres(fresh_schema(), support::shared_postgres_server().connection(between.port()));
        REQUIRE(log.append("account-x", any_version, deposited{1}));
        REQUIRE(log.append("account-x", version{1}, deposited{1}));
        between.lose_answer(0, passing);
        const auto made = log.append("account-x", version{2}, deposited{1});
        between.lose_answer(-1);
        INFO(passing << (made ? "" : made.error().message()));
        CHECK((made && made->position == position{3}));
        CHECK(positions_in(log) == up_to(3));
    }
}

TEST_CASE("What was foreseen is forgotten with the server that it was foreseen of", "[postgres][faults]") {
    support::postgres_server mine;
    support::relay           between(mine.port());
    auto                     log = open_postgres("stalled", mine.connection(between.port()), 400ms);
    REQUIRE(log.append("account-x", any_version, opened{1}, deposited{1}));
    mine.copy();
    for (int i = 0; i < 5; ++i) REQUIRE(log.append("account-x", any_version, deposited{1}));
    between.stall(true);
    CHECK_FALSE(log.append("account-x", any_version, annotated{"of a type that is not announced yet"}));
    mine.go_back();
    between.stall(false);
    between.cut();
    CHECK(log.append("account-x", any_version, deposited{7})->position == position{3});
    CHECK(positions_in(log) == up_to(3));
}

TEST_CASE("A transaction that is lost while it commits is done again if it has a place", "[postgres][faults]") {
    const std::string schema = fresh_schema();
    auto              log    = open_postgres(schema);
    for (int i = 0; i < 10; ++i) REQUIRE(log.append("account-x", any_version, deposited{1}));
    postgres_tool tool;
    // Every other commit ends the session.
    tool("CREATE SEQUENCE commits_" + schema + "; CREATE FUNCTION " + schema +
         ".die() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF nextval('commits_" + schema +
         "') % 2 = 1 THEN PERFORM pg_terminate_backend(pg_backend_pid()); END IF; RETURN NULL; END $$; "
         "CREATE CONSTRAINT TRIGGER die AFTER INSERT OR UPDATE ON " +
         schema + ".places DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION " + schema + ".die()");
    REQUIRE(annals::table_read_model_of(log, "entries", entries{"entries_" + schema}, 3).catch_up());
    CHECK(tool("SELECT count(*) FROM entries_" + schema) == "10|");
    CHECK(tool("SELECT last_value >= 6 FROM commits_" + schema) == "t|");
    int        calls = 0;
    const auto done  = log.in_transaction([&](postgres_transaction& in, const auto&) {
        ++calls;
        in.execute("UPDATE " + schema + ".places SET position = position");
    });
    CHECK(done.error().code == errc::durability_unknown);
    CHECK(calls == 1);
}

TEST_CASE("A lost session that the server had not come to does not append any more", "[postgres][faults]") {
    // Through a relay that goes, and directly then.
    auto                              port = support::shared_postgres_server().port();
    std::optional<support::pgbouncer> pooler;
    SECTION("directly") {}
    SECTION("behind a pooler") {
        if (!support::pgbouncer::is_there()) return;
        port = pooler.emplace(port, "session").port();
    }
    auto between = std::make_optional<support::relay>(port);
    auto log     = open_postgres(fresh_schema(), "host=127.0.0.1,127.0.0.1 user=annals dbname=postgres port=" +
                                                     std::to_string(between->port()) + "," + std::to_string(port));
    REQUIRE(log.append("account-x", any_version, deposited{1}));
    postgres_tool tool;
    const pid_t   session =
        std::stoi(tool("SELECT pid FROM pg_stat_activity WHERE application_name = 'annals' ORDER BY "
                       "backend_start DESC LIMIT 1"));
    REQUIRE(::kill(session, SIGSTOP) == 0);
    std::atomic<bool> is_over{false};
    std::thread       appending([&] {
        const auto made = log.append("account-y", any_version, deposited{2});
        INFO((made ? "" : made.error().message()));
        CHECK(made);
        is_over = true;
    });
    std::this_thread::sleep_for(100ms);
    between.reset();
    // It waits for the end of that session, or else would have been there once more.
    std::this_thread::sleep_for(200ms);
    CHECK_FALSE(is_over);
    (void)::kill(session, SIGCONT);
    appending.join();
    std::this_thread::sleep_for(100ms);
    CHECK(positions_in(log) == up_to(2));
}

TEST_CASE("Who has no memory for an append is told, and nobody waits for it", "[postgres][faults]") {
    auto                                     log = open_postgres(fresh_schema());
    std::atomic<int>                         done{0}, failed{0};
    std::vector<std::thread>                 threads;
    const std::vector<bank::events::variant> much(70, deposited{1});
    for (int i = 0; i < 3; ++i) REQUIRE(log.append("account-" + std::to_string(i), any_version, deposited{1}));
    for (int i = 0; i < 3; ++i)
        threads.emplace_back([&, stream = "account-" + std::to_string(i)] {
            for (int count = 0; count < 100; ++count) try {
                    allocations_left = count;
                    const auto made =
                        count % 2 == 0 ? log.append(stream, any_version, deposited{1}) : log.append(stream, any_version, much);
                    allocations_left = -1;
                    done += made ? 1 : 0;
                } catch (const std::bad_alloc&) {
                    allocations_left = -1;
                    ++failed;
                }
        });
    for (auto& each : threads) each.join();
    // The first who reads, and gives back what he reads with.
    bool is_read = false;
    for (int count = 0; !is_read; ++count) {
        const auto fresh = open_postgres("memory");
        try {
            allocations_left = count;
            is_read          = fresh.head().has_value();
        } catch (const std::bad_alloc&) { is_read = false; }
        allocations_left = -1;
    }
    CHECK(done + failed == 3 * 100);
    CHECK(failed > 3 * 10);
    CHECK(positions_in(log) == up_to(log.head()->value));
    CHECK(log.head()->value >= static_cast<std::uint64_t>(done) + 1);
}

TEST_CASE("On a full disk no more is refused than is not there, and it goes on when there is room", "[postgres][faults]") {
    const support::small_disk rows(std::size_t{3} << 20U), ahead(std::size_t{8} << 20U);
    if (!rows.is_there() || !ahead.is_there()) {
        WARN("no disk can be mounted: not tested");
        return;
    }
    support::postgres_server mine(std::filesystem::temp_directory_path(), {"fsync=off", "shared_buffers=32MB"},
                                  ahead.path() / "wal");
    const auto               here = mine.connection();
    auto                     log  = open_postgres("full", here, 300ms);
    std::set<int>            there, refused;
    std::minstd_rand         random;
    int                      count = 0;
    // What the answer was; none if it is there.
    const auto append = [&](std::size_t size) -> std::optional<errc> {
        std::string note = std::to_string(++count) + " ";
        while (note.size() < size) note.push_back(static_cast<char>(random()));  // which is not made smaller
        const auto made = count % 2 == 0 ? log.append("account-x", any_version, annotated{note}, deposited{1})
                                         : log.append("account-x", any_version, annotated{note});
        if (made)
            there.insert(count);
        else if (made.error().code != errc::durability_unknown)
            refused.insert(count);
        return made ? std::optional<errc>{} : made.error().code;
    };
    const auto is_just_that_in_it = [&] {
        std::set<int> all;
        REQUIRE(log.read(annals::whole_log(),
                         annals::handlers{[&](const annotated& e) { all.insert(std::stoi(e.note)); }, annals::otherwise()}));
        CHECK(std::includes(all.begin(), all.end(), there.begin(), there.end()));
        for (const int each : refused) CHECK(all.count(each) == 0);
        CHECK(positions_in(log) == up_to(log.head()->value));
    };
    REQUIRE_FALSE(append(100));
    // Of tables.
    const auto place = (rows.path() / "place").string();
    {
        postgres_tool tool(here);
        tool("COPY (SELECT 1) TO PROGRAM 'mkdir " + place + "'");
        tool("CREATE TABLESPACE small LOCATION '" + place + "'");
        REQUIRE(tool("ALTER TABLE \"full\".events SET TABLESPACE small") == "");
    }
    REQUIRE_FALSE(append(5000));
    rows.fill();
    REQUIRE(soon([&] { return append(5000).has_value(); }));
    CHECK(append(5000) == errc::disk_full);
    CHECK(append(1'200'000) == errc::disk_full);  // by COPY
    is_just_that_in_it();
    rows.make_room();
    REQUIRE_FALSE(append(5000));
    is_just_that_in_it();
    // Of what is written ahead, which takes the server down; it does not get up again by itself.
    REQUIRE(postgres_tool{here}("ALTER TABLE \"full\".events SET TABLESPACE pg_default") == "");
    ahead.fill();
    std::optional<errc> said;
    REQUIRE(soon([&] { return (said = append(100'000)).has_value(); }));
    CHECK(said == errc::durability_unknown);
    CHECK(append(100) == errc::unreachable);
    ahead.make_room();
    mine.start();
    REQUIRE_FALSE(append(100'000));
    is_just_that_in_it();
}

TEST_CASE("Behind a PgBouncer a log keeps its promises, or is not opened", "[postgres][faults]") {
    if (!support::pgbouncer::is_there()) {
        WARN("no pgbouncer: not tested");
        return;
    }
    const auto        port   = support::shared_postgres_server().port();
    const std::string schema = fresh_schema();
    SECTION("that gives each its own session") {
        const support::pgbouncer between(port, "session");
        auto          log = open_postgres(schema, between.connection()), other = open_postgres(schema, between.connection());
        auto* const   bell = log.appended();
        postgres_tool tool;
        REQUIRE(soon([&] { return tool("SELECT count(*) FROM pg_locks WHERE classid = 1634626676") == "1|"; }));
        writers writing({&log, &other, &log, &other}, 50);
        writing.finish(true);
        CHECK(writing.failures() == std::vector<std::string>{});
        CHECK(writing.are_just_what_is_in(other));
        const annals::bell::listener listening(*bell);
        const auto                   rings = listening.rings();
        REQUIRE(other.append("account-x", any_version, deposited{1}));
        CHECK(soon([&] { return listening.rings() != rings; }, 500ms));
        // One that was lost may come back as somebody's new one, which is let be.
        support::relay network(between.port());
        auto           third    = open_postgres(schema, support::shared_postgres_server().connection(network.port()));
        const auto     sessions = [&] { return tool("SELECT pid FROM pg_locks WHERE classid = 1634626679 ORDER BY pid"); };
        REQUIRE(third.append("account-x", any_version, deposited{1}));
        const auto before = sessions();
        network.cut();
        REQUIRE(soon([&] { return sessions() != before; }));
        REQUIRE(third.append("account-x", any_version, deposited{1}));
        CHECK(sessions() == before);
    }
    SECTION("that gives sessions to others") {
        for (const char* more : {"", "server_round_robin = 1"}) {
            const support::pgbouncer between(port, "transaction", more);
            postgres_tool            one(between.connection()), two(between.connection());
            for (const char* each : {"BEGIN", "COMMIT"}) one(each), two(each);  // and there are two sessions
            annals::postgres_log_options options;
            options.schema   = schema;
            options.patience = 1s;
            const auto log   = bank_log::open(between.connection(), options);
            REQUIRE_FALSE(log);
            CHECK(log.error().code == errc::unsupported);
        }
    }
}

TEST_CASE("A server in the place of another may lack what came last, also schemas and streams", "[postgres][faults]") {
    support::postgres_server mine;
    const auto               here = mine.connection();
    auto                     log = open_postgres("replaced", here), other = open_postgres("replaced", here);
    const auto               notes_in = [](const bank_log& in) {
        std::vector<std::string> all;
        const auto               note = [&](const std::string& what, const annals::context& where) {
            all.push_back(std::string{where.stream} + "@" + std::to_string(where.version.value) + " " + what);
        };
        annals::handlers noting{[&](const deposited& e, const annals::context& where) { note(std::to_string(e.cents), where); },
                                [&](const annotated& e, const annals::context& where) { note(e.note, where); },
                                [&](const opened&, const annals::context& where) { note("opened", where); },
                                annals::otherwise()};
        const auto       read = in.read(annals::whole_log(), noting);
        INFO((read ? "" : read.error().message()));
        CHECK(read);
        return all;
    };
    using list = std::vector<std::string>;
    REQUIRE(log.append("account-x", any_version, opened{1}));
    mine.copy();
    REQUIRE(log.append("account-x", version{1}, deposited{1}));
    REQUIRE(other.append("account-y", any_version, annotated{"y"}));  // which reads nothing
    REQUIRE(notes_in(log) == list{"account-x@1 opened", "account-x@2 1", "account-y@1 y"});
    // This one appends anew what is not there.
    {
        mine.go_back();
        CHECK(other.append("account-y", annals::no_stream, annotated{"yy"})->position == position{2});
        CHECK(log.append("account-x", version{2}, deposited{2}).error().code == errc::version_conflict);
        CHECK(log.append("account-x", version{1}, deposited{2})->position == position{3});
        const list due{"account-x@1 opened", "account-y@1 yy", "account-x@2 2"};
        CHECK(notes_in(open_postgres("replaced", here)) == due);
        CHECK(notes_in(log) == due);
    }
    // Others come first, also while an append is on its way.
    {
        postgres_tool held(here);
        held("BEGIN");
        held(append_by_hand("replaced", "held-1"));
        bool        is_there = false;
        std::thread appending(
            [&] { is_there = log.append("account-y", any_version, deposited{3}, annotated{"z"}).has_value(); });
        REQUIRE(soon([&] {
            return postgres_tool(here)("SELECT count(*) FROM pg_locks WHERE classid = 1634626675 AND NOT granted") == "1|";
        }));
        mine.go_back();
        appending.join();
        CHECK(is_there);
        REQUIRE(other.append("account-z", annals::no_stream, closed{}, annotated{"z"}));
        const list due{"account-x@1 opened", "account-y@1 3", "account-y@2 z", "account-z@2 z"};
        CHECK(notes_in(open_postgres("replaced", here)) == due);
        CHECK(notes_in(log) == due);
        CHECK(notes_in(other) == due);
        // Others have the numbers now that this one had.
        mine.go_back();
        REQUIRE(open_postgres("replaced", here).append("account-z", annals::no_stream, closed{}, annotated{"z"}));
        REQUIRE(log.append("account-x", version{1}, deposited{4}));
        const list now{"account-x@1 opened", "account-z@2 z", "account-x@2 4"};
        CHECK(notes_in(open_postgres("replaced", here)) == now);
        CHECK(notes_in(log) == now);
        CHECK(notes_in(other) == now);
    }
    // Somebody is reading.
    const auto many = [](const bank::events::variant& event) { return std::vector<bank::events::variant>(1000, event); };
    REQUIRE(log.append("account-many", any_version, many(annotated{std::string(20'000, 'x')})));
    mine.copy();
    REQUIRE(log.append("account-many", any_version, many(deposited{1})));
    std::uint64_t seen = 0;
    const auto    read =
        log.read(annals::whole_log(), annals::handlers{annals::otherwise([&](const auto&, const annals::context& where) {
                     if (where.position.value == seen + 1) ++seen;
                     if (seen == 300) mine.go_back();
                 })});
    INFO((read ? "" : read.error().message()));
    REQUIRE(read);
    CHECK(read->position == *log.head());
    CHECK(seen == log.head()->value);
}

TEST_CASE("What is refused as it is committed is told who is to blame, and nobody else", "[postgres][faults]") {
    const std::string schema = fresh_schema();
    auto              log    = open_postgres(schema);
    postgres_tool     tool;
    tool("CREATE FUNCTION " + schema +
         ".refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(0.01); IF NEW.version = 3 THEN RAISE 'no "
         "third one'; END IF; RETURN NULL; END $$; CREATE CONSTRAINT TRIGGER refuse AFTER INSERT ON " +
         schema + ".events DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION " + schema + ".refuse()");
    std::vector<std::thread> threads;
    std::atomic<int>         done{0}, refused{0};
    for (int i = 0; i < 4; ++i)
        threads.emplace_back([&, i] {
            for (int n = 0; n < 4; ++n) {
                const std::string stream = "account-" + std::to_string(i == 0 ? 0 : 10 * i + n);
                const auto        made   = log.append(stream, any_version, deposited{1});
                if (made)
                    ++done;
                else if (made.error().code == errc::io_failed && made.error().details.find("no third one") != std::string::npos)
                    ++refused;
            }
        });
    for (auto& each : threads) each.join();
    CHECK(done == 2 + 3 * 4);
    CHECK(refused == 2);
    CHECK(log.append("account-0", any_version, std::vector<bank::events::variant>(600, deposited{1})).error().code ==
          errc::io_failed);
    CHECK(positions_in(log) == up_to(14));
}

namespace {

// What became of an older event of theirs is not always to be had.
namespace library {
struct lent_v1 {
    std::string name;
};
struct lent {
    std::string title;

    using tags = annals::tags<&lent::title>;
};
inline std::atomic<bool> is_torn{false};
inline lent              upcast(const lent_v1& old) {
                 if (is_torn && old.name == "torn") throw std::runtime_error("torn");
    return {old.name};
}
using events = annals::events<annals::revisions<lent_v1, lent>>;
}  // namespace library

}  // namespace

TEST_CASE("What a condition throws is thrown to whom it belongs, and to nobody who appends with him", "[postgres][faults]") {
    using library::lent;
    const std::string schema = fresh_schema();
    auto              log    = open_postgres<annals::postgres_log<library::events>>(schema);
    REQUIRE(log.append("a", any_version, annals::historic(library::lent_v1{"torn"}),
                       annals::historic(library::lent_v1{"whole"}), lent{"torn"}));
    const auto appended = [&](const std::string& title) {
        const annals::append_condition<annals::events<lent>> nothing{position{0}, {annals::tag_set("title", title)}};
        try {
            return log.append("a", nothing, lent{title}) ? std::string{"there"} : std::string{"refused"};
        } catch (const std::runtime_error& thrown) { return std::string{thrown.what()}; }
    };
    postgres_tool held, tool;
    held("BEGIN");
    held("SELECT " + schema +
         ".append_1('h', 'h', -1, 0, false, ARRAY[gen_random_uuid()], '{0}', ARRAY[''::bytea], NULL, '{}', '{}')");
    std::thread first([&] { CHECK(log.append("a", any_version, lent{"x"})); });
    REQUIRE(soon([&] { return tool("SELECT count(*) FROM pg_locks WHERE classid = 1634626675 AND NOT granted") == "1|"; }));
    library::is_torn = true;
    std::string              said[4];
    std::vector<std::thread> threads;
    for (auto& each : said) {
        threads.emplace_back([&] { each = appended(&each == &said[0] ? "torn" : "whole"); });
        std::this_thread::sleep_for(20ms);
    }
    held("ROLLBACK");
    first.join();
    for (auto& each : threads) each.join();
    library::is_torn = false;
    CHECK(said[0] == "torn");
    for (int i = 1; i < 4; ++i) CHECK(said[i] == "refused");
    CHECK(log.append("a", any_version, lent{"x"})->position == position{5});
}

TEST_CASE("An append on a condition whose commit was lost is decided anew", "[postgres][faults]") {
    using lessons            = annals::postgres_log<courses::events>;
    const std::string schema = fresh_schema();
    auto              log = open_postgres<lessons>(schema), other = open_postgres<lessons>(schema);
    for (auto* each : {&log, &other})
        REQUIRE(each->append("course-1", any_version, courses::course_defined{"1", 3}, courses::enrolled{"1", "bob"}));
    postgres_tool tool;
    tool("CREATE FUNCTION " + schema +
         ".late() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(60); RETURN "
         "NULL; END $$; CREATE CONSTRAINT TRIGGER late AFTER INSERT ON " +
         schema + ".events DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.version = 1) EXECUTE FUNCTION " + schema +
         ".late()");
    const auto waiting = [&](const char* granted) {
        return tool("SELECT pid FROM pg_locks WHERE classid = 1634626675 AND mode = 'ExclusiveLock' AND granted = " +
                    std::string{granted});
    };
    const annals::append_condition<courses::events>  nothing{position{4}, {annals::tag_set("student", std::string{"ann"})}};
    annals::expected<annals::receipt, annals::error> first, second;
    std::thread one([&] { first = log.append("course-2", nothing, courses::enrolled{"1", "ann"}); });
    REQUIRE(soon([&] { return !waiting("true").empty(); }));
    std::thread two([&] { second = other.append("course-1", any_version, courses::enrolled{"1", "ann"}); });
    REQUIRE(soon([&] { return !waiting("false").empty(); }));
    tool("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE classid = 1634626675 AND granted");
    one.join();
    two.join();
    CHECK(second);
    REQUIRE_FALSE(first);
    CHECK(first.error().code == errc::condition_failed);
}

TEST_CASE("A large append whose connection is cut is there once", "[postgres][faults]") {
    support::relay                     between(support::shared_postgres_server().port());
    const auto                         through = support::shared_postgres_server().connection(between.port());
    auto                               log     = open_postgres(fresh_schema(), through);
    std::vector<bank::events::variant> all(2000, deposited{1});
    std::uint64_t                      written = 0;
    between.cut_after(600'000);
    between.cut();
    for (int i = 0; i < 8; ++i) {
        const auto made = log.append("account-x", version{written}, all);
        INFO((made ? "" : made.error().message()));
        REQUIRE(made);
        CHECK(made->position.value == (written += 2000));
        std::uint64_t seen = 0;
        REQUIRE(
            log.read(annals::whole_log(), annals::handlers{annals::otherwise([&](const auto&, const annals::context& where) {
                         if (where.position.value == seen + 1) ++seen;
                     })}));
        REQUIRE(seen == written);
    }
    CHECK(between.cuts() > 4);
}

TEST_CASE("A server that says nothing is as good as gone, and what became of an append is found out", "[postgres][faults]") {
    support::relay between(support::shared_postgres_server().port());
    const auto     through = support::shared_postgres_server().connection(between.port());
    auto           log     = open_postgres(fresh_schema(), through, 300ms);
    REQUIRE(log.append("account-x", any_version, deposited{1}));
    between.stall(true);
    annals::metadata about;
    about.event_ids  = {id_of(7)};
    const auto begun = std::chrono::steady_clock::now();
    CHECK(log.append("account-x", version{1}, about, deposited{2}).error().code == errc::durability_unknown);
    CHECK(log.append("account-x", version{1}, about, deposited{2}).error().code == errc::unreachable);
    CHECK(log.head().error().code == errc::unreachable);
    CHECK(std::chrono::steady_clock::now() - begun < 10s);
    // Another one is asked, if there is one.
    const auto& running = support::shared_postgres_server();
    const auto  both    = "host=127.0.0.1,127.0.0.1 user=annals dbname=postgres port=" + std::to_string(between.port()) + "," +
                      std::to_string(running.port());
    CHECK(open_postgres(fresh_schema(), both, 5s).append("account-x", any_version, deposited{1}));
    between.stall(false);
    CHECK(log.append("account-x", version{1}, about, deposited{2})->position == position{2});
    CHECK(positions_in(log) == up_to(2));
}

// Who appends much to a log in PostgreSQL while another one does goes ahead: what becomes of one if the other comes to grief.
#include "catch.hpp"
#include "support/postgres_logs.hpp"
#include "support/relay.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>
#include <thread>
#include <utility>
#include <vector>

using namespace bank;
using namespace std::chrono_literals;
using annals::any_version;
using annals::position;
using annals::receipt;
using annals::version;
using support::append_by_hand;
using support::fresh_schema;
using support::open_postgres;
using support::positions_in;
using support::postgres_tool;
using support::soon;
using support::up_to;

namespace {

using answer = annals::expected<receipt, annals::error>;

std::string server() { return support::shared_postgres_server().connection(); }

std::vector<bank::events::variant> much(std::size_t count) { return std::vector<bank::events::variant>(count, deposited{2}); }

// Of each stream, as many events as its last version says.
bool versions_have_no_gap(const std::string& schema) {
    return postgres_tool()("SELECT stream FROM " + schema + ".events GROUP BY stream HAVING count(*) <> max(version)").empty();
}

// A group of two: account-1 appends two events, and account-2 a hundred, when a lock is let go of that both wait for.
class group_of_two {
public:
    group_of_two(support::bank_log& log, const std::string& schema) {
        annals::postgres_log_options options;
        options.schema = schema;
        held_("BEGIN");
        held_("SELECT pg_advisory_xact_lock(" + std::to_string(annals::detail::lock_of_writers) + ", " +
              std::to_string(annals::detail::postgres_place{"", options}.lock_key()) + ")");
        const auto waiting = [&](const std::string& count) {
            return soon(
                [&] { return tool_("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted") == count; });
        };
        before_ = std::thread([&] { CHECK(log.append("account-9", any_version, deposited{1})); });
        CHECK(waiting("1|"));
        one_ = std::thread([&] { first = log.append("account-1", version{1}, deposited{1}, deposited{1}); });
        std::this_thread::sleep_for(50ms);
        two_ = std::thread([&] { second = log.append("account-2", any_version, much(100)); });
        std::this_thread::sleep_for(50ms);
    }
    void go() {
        held_("ROLLBACK");
        before_.join();
    }
    void join() {
        one_.join();
        two_.join();
    }

    answer first, second;

private:
    postgres_tool held_, tool_;
    std::thread   before_, one_, two_;
};

}  // namespace

TEST_CASE("Who goes ahead of a large append comes behind it, whatever becomes of that", "[postgres]") {
    support::relay    between(support::shared_postgres_server().port());
    const std::string schema = fresh_schema();
    auto              log    = open_postgres(schema, support::shared_postgres_server().connection(between.port()));
    REQUIRE(log.append("account-1", any_version, deposited{1}));
    REQUIRE(log.append("account-2", any_version, deposited{1}));
    postgres_tool tool;
    tool("CREATE FUNCTION " + schema +
         ".late() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(0.2); IF NEW.version = 80 THEN RAISE 'not "
         "this one'; END IF; RETURN NULL; END $$; CREATE CONSTRAINT TRIGGER late AFTER INSERT ON " +
         schema + ".events DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.position = 3 OR NEW.version = 80) EXECUTE " +
         "FUNCTION " + schema + ".late()");
    const auto session_in = [&](const std::string& wait) {
        const auto pid =
            tool("SELECT pid FROM pg_stat_activity WHERE application_name = 'annals' AND wait_event = '" + wait + "'");
        return pid.substr(0, pid.find('|'));
    };
    answer     first, second;
    bool       is_refused = false;
    const auto go         = [&](std::size_t count) {
        std::thread one([&, count] { first = log.append("account-1", version{1}, much(count)); });
        REQUIRE(soon([&] { return !session_in("PgSleep").empty(); }));
        std::thread two([&] { second = log.append("account-2", version{1}, much(70)); });
        REQUIRE(soon([&] { return !session_in("advisory").empty(); }));  // it is written, and waits
        CHECK(log.head() == position{2});
        return std::pair(std::move(one), std::move(two));
    };
    const auto join = [](std::pair<std::thread, std::thread> both) { both.first.join(), both.second.join(); };
    SECTION("if it is made durable") { join(go(70)); }
    SECTION("if it is refused") {
        is_refused = true;
        join(go(79));
    }
    SECTION("if its session is lost") {
        auto both = go(70);
        tool("SELECT pg_terminate_backend(" + session_in("PgSleep") + ")");
        join(std::move(both));
    }
    SECTION("if the session of who goes ahead is lost") {
        auto both = go(70);
        tool("SELECT pg_terminate_backend(" + session_in("advisory") + ")");
        join(std::move(both));
    }
    SECTION("if the answer of who goes ahead is lost") {
        auto both = go(70);
        between.lose_answer(1);
        join(std::move(both));
        CHECK(between.cuts() == 1);
    }
    REQUIRE(second);
    CHECK(second->version == version{71});
    CHECK(second->position == position{is_refused ? 72U : 142U});
    CHECK(first.has_value() != is_refused);
    CHECK(positions_in(log) == up_to(is_refused ? 72 : 142));
}

TEST_CASE("What went ahead is not committed where what it goes behind is not", "[postgres]") {
    using annals::detail::postgres_append, annals::detail::postgres_foreseen, annals::detail::postgres_session;
    const std::string            schema = fresh_schema();
    auto                         log    = open_postgres(schema);
    annals::postgres_log_options options;
    options.schema = schema;
    const annals::detail::postgres_place place{server(), options};
    annals::metadata                     about;
    about.event_ids = {bank::id_of(1)};
    REQUIRE(log.append("account-1", any_version, about, deposited{1}));
    auto session = postgres_session::open(place, annals::detail::postgres_use::log, place.patience());
    REQUIRE(session);
    const std::vector<std::string> no_tags;
    postgres_append                mine;
    mine.events           = {{bank::id_of(2), 0, {}, &no_tags}};
    const auto is_refused = [&](std::int64_t position, const annals::uuid& id) {
        const std::vector<postgres_foreseen> all{{&mine, {1, position, 1, 1, 1}, id}};
        const auto                           done =
            session->run_together(annals::detail::transaction_that_goes_ahead(all, 7, 1s, false), [](std::size_t) {});
        REQUIRE(done.results);
        return done.failure() != nullptr;
    };
    CHECK(is_refused(2, bank::id_of(1)));
    CHECK(is_refused(1, bank::id_of(3)));  // somebody else has appended just as much
    CHECK(log.head() == position{1});
    CHECK_FALSE(is_refused(1, bank::id_of(1)));
    CHECK(log.head() == position{2});
}

TEST_CASE("Who is ahead of appends that are done anew, one by one, does not take another's for theirs", "[postgres]") {
    const std::string schema = fresh_schema();
    auto              log = open_postgres(schema), other = open_postgres(schema);
    for (const char* stream : {"account-1", "account-2", "account-3", "account-9"})
        REQUIRE(log.append(stream, any_version, deposited{1}));
    postgres_tool     tool;
    const std::string of_first = "NEW.stream = (SELECT number FROM " + schema + ".streams WHERE name = 'account-1')";
    // The first one is refused as it is committed, and who is ahead takes his time.
    tool("CREATE FUNCTION " + schema + ".late() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF " + of_first +
         " AND NEW.payload = '\\x0100000000000000' THEN PERFORM pg_sleep(0.3); RAISE 'not this one'; END IF; RETURN NULL; END "
         "$$;"
         "CREATE CONSTRAINT TRIGGER late AFTER INSERT ON " +
         schema +
         ".events DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.version = 3 AND NEW.nth = 1) EXECUTE FUNCTION " +
         schema + ".late(); CREATE FUNCTION " + schema + ".slow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF " + of_first +
         " THEN PERFORM pg_sleep(1); END IF; RETURN NEW; END $$; CREATE TRIGGER slow BEFORE INSERT ON " + schema +
         ".events FOR EACH ROW WHEN (NEW.nth = 99) EXECUTE FUNCTION " + schema + ".slow()");
    group_of_two both(log, schema);
    both.go();
    REQUIRE(soon([&] { return tool("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'") == "1|"; }));
    answer      ahead, of_other;
    std::thread three([&] { ahead = log.append("account-1", any_version, much(100)); });
    REQUIRE(soon([&] { return tool("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'") == "2|"; }));
    std::thread four([&] { of_other = other.append("account-3", any_version, deposited{5}, deposited{5}); });
    both.join();
    three.join();
    four.join();
    CHECK_FALSE(both.first);
    CHECK(both.second);
    CHECK(ahead->version == version{101});
    CHECK(of_other);
    CHECK(versions_have_no_gap(schema));
    CHECK(positions_in(log) == up_to(207));
}

TEST_CASE("Who went ahead and lost his session is ended before others append in his way", "[postgres]") {
    const std::string schema = fresh_schema();
    support::relay    between(support::shared_postgres_server().port());
    auto              log = open_postgres(schema, support::shared_postgres_server().connection(between.port()));
    for (const char* stream : {"account-1", "account-2", "account-3", "account-9"})
        REQUIRE(log.append(stream, any_version, deposited{1}));
    postgres_tool tool, hand;
    tool("CREATE FUNCTION " + schema +
         ".slow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF TG_LEVEL = 'ROW' THEN RAISE NOTICE 'an answer'; END IF; "
         "PERFORM pg_sleep(TG_ARGV[0]::float); "
         "RETURN NEW; END $$; CREATE TRIGGER slow_0 BEFORE INSERT ON " +
         schema + ".events FOR EACH STATEMENT EXECUTE FUNCTION " + schema +
         ".slow('0.3'); CREATE TRIGGER slow BEFORE INSERT ON " + schema +
         ".events FOR EACH ROW WHEN (NEW.nth = 99 AND NEW.version = 103) EXECUTE FUNCTION " + schema + ".slow('1')");
    group_of_two both(log, schema);
    // Somebody else is next, and appends to account-1: the first of the group, which knows its version, is refused then.
    std::thread other([&] {
        hand(
            "BEGIN; SELECT pg_advisory_xact_lock(classid::int, objid::bigint::bit(32)::int) FROM pg_locks WHERE locktype = "
            "'advisory' AND classid = " +
            std::to_string(annals::detail::lock_of_writers) + " AND granted LIMIT 1");
        hand(append_by_hand(schema, "account-1"));
        hand(append_by_hand(schema, "account-3"));
        hand("COMMIT");
    });
    std::this_thread::sleep_for(50ms);
    both.go();
    other.join();
    answer      ahead;
    std::thread three([&] { ahead = log.append("account-1", any_version, much(100)); });
    REQUIRE(soon([&] { return tool("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'") == "2|"; }));
    between.lose_answer();  // of who is ahead, whose server goes on
    REQUIRE(soon([&] { return between.cuts() > 0; }));
    between.refuse(true);
    std::this_thread::sleep_for(1500ms);
    between.refuse(false);
    both.join();
    three.join();
    CHECK(both.first.error().code == annals::errc::version_conflict);
    CHECK(both.second);
    CHECK(ahead->version == version{102});
    CHECK(versions_have_no_gap(schema));
}

TEST_CASE("Who is given no second session appends over the one that he has", "[postgres]") {
    postgres_tool tool;
    tool("CREATE ROLE few LOGIN CONNECTION LIMIT 2; GRANT ALL ON DATABASE postgres TO few");
    auto log = open_postgres(
        fresh_schema(),
        "host=127.0.0.1 user=few dbname=postgres port=" + std::to_string(support::shared_postgres_server().port()), 2s);
    for (int i = 0; i < 4; ++i) REQUIRE(log.append("account-" + std::to_string(i), any_version, much(70)));
    REQUIRE(log.head());  // a reader's session is the other one
    std::atomic<int>         done{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i)
        threads.emplace_back([&, stream = "account-" + std::to_string(i)] {
            for (int count = 0; count < 50; ++count) done += log.append(stream, any_version, much(70)) ? 1 : 0;
        });
    for (auto& each : threads) each.join();
    CHECK(done == 4 * 50);
    CHECK(log.head() == position{4 * 51 * 70});
}

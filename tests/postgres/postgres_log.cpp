// What is particular to a log in PostgreSQL: its schema, other sessions, many rows, tables beside it.
#include "catch.hpp"
#include "support/certificates.hpp"
#include "support/courses.hpp"
#include "support/postgres_logs.hpp"
#include "support/temporary_directory.hpp"

#include <annals/app/table_read_model.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <sys/stat.h>
#include <unistd.h>

using namespace bank;
using annals::any_version;
using annals::errc;
using annals::position;
using annals::postgres_transaction;
using annals::version;
using support::bank_log;
using support::open_postgres;
using support::positions_in;
using support::postgres_tool;
using support::up_to;

namespace {

std::string server() { return support::shared_postgres_server().connection(); }

errc refusal_of(const std::string& schema, const std::string& connection = server(), int patience = 20'000) {
    annals::postgres_log_options options;
    options.schema   = schema;
    options.patience = std::chrono::milliseconds(patience);
    const auto log   = bank_log::open(connection, options);
    REQUIRE_FALSE(log);
    return log.error().code;
}

template <class Log>
void append_many(Log& log, int count) {
    std::vector<bank::events::variant> all;
    for (int i = 0; i < count; ++i) all.emplace_back(deposited{i});
    REQUIRE(log.append("account-many", any_version, all));
}

}  // namespace

TEST_CASE("Any tool reads what is in the log", "[postgres]") {
    auto log = open_postgres("for_people");
    REQUIRE(log.append("account-ann", annals::no_stream, bank::opened{7}, deposited{5}));
    postgres_tool tool;
    CHECK(tool("SELECT stream, version, event FROM for_people.readable ORDER BY position") ==
          "account-ann|1|opened|account-ann|2|deposited|");
    CHECK(tool("SELECT abs(extract(epoch FROM now() - max(time))) < 60 FROM for_people.readable") == "t|");
}

TEST_CASE("A schema with something else in it is left as it is", "[postgres]") {
    postgres_tool tool;
    tool(
        "DROP SCHEMA IF EXISTS others CASCADE; CREATE SCHEMA others; CREATE TABLE others.mine (a int); INSERT INTO others.mine "
        "VALUES (7)");
    CHECK(refusal_of("others") == errc::no_such_log);
    CHECK(tool("SELECT count(*) FROM pg_class WHERE relnamespace = 'others'::regnamespace") == "1|");
    CHECK(tool("SELECT a FROM others.mine") == "7|");
    SECTION("and so is a log of tomorrow") {
        (void)open_postgres("tomorrow");
        tool("UPDATE tomorrow.annals_format SET number = 99");
        CHECK(refusal_of("tomorrow") == errc::unsupported);
        CHECK(tool("SELECT number FROM tomorrow.annals_format") == "99|");
    }
    SECTION("but an empty one may have been made for the log, under any name") {
        tool("CREATE SCHEMA \"an\"\"nals; DROP SCHEMA others\"");
        auto log = open_postgres("an\"nals; DROP SCHEMA others");
        CHECK(log.append("account-ann", annals::no_stream, deposited{5}));
        CHECK(tool("SELECT a FROM others.mine") == "7|");
    }
}

TEST_CASE("A log that an older version made gets the steps that it has not had, once", "[postgres]") {
    using namespace annals::detail;
    const std::string schema = support::fresh_schema();
    postgres_place    place{server(), {}};
    place.options.schema = schema;
    auto session         = reach(place, postgres_use::log, place.patience());
    REQUIRE(session);
    const std::array<std::string, 1> old{std::string{postgres_tables}};
    REQUIRE(make_tables(*session, old));
    postgres_tool tool;
    CHECK(tool("SELECT number FROM " + schema + ".annals_format") == "1|");
    auto log = open_postgres(schema);
    CHECK(log.append("account-ann", annals::no_stream, deposited{5}));
    std::vector<std::string> steps;
    for (const auto& each : postgres_steps()) steps.push_back(each);
    CHECK(tool("SELECT number FROM " + schema + ".annals_format") == std::to_string(steps.size()) + "|");
    steps.emplace_back("CREATE TABLE {s}.added (a int); INSERT INTO {s}.added VALUES (1);");
    SECTION("and one that is refused changes nothing") {
        steps.emplace_back("CREATE TABLE {s}.another (a int); INSERT INTO {s}.nowhere VALUES (1);");
        CHECK_FALSE(make_tables(*session, steps));
        CHECK(tool("SELECT count(*) FROM pg_class WHERE relname IN ('added', 'another')") == "0|");
        CHECK(tool("SELECT number FROM " + schema + ".annals_format") == std::to_string(steps.size() - 2) + "|");
        CHECK(session->is_idle());
    }
    SECTION("also if several open it at the same time") {
        std::vector<std::thread> threads;
        std::atomic<int>         done{0};
        for (int i = 0; i < 4; ++i)
            threads.emplace_back([&] {
                auto own = reach(place, postgres_use::log, place.patience());
                if (own && make_tables(*own, steps)) ++done;
            });
        for (auto& each : threads) each.join();
        CHECK(done == 4);
        CHECK(tool("SELECT count(*) FROM " + schema + ".added") == "1|");
    }
}

TEST_CASE("Names and tags are bound, and not pasted", "[postgres]") {
    auto              log  = open_postgres("bound");
    const std::string evil = "x'); DROP TABLE bound.events; --";
    REQUIRE(log.append(evil, annals::no_stream, annotated{evil}));
    totals all;
    REQUIRE(log.read(annals::stream(evil), all));
    CHECK(all.notes == evil);
    CHECK(log.read(annals::category(annals::category_of(evil)), all)->count == 1);
    auto lessons = open_postgres<annals::postgres_log<courses::events>>("bound too");
    REQUIRE(lessons.append("course", any_version, courses::enrolled{evil, "$1"}));
    CHECK(lessons.read(annals::tagged(annals::tag_set("course", evil)), annals::handlers{annals::otherwise()})->count == 1);
    CHECK(log.append(std::string(3000, 'x'), any_version, deposited{1}).error().code == errc::invalid_stream_name);
}

TEST_CASE("Conditions that the server looks at hold where they hold in memory", "[postgres]") {
    using courses::capacity_changed;
    using courses::course_defined;
    using courses::enrolled;
    using lessons            = annals::postgres_log<courses::events>;
    const std::string schema = support::fresh_schema();
    lessons           logs[] = {open_postgres<lessons>(schema), open_postgres<lessons>(schema)};  // each knows its own schemas
    auto              memory = annals::memory_log<courses::events>{};
    std::uint64_t     random = 7;
    const auto        below  = [&](std::uint64_t end) {
        random = random * 6364136223846793005U + 1442695040888963407U;
        return (random >> 33U) % end;
    };
    int written = 0, refused = 0;
    for (int step = 0; step < 300; ++step) {
        const std::string course = "c" + std::to_string(below(3)), student = "s" + std::to_string(below(3));
        const auto        head      = memory.head()->value;
        const auto        after     = position{head - std::min(head, below(5))};
        const auto        of_course = annals::tag_set("course", course);
        const auto        both      = [&](const auto& unchanged, const auto& event) {
            annals::metadata about;
            if (below(2) == 0) about.event_ids = {id_of(static_cast<std::uint8_t>(below(200) + 1))};  // known, now and then
            const auto here  = logs[below(2)].append("course-" + course, unchanged, about, event),
                       there = memory.append("course-" + course, unchanged, about, event);
            REQUIRE(here.has_value() == there.has_value());
            if (here)
                CHECK(*here == *there);
            else
                CHECK(here.error().code == there.error().code);
            ++(here ? written : refused);
        };
        switch (below(4)) {
            case 0:
                both(annals::append_condition<annals::events<course_defined, capacity_changed>>{after, {of_course}},
                     course_defined{course, 1});
                break;
            case 1:
                both(
                    annals::append_condition<annals::events<enrolled>, annals::events<course_defined>>{
                        after, {of_course.with("student", student), of_course}},
                    enrolled{course, student});
                break;
            case 2:
                both(annals::append_condition<annals::events<capacity_changed>>{after, {annals::tag_set{}}},
                     capacity_changed{course, 2});
                break;
            default:
                both(annals::append_condition<annals::events<enrolled>>{after, {annals::tag_set("student", student)}},
                     enrolled{course, student});
        }
    }
    CHECK(written > 50);
    CHECK(refused > 50);
    CHECK(positions_in(logs[0]) == up_to(memory.head()->value));
}

TEST_CASE("What is read is the log of one moment, however many rows that are, and a handler may append", "[postgres]") {
    const std::string schema = support::fresh_schema();
    auto              log    = open_postgres(schema);
    append_many(log, 3000);
    SECTION("forwards") {
        std::vector<std::uint64_t> seen;
        const auto                 read = log.read(annals::whole_log(),
                                                   annals::handlers{[&](const deposited&, const annals::context& where) {
                                                        seen.push_back(where.position.value);
                                                        if (seen.size() % 100 == 0)
                                                            REQUIRE(log.append("account-many", any_version, deposited{1}));
                                                    },
                                                    annals::otherwise()});
        REQUIRE(read);
        CHECK(seen == up_to(3000));
        CHECK(log.head()->value == 3030);
    }
    SECTION("backwards, by stream, category, and in parts") {
        std::vector<std::uint64_t> there, back;
        const auto                 note = [](std::vector<std::uint64_t>& to) {
            return annals::handlers{
                annals::otherwise([&to](const auto&, const annals::context& where) { to.push_back(where.position.value); })};
        };
        REQUIRE(log.append("other", any_version, deposited{1}));
        REQUIRE(log.read(annals::stream("account-many").backwards(), note(back)));
        REQUIRE(log.read(annals::category("account").from(position{100}).to(position{2900}).limit(2000), note(there)));
        CHECK(back.size() == 3000);
        CHECK(std::is_sorted(back.rbegin(), back.rend()));
        CHECK(there.size() == 2000);
        CHECK(there.front() == 100);
        CHECK(there.back() == 2099);
        there.clear();
        REQUIRE(log.read(annals::stream("account-many").until(position{2500}), note(there)));
        CHECK(there == up_to(2500));
    }
    SECTION("by readers that take no context, which are told where the last one is, too") {
        REQUIRE(log.append("other", any_version, deposited{1}));
        REQUIRE(log.append("account-many", any_version, deposited{1}));
        totals     whole, one, some, back;
        const auto all = log.read(annals::whole_log(), whole), of_stream = log.read(annals::stream("account-many"), one);
        const auto of_category = log.read(annals::category("account").to(position{3001}), some);
        const auto last        = log.read(annals::whole_log().backwards().limit(2000), back);
        REQUIRE((all && of_stream && of_category && last));
        CHECK(all->count == 3002);
        CHECK(all->position == position{3002});
        CHECK(all->version == version{3001});
        CHECK(of_stream->count == 3001);
        CHECK(of_stream->position == position{3002});
        CHECK(of_stream->version == version{3001});
        CHECK(of_category->count == 3000);
        CHECK(of_category->version == version{3000});
        CHECK(last->position == position{1003});
        CHECK(whole.balance == 3000 * 2999 / 2 + 2);
        CHECK(one.balance == 3000 * 2999 / 2 + 1);
        CHECK(some.balance == 3000 * 2999 / 2);
        CHECK(back.balance == (2999 * 3000 - 1001 * 1002) / 2 + 2);
        postgres_tool tool;
        tool("DELETE FROM " + schema + ".events WHERE position = 1500");
        CHECK(log.read(annals::whole_log(), whole).error().code == errc::damaged);
    }
    SECTION("until a handler throws") {
        int seen = 0;
        CHECK_THROWS_WITH(log.read(annals::whole_log(), annals::handlers{[&](const deposited&) {
                                                                             if (++seen == 2000)
                                                                                 throw std::runtime_error("enough");
                                                                         },
                                                                         annals::otherwise()}),
                          "enough");
        CHECK(seen == 2000);
        CHECK(positions_in(log) == up_to(3000));
    }
}

namespace {

// As they were before students had tags.
namespace courses_of_yesterday {
struct enrolled {
    std::string course;
    std::string student;

    using tags = annals::tags<&enrolled::course>;
};
using events = annals::events<courses::course_defined, courses::capacity_changed, enrolled>;
}  // namespace courses_of_yesterday

}  // namespace

TEST_CASE("Events that were written with other tags are found by those of today, no more of them than are asked for",
          "[postgres]") {
    const std::string schema = support::fresh_schema();
    {
        auto yesterday = open_postgres<annals::postgres_log<courses_of_yesterday::events>>(schema);
        std::vector<courses_of_yesterday::events::variant> all;
        for (int i = 0; i < 1000; ++i)
            all.emplace_back(courses_of_yesterday::enrolled{std::to_string(i), i % 2 == 0 ? "ann" : "bob"});
        REQUIRE(yesterday.append("course", any_version, all));
    }
    const auto log     = open_postgres<annals::postgres_log<courses::events>>(schema);
    const auto of_bob  = annals::tag_set("student", std::string{"bob"});
    const auto numbers = [&](const auto& what) {
        std::vector<std::uint64_t> seen;
        const auto read = log.read(what, annals::handlers{annals::otherwise([&](const auto&, const annals::context& where) {
                                       seen.push_back(where.position.value);
                                   })});
        REQUIRE(read);
        CHECK(read->count == seen.size());
        CHECK(read->position.value == (seen.empty() ? 0 : seen.back()));
        return seen;
    };
    using list = std::vector<std::uint64_t>;
    CHECK(numbers(annals::tagged(of_bob)).size() == 500);
    CHECK(numbers(annals::tagged(of_bob).limit(3)) == list{2, 4, 6});
    CHECK(numbers(annals::tagged(of_bob).limit(400)).back() == 800);
    CHECK(numbers(annals::tagged(of_bob).from(position{990}).limit(3)) == list{990, 992, 994});
    CHECK(numbers(annals::tagged(of_bob).backwards().limit(2)) == list{1000, 998});
    CHECK(numbers(annals::tagged(of_bob).limit(0)).empty());
    CHECK(log.read(annals::tagged(of_bob).limit(300), annals::handlers{annals::otherwise()})->position == position{600});
}

TEST_CASE("How a database is set up does not matter", "[postgres]") {
    postgres_tool tool;
    tool(
        "CREATE ROLE strict LOGIN SUPERUSER; ALTER ROLE strict SET default_transaction_isolation = 'serializable'; "
        "ALTER ROLE strict SET synchronous_commit = off; ALTER ROLE strict SET search_path = ''; ALTER ROLE strict SET "
        "enable_indexscan = off; ALTER ROLE strict SET statement_timeout = 100");
    auto                     log = open_postgres("strict", server() + " user=strict");
    std::vector<std::thread> threads;
    std::atomic<int>         done{0};
    auto                     other = open_postgres("strict", server() + " user=strict");
    for (auto* each : {&log, &other})
        threads.emplace_back([&, each] {
            for (int i = 0; i < 50; ++i) done += each->append("account-ann", any_version, deposited{1}) ? 1 : 0;
        });
    for (auto& each : threads) each.join();
    CHECK(done == 100);
    tool("BEGIN");
    tool(support::append_by_hand("strict", "held"));
    std::thread waiting([&] { done += log.append("account-ann", any_version, deposited{1}) ? 1 : 0; });
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    tool("ROLLBACK");
    waiting.join();
    CHECK(done == 101);
    CHECK(positions_in(log) == up_to(101));
    std::string settings;
    REQUIRE(log.in_transaction([&](postgres_transaction& in, const auto&) {
        in.query("SELECT current_setting('transaction_isolation') || ' ' || current_setting('synchronous_commit')",
                 [&](const annals::postgres_row& row) { settings = row.text(0); });
    }));
    CHECK(settings == "read committed on");
}

TEST_CASE("Who may only read reads", "[postgres]") {
    REQUIRE(open_postgres("read_only").append("account-ann", any_version, deposited{1}));
    auto log = open_postgres("read_only", server() + " options='-c default_transaction_read_only=on'");
    CHECK(positions_in(log) == up_to(1));
    CHECK(log.append("account-ann", any_version, deposited{1}).error().code == errc::read_only);
    CHECK(refusal_of("not there", server() + " options='-c default_transaction_read_only=on'") == errc::read_only);
    CHECK(refusal_of("nowhere", support::shared_postgres_server().connection(support::free_port()), 20) == errc::unreachable);
}

namespace {

// How much was paid in, and how often; every third time with a mistake.
struct movements {
    using events = annals::events<deposited>;

    bool mistaken = false;

    static void create(postgres_transaction& in) {
        in.execute("DROP TABLE IF EXISTS movements");
        in.execute(
            "CREATE TABLE movements (kind text PRIMARY KEY, count int, cents numeric, at timestamptz, who uuid, raw bytea)");
    }
    void react(const deposited& e, postgres_transaction& in) const {
        in.execute(mistaken ? "INSERT INTO movement VALUES ($1, 1, $2)"
                            : "INSERT INTO movements VALUES ($1, 1, $2) ON CONFLICT (kind) DO UPDATE SET count = "
                              "movements.count + 1, cents = movements.cents + $2",
                   "in", e.cents);
    }
};

}  // namespace

TEST_CASE("A table in the database follows the log, each event in it once", "[postgres]") {
    const std::string schema = support::fresh_schema();
    postgres_tool     tool;
    auto              log   = open_postgres(schema);
    auto              model = annals::table_read_model_of(log, "movements", movements{}, 4);
    for (int i = 0; i < 10; ++i) REQUIRE(log.append("account-ann", any_version, deposited{10}, annotated{"x"}));
    REQUIRE(model.catch_up());
    CHECK(tool("SELECT count, cents FROM movements") == "10|100|");
    CHECK(*model.place() == *log.head());
    SECTION("and what fails leaves it as it was") {
        REQUIRE(log.append("account-ann", any_version, deposited{10}));
        const auto done = annals::table_read_model_of(log, "movements", movements{true}).catch_up();
        REQUIRE_FALSE(done);
        CHECK(done.error().details.find("movement") != std::string::npos);
        CHECK(tool("SELECT count, cents FROM movements") == "10|100|");
        REQUIRE(model.catch_up());
        CHECK(tool("SELECT count, cents FROM movements") == "11|110|");
    }
    SECTION("however much comes at once, also if it is made anew") {
        append_many(log, 3000);
        REQUIRE(model.catch_up());
        REQUIRE(annals::table_read_model_of(log, "movements", movements{}).catch_up());
        CHECK(tool("SELECT count, cents FROM movements") == "3010|4498600|");
        REQUIRE(annals::table_read_model_of(log, "movements", movements{}).rebuild());
        CHECK(tool("SELECT count, cents FROM movements") == "3010|4498600|");
    }
    SECTION("also if two processes keep it up to date") {
        auto                     other = open_postgres(schema);
        auto                     again = annals::table_read_model_of(other, "movements", movements{}, 3);
        std::vector<std::thread> threads;
        for (auto* each : {&model, &again}) threads.emplace_back([each] { CHECK(each->run()); });
        for (int i = 0; i < 100; ++i) REQUIRE(log.append("account-ann", any_version, deposited{10}));
        CHECK(support::soon([&] { return *model.place() == *log.head(); }));
        model.stop();
        again.stop();
        for (auto& each : threads) each.join();
        CHECK(tool("SELECT count, cents FROM movements") == "110|1100|");
    }
    SECTION("and a reading that fails undoes all, whatever is read behind it") {
        tool("UPDATE " + schema + ".events SET payload = '\\x01' WHERE position = 10");
        const auto done = log.in_transaction([&](postgres_transaction& in, const auto& read) {
            in.execute("DELETE FROM movements");
            CHECK_FALSE(read(annals::whole_log(), annals::handlers{annals::otherwise([](const auto&) {})}));
            CHECK_FALSE(read(annals::whole_log().until(position{2}), annals::handlers{annals::otherwise()}));
        });
        REQUIRE_FALSE(done);
        CHECK(done.error().code == errc::damaged);
        CHECK(tool("SELECT count, cents FROM movements") == "10|100|");
    }
    SECTION("and takes values of any type") {
        std::string seen;
        REQUIRE(log.in_transaction([&](postgres_transaction& in, const auto&) {
            in.execute("INSERT INTO movements VALUES ($1, $2, $3, $4, $5, $6)", "all", std::int64_t{3},
                       std::optional<std::int64_t>{}, "2020-01-02 03:04:05+00", id_of(7),
                       std::array<std::byte, 2>{std::byte{0}, std::byte{255}});
            in.query(
                "SELECT count, cents, extract(year FROM at), who, raw FROM movements WHERE kind = $1",
                [&](const annals::postgres_row& row) {
                    seen = std::to_string(row.number(0)) + (row.is_nothing(1) ? " nothing " : " ? ") +
                           std::string{row.text(2)} + " " + std::string{row.text(3)} + " " +
                           std::to_string(row.bytes(4).size());
                },
                std::string_view{"all"});
        }));
        CHECK(seen == "3 nothing 2020 00000000-0000-0000-0000-00000000ff07 2");
        CHECK(log.in_transaction([&](postgres_transaction& in, const auto&) {
                     in.execute("SELECT $1::text", std::string_view{"\0", 1});
                 })
                  .error()
                  .code == errc::invalid_event);
    }
}

TEST_CASE("Statements of the user's are forgotten when there are many, and when one fails", "[postgres]") {
    auto       log      = open_postgres(support::fresh_schema());
    const auto rows_of = [&](const std::string& sql) {
        int        count = 0;
        const auto done  = log.in_transaction([&](postgres_transaction& in, const auto&) {
            count = 0;
            in.query(sql, [&](const annals::postgres_row&) { ++count; });
        });
        return done ? count : -1;
    };
    postgres_tool tool;
    tool("CREATE TABLE changing (a int); INSERT INTO changing VALUES (1)");
    CHECK(rows_of("SELECT * FROM changing") == 1);
    tool("ALTER TABLE changing ADD COLUMN b int");
    (void)rows_of("SELECT * FROM changing");  // which the server refuses, for it is another table now
    CHECK(rows_of("SELECT * FROM changing") == 1);
    REQUIRE(log.in_transaction([&](postgres_transaction& in, const auto&) {
        for (int i = 0; i < 1000; ++i) in.execute("SELECT " + std::to_string(i));
    }));
    const int kept = rows_of("SELECT FROM pg_prepared_statements");
    CHECK(kept > 0);
    CHECK(kept < 600);
}

namespace {

// The shared server with TLS, as long as it lives.
class encryption {
public:
    encryption() {
        const std::string data = answer("SHOW data_directory");
        support::make_certificate({certificate(), data + "/server.key"}, "IP:127.0.0.1");
        std::filesystem::copy_file(certificate(), data + "/server.crt", std::filesystem::copy_options::overwrite_existing);
        struct stat owner {};
        REQUIRE(::stat(data.c_str(), &owner) == 0);
        for (const char* file : {"/server.key", "/server.crt"}) {
            REQUIRE(::chown((data + file).c_str(), owner.st_uid, owner.st_gid) == 0);
            REQUIRE(::chmod((data + file).c_str(), 0600) == 0);
        }
        set("ALTER SYSTEM SET ssl = on", "on");
    }
    encryption(const encryption&)            = delete;
    encryption& operator=(const encryption&) = delete;
    ~encryption() { set("ALTER SYSTEM RESET ssl", "off"); }

    [[nodiscard]] std::string certificate() const { return directory_ / "certificate"; }
    [[nodiscard]] std::string of_another() const {
        support::make_certificate({directory_ / "another", directory_ / "key"}, "IP:127.0.0.1");
        return directory_ / "another";
    }

private:
    std::string answer(const char* sql) {
        std::string said = tool_(sql);
        return said.substr(0, said.find('|'));
    }
    void set(const char* how, const char* due) {
        tool_(how);
        tool_("SELECT pg_reload_conf()");
        CHECK(support::soon([&] { return answer("SHOW ssl") == due; }));
    }

    support::temporary_directory directory_;
    support::postgres_tool       tool_;
};

}  // namespace

TEST_CASE("A connection is encrypted, and the server known, where the connection string says so", "[postgres]") {
    CHECK(refusal_of("encrypted", server() + " sslmode=require", 50) == errc::unreachable);
    const encryption tls;
    auto             log = open_postgres("encrypted", server() + " sslmode=verify-full sslrootcert=" + tls.certificate());
    REQUIRE(log.append("account-ann", annals::no_stream, deposited{1}));
    CHECK(positions_in(log) == up_to(1));
    CHECK(support::postgres_tool()("SELECT count(*) > 0 FROM pg_stat_ssl s JOIN pg_stat_activity a USING (pid) WHERE s.ssl AND "
                                   "a.backend_type = 'client backend' AND a.pid <> pg_backend_pid()") == "t|");
    CHECK(refusal_of("encrypted", server() + " sslmode=verify-full sslrootcert=" + tls.of_another(), 50) == errc::unreachable);
}

// Tables in the log's own database that are never behind or ahead of their place.
#include "catch.hpp"
#include "support/bank.hpp"
#include "support/sqlite_tool.hpp"
#include "support/temporary_directory.hpp"

#include <annals/app/table_read_model.hpp>
#include <annals/log/sqlite_log.hpp>

#include <chrono>
#include <csignal>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>

#include <sys/wait.h>
#include <unistd.h>

using namespace bank;
using annals::any_version;
using annals::position;
using annals::sqlite_transaction;
using bank_database = annals::sqlite_log<bank::events>;

namespace {

bank_database open_at(const std::string& path, bool is_durable = false) {
    annals::sqlite_log_options options;
    options.durable = is_durable;
    auto log        = bank_database::open(path, options);
    if (!log) throw std::runtime_error(log.error().message());
    return std::move(*log);
}

// How much was paid in, how much out, and how often.
struct movements {
    using events = annals::events<deposited, withdrawn>;

    int  throw_at = -1;
    bool mistaken = false;

    static void create(sqlite_transaction& in) {
        in.execute("DROP TABLE IF EXISTS movements");
        in.execute("CREATE TABLE movements (kind TEXT PRIMARY KEY, count INTEGER, cents INTEGER)");
    }
    void react(const deposited& e, sqlite_transaction& in) {
        if (throw_at == 0) throw std::runtime_error("that is too much");
        --throw_at;
        add("in", e.cents, in);
    }
    void react(const withdrawn& e, sqlite_transaction& in) { add("out", e.cents, in); }

private:
    void add(const char* kind, std::int64_t cents, sqlite_transaction& in) const {
        in.execute(mistaken ? "INSERT INTO movement VALUES (?1, 1, ?2)"
                            : "INSERT INTO movements VALUES (?1, 1, ?2) ON CONFLICT (kind) DO UPDATE SET count = count + 1, cents = cents + ?2",
                   kind, cents);
    }
};

std::string table_of(bank_database& log) {
    std::string all;
    REQUIRE(log.in_transaction([&](sqlite_transaction& in, const auto&) {
        in.query("SELECT kind, count, cents FROM movements ORDER BY kind", [&](const annals::sqlite_row& row) {
            all.append(row.text(0)).append(" ").append(std::to_string(row.number(1))).append(" ").append(std::to_string(row.number(2))).append("; ");
        });
    }));
    return all;
}

void append_some(bank_database& log, int count) {
    for (int i = 0; i < count; ++i) {
        REQUIRE(log.append("account-ann", any_version, deposited{10}, annotated{"x"}));
        if (i % 2 == 0) REQUIRE(log.append("account-bob", any_version, withdrawn{3}));
    }
}

}  // namespace

TEST_CASE("A table follows the log, each event in it once", "[sqlite]") {
    const support::temporary_directory directory;
    auto                               log = open_at(directory / "bank.db");
    append_some(log, 10);
    auto model = annals::table_read_model_of(log, "movements", movements{}, 4);
    REQUIRE(model.catch_up());
    CHECK(table_of(log) == "in 10 100; out 5 15; ");
    CHECK(*model.place() == *log.head());
    append_some(log, 1);
    auto again = annals::table_read_model_of(log, "movements", movements{});
    REQUIRE(again.catch_up());
    CHECK(table_of(log) == "in 11 110; out 6 18; ");
    SECTION("and is made anew in one step") {
        REQUIRE(log.in_transaction([](sqlite_transaction& in, const auto&) { in.execute("UPDATE movements SET count = 77"); }));
        REQUIRE(again.rebuild());
        CHECK(table_of(log) == "in 11 110; out 6 18; ");
        CHECK(*model.place() == *log.head());
    }
    SECTION("while others append") {
        std::thread running([&] { REQUIRE(again.run()); });
        append_some(log, 5);
        const auto patience = std::chrono::steady_clock::now() + std::chrono::seconds(10);
        while (*model.place() < *log.head() && std::chrono::steady_clock::now() < patience) std::this_thread::yield();
        again.stop();
        running.join();
        CHECK(table_of(log) == "in 16 160; out 9 27; ");
    }
}

TEST_CASE("What is asked within a transaction may be asked while the same is answered", "[sqlite]") {
    const support::temporary_directory directory;
    auto                               log = open_at(directory / "bank.db");
    for (const int cents : {1, 2, 3}) REQUIRE(log.append("account-ann", any_version, deposited{cents}));
    for (const int cents : {4, 5}) REQUIRE(log.append("account-bob", any_version, deposited{cents}));
    std::string told;
    SECTION("of the log") {
        const auto tell = [&](const auto& read, const char* stream, const auto& then) {
            REQUIRE(read(annals::stream(stream), annals::handlers{[&](const deposited& e) {
                                                                      told += std::to_string(e.cents);
                                                                      then();
                                                                  },
                                                                  annals::otherwise()}));
        };
        REQUIRE(log.in_transaction([&](sqlite_transaction&, const auto& read) {
            tell(read, "account-ann", [&] { tell(read, "account-bob", [&] { REQUIRE(told.size() < 20); }); });
        }));
        CHECK(told == "145245345");
    }
    SECTION("of tables") {
        REQUIRE(log.in_transaction([&](sqlite_transaction& in, const auto&) {
            in.execute("CREATE TABLE tree (above INTEGER, number INTEGER)");
            for (int number = 1; number < 7; ++number) in.execute("INSERT INTO tree VALUES (?1, ?2)", number / 2, number);
            const auto walk = [&](const auto& again, std::int64_t above) -> void {
                REQUIRE(told.size() < 20);
                in.query(
                    "SELECT number FROM tree WHERE above = ?1 ORDER BY number",
                    [&](const annals::sqlite_row& row) {
                        told += std::to_string(row.number(0));
                        again(again, row.number(0));
                    },
                    above);
            };
            walk(walk, 0);
        }));
        CHECK(told == "124536");
    }
}

TEST_CASE("A reading that fails in a transaction undoes it, whatever is read behind it", "[sqlite]") {
    const support::temporary_directory directory;
    const std::string                  path = directory / "bank.db";
    auto                               log  = open_at(path);
    append_some(log, 2);
    REQUIRE(support::answer_of(path, "UPDATE events SET payload = x'01' WHERE position = 4").empty());
    const annals::handlers skip{annals::otherwise()};
    const annals::handlers look{annals::otherwise([](const auto&) {})};
    const auto             done = log.in_transaction([&](sqlite_transaction& in, const auto& read) {
        in.execute("CREATE TABLE begun (a INTEGER)");
        CHECK_FALSE(read(annals::whole_log(), look));
        CHECK_FALSE(read(annals::whole_log().until(position{2}), skip));
    });
    REQUIRE_FALSE(done);
    CHECK(done.error().code == annals::errc::damaged);
    CHECK(support::answer_of(path, "SELECT count(*) FROM sqlite_master WHERE name = 'begun'") == "0|");
}

TEST_CASE("What fails leaves table and place as they were", "[sqlite]") {
    const support::temporary_directory directory;
    auto                               log = open_at(directory / "bank.db");
    append_some(log, 2);
    REQUIRE(annals::table_read_model_of(log, "movements", movements{}).catch_up());
    const auto before = table_of(log);
    append_some(log, 4);
    SECTION("a handler that throws") {
        auto model = annals::table_read_model_of(log, "movements", movements{2});
        CHECK_THROWS_WITH(model.catch_up(), "that is too much");
    }
    SECTION("a statement that the database refuses") {
        auto       model = annals::table_read_model_of(log, "movements", movements{-1, true});
        const auto done  = model.catch_up();
        REQUIRE_FALSE(done);
        CHECK(done.error().details.find("no such table: movement") != std::string::npos);
    }
    CHECK(table_of(log) == before);
    REQUIRE(annals::table_read_model_of(log, "movements", movements{}).catch_up());
    CHECK(table_of(log) == "in 6 60; out 3 9; ");
}

TEST_CASE("A table whose process is killed goes on where it was", "[sqlite]") {
    const support::temporary_directory directory;
    const std::string                  path = directory / "bank.db";
    {
        auto log = open_at(path);
        append_some(log, 400);
    }
    int killed = 0;
    for (int round = 0; round < 12; ++round) {
        const pid_t child = fork();
        if (child == 0) {
            auto log   = open_at(path, true);
            auto model = annals::table_read_model_of(log, "movements", movements{}, 7);
            (void)model.catch_up();
            _exit(0);
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(1 + round % 4));
        kill(child, SIGKILL);
        int status = 0;
        waitpid(child, &status, 0);
        killed += WIFSIGNALED(status) ? 1 : 0;
        auto log   = open_at(path);
        auto model = annals::table_read_model_of(log, "movements", movements{});
        if (model.place()->value == 0) continue;
        {
            std::int64_t in = 0, out = 0;
            const auto   read = log.read(annals::whole_log().until(*model.place()), annals::handlers{[&](const deposited&) { ++in; },
                                                                                                     [&](const withdrawn&) { ++out; }, annals::otherwise()});
            REQUIRE(read);
            const std::string due = (in ? "in " + std::to_string(in) + " " + std::to_string(in * 10) + "; " : "") +
                                    (out ? "out " + std::to_string(out) + " " + std::to_string(out * 3) + "; " : "");
            CHECK(table_of(log) == due);
        }
    }
    auto log = open_at(path);
    REQUIRE(annals::table_read_model_of(log, "movements", movements{}).catch_up());
    CHECK(table_of(log) == "in 400 4000; out 200 600; ");
    CHECK(killed > 0);
}

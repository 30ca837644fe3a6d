// What is particular to a log in a database: other processes, other connections, other contents.
#include "catch.hpp"
#include "support/bank.hpp"
#include "support/sqlite_tool.hpp"
#include "support/temporary_directory.hpp"

#include <annals/app/repository.hpp>
#include <annals/log/sqlite_log.hpp>

#include <atomic>
#include <csignal>
#include <cstdint>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace bank;
using annals::any_version;
using annals::errc;
using annals::position;
using annals::version;
using support::answer_of;
using bank_database = annals::sqlite_log<bank::events>;

namespace {

template <class Log = bank_database>
Log open_at(const std::string& path, const annals::sqlite_log_options& options = {}) {
    auto log = Log::open(path, options);
    if (!log) throw std::runtime_error(log.error().message());
    return std::move(*log);
}

template <class Log>
std::vector<std::uint64_t> positions_of(const Log& log) {
    std::vector<std::uint64_t> all;
    REQUIRE(log.read(annals::whole_log(), annals::handlers{annals::otherwise([&](const auto&, const annals::context& where) {
                         all.push_back(where.position.value);
                     })}));
    return all;
}

}  // namespace

TEST_CASE("Any SQLite tool reads what is in the log", "[sqlite]") {
    const support::temporary_directory directory;
    const std::string                  path = directory / "bank.db";
    auto                               log  = open_at(path);
    REQUIRE(log.append("account-ann", annals::no_stream, bank::opened{7}, deposited{5}));
    CHECK(answer_of(path, "SELECT s.name, e.version, k.name FROM events e JOIN streams s ON s.number = e.stream JOIN schemas k ON k.number = "
                          "e.schema ORDER BY e.position") == "account-ann|1|opened|account-ann|2|deposited|");
    CHECK(answer_of(path, "PRAGMA journal_mode; PRAGMA integrity_check") == "wal|ok|");
}

TEST_CASE("A database with something else in it is left as it is", "[sqlite]") {
    const support::temporary_directory directory;
    const std::string                  path = directory / "other.db";
    REQUIRE(answer_of(path, "CREATE TABLE mine (a); INSERT INTO mine VALUES (7)").empty());
    const auto refused = bank_database::open(path);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == errc::no_such_log);
    CHECK(answer_of(path, "SELECT count(*) FROM sqlite_master; SELECT a FROM mine; PRAGMA journal_mode") == "1|7|delete|");
    SECTION("and so is a log of tomorrow") {
        const std::string later = directory / "later.db";
        { (void)open_at(later); }
        REQUIRE(answer_of(later, "PRAGMA user_version = 1000").empty());
        CHECK(bank_database::open(later).error().code == errc::unsupported);
    }
    SECTION("and what is no database") {
        const std::string text = directory / "text";
        std::FILE*        file = std::fopen(text.c_str(), "w");
        std::fputs("this is no database, but a text that is long enough to have a header of a hundred bytes, which a database begins with", file);
        std::fclose(file);
        CHECK(bank_database::open(text).error().code == errc::no_such_log);
    }
}

TEST_CASE("Names are bound, and not pasted", "[sqlite]") {
    const support::temporary_directory directory;
    auto                               log  = open_at(directory / "bank.db");
    const std::string                  evil = "x'); DROP TABLE events; --";
    REQUIRE(log.append(evil, annals::no_stream, annotated{evil}));
    totals all;
    REQUIRE(log.read(annals::stream(evil), all));
    CHECK(all.notes == evil);
    CHECK(log.read(annals::category(evil), all)->count == 0);  // it is `x'); DROP TABLE events; `
    CHECK(log.read(annals::category(annals::category_of(evil)), all)->count == 1);
}

TEST_CASE("Of two processes that append to one stream, one wins", "[sqlite]") {
    const support::temporary_directory directory;
    const std::string                  path = directory / "bank.db";
    annals::sqlite_log_options         options;
    options.durable = false;
    options.shared  = true;
    auto first = open_at(path, options), second = open_at(path, options);  // each with a connection of its own, as in two processes
    REQUIRE(first.append("account-ann", annals::no_stream, bank::opened{7}));
    CHECK(second.append("account-ann", annals::no_stream, bank::opened{7}).error().code == errc::version_conflict);
    CHECK(second.append("account-ann", version{1}, deposited{1})->position == position{2});
    CHECK(first.append("account-ann", version{1}, deposited{1}).error().code == errc::version_conflict);
    CHECK(positions_of(first) == std::vector<std::uint64_t>{1, 2});  // it knows the other's schema
    CHECK(first.appended() == nullptr);

    std::atomic<int>         conflicts{0}, failures{0};
    std::vector<std::thread> threads;
    for (auto* log : {&first, &second, &first, &second})
        threads.emplace_back([&, log] {
            for (int i = 0; i < 100; ++i)
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
    const auto all = positions_of(first);
    REQUIRE(all.size() == 402);
    for (std::size_t i = 0; i < all.size(); ++i) CHECK(all[i] == i + 1);
}

TEST_CASE("Whoever waits too long for another process is told", "[sqlite]") {
    const support::temporary_directory directory;
    const std::string                  path = directory / "bank.db";
    annals::sqlite_log_options         options;
    options.patience = 20;
    auto     log     = open_at(path, options);
    sqlite3* tool    = nullptr;
    REQUIRE(sqlite3_open(path.c_str(), &tool) == SQLITE_OK);
    REQUIRE(sqlite3_exec(tool, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr) == SQLITE_OK);
    CHECK(log.append("account-ann", any_version, deposited{1}).error().code == errc::locked);
    CHECK(positions_of(log).empty());  // reading goes on
    REQUIRE(sqlite3_exec(tool, "COMMIT", nullptr, nullptr, nullptr) == SQLITE_OK);
    sqlite3_close(tool);
    CHECK(log.append("account-ann", any_version, deposited{1})->position == position{1});
}

TEST_CASE("A reader sees the log as it was when it began, and may append", "[sqlite]") {
    const support::temporary_directory directory;
    auto                               log = open_at(directory / "bank.db");
    for (int i = 0; i < 3; ++i) REQUIRE(log.append("account-ann", any_version, deposited{1}));
    int        seen = 0;
    const auto read = log.read(annals::whole_log(), annals::handlers{[&](const deposited&) {
                                                                         ++seen;
                                                                         REQUIRE(log.append("account-ann", any_version, deposited{1}));
                                                                     },
                                                                     annals::otherwise()});
    REQUIRE(read);
    CHECK(seen == 3);
    CHECK(log.head()->value == 6);
}

namespace {

// Each eighth id is one too many: it is the second of an append.
struct shaky_ids {
    annals::uuid_v7_generator make;
    int                       made = 0;

    annals::uuid operator()() {
        if (++made % 8 == 0) throw std::runtime_error("no more ids");
        return make();
    }
};

constexpr int writers = 3;

// What a process prints that is killed: how many appends its threads were told of.
int appends_told_of(const std::string& path) {
    int ends[2];
    if (pipe(ends) != 0) throw std::runtime_error("no pipe");
    const pid_t child = fork();
    if (child == 0) {
        auto                     log = open_at(path);
        std::vector<std::thread> threads;
        for (int thread = 0; thread < writers; ++thread)
            threads.emplace_back([&] {
                for (std::uint32_t i = 0;; ++i)
                    if (log.append("account-" + std::to_string(i % 5), any_version, deposited{1}, annotated{"x"}))
                        (void)!write(ends[1], "+", 1);
            });
        for (auto& each : threads) each.join();
    }
    close(ends[1]);
    std::string told(200, ' ');
    std::size_t count = 0;
    while (count < 25) {
        const auto got = read(ends[0], told.data(), told.size());
        if (got <= 0) break;
        count += static_cast<std::size_t>(got);
    }
    kill(child, SIGKILL);
    for (ssize_t got; (got = read(ends[0], told.data(), told.size())) > 0;) count += static_cast<std::size_t>(got);
    int status = 0;
    waitpid(child, &status, 0);
    close(ends[0]);
    return static_cast<int>(count);
}

}  // namespace

TEST_CASE("An id that cannot be made fails its own append, and none of those beside it", "[sqlite]") {
    const support::temporary_directory directory;
    using shaky_database = annals::sqlite_log<bank::events, annals::utc_clock, shaky_ids>;
    auto                     log = open_at<shaky_database>(directory / "bank.db");
    std::atomic<int>         done{0}, thrown{0};
    std::vector<std::thread> threads;
    for (int thread = 0; thread < 4; ++thread)
        threads.emplace_back([&, thread] {
            for (int i = 0; i < 20; ++i) try {
                    if (log.append("account-" + std::to_string(thread), any_version, deposited{1}, annotated{"x"})) ++done;
                } catch (const std::runtime_error&) { ++thrown; }
        });
    for (auto& each : threads) each.join();
    CHECK(thrown > 0);
    CHECK(done + thrown == 80);
    const auto all = positions_of(log);
    CHECK(static_cast<int>(all.size()) == 2 * done);
    for (std::size_t i = 0; i < all.size(); ++i) REQUIRE(all[i] == i + 1);
    totals sum;
    REQUIRE(log.read(annals::whole_log(), sum));
    CHECK(static_cast<int>(sum.balance) == done);
}

TEST_CASE("What was acknowledged is there when the process is killed, whole appends only", "[sqlite]") {
    const support::temporary_directory directory;
    const std::string                  path = directory / "bank.db";
    int                                told = 0;
    for (int round = 0; round < 5; ++round) {
        told += appends_told_of(path);
        auto       log = open_at(path);
        const auto all = positions_of(log);
        CHECK(all.size() % 2 == 0);
        CHECK(static_cast<int>(all.size() / 2) >= told);
        CHECK(static_cast<int>(all.size() / 2) <= told + (round + 1) * writers);
        for (std::size_t i = 0; i < all.size(); ++i) REQUIRE(all[i] == i + 1);
    }
}

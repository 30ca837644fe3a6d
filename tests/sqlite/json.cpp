// JSON beside the events' bytes, and logs that were made before there was any.
#include "catch.hpp"
#include "support/bank.hpp"
#include "support/sqlite_tool.hpp"
#include "support/temporary_directory.hpp"

#include <annals/log/sqlite_json.hpp>
#include <annals/log/sqlite_log.hpp>

#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

using namespace bank;
using annals::any_version;
using annals::errc;
using support::answer_of;
using bank_database = annals::sqlite_log<bank::events>;

namespace {

bank_database open_at(const std::string& path, annals::sqlite_json_maker json = nullptr) {
    annals::sqlite_log_options options;
    options.durable = false;
    options.json    = json;
    auto log        = bank_database::open(path, options);
    if (!log) throw std::runtime_error(log.error().message());
    return std::move(*log);
}

// As the first version made them: without a column for JSON.
void make_old(const std::string& path) {
    REQUIRE(answer_of(path,
                      "DROP INDEX IF EXISTS events_without_json; DROP VIEW readable; ALTER TABLE events DROP COLUMN json; "
                      "PRAGMA user_version = 1")
                .empty());
}

constexpr const char* all_json = "SELECT coalesce(json, 'nothing') FROM events ORDER BY position";

}  // namespace

TEST_CASE("Any SQLite tool reads events as JSON, if that is asked for", "[sqlite]") {
    const support::temporary_directory directory;
    const std::string                  path = directory / "bank.db";
    auto                               log  = open_at(path, annals::sqlite_json);
    annals::metadata                   about;
    about.time = annals::timestamp{1'700'000'000'123'456'789};
    REQUIRE(
        log.append("account-ann", any_version, about, deposited{5}, annotated{"a \"b\""}, deposited{37}, annotated{"\xc3"}));
    CHECK(answer_of(path, "SELECT stream, version, event, time, json FROM readable WHERE position = 1") ==
          "account-ann|1|deposited|2023-11-14 22:13:20|{\"cents\":5}|");
    CHECK(answer_of(path, "SELECT sum(json_extract(json, '$.cents')) FROM readable WHERE event = 'deposited'") == "42|");
    CHECK(answer_of(path, "SELECT json_extract(json, '$.note') FROM events WHERE position = 2") == "a \"b\"|");
    CHECK(answer_of(path, "SELECT json FROM events WHERE position = 4") == "{\"note\":{\"hex\":\"c3\"}}|");
    CHECK(answer_of(path, "SELECT count(*) FROM events WHERE NOT json_valid(json)") == "0|");
}

TEST_CASE("Events that were appended without JSON are given theirs when a log is opened with it", "[sqlite]") {
    const support::temporary_directory directory;
    const std::string                  path = directory / "bank.db";
    {
        auto log = open_at(path);
        REQUIRE(log.append("account-ann", any_version, deposited{1}));
    }
    CHECK(answer_of(path, all_json) == "nothing|");
    { REQUIRE(open_at(path, annals::sqlite_json).append("account-ann", any_version, deposited{2})); }
    { REQUIRE(open_at(path).append("account-ann", any_version, annotated{"x"}, deposited{3})); }
    CHECK(answer_of(path, all_json) == "{\"cents\":1}|{\"cents\":2}|nothing|nothing|");
    { (void)open_at(path, annals::sqlite_json); }
    CHECK(answer_of(path, all_json) == "{\"cents\":1}|{\"cents\":2}|{\"note\":\"x\"}|{\"cents\":3}|");
    SECTION("however many they are") {
        {
            auto                                     log = open_at(path);
            const std::vector<bank::events::variant> many(2500, deposited{4});
            REQUIRE(log.append("account-bob", any_version, many));
        }
        { (void)open_at(path, annals::sqlite_json); }
        CHECK(answer_of(path, "SELECT count(*), sum(json_extract(json, '$.cents')) FROM events") == "2504|10006|");
    }
    SECTION("and what is no event says so") {
        REQUIRE(answer_of(
                    path,
                    "UPDATE events SET payload = x'00', json = NULL WHERE position = 1; UPDATE events SET schema = 77, json = "
                    "NULL WHERE position = 2")
                    .empty());
        { (void)open_at(path, annals::sqlite_json); }
        CHECK(answer_of(path, "SELECT count(*) FROM events WHERE json_extract(json, '$.\"$error\"') <> ''") == "2|");
    }
}

TEST_CASE("A log that was made without a place for JSON is given one", "[sqlite]") {
    const support::temporary_directory directory;
    const std::string                  path = directory / "bank.db";
    { REQUIRE(open_at(path).append("account-ann", annals::no_stream, deposited{1}, annotated{"x"})); }
    make_old(path);
    annals::sqlite_json_maker json = nullptr;
    SECTION("whether JSON is asked for") { json = annals::sqlite_json; }
    SECTION("or not"){} {
        auto log = open_at(path, json);
        REQUIRE(log.append("account-ann", annals::version{2}, deposited{2}));
        totals all;
        REQUIRE(log.read(annals::whole_log(), all));
        CHECK(all.balance == 3);
        CHECK(all.notes == "x");
    }
    CHECK(answer_of(path, all_json) == (json ? "{\"cents\":1}|{\"note\":\"x\"}|{\"cents\":2}|" : "nothing|nothing|nothing|"));
    CHECK(answer_of(path, "PRAGMA user_version; PRAGMA integrity_check") == "2|ok|");
    { (void)open_at(path, json); }  // and that once
}

// What a log in a database says when the disk is full, fails, cannot be written, or holds something else than what was written.
#include "catch.hpp"
#include "support/bank.hpp"
#include "support/courses.hpp"
#include "support/shaky_vfs.hpp"
#include "support/sqlite_tool.hpp"
#include "support/temporary_directory.hpp"

#include <annals/log/sqlite_log.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

using namespace bank;
using annals::any_version;
using annals::errc;
using annals::position;
using annals::version;
using support::answer_of;
using support::shaky_vfs;
using bank_database = annals::sqlite_log<bank::events>;

namespace {

bank_database open_at(const std::string& path) {
    auto log = bank_database::open(path);
    if (!log) throw std::runtime_error(log.error().message());
    return std::move(*log);
}

std::int64_t seen_in(const bank_database& log) {
    totals all;
    REQUIRE(log.read(annals::whole_log(), all));
    return all.seen;
}

std::string contents_of(const std::string& path) {
    std::string all(std::size_t{1} << 20, ' ');
    std::FILE*  file = std::fopen(path.c_str(), "rb");
    all.resize(std::fread(all.data(), 1, all.size(), file));
    std::fclose(file);
    return all;
}
void write_contents(const std::string& path, const std::string& bytes) {
    std::FILE* file = std::fopen(path.c_str(), "wb");
    REQUIRE(std::fwrite(bytes.data(), 1, bytes.size(), file) == bytes.size());
    std::fclose(file);
}

}  // namespace

TEST_CASE("A full disk refuses appends, leaves what is there, and takes them again when it has room", "[sqlite]") {
    const support::temporary_directory directory;
    const shaky_vfs                    disk;
    auto                               log = open_at(directory / "bank.db");
    REQUIRE(log.append("account-ann", annals::no_stream, deposited{1}));
    shaky_vfs::full    = true;
    const auto refused = log.append("account-ann", version{1}, deposited{2});
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == errc::disk_full);
    CHECK(refused.error().stream == "account-ann");
    CHECK(seen_in(log) == 1);
    SECTION("also those of several threads") {
        std::vector<std::thread> threads;
        std::vector<errc>        codes(4);
        for (auto& code : codes)
            threads.emplace_back([&] {
                const auto done = log.append("account-bob", any_version, deposited{1});
                if (!done) code = done.error().code;
            });
        for (auto& each : threads) each.join();
        for (const errc code : codes) CHECK(code == errc::disk_full);
    }
    shaky_vfs::full = false;
    CHECK(log.append("account-ann", version{1}, deposited{3})->position == position{2});
    CHECK(seen_in(log) == 2);
}

TEST_CASE("A sync that fails leaves open what became of the append, and the log says what it is", "[sqlite]") {
    const support::temporary_directory directory;
    const std::string                  path = directory / "bank.db";
    const shaky_vfs                    disk;
    auto                               log = open_at(path);
    REQUIRE(log.append("account-ann", annals::no_stream, deposited{1}));
    shaky_vfs::cannot_sync = true;
    const auto unknown     = log.append("account-ann", version{1}, deposited{2});
    shaky_vfs::cannot_sync = false;
    REQUIRE_FALSE(unknown);
    CHECK(unknown.error().code == errc::durability_unknown);
    // Whatever became of it, the next one finds the stream as it is, and a log that is opened anew holds the same.
    const auto now = log.read(annals::stream("account-ann"), annals::handlers{annals::otherwise()})->version;
    CHECK(log.append("account-ann", now, deposited{3})->version == version{now.value + 1});
    CHECK(seen_in(open_at(path)) == static_cast<std::int64_t>(now.value) + 1);
}

namespace {

// It breaks the disk in the middle of an append.
struct breaking_clock {
    static inline std::atomic<bool> breaks{false};

    annals::timestamp operator()() const {
        if (breaks) shaky_vfs::cannot_sync = true;
        return {};
    }
};

}  // namespace

TEST_CASE("A schema that was announced by an append that came to nothing is not known to readers", "[sqlite]") {
    using lessons = annals::sqlite_log<courses::events, breaking_clock>;
    const support::temporary_directory directory;
    const shaky_vfs                    disk;
    auto                               log = lessons::open(directory / "courses.db");
    REQUIRE(log);
    // Two that go together: the first one announces its schema, and the second one has a look at the log then.
    std::atomic<bool>        is_held{true};
    std::vector<std::thread> threads;
    const auto               begin = [&](auto work) {
        threads.emplace_back(work);
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
    };
    begin([&] {
        (void)log->in_transaction([&](auto&, const auto&) {
            while (is_held) std::this_thread::yield();
        });
    });
    breaking_clock::breaks = true;
    begin([&] { CHECK_FALSE(log->append("course-1", any_version, courses::course_defined{"1", 3})); });
    begin([&] {
        const annals::append_condition<courses::events> nothing{position{0}, {annals::tag_set("student", std::string{"ann"})}};
        CHECK_FALSE(log->append("course-2", nothing, courses::course_defined{"2", 3}));
    });
    is_held = false;
    for (auto& each : threads) each.join();
    breaking_clock::breaks = shaky_vfs::cannot_sync = false;
    // Another one takes its number.
    REQUIRE(log->append("course-3", any_version, courses::enrolled{"3", "ann"}));
    std::string told;
    REQUIRE(log->read(annals::stream("course-3"), annals::handlers{[&](const courses::enrolled& e) { told += e.student; },
                                                                   annals::otherwise([&](const auto&) { told += "?"; })}));
    CHECK(told == "ann");
}

TEST_CASE("A database that cannot be written is read, and an append says so", "[sqlite]") {
    const support::temporary_directory directory;
    const std::string                  path = directory / "bank.db";
    { REQUIRE(open_at(path).append("account-ann", annals::no_stream, deposited{1})); }
    const shaky_vfs disk;
    SECTION("as it is") {
        shaky_vfs::read_only = true;
        auto log             = open_at(path);
        CHECK(seen_in(log) == 1);
        const auto refused = log.append("account-ann", version{1}, deposited{2});
        REQUIRE_FALSE(refused);
        CHECK(refused.error().code == errc::read_only);
        CHECK(seen_in(log) == 1);
    }
    SECTION("but not where it would have to be changed to be read") {
        REQUIRE(answer_of(path, "DROP VIEW readable; ALTER TABLE events DROP COLUMN json; PRAGMA user_version = 1").empty());
        shaky_vfs::read_only = true;
        const auto refused   = bank_database::open(path);
        REQUIRE_FALSE(refused);
        CHECK(refused.error().code == errc::read_only);
        CHECK(refused.error().path == path);
    }
}

TEST_CASE("A database that another holds fast is not opened as if it were empty", "[sqlite]") {
    const support::temporary_directory directory;
    const std::string                  path = directory / "bank.db";
    { REQUIRE(open_at(path).append("account-ann", annals::no_stream, deposited{1})); }
    sqlite3* tool = nullptr;
    REQUIRE(sqlite3_open(path.c_str(), &tool) == SQLITE_OK);
    REQUIRE(sqlite3_exec(tool, "PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE", nullptr, nullptr, nullptr) == SQLITE_OK);
    annals::sqlite_log_options options;
    options.patience   = 10;
    const auto refused = bank_database::open(path, options);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == errc::locked);
    sqlite3_close(tool);
    CHECK(seen_in(open_at(path)) == 1);
}

TEST_CASE("Rows that are no events are told with their positions, and what is before them is read", "[sqlite]") {
    const support::temporary_directory directory;
    const std::string                  path = directory / "bank.db";
    {
        auto log = open_at(path);
        for (int i = 0; i < 5; ++i) REQUIRE(log.append("account-ann", any_version, deposited{1}));
    }
    std::string why;
    SECTION("bytes that are none of their schema") {
        REQUIRE(answer_of(path, "UPDATE events SET payload = x'01' WHERE position = 4").empty());
        why = "an event's bytes are none of its schema";
    }
    SECTION("a schema that is not there") {
        REQUIRE(answer_of(path, "UPDATE events SET schema = 9 WHERE position = 4").empty());
        why = "an event is of a schema that the log does not have";
    }
    SECTION("a schema that cannot be") {
        REQUIRE(answer_of(path, "UPDATE events SET schema = -1 WHERE position = 4").empty());
        why = "an event is of a schema that the log does not have";
    }
    const auto log   = open_at(path);
    const auto check = [&](const auto& what, auto&& reader, std::int64_t& seen) {
        const auto read = log.read(what, reader);
        REQUIRE_FALSE(read);
        CHECK(read.error().code == errc::damaged);
        CHECK(read.error().reason == why);
        CHECK(read.error().position == position{4});
        CHECK(seen == 3);
    };
    std::int64_t     seen = 0;
    annals::handlers counting{annals::otherwise([&](const auto&) { ++seen; })};
    annals::handlers looking{annals::otherwise([&](const auto&, const annals::context&) { ++seen; })};
    check(annals::whole_log(), counting, seen);
    seen = 0;
    check(annals::stream("account-ann"), counting, seen);
    seen = 0;
    check(annals::category("account"), looking, seen);
    CHECK(log.read(annals::whole_log().until(position{3}), counting)->count == 3);
}

TEST_CASE("A page that was overwritten is an error, or was none of those that are needed; nothing crashes", "[sqlite]") {
    const support::temporary_directory directory;
    const std::string                  path = directory / "bank.db";
    {
        auto log = open_at(path);
        for (int i = 0; i < 60; ++i)
            REQUIRE(
                log.append("account-" + std::to_string(i % 7), any_version, deposited{1}, annotated{std::string(100, 'x')}));
    }
    const std::string     good      = contents_of(path);
    constexpr std::size_t page_size = 4096;
    REQUIRE(good.size() > 8 * page_size);
    std::uint32_t  random = 1;
    std::set<errc> errors;
    for (std::size_t page = 0; page < good.size() / page_size; ++page)
        for (const int how : {0, 1, 2, 3}) {
            std::string bad = good;
            for (std::size_t i = page * page_size + (page == 0 ? 100 : 0); i < (page + 1) * page_size; ++i) {
                random = random * 1664525 + 1013904223;
                if (how == 0) bad[i] = 0;
                if (how == 1) bad[i] = static_cast<char>(random >> 24);
                if (how == 2 && random >> 24 == 0) bad[i] = static_cast<char>(bad[i] ^ 0x41);
                if (how == 3 && i % page_size >= page_size / 2) bad[i] = static_cast<char>(0xff);
            }
            for (const char* const beside : {"-wal", "-shm"}) std::remove((path + beside).c_str());
            write_contents(path, bad);
            auto log = bank_database::open(path);
            if (!log) {
                errors.insert(log.error().code);
                continue;
            }
            totals     all;
            const auto read = log->read(annals::whole_log(), all);
            if (!read) errors.insert(read.error().code);
            // SQLite keeps no checksums: a few bits that change within an event are not noticed.
            if (read && how != 2) CHECK((read->count == 120 && all.balance == 60 && all.notes.size() == 6000));
            const auto stream = log->read(annals::stream("account-3"), all);
            if (!stream) errors.insert(stream.error().code);
            const auto done = log->append("account-3", any_version, deposited{1});
            if (!done) errors.insert(done.error().code);
        }
    CHECK(errors.count(errc::damaged) == 1);
    for (const errc each : errors)
        CHECK((each == errc::damaged || each == errc::io_failed || each == errc::incompatible_schema ||
               each == errc::no_such_log));
}

TEST_CASE("An append whose condition cannot be looked into is not written", "[sqlite]") {
    using lessons = annals::sqlite_log<courses::events>;
    const support::temporary_directory directory;
    const std::string                  path = directory / "courses.db";
    using nobody_enrolled                   = annals::append_condition<annals::events<courses::enrolled>>;
    const nobody_enrolled nobody{position{1}, {annals::tag_set("course", std::string{"1"})}};
    {
        auto log = lessons::open(path);
        REQUIRE(log);
        REQUIRE(log->append("course-1", annals::no_stream, courses::course_defined{"1", 3}, courses::enrolled{"1", "ann"}));
    }
    REQUIRE(answer_of(path, "UPDATE events SET payload = x'01' WHERE position = 2").empty());
    auto log = lessons::open(path);
    REQUIRE(log);
    const auto refused = log->append("course-1", nobody, courses::enrolled{"1", "bob"});
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == errc::damaged);
    CHECK(log->head() == position{2});
}

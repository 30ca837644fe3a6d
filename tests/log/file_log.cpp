// What a file log does that no other log does: it is closed and opened, by one writer and many readers.
#include "catch.hpp"
#include "support/file_logs.hpp"

#include <annals/log/memory_log.hpp>

#include <chrono>
#include <cerrno>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <thread>
#include <unistd.h>
#include <utility>
#include <vector>

using namespace bank;
using annals::any_version;
using annals::errc;
using annals::no_stream;
using annals::position;
using annals::version;
using support::bank_log;
using support::contents_of;
using support::files_of;
using support::lines_of;
using support::opened_read_only;
using support::small_files;
using support::write_file;
namespace fs = std::filesystem;

static_assert(annals::event_log<bank_log>);

namespace {

annals::metadata with_ids(std::vector<annals::uuid> ids) {
    annals::metadata about;
    about.event_ids = std::move(ids);
    return about;
}
annals::metadata spoken() {
    annals::metadata about;
    about.correlation = id_of(201);
    about.causation   = id_of(202);
    about.actor       = std::string("a\0ctor", 6);
    about.values      = {{"desk", "4"}, {"", ""}, {"desk", std::string(5000, 'v')}};
    return about;
}

void fill(bank_log& log) {
    REQUIRE(log.append("account-ann", no_stream, with_ids({id_of(1), id_of(2)}), bank::opened{1}, deposited{100}).has_value());
    REQUIRE(log.append("account-bob", any_version, spoken(), bank::opened{2}).has_value());
    REQUIRE(log.append("audit", any_version, annotated{std::string(300, 'n')}, closed{}).has_value());
    REQUIRE(log.append("account-ann", version{2}, spoken(), withdrawn{-1}).has_value());
}

}  // namespace

TEST_CASE("a log that is closed and opened again is as it was") {
    const support::temporary_directory home;
    const std::string                  directory = home / "log";
    bank_log                           log       = support::opened(directory);
    fill(log);
    const auto before = lines_of(log);
    REQUIRE(before.size() == 6);

    SECTION("closed") { REQUIRE(log.close().has_value()); }
    SECTION("closed twice") {
        REQUIRE(log.close().has_value());
        REQUIRE(log.close().has_value());
    }
    SECTION("at its end") { const bank_log ends = std::move(log); }
    SECTION("several times") {
        for (int i = 0; i < 3; ++i) {
            REQUIRE(log.close().has_value());
            log = support::opened(directory);
        }
        REQUIRE(log.close().has_value());
    }
    bank_log again = support::opened(directory);
    CHECK(lines_of(again) == before);
    CHECK(again.head().value() == position{6});
    // Ids are still known, those that were given and those that were made.
    CHECK(again.append("account-ann", no_stream, with_ids({id_of(1), id_of(2)}), bank::opened{1}, deposited{100})->position ==
          position{2});
    CHECK(again.append("account-ann", any_version, with_ids({id_of(2)}), closed{}).error().code == errc::duplicate_event);
    annals::uuid made;
    CHECK(again
              .read(annals::stream("account-bob"),
                    annals::handlers{annals::otherwise([&](const auto&, const annals::context& where) { made = where.id; })})
              .has_value());
    CHECK(again.append("account-bob", any_version, with_ids({made}), closed{})->position == position{3});
    CHECK(again.append("account-ann", version{3}, closed{})->position == position{7});
    CHECK(lines_of(again, annals::stream("account-ann")).size() == 4);
    REQUIRE(again.close().has_value());
    CHECK(lines_of(support::opened(directory)).size() == 7);
}

TEST_CASE("a closed log's directory holds its segments and three files more") {
    const support::temporary_directory home;
    auto                               options = small_files();
    options.background                         = true;
    bank_log log                               = support::opened(home / "log", options);
    for (int i = 0; i < 400; ++i) REQUIRE(log.append("a-1", any_version, annotated{std::string(100, 'x')}).has_value());
    std::this_thread::sleep_for(std::chrono::milliseconds(50));  // there is a file that waits to be a segment
    REQUIRE(log.close().has_value());
    std::vector<std::string> names;
    for (const auto& [name, contents] : files_of(home / "log")) names.push_back(name);
    CHECK(names == std::vector<std::string>{"0000000001.log", "0000000002.log", "lock", "published", "streams.index"});
}

TEST_CASE("one log at a time has a directory open for writing") {
    const support::temporary_directory home;
    const std::string                  directory = home / "log";
    bank_log                           first     = support::opened(directory);
    fs::create_directory_symlink(directory, home / "link");
    for (const std::string& path : {directory, directory + "/", home / "link"}) {
        const auto second = bank_log::open(path, small_files());
        REQUIRE_FALSE(second.has_value());
        CHECK(second.error().code == errc::locked);
        CHECK(fs::path(second.error().path).filename() == "lock");
        CHECK(second.error().details.find("pid " + std::to_string(::getpid()) + " on ") != std::string::npos);
    }
    CHECK(first.append("account-ann", no_stream, bank::opened{1}).has_value());

    SECTION("until it is closed") { REQUIRE(first.close().has_value()); }
    SECTION("until it ends") { const bank_log ends = std::move(first); }
    SECTION("until another one takes its place") { first = support::opened(home / "other"); }
    CHECK(lines_of(support::opened(directory)).size() == 1);
}

TEST_CASE("a log that is open for reading only sees what the writer appends") {
    const support::temporary_directory home;
    bank_log                           writer = support::opened(home / "log");
    bank_log                           reader = opened_read_only(home / "log");
    CHECK(lines_of(reader).empty());
    CHECK(reader.head().value() == position{0});
    fill(writer);
    CHECK(lines_of(reader) == lines_of(writer));
    CHECK(reader.head().value() == position{6});
    const auto refused = reader.append("account-ann", any_version, closed{});
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().code == errc::read_only);

    // Through several segments, closes and openings, and after a writer that was gone without a word.
    for (int round = 0; round < 6; ++round) {
        for (int i = 0; i < 150; ++i)
            REQUIRE(writer.append("long-1", any_version, annotated{std::string(200, 'l')}).has_value());
        CHECK(lines_of(reader) == lines_of(writer));
        CHECK(lines_of(reader, annals::stream("long-1").backwards()) == lines_of(writer, annals::stream("long-1").backwards()));
        REQUIRE(writer.close().has_value());
        CHECK(lines_of(reader) == lines_of(writer));
        writer = support::opened(home / "log");
    }
    CHECK(support::segments_of(home / "log").size() > 3);
    CHECK(lines_of(opened_read_only(home / "log")) == lines_of(writer));
    CHECK(lines_of(reader).size() == 906);
}

TEST_CASE("who reads only changes nothing, and needs no right to") {
    const support::temporary_directory home;
    const std::string                  directory = home / "log";
    {
        bank_log log = support::opened(directory);
        fill(log);
        SECTION("of a closed log") { REQUIRE(log.close().has_value()); }
        SECTION("of one that nobody closed") { support::copy_directory(directory, home / "image"); }
        SECTION("of one without an index") {
            REQUIRE(log.close().has_value());
            fs::remove(fs::path(directory) / "streams.index");
        }
    }
    if (fs::exists(home / "image")) fs::rename(home / "image", directory + "2");
    const fs::path looked_at = fs::exists(directory + "2") ? directory + "2" : directory;
    const auto     before    = files_of(looked_at);
    for (const auto& [name, contents] : before) fs::permissions(looked_at / name, fs::perms::owner_read);
    fs::permissions(looked_at, fs::perms::owner_read | fs::perms::owner_exec);
    {
        const bank_log reader = opened_read_only(looked_at);
        CHECK(lines_of(reader).size() == 6);
        CHECK(lines_of(reader, annals::stream("account-ann").backwards()).size() == 3);
        if (::geteuid() != 0) CHECK(bank_log::open(looked_at, small_files()).error().system_code == EACCES);
    }
    CHECK(files_of(looked_at) == before);
    fs::permissions(looked_at, fs::perms::owner_all);
}

TEST_CASE("a log can be moved") {
    const support::temporary_directory home;
    bank_log                           first = support::opened(home / "first");
    fill(first);
    bank_log moved = std::move(first);
    CHECK(moved.append("account-ann", version{3}, closed{}).has_value());
    CHECK(lines_of(moved).size() == 7);
    bank_log other = support::opened(home / "other");
    other          = std::move(moved);
    CHECK(lines_of(other).size() == 7);
    CHECK(lines_of(support::opened(home / "other")).empty());  // closed when the other took its place
}

TEST_CASE("a closed log is read, but not appended to") {
    const support::temporary_directory home;
    bank_log                           log = support::opened(home / "log");
    fill(log);
    REQUIRE(log.close().has_value());
    const auto refused = log.append("account-ann", any_version, closed{});
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().code == errc::read_only);
    CHECK(refused.error().reason == "the log was closed");
    CHECK(lines_of(log).size() == 6);
    bank_log next = support::opened(home / "log");
    REQUIRE(next.append("account-ann", any_version, closed{}).has_value());
    CHECK(lines_of(log) == lines_of(next));
}

TEST_CASE("where there is no log, the error says what there is, and nothing is changed") {
    const support::temporary_directory home;
    const auto                         refused = [](const auto& answer) {
        REQUIRE_FALSE(answer.has_value());
        return answer.error();
    };
    SECTION("the parent of the directory is missing") {
        const auto error = refused(bank_log::open(home / "missing/log", small_files()));
        CHECK(error.code == errc::io_failed);
        CHECK(error.path == home / "missing/log");
        CHECK(error.system_code == ENOENT);
        CHECK(error.message() == "io_failed: " + (home / "missing/log") +
                                     ": the log's directory cannot be made: No such file or directory\nmkdir");
    }
    SECTION("there is nothing to read") {
        const auto error = refused(bank_log::open_read_only(home / "missing"));
        CHECK(error.code == errc::no_such_log);
        CHECK(error.path == home / "missing");
        CHECK(error.system_code == ENOENT);
        CHECK_FALSE(fs::exists(home / "missing"));
    }
    SECTION("the directory is empty") {
        fs::create_directory(home / "empty");
        CHECK(refused(bank_log::open_read_only(home / "empty")).code == errc::no_such_log);
        CHECK(files_of(home / "empty").empty());
        CHECK(bank_log::open(home / "empty", small_files()).has_value());
    }
    SECTION("it is a file") {
        write_file(home / "file", "a letter");
        for (const auto& error :
             {refused(bank_log::open(home / "file", small_files())), refused(bank_log::open_read_only(home / "file"))}) {
            CHECK(error.code == errc::io_failed);
            CHECK(error.path == home / "file");
            CHECK(error.system_code == ENOTDIR);
        }
        CHECK(contents_of(home / "file") == "a letter");
    }
    SECTION("the directory holds something else") {
        for (const char* name : {"letter.txt", "letter.tmp", "1.log", "00000000x1.log", "12345678901.log"}) {
            CAPTURE(name);
            const fs::path directory = home / (std::string("with ") + name);
            fs::create_directory(directory);
            write_file(directory / name, "a letter");
            const auto before = files_of(directory);
            const auto error  = refused(bank_log::open(directory, small_files()));
            CHECK(error.code == errc::no_such_log);
            CHECK(error.path == directory / name);
            CHECK(refused(bank_log::open_read_only(directory)).code == errc::no_such_log);
            CHECK(files_of(directory) == before);
        }
    }
}

TEST_CASE("what a broken-off beginning left behind is no hindrance") {
    const support::temporary_directory home;
    fs::create_directory(home / "log");
    for (const char* name : {"lock", "published", "streams.index", "blank-0.tmp", "streams.index.tmp"})
        write_file(fs::path(home / "log") / name, "half of it");
    bank_log log = support::opened(home / "log");
    fill(log);
    REQUIRE(log.close().has_value());
    CHECK(lines_of(support::opened(home / "log")).size() == 6);
    CHECK_FALSE(fs::exists(home / "log/blank-0.tmp"));
}

TEST_CASE("an append may be larger than the log's files") {
    const support::temporary_directory home;
    bank_log                           log = support::opened(home / "log");
    const std::string                  book(200'000, 'b');
    REQUIRE(log.append("a-1", any_version, bank::opened{1}).has_value());
    REQUIRE(log.append("a-1", any_version, annotated{book}).has_value());
    REQUIRE(log.append("a-1", any_version, bank::opened{2}).has_value());
    REQUIRE(log.append("a-1", any_version, std::vector<bank::events::variant>(5000, deposited{1})).has_value());
    REQUIRE(log.append("a-1", any_version, annotated{book + "2"}, bank::opened{3}, annotated{book}).has_value());
    const auto before = lines_of(log);
    CHECK(before.size() == 5006);
    CHECK(before[1].ends_with(": annotated " + book));
    REQUIRE(log.close().has_value());
    CHECK(lines_of(support::opened(home / "log")) == before);
    CHECK(lines_of(opened_read_only(home / "log")) == before);
}

TEST_CASE("what a reader does not handle counts, also where whole stretches of a file are passed by") {
    const support::temporary_directory home;
    auto                               options = small_files();
    options.segment_size                       = 1 << 20;
    std::int64_t now                           = 0;
    using timed                                = annals::file_log<bank::events, set_clock>;
    for (std::uint64_t i = 1; i <= 6; ++i) {
        timed log = timed::open(home / "log", options, set_clock{&now}).value();
        now       = static_cast<std::int64_t>(i);
        REQUIRE(log.append("a-1", any_version, annotated{std::string(70'000, 'n')}, annotated{"short"}).has_value());
        REQUIRE(log.close().has_value());  // what follows begins a stretch of its own
        const bank_log reader = opened_read_only(home / "log");
        for (std::uint64_t last = 1; last <= 2 * i; ++last) {
            const auto check = [&](const annals::log_query& what, std::uint64_t due) {
                const auto read = reader.read(what, annals::handlers{[](const closed&) {}, annals::otherwise()}).value();
                CHECK(read.count == due);
                CHECK(read.version == version{due});
                CHECK(read.position == position{due});
            };
            check(annals::whole_log(), 2 * i);
            check(annals::whole_log().to(position{last}), last);
            check(annals::whole_log().limit(last), last);
            check(annals::whole_log().until(position{last}), last);
            check(annals::whole_log().until(annals::timestamp{static_cast<std::int64_t>(last / 2)}), last / 2 * 2);
        }
    }
}

TEST_CASE("a log can be opened and closed any number of times, and its files stay as large as they were made") {
    const support::temporary_directory home;
    for (int i = 0; i < 900; ++i) {
        bank_log log = support::opened(home / "log");
        REQUIRE(log.append("a-1", any_version, deposited{i}).has_value());
        REQUIRE(log.close().has_value());
    }
    bank_log log = support::opened(home / "log");
    fill(log);
    CHECK(lines_of(log).size() == 906);
    for (const auto& each : support::segments_of(home / "log")) CHECK(fs::file_size(each) == small_files().segment_size);
}

TEST_CASE("a log that is opened and closed, and nothing else, is not changed") {
    const support::temporary_directory home;
    {
        bank_log log = support::opened(home / "log");
        fill(log);
        REQUIRE(log.close().has_value());
    }
    const auto before = files_of(home / "log");
    for (int i = 0; i < 3; ++i) {
        bank_log log = support::opened(home / "log");
        CHECK(lines_of(log).size() == 6);
        REQUIRE(log.close().has_value());
        CHECK(files_of(home / "log") == before);
    }
}

TEST_CASE("a copy is a log, which can be written on") {
    const support::temporary_directory home;
    bank_log                           log = support::opened(home / "log");
    fill(log);
    REQUIRE(log.copy_to(home / "copy").has_value());
    bank_log   copy = support::opened(home / "copy");
    const auto size = fs::file_size(support::segments_of(home / "copy").front());
    CHECK(lines_of(copy) == lines_of(log));
    for (int i = 0; i < 400; ++i) REQUIRE(copy.append("b-1", any_version, annotated{std::string(200, 'x')}).has_value());
    CHECK(lines_of(copy).size() == 406);
    CHECK(fs::file_size(support::segments_of(home / "copy").front()) == size);
}

TEST_CASE("names, ids and metadata may be any") {
    const support::temporary_directory home;
    bank_log                           log = support::opened(home / "log");
    annals::metadata                   about;
    about.actor  = std::string(100'000, '\0');
    about.values = {{std::string(70'000, 'k'), ""}, {"", std::string(70'000, '\xff')}};
    annals::uuid largest;
    for (auto& byte : largest.bytes) byte = 0xff;
    about.event_ids   = {largest, id_of(1)};
    about.correlation = about.causation = largest;
    const std::string longest(1024, 'n');
    REQUIRE(log.append(longest, no_stream, about, closed{}, annotated{""}).has_value());
    REQUIRE(log.append(longest, version{2}, closed{}).has_value());
    REQUIRE(log.append(longest.substr(1), no_stream, closed{}).has_value());
    const auto refused = log.append(longest + "n", any_version, closed{});
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().code == errc::invalid_stream_name);
    const auto before = lines_of(log);
    REQUIRE(log.close().has_value());
    bank_log again = support::opened(home / "log");
    CHECK(lines_of(again) == before);
    CHECK(lines_of(again, annals::stream(longest)).size() == 3);
    CHECK(again.append(longest, any_version, about, closed{}, annotated{""})->position == position{2});
}

TEST_CASE("a log's time does not go back, also not when it is opened again") {
    const support::temporary_directory home;
    std::int64_t                       now = 5'000;
    using timed                            = annals::file_log<bank::events, set_clock, counted_ids>;
    const auto open                        = [&] { return timed::open(home / "log", small_files(), set_clock{&now}).value(); };
    const auto times                       = [](const timed& log) {
        std::vector<std::int64_t> all;
        (void)log.read(annals::whole_log(), annals::handlers{annals::otherwise([&](const auto&, const annals::context& where) {
                           all.push_back(where.time.nanoseconds);
                       })});
        return all;
    };
    {
        timed log = open();
        REQUIRE(log.append("a-1", any_version, closed{}).has_value());
        now = 4'000;
        REQUIRE(log.append("a-1", any_version, closed{}).has_value());
    }
    now       = 3'000;
    timed log = open();
    REQUIRE(log.append("a-1", any_version, closed{}).has_value());
    now = 6'000;
    REQUIRE(log.append("a-1", any_version, closed{}).has_value());
    CHECK(times(log) == std::vector<std::int64_t>{5'000, 5'000, 5'000, 6'000});
    CHECK(log.read(annals::whole_log().until(annals::timestamp{5'999}), annals::handlers{annals::otherwise()})->count == 3);
}

TEST_CASE("a clock or a generator that throws leaves the log as it was") {
    struct broken_clock {
        bool*             broken;
        annals::timestamp operator()() const {
            if (*broken) throw std::runtime_error("the clock stands still");
            return annals::timestamp{1};
        }
    };
    const support::temporary_directory home;
    bool                               broken = true;
    auto log = annals::file_log<bank::events, broken_clock>::open(home / "log", small_files(), broken_clock{&broken}).value();
    CHECK_THROWS_AS(log.append("a-1", any_version, annotated{"never"}), std::runtime_error);
    CHECK(log.head().value() == position{0});
    broken = false;
    CHECK(log.append("a-1", no_stream, annotated{"now"})->version == version{1});
    CHECK(log.close().has_value());
    CHECK(lines_of(support::opened(home / "log")).size() == 1);
}

TEST_CASE("handlers are kept, and read any log") {
    const support::temporary_directory home;
    bank_log                           log = support::opened(home / "log");
    fill(log);
    annals::memory_log<bank::events> other;
    REQUIRE(other.append("account-eve", no_stream, deposited{7}).has_value());
    std::int64_t cents = 0;
    const auto   sum   = annals::handlers{[&](const deposited& e) { cents += e.cents; }, annals::otherwise()};
    REQUIRE(log.read(annals::whole_log(), sum).has_value());
    REQUIRE(other.read(annals::whole_log(), sum).has_value());
    CHECK(cents == 107);
}

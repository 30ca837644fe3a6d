// What a file log makes of files that are not as it left them: after a crash it comes back, and damage is found and told.
#include "catch.hpp"
#include "support/file_logs.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

using namespace bank;
using annals::any_version;
using annals::errc;
using support::bank_log;
using support::contents_of;
using support::copy_directory;
using support::files_of;
using support::lines_of;
using support::opened_read_only;
using support::segments_of;
using support::small_files;
using support::write_file;
namespace fs = std::filesystem;

namespace {

using lines = std::vector<std::string>;

// Some appends to two streams, so many bytes each.
void fill(bank_log& log, int appends, std::size_t size) {
    for (int i = 0; i < appends; ++i)
        (void)log
            .append(i % 3 == 0 ? "account-bob" : "account-ann", any_version, deposited{i},
                    annotated{std::string(size, 'n') + std::to_string(i)})
            .value();
}

// A closed log.
struct closed_log {
    support::temporary_directory home;
    fs::path                     directory = home.path() / "log";
    lines                        all;

    closed_log(int appends, std::size_t size) {
        bank_log log = support::opened(directory);
        fill(log, appends, size);
        all = lines_of(log);
        REQUIRE(log.close().has_value());
    }
    [[nodiscard]] auto     open() const { return bank_log::open(directory, small_files()); }
    [[nodiscard]] fs::path segment(std::size_t index) const { return segments_of(directory).at(index); }
};

bool begins(const lines& with, const lines& all) {
    return with.size() <= all.size() && std::equal(with.begin(), with.end(), all.begin());
}

std::size_t end_of(const std::string& segment) { return segment.find_last_not_of('\0') + 1; }

}  // namespace

TEST_CASE("no byte of a small log can change without being noticed") {
    const closed_log  log(6, 20);
    const fs::path    path = log.segment(0);
    const std::string good = contents_of(path);
    const std::size_t end  = end_of(good);
    std::size_t       step = 1;
    for (std::size_t at = 0; at < end; at += step) {
        step     = at < 4096 ? 131 : 7;
        auto bad = good;
        bad[at]  = static_cast<char>(bad[at] ^ (1 << at % 8));
        CAPTURE(at);
        write_file(path, bad);
        const auto before  = files_of(log.directory);
        const auto refused = log.open();
        REQUIRE_FALSE(refused.has_value());
        CHECK(refused.error().code == errc::damaged);
        CHECK(refused.error().path == path.string());
        if (at >= 4096) CHECK(refused.error().details.find("at byte ") != std::string::npos);
        auto after    = files_of(log.directory);
        after["lock"] = before.at("lock");
        CHECK(after == before);

        // Who reads sees what lies before.
        const auto reader = bank_log::open_read_only(log.directory);
        if (!reader) {
            CHECK(reader.error().code == errc::damaged);
            continue;
        }
        lines seen = lines_of(*reader);
        REQUIRE_FALSE(seen.empty());
        CHECK(seen.back().starts_with("damaged: " + path.string()));
        seen.pop_back();
        CHECK(begins(seen, log.all));
        CHECK(seen.size() >= (at < 4096 ? 0 : (at - 4096) / 1000));
        CHECK(lines_of(*reader, annals::stream("account-ann")).back().starts_with("damaged: "));
        CHECK(lines_of(*reader, annals::whole_log().backwards()).back().starts_with("damaged: "));
    }
    write_file(path, good);
    CHECK(lines_of(support::opened(log.directory)) == log.all);
}

TEST_CASE("what lies behind the end of a log is not of it") {
    const closed_log  log(3, 20);
    const fs::path    path = log.segment(0);
    const std::string good = contents_of(path);
    for (const std::size_t behind : {0U, 1U, 79U, 80U, 5000U}) {
        auto bad = good;
        bad.replace(end_of(good) / 8 * 8 + 32 + behind, 100, std::string(100, 'j'));
        write_file(path, bad);
        CHECK(lines_of(opened_read_only(log.directory)) == log.all);
        const support::temporary_directory other;
        copy_directory(log.directory, other / "log");
        bank_log writer = support::opened(other / "log");
        CHECK(lines_of(writer) == log.all);
        fill(writer, 3, 20);
        REQUIRE(writer.close().has_value());
        CHECK(lines_of(support::opened(other / "log")).size() == log.all.size() + 6);
    }
}

TEST_CASE("a log that misses a segment, or a part of one, is damaged") {
    const closed_log log(200, 1000);
    const auto       segments = segments_of(log.directory);
    REQUIRE(segments.size() == 4);
    const auto check = [&](const fs::path& path) {
        const auto refused = log.open();
        REQUIRE_FALSE(refused.has_value());
        CHECK(refused.error().code == errc::damaged);
        CHECK(refused.error().path == path.string());
        const auto reader = bank_log::open_read_only(log.directory);
        return reader ? lines_of(*reader) : lines{reader.error().message()};
    };
    SECTION("the first") {
        fs::remove(segments[0]);
        CHECK(check(segments[1]).back().starts_with("out_of_range: "));
    }
    SECTION("the second") {
        fs::remove(segments[1]);
        const lines seen = check(segments[2]);
        CHECK(seen.size() > 80);
        CHECK(seen.back().starts_with("damaged: " + segments[2].string()));
        CHECK(begins(lines(seen.begin(), seen.end() - 1), log.all));
    }
    SECTION("the last") {
        fs::remove(segments[3]);
        const lines seen = check(segments[3]);
        CHECK(seen.size() > 240);
        CHECK(seen.back().starts_with("damaged: " + segments[3].string()));
    }
    SECTION("the last, and nobody remembers what was published") {
        fs::remove(segments[3]);
        fs::remove(log.directory / "published");
        CHECK(check(segments[3]).size() > 240);
    }
    SECTION("the last, and there is no index") {
        fs::remove(segments[3]);
        fs::remove(log.directory / "streams.index");
        CHECK(check(segments[3]).size() > 240);
    }
    SECTION("all of them") {
        for (const auto& each : segments) fs::remove(each);
        CHECK(check(log.directory).size() == 1);
    }
    SECTION("the end of the last one") {
        const std::size_t end = end_of(contents_of(segments[3]));
        for (const std::size_t left : {end - 60, end - 100, end - 3000, std::size_t{4200}, std::size_t{4096}, std::size_t{0}}) {
            CAPTURE(left);
            fs::resize_file(segments[3], left);
            CHECK(check(segments[3]).back().starts_with("damaged: "));
        }
    }
    SECTION("the end of another one") {
        fs::resize_file(segments[1], 20'000);
        CHECK(check(segments[1]).back().starts_with("damaged: "));
    }
    SECTION("two of them have changed places") {
        fs::rename(segments[1], log.directory / "x");
        fs::rename(segments[2], segments[1]);
        fs::rename(log.directory / "x", segments[2]);
        CHECK(check(segments[1]).back().starts_with("damaged: "));
    }
    SECTION("one is of another log") {
        const closed_log other(200, 1000);
        fs::copy_file(segments_of(other.directory).at(2), segments[2], fs::copy_options::overwrite_existing);
        CHECK(check(segments[2]).back().starts_with("damaged: "));
    }
}

TEST_CASE("damage in the midst of a long log is told where it is read, and not before") {
    const closed_log log(200, 1000);
    const fs::path   path               = log.segment(1);
    auto             bad                = contents_of(path);
    bad[bad.find("nnnn", 30'000) + 500] = 'm';
    write_file(path, bad);
    const bank_log read = support::opened(log.directory);
    lines          seen = lines_of(read);
    const auto     told = seen.back();
    seen.pop_back();
    CHECK(begins(seen, log.all));
    CHECK(told.starts_with("damaged: " + path.string() + " at position " + std::to_string(seen.size() + 1) +
                           ": what is stored is not what was written\n"
                           "a frame's checksum is wrong, at byte "));
    lines from_behind = lines_of(read, annals::whole_log().backwards());
    CHECK(from_behind.back() == told);
    CHECK(from_behind.size() - 1 + seen.size() == log.all.size() - 2);
    // Its stream is damaged, the other one is not.
    const auto of_ann = lines_of(read, annals::stream("account-ann")), of_bob = lines_of(read, annals::stream("account-bob"));
    CHECK((of_ann.back() == told) != (of_bob.back() == told));
    CHECK(lines_of(read, annals::whole_log().from(annals::position{seen.size() + 3})).size() ==
          log.all.size() - seen.size() - 2);
}

TEST_CASE("without its index, or with one that is none, a log answers the same") {
    const closed_log  log(200, 1000);
    const fs::path    path = log.directory / "streams.index";
    const std::string good = contents_of(path);
    SECTION("none") { fs::remove(path); }
    SECTION("empty") { write_file(path, ""); }
    SECTION("junk") { write_file(path, std::string(5000, 'j')); }
    SECTION("too short") { write_file(path, good.substr(0, good.size() - 8)); }
    SECTION("too long") { write_file(path, good + good); }
    SECTION("damaged") {
        for (std::size_t at = 0; at < good.size(); at += 7) {
            auto bad = good;
            bad[at]  = static_cast<char>(bad[at] ^ 0x10);
            write_file(path, bad);
            const bank_log reader = opened_read_only(log.directory);
            CHECK(reader.head().value() == annals::position{400});
            CHECK(lines_of(reader, annals::stream("account-bob").backwards().limit(2)).size() == 2);
        }
    }
    SECTION("that of another log") {
        fs::copy_file(closed_log(150, 900).directory / "streams.index", path, fs::copy_options::overwrite_existing);
    }
    SECTION("an older one") {
        bank_log log_on = support::opened(log.directory);
        fill(log_on, 1, 10);
        REQUIRE(log_on.close().has_value());
        write_file(path, good);
        CHECK(lines_of(opened_read_only(log.directory)).size() == log.all.size() + 2);
        return;
    }
    CHECK(lines_of(opened_read_only(log.directory)) == log.all);
    bank_log again = support::opened(log.directory);
    CHECK(lines_of(again) == log.all);
    CHECK(lines_of(again, annals::stream("account-bob")).size() == 134);
    fill(again, 2, 10);
    REQUIRE(again.close().has_value());
    CHECK(lines_of(support::opened(log.directory)).size() == log.all.size() + 4);
}

TEST_CASE("without what was published, or with something that never was, a closed log is the same") {
    const closed_log log(20, 100);
    const fs::path   path = log.directory / "published";
    SECTION("none") { fs::remove(path); }
    SECTION("empty") { write_file(path, ""); }
    SECTION("junk") { write_file(path, std::string(48, 'j')); }
    SECTION("that of another log") {
        fs::copy_file(closed_log(300, 1000).directory / "published", path, fs::copy_options::overwrite_existing);
    }
    CHECK(lines_of(opened_read_only(log.directory)) == log.all);
    bank_log again = support::opened(log.directory);
    CHECK(lines_of(again) == log.all);
    fill(again, 2, 10);
    CHECK(lines_of(opened_read_only(log.directory)).size() == 44);
}

TEST_CASE("after a crash a log has all that was acknowledged, and goes on") {
    const support::temporary_directory home;
    auto                               options = small_files();
    SECTION("when it waited for the disk") {}
    SECTION("when it did not") { options.acknowledge = annals::acknowledge::when_written; }
    SECTION("with a thread of its own") { options.background = true; }
    bank_log log = support::opened(home / "log", options);
    // The directory as it is while the log is open is what a crash leaves.
    for (int round = 0; round < 8; ++round) {
        CAPTURE(round);
        fill(log, round * 7, round % 2 == 0 ? 1000 : 10);
        copy_directory(home / "log", home / "image");
        CHECK(lines_of(opened_read_only(home / "image")) == lines_of(log));
        log        = support::opened(home / "image", options);
        auto again = lines_of(log);
        fill(log, 1, 10);
        CHECK(lines_of(log).size() == again.size() + 2);
        fs::remove_all(home / "log");
        copy_directory(home / "image", home / "log");
        log = support::opened(home / "log", options);
        CHECK(lines_of(log).size() == again.size() + 2);
        CHECK(begins(again, lines_of(log)));
        REQUIRE(log.close().has_value());
        log = support::opened(home / "log", options);
        CHECK(begins(again, lines_of(log)));
    }
}

TEST_CASE("of an append that a crash broke off there is nothing or all") {
    const support::temporary_directory home;
    bank_log                           log = support::opened(home / "log");
    fill(log, 5, 50);
    const lines before = lines_of(log);
    copy_directory(home / "log", home / "before");
    (void)log.append("account-ann", any_version, annotated{std::string(3000, 'x')}, closed{}).value();
    const lines       after = lines_of(log);
    const fs::path    name  = segments_of(home / "log").front().filename();
    const std::string then = contents_of(fs::path(home / "before") / name), now = contents_of(fs::path(home / "log") / name);
    const std::size_t first = end_of(then), last = end_of(now);
    for (std::size_t cut = first; cut < last; cut += 37)
        for (const bool from_behind : {false, true}) {  // which part of it reached the disk
            CAPTURE(cut, from_behind);
            const std::string torn = from_behind ? now.substr(0, first) + std::string(cut - first, '\0') + now.substr(cut)
                                                 : now.substr(0, cut) + std::string(now.size() - cut, '\0');
            if (torn == now) continue;
            copy_directory(home / "before", home / "torn");
            write_file(fs::path(home / "torn") / name, torn);
            CHECK(lines_of(opened_read_only(home / "torn")) == before);
            bank_log again = support::opened(home / "torn");
            CHECK(lines_of(again) == before);
            fill(again, 1, 10);
            CHECK(lines_of(again).size() == before.size() + 2);
        }
    copy_directory(home / "before", home / "whole");
    write_file(fs::path(home / "whole") / name, now);
    CHECK(lines_of(support::opened(home / "whole")) == after);
}

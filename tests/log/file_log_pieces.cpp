// A log whose appends are large is read in pieces: each goes on inside of an append where another one ended, and all of them
// together are what is read at once.
#include "catch.hpp"
#include "support/file_logs.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>
#include <vector>

using namespace bank;
using annals::any_version;
using annals::append_to;
using annals::position;
using annals::whole_log;
using support::bank_log;
using support::lines_of;

namespace {

using lines = std::vector<std::string>;
using batch = std::vector<bank::events::variant>;

batch events_of(std::mt19937& random, std::size_t count) {
    batch made;
    for (std::size_t i = 0; i < count; ++i) switch (random() % 4) {
            case 0: made.emplace_back(annotated{std::string(random() % 40, 'n') + std::to_string(i)}); break;
            case 1: made.emplace_back(withdrawn{static_cast<std::int64_t>(i)}); break;
            default: made.emplace_back(deposited{static_cast<std::int64_t>(random() % 1000)}); break;
        }
    return made;
}

// Appends of one event up to several hundred, some of them to two streams at once.
void fill(bank_log& log, std::mt19937& random, int appends) {
    for (int i = 0; i < appends; ++i) {
        const std::string name  = (random() % 3 == 0 ? "savings-" : "account-") + std::to_string(random() % 3);
        const auto        first = events_of(random, random() % 2 == 0 ? 1 + random() % 5 : 200 + random() % 400);
        if (random() % 4 == 0) {
            const auto other = events_of(random, 100 + random() % 100);
            const auto made  = log.append(append_to(name, any_version, first), append_to("other", any_version, other));
            REQUIRE(made.has_value());
        } else {
            REQUIRE(log.append(name, any_version, first).has_value());
        }
    }
}

// Who reads a log piece by piece.
struct piecewise {
    annals::log_query what;
    lines             seen = {};

    // False if there was nothing more.
    bool go_on(const bank_log& log, std::uint64_t most) {
        const auto see = [&](const auto& event, const annals::context& where) {
            seen.push_back(support::line_of(where, support::text_of(event)));
        };
        const auto read = log.read(what.limit(most), annals::handlers{annals::otherwise(see)});
        REQUIRE(read.has_value());
        if (read->count == 0) return false;
        what = what.from(position{read->position.value + 1});
        return true;
    }
};

}  // namespace

TEST_CASE("read in pieces of any size, by several in turn, a log is what it is at once") {
    const auto seed = GENERATE(range(1U, 13U));
    CAPTURE(seed);
    std::mt19937                       random(seed);
    const support::temporary_directory home;
    bank_log                           log = support::opened(home / "log");
    fill(log, random, 20);
    std::vector<piecewise> readers;
    for (int i = 0; i < 12; ++i)  // more than places that the log remembers
        readers.push_back({i % 3 == 0 ? annals::category("account") : whole_log()});
    for (int turn = 0; turn < 400; ++turn) {
        auto& each = readers[random() % readers.size()];
        (void)each.go_on(log, 1 + random() % 300);
        if (random() % 40 == 0) fill(log, random, 1);
        if (random() % 40 == 0) each.what = whole_log().from(position{1}), each.seen.clear();
    }
    for (auto& each : readers) {
        while (each.go_on(log, 1 + random() % 150)) {}
        CHECK(each.seen == lines_of(log, each.what.from(position{1})));
    }
}

TEST_CASE("a reader in another process goes on inside of an append, too") {
    std::mt19937                       random(5);
    const support::temporary_directory home;
    bank_log                           log = support::opened(home / "log");
    fill(log, random, 10);
    const bank_log reader = support::opened_read_only(home / "log");
    piecewise      all{whole_log()};
    for (int i = 0; i < 60; ++i) {
        (void)all.go_on(reader, 70);
        if (i % 10 == 0) fill(log, random, 1);
    }
    while (all.go_on(reader, 70)) {}
    CHECK(all.seen == lines_of(log));
}

TEST_CASE("a past that is dropped between two pieces is not read") {
    std::mt19937                       random(6);
    const support::temporary_directory home;
    bank_log                           log = support::opened(home / "log");
    REQUIRE(log.append("account-1", annals::no_stream, events_of(random, 500)).has_value());
    REQUIRE(log.append("account-1", any_version, events_of(random, 10)).has_value());
    piecewise all{whole_log()};
    REQUIRE(all.go_on(log, 100));
    annals::retention keep;
    keep.before = annals::version{401};
    REQUIRE(log.drop_events("account-1", keep).has_value());
    while (all.go_on(log, 50)) {}
    const auto rest = lines_of(log);
    CHECK(rest.size() == 110);
    CHECK(lines(all.seen.begin() + 100, all.seen.end()) == rest);
    // Or all of it.
    piecewise late{whole_log().from(position{401})};
    REQUIRE(late.go_on(log, 20));
    keep.before = annals::version{501};
    REQUIRE(log.drop_events("account-1", keep).has_value());
    while (late.go_on(log, 20)) {}
    CHECK(late.seen.size() == 30);
    CHECK(lines(late.seen.begin() + 20, late.seen.end()) == lines_of(log));
}

TEST_CASE("an append that is damaged is refused with its first piece, and with each other one") {
    std::mt19937                       random(7);
    const support::temporary_directory home;
    const std::filesystem::path        directory = home / "log";
    {
        bank_log log = support::opened(directory);
        REQUIRE(log.append("a", any_version, events_of(random, 500)).has_value());
        REQUIRE(log.append("a", any_version, events_of(random, 500)).has_value());
        for (int i = 0; i < 400; ++i) REQUIRE(log.append("a", any_version, annotated{std::string(500, 'x')}).has_value());
    }
    const auto  path   = support::segments_of(directory).at(0);
    std::string bytes  = support::contents_of(path);
    bytes[4096 + 9000] = static_cast<char>(bytes[4096 + 9000] ^ 1);
    support::write_file(path, bytes);
    const bank_log log  = support::opened_read_only(directory);
    const auto     none = annals::handlers{annals::otherwise([](const auto&) {})};
    for (const std::uint64_t first : {1U, 101U, 1U, 201U, 101U})
        CHECK_FALSE(log.read(whole_log().from(position{first}).limit(100), none).has_value());
    CHECK(log.read(whole_log().from(position{501}).limit(100), none).has_value());
    CHECK(log.read(whole_log().from(position{601}).limit(100), none).has_value());
}

TEST_CASE("an append that is read in pieces is checked once, with the first of them") {
    std::mt19937                       random(8);
    const support::temporary_directory home;
    bank_log                           log = support::opened(home / "log");
    REQUIRE(log.append("a", any_version, events_of(random, 1000)).has_value());
    const auto none = annals::handlers{annals::otherwise([](const auto&) {})};
    for (std::uint64_t first = 1; first < 900; first += 100)
        REQUIRE(log.read(whole_log().from(position{first}).limit(100), none).has_value());
    // What changes meanwhile is noticed when the append is read anew.
    std::fstream file(support::segments_of(home / "log").at(0), std::ios::in | std::ios::out | std::ios::binary);
    const auto   place = std::streamoff{4096 + 9000};
    const int    byte  = file.seekg(place).get();
    file.seekp(place).put(static_cast<char>(byte ^ 1)).flush();
    CHECK(log.read(whole_log().from(position{901}).limit(100), none).has_value());
    CHECK_FALSE(log.read(whole_log().from(position{851}).limit(100), none).has_value());
    CHECK_FALSE(log.read(whole_log().limit(100), none).has_value());
}

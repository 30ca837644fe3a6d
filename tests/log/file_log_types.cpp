// A file log outlives the programs that write it: their types change, and it says which of that it can read.
#include "catch.hpp"
#include "support/file_logs.hpp"

#include <annals/log/historic.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

using annals::any_version;
using annals::errc;
using annals::historic;
using annals::position;
using support::files_of;
using support::opened;
using support::opened_read_only;

namespace {

namespace then {
struct moved {
    std::int32_t x;
    std::int32_t y;
};
struct named {
    std::string name;
};
using log = annals::file_log<annals::events<moved, named>>;
}  // namespace then

// Differences that do no harm: a wider number, a field that came with a default, another order, an event that came.
namespace now {
struct moved {
    std::int32_t y;
    std::int64_t x;
    std::string  why = "unknown";
};
struct named {
    std::string name;
};
struct left {};
using log = annals::file_log<annals::events<left, named, moved>>;
}  // namespace now

namespace apart {
struct moved {
    std::int32_t x;
    std::string  y;
};
struct named {
    std::string name;
};
using log = annals::file_log<annals::events<moved, named>>;
}  // namespace apart

std::string text_of(const then::moved& e) { return "moved " + std::to_string(e.x) + ' ' + std::to_string(e.y); }
std::string text_of(const then::named& e) { return "named " + e.name; }
std::string text_of(const now::moved& e) { return "moved " + std::to_string(e.x) + ' ' + std::to_string(e.y) + ' ' + e.why; }
std::string text_of(const now::named& e) { return "named " + e.name; }
std::string text_of(const now::left&) { return "left"; }

template <class Log>
std::vector<std::string> texts_of(const Log& log) {
    std::vector<std::string> texts;
    const auto               answer =
        log.read(annals::whole_log(), annals::handlers{annals::otherwise([&](const auto& e) { texts.push_back(text_of(e)); })});
    if (!answer) texts.push_back(answer.error().message());
    return texts;
}
using texts = std::vector<std::string>;

void fill(then::log& log) {
    REQUIRE(log.append("a-1", any_version, then::moved{1, -2}, then::named{"ann"}).has_value());
    REQUIRE(log.append("a-1", any_version, then::moved{3, 4}).has_value());
}

}  // namespace

TEST_CASE("a log that is opened with types that changed harmlessly is read as if it had been written with them") {
    const support::temporary_directory home;
    {
        auto log = opened<then::log>(home / "log");
        fill(log);
    }
    for (int opening = 1; opening <= 3; ++opening) {
        auto log = opened<now::log>(home / "log");
        CHECK(texts_of(log).size() == 3U + 2U * static_cast<unsigned>(opening - 1));
        REQUIRE(log.append("a-1", any_version, now::moved{5, 6, "wind"}, now::left{}).has_value());
        CHECK(texts_of(log)[0] == "moved 1 -2 unknown");
        CHECK(texts_of(log)[2] == "moved 3 4 unknown");
        CHECK(texts_of(log)[3] == "moved 6 5 wind");
        REQUIRE(log.close().has_value());
    }
    const auto reader = opened_read_only<now::log>(home / "log");
    CHECK(texts_of(reader).back() == "left");
    int moves = 0;
    CHECK(reader
              .read(annals::whole_log().backwards(), annals::handlers{[&](const now::moved&) { ++moves; }, annals::otherwise()})
              ->count == 9);
    CHECK(moves == 5);

    // The older program does not know what came, and says so.
    const auto older = then::log::open(home / "log", support::small_files());
    REQUIRE_FALSE(older.has_value());
    CHECK(older.error().code == errc::incompatible_schema);
    CHECK(older.error().path == home / "log");
    CHECK(older.error().details.find("event 'left'") != std::string::npos);
}

TEST_CASE("a log that is opened with types that do not fit is refused, with what differs and what to write") {
    const support::temporary_directory home;
    {
        auto log = opened<then::log>(home / "log");
        fill(log);
        REQUIRE(log.close().has_value());
    }
    for (const auto& answer :
         {apart::log::open(home / "log", support::small_files()), apart::log::open_read_only(home / "log")}) {
        REQUIRE_FALSE(answer.has_value());
        CHECK(answer.error().code == errc::incompatible_schema);
        CHECK(answer.error().path == home / "log");
        const std::string& details = answer.error().details;
        CHECK(
            details.starts_with("event 'moved': what is stored cannot be read as what the types say:\n"
                                "  field 'y' was i32 and is string\n"
                                "Paste what is stored, say what becomes of it, and list it before what it becomes:\n\n"
                                "namespace v1 {\n\nstruct moved {\n    std::int32_t x;\n    std::int32_t y;\n};\n"));
        CHECK(details.find("\n    annals::revisions<v1::moved, ") != std::string::npos);
    }
    // It is there as before, and nobody has it open.
    const auto before = support::files_of(home / "log");
    CHECK_FALSE(apart::log::open(home / "log", support::small_files()).has_value());
    CHECK(support::files_of(home / "log") == before);
    auto log = opened<then::log>(home / "log");
    CHECK(texts_of(log) == texts{"moved 1 -2", "named ann", "moved 3 4"});
}

TEST_CASE("a log that comes back from a crash is not touched by a program whose types do not fit") {
    const support::temporary_directory home;
    auto                               log = opened<then::log>(home / "log");
    fill(log);
    std::filesystem::copy(home / "log", home / "crashed");
    std::filesystem::resize_file(home / "crashed/lock", 0);
    const auto before  = support::files_of(home / "crashed");
    const auto refused = apart::log::open(home / "crashed", support::small_files());
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().code == errc::incompatible_schema);
    auto after = support::files_of(home / "crashed");
    after["lock"].clear();  // who had it open last
    CHECK(after == before);
    CHECK(texts_of(opened<then::log>(home / "crashed")).size() == 3);
}

TEST_CASE("who reads a log while a program of another time writes it is told when they part") {
    const support::temporary_directory home;
    auto                               writer = opened<then::log>(home / "log");
    const auto                         same   = opened_read_only<then::log>(home / "log");
    const auto                         newer  = opened_read_only<now::log>(home / "log");
    const auto                         other  = opened_read_only<apart::log>(home / "log");
    REQUIRE(writer.append("a-1", any_version, then::named{"ann"}).has_value());
    CHECK(other.read(annals::whole_log(), annals::handlers{annals::otherwise()})->count == 1);
    fill(writer);
    CHECK(texts_of(same).size() == 4);
    CHECK(texts_of(newer) == texts{"named ann", "moved 1 -2 unknown", "named ann", "moved 3 4 unknown"});
    const auto parted = other.read(annals::whole_log(), annals::handlers{annals::otherwise()});
    REQUIRE_FALSE(parted.has_value());
    CHECK(parted.error().code == errc::incompatible_schema);
    CHECK(parted.error().details.find("field 'y' was i32 and is string") != std::string::npos);
}

namespace {

namespace revised {
struct paid_v1 {
    std::int32_t euros;
};
struct paid_v2 {
    std::int64_t cents;
};
struct paid {
    std::int64_t cents;
    std::string  currency;
};
struct split_v1 {
    std::int32_t first, second;
};
struct split {
    std::int32_t share;
};
struct flagged {
    std::string why;
};
paid_v2            upcast(const paid_v1& old) { return {std::int64_t{100} * old.euros}; }
paid               upcast(const paid_v2& old) { return {old.cents, "EUR"}; }
std::vector<split> upcast(const split_v1& old) { return {{old.first}, {old.second}}; }
using log = annals::file_log<
    annals::events<annals::revisions<paid_v1, paid_v2, paid>, annals::revisions<split_v1, split>, annals::retired<flagged>>>;

std::string text_of(const paid& e) { return std::to_string(e.cents) + ' ' + e.currency; }
std::string text_of(const split& e) { return "share " + std::to_string(e.share); }
}  // namespace revised

}  // namespace

TEST_CASE("events of older shapes are read as what became of them, whenever they were written") {
    const support::temporary_directory home;
    {
        auto log = opened<revised::log>(home / "log");
        REQUIRE(log.append("p-1", any_version, historic(revised::paid_v1{7}), revised::paid{5, "CHF"},
                           historic(revised::flagged{"odd"}))
                    .has_value());
        REQUIRE(log.append("p-1", any_version, historic(revised::paid_v2{9}), historic(revised::split_v1{1, 2})).has_value());
    }
    const texts due{"700 EUR", "5 CHF", "9 EUR", "share 1", "share 2"};
    auto        log = opened<revised::log>(home / "log");
    CHECK(texts_of(log) == due);
    REQUIRE(log.append("p-1", any_version, revised::split{3}).has_value());
    int shares = 0;
    CHECK(log.read(annals::stream("p-1"),
                   annals::handlers{[&](const revised::split& e) { shares += e.share; }, annals::otherwise()})
              ->count == 6);
    CHECK(shares == 6);
    std::vector<position> at;
    CHECK(log.read(annals::whole_log().backwards(),
                   annals::handlers{
                       annals::otherwise([&](const auto&, const annals::context& where) { at.push_back(where.position); })})
              .has_value());
    CHECK(at == std::vector<position>{{6}, {5}, {5}, {4}, {2}, {1}});
}

namespace {
struct dated {
    std::chrono::time_point<std::chrono::system_clock, std::chrono::microseconds> day;
    std::string                                                                   what;
};
}  // namespace

TEST_CASE("an event with a value that cannot be stored is refused, and nothing is written") {
    const support::temporary_directory home;
    auto                               log = opened<annals::file_log<annals::events<dated>>>(home / "log");
    const dated                        good{{}, "good"};
    dated                              bad = good;
    bad.day += std::chrono::hours(24) * 365 * 10'000;
    REQUIRE(log.append("d-1", any_version, good).has_value());
    const auto refused = log.append("d-1", any_version, good, bad);
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().code == errc::invalid_event);
    CHECK(refused.error().stream == "d-1");
    CHECK(refused.error().details == "dated: out_of_range at byte 0: a time or duration is out of range");
    CHECK(log.head().value() == position{1});
    CHECK(log.append("d-1", annals::version{1}, good)->position == position{2});
}

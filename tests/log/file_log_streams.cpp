// Streams of a file log, which are linked lists with milestones: short and long, from any place, in both directions.
#include "catch.hpp"
#include "support/file_logs.hpp"

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

using namespace bank;
using annals::any_version;
using annals::position;
using annals::version;
using support::bank_log;

namespace {

// The versions and what was deposited at them.
using entries = std::vector<std::pair<std::uint64_t, std::int64_t>>;

entries deposits_in(const bank_log& log, const annals::stream_query& what) {
    entries    seen;
    const auto answer = log.read(what, annals::handlers{[&](const deposited& event, const annals::context& where) {
                                                            seen.emplace_back(where.version.value, event.cents);
                                                        },
                                                        annals::otherwise()});
    REQUIRE(answer.has_value());
    CHECK(answer->count == seen.size());
    return seen;
}

// The stream `name` has the deposits 1, 2, 3 … `last`.
void check_stream(const bank_log& log, const std::string& name, std::uint64_t last) {
    const auto due = [&](std::uint64_t first, std::uint64_t behind) {
        entries made;
        for (std::uint64_t i = first; i < behind; ++i) made.emplace_back(i, static_cast<std::int64_t>(i));
        return made;
    };
    const auto reversed = [](entries all) {
        std::reverse(all.begin(), all.end());
        return all;
    };
    CHECK(deposits_in(log, annals::stream(name)) == due(1, last + 1));
    CHECK(deposits_in(log, annals::stream(name).backwards()) == reversed(due(1, last + 1)));
    for (const std::uint64_t middle :
         {std::uint64_t{1}, std::uint64_t{2}, last / 2, std::uint64_t{255}, std::uint64_t{256}, std::uint64_t{257},
          std::uint64_t{512}, std::uint64_t{513}, std::uint64_t{514}, last - 1, last}) {
        if (middle == 0 || middle > last) continue;
        CAPTURE(middle);
        const auto from = annals::stream(name).from(version{middle});
        const auto to   = annals::stream(name).to(version{middle});
        CHECK(deposits_in(log, from) == due(middle, last + 1));
        CHECK(deposits_in(log, from.backwards()) == reversed(due(middle, last + 1)));
        CHECK(deposits_in(log, to) == due(1, middle + 1));
        CHECK(deposits_in(log, to.backwards()) == reversed(due(1, middle + 1)));
        CHECK(deposits_in(log, to.from(version{middle})) == due(middle, middle + 1));
        CHECK(deposits_in(log, from.limit(3)) == due(middle, std::min(middle + 3, last + 1)));
        CHECK(deposits_in(log, to.backwards().limit(3)) == reversed(due(middle > 3 ? middle - 2 : 1, middle + 1)));
    }
    CHECK(deposits_in(log, annals::stream(name).from(version{last + 1})).empty());
    CHECK(deposits_in(log, annals::stream(name).from(version{last + 1}).backwards()).empty());
}

}  // namespace

TEST_CASE("a stream is read from any version, forwards and backwards, however many appends it has") {
    const support::temporary_directory home;
    auto                               options             = support::small_files();
    options.acknowledge                                    = annals::acknowledge::when_written;
    bank_log                                           log = support::opened(home / "log", options);
    std::vector<std::pair<std::string, std::uint64_t>> streams{{"a-1", 1},       {"a-2", 2},      {"a-255", 255},
                                                               {"a-256", 256},   {"a-257", 257},  {"a-513", 513},
                                                               {"a-1000", 1000}, {"a-3000", 3000}};
    for (std::uint64_t i = 1; i <= 3000; ++i)
        for (const auto& [name, last] : streams)
            if (i <= last) (void)log.append(name, version{i - 1}, deposited{static_cast<std::int64_t>(i)}).value();
    for (const auto& [name, last] : streams) check_stream(log, name, last);
    CHECK(support::segments_of(home / "log").size() > 5);

    // Several events in an append, so that versions are in the midst of one.
    std::uint64_t next = 1;
    for (std::int64_t count = 1; next < 1500; count = count % 7 + 1) {
        std::vector<bank::events::variant> batch;
        for (std::int64_t i = 0; i < count; ++i) batch.push_back(deposited{static_cast<std::int64_t>(next++)});
        (void)log.append("many", version{next - 1 - static_cast<std::uint64_t>(count)}, batch).value();
    }
    check_stream(log, "many", next - 1);

    // The links are in the log: the saved index is only a help.
    REQUIRE(log.close().has_value());
    SECTION("with the index") {}
    SECTION("without it") { std::filesystem::remove(home / "log/streams.index"); }
    log = support::opened(home / "log", options);
    check_stream(log, "a-3000", 3000);
    check_stream(log, "a-257", 257);
    check_stream(log, "many", next - 1);
    (void)log.append("a-257", version{257}, deposited{258}).value();
    check_stream(log, "a-257", 258);
}

TEST_CASE("a log may have many streams, and a stream many neighbours") {
    const support::temporary_directory home;
    auto                               options = support::small_files();
    options.acknowledge                        = annals::acknowledge::when_written;
    bank_log   log                             = support::opened(home / "log", options);
    const auto name = [](int i) { return "account-" + std::to_string(i) + (i % 5 == 0 ? std::string(40, 'x') : ""); };
    for (int i = 0; i < 3000; ++i) (void)log.append(name(i), annals::no_stream, deposited{i}).value();
    for (int i = 0; i < 3000; i += 3) (void)log.append(name(i), version{1}, deposited{i}, closed{}).value();
    for (int opening = 0; opening < 2; ++opening) {
        for (int i = 0; i < 3000; i += 7) {
            const entries seen = deposits_in(log, annals::stream(name(i)).to(version{2}));
            CHECK(seen == (i % 3 == 0 ? entries{{1, i}, {2, i}} : entries{{1, i}}));
        }
        CHECK(log.append(name(2), annals::no_stream, closed{}).error().code == annals::errc::version_conflict);
        CHECK(log.read(annals::category("account"), annals::handlers{annals::otherwise()})->count == 5000);
        REQUIRE(log.close().has_value());
        log = support::opened(home / "log", options);
    }
}

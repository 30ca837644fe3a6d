// An archive is read as the log that it was made of.
#include "catch.hpp"
#include "support/archives.hpp"

#include <annals/log/archive.hpp>
#include <annals/log/replay.hpp>
#include <annals/model/revisions.hpp>
#include <annals/schema/print.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

using namespace bank;
using annals::errc;
using annals::position;
using annals::version;
using support::archived;
using support::beside_each_other;

namespace {

// All that a reader is told, and what the read answers.
template <class Log, class Query>
std::string told(const Log& log, const Query& query) {
    std::ostringstream said;
    const auto read = log.read(query, annals::handlers{annals::otherwise([&](const auto& event, const annals::context& where) {
                                   said << annals::to_text(event) << ' ' << where.stream << ' ' << where.version.value << ' '
                                        << where.position.value << ' ' << where.time.nanoseconds << ' '
                                        << annals::to_text(where.id) << ' ' << annals::to_text(where.correlation) << ' '
                                        << annals::to_text(where.causation) << ' ' << where.actor;
                                   for (const annals::key_value_view& each : where.values)
                                       said << ' ' << each.key << '=' << each.value;
                                   said << '\n';
                               })});
    REQUIRE(read.has_value());
    said << read->count << ' ' << read->version.value << ' ' << read->position.value;
    return said.str();
}

}  // namespace

TEST_CASE("an archive answers every query as the log that it was made of") {
    const beside_each_other both;
    const auto              archive = annals::archive<bank::events>::open(both.file);
    REQUIRE(archive.has_value());
    static_assert(annals::event_log<annals::archive<bank::events>>);
    CHECK(archive->head()->value == both.log.head()->value);

    const auto same            = [&](const auto& query) { CHECK(told(*archive, query) == told(both.log, query)); };
    const auto all_of_position = [&](const annals::log_query& query) {
        const auto both_ways = [&](const annals::log_query& each) { same(each), same(each.backwards()); };
        both_ways(query);
        for (std::uint64_t at = 0; at < 12; ++at) {
            both_ways(query.from(position{at}));
            both_ways(query.to(position{at}));
            both_ways(query.from(position{at}).to(position{at + 2}));
            both_ways(query.until(position{at}));
            both_ways(query.limit(at));
            both_ways(query.from(position{2}).limit(at));
            both_ways(query.until(annals::timestamp{static_cast<std::int64_t>(at) * 1'000'000'000}));
            both_ways(query.until(annals::timestamp{static_cast<std::int64_t>(at) * 1'000'000'000 - 1}));
        }
    };
    SECTION("of the whole log") { all_of_position(annals::whole_log()); }
    SECTION("of a category") {
        all_of_position(annals::category("account"));
        same(annals::category("audit"));
        same(annals::category("a\xc3\xa4"));
        same(annals::category("nothing"));
        same(annals::category("account-ann"));
    }
    SECTION("of a stream") {
        for (const std::string_view name : {"account-ann", "account-bob", "audit", "a\xc3\xa4-\xff", "nobody", "account", ""}) {
            const annals::stream_query query = annals::stream(name);
            const auto both_ways             = [&](const annals::stream_query& each) { same(each), same(each.backwards()); };
            both_ways(query);
            for (std::uint64_t at = 0; at < 7; ++at) {
                both_ways(query.from(version{at}));
                both_ways(query.to(version{at}));
                both_ways(query.from(version{at}).to(version{at + 1}));
                both_ways(query.limit(at));
                both_ways(query.until(position{at + 3}));
                both_ways(query.until(annals::timestamp{static_cast<std::int64_t>(at) * 1'000'000'000}));
            }
        }
    }
    SECTION("and is replayed to the same state") {
        const auto state = annals::replay<totals>(*archive), expected = annals::replay<totals>(both.log);
        REQUIRE(state.has_value());
        CHECK(annals::to_text(*state) == annals::to_text(*expected));
        CHECK(state->balance == 74);
    }
}

TEST_CASE("an archive of an archive is the same file") {
    const beside_each_other both;
    CHECK(archived(*annals::archive<bank::events>::open(both.file)) == both.file);
}

TEST_CASE("an empty log has an archive") {
    const support::bytes file    = archived(annals::memory_log<bank::events>());
    const auto           archive = annals::archive<bank::events>::open(file);
    REQUIRE(archive.has_value());
    CHECK(archive->head()->value == 0);
    CHECK(annals::replay<totals>(*archive)->seen == 0);
    CHECK(archive->contents().schemas().empty());
}

TEST_CASE("an archive tells what is in it without types") {
    const beside_each_other both;
    const auto              contents = annals::archive_contents::open(both.file);
    REQUIRE(contents.has_value());
    REQUIRE(contents->schemas().size() == 5);
    CHECK(contents->schemas()[0].text == "opened{customer:u32}");
    REQUIRE(contents->streams().size() == 4);
    CHECK(contents->streams()[1].name == "account-bob");
    REQUIRE(contents->events().size() == 10);
    const annals::archived_event third = contents->events()[2].details();
    CHECK(third.actor == "teller");
    CHECK(third.position == 3);
    CHECK(third.values.size() == 3);
}

TEST_CASE("what is laid out in memory as in the archive is read where it lies") {
    const beside_each_other both;
    const auto              within = [](const support::bytes& file, const auto& event) {
        const auto* const at = reinterpret_cast<const std::byte*>(&event);
        return std::less_equal<>()(file.data(), at) && std::less<>()(at, file.data() + file.size());
    };
    const auto count_in_place = [&](std::span<const std::byte> file, const support::bytes& memory) {
        const auto archive = annals::archive<bank::events>::open(file);
        REQUIRE(archive.has_value());
        int in_place = 0;
        REQUIRE(archive
                    ->read(annals::whole_log(),
                           annals::handlers{[&](const deposited& event) { in_place += within(memory, event) ? 1 : 0; },
                                            [&](const annotated& event) { CHECK_FALSE(within(memory, event)); },
                                            annals::otherwise()})
                    .has_value());
        return in_place;
    };
    CHECK(count_in_place(both.file, both.file) == 3);

    SECTION("and is copied where it does not lie as it must") {
        support::bytes shifted(1);
        shifted.insert(shifted.end(), both.file.begin(), both.file.end());
        CHECK(count_in_place(std::span(shifted).subspan(1), shifted) == 0);
        CHECK(annals::replay<totals>(*annals::archive<bank::events>::open(std::span(shifted).subspan(1)))->balance == 74);
    }
}

namespace {

namespace split {
struct opened {
    std::int32_t customer;
};
struct paid {
    std::int64_t cents;
};
struct settled_v1 {
    std::int64_t first, second;
};
struct settled {
    std::int32_t by;
};
inline std::tuple<paid, paid, settled> upcast(const settled_v1& old) { return {paid{old.first}, paid{old.second}, settled{9}}; }
struct flagged {
    std::string why;
};
using events = annals::events<opened, paid, annals::revisions<settled_v1, settled>, annals::retired<flagged>>;
}  // namespace split

// What cannot be stored: nanoseconds do not count so far.
struct planned {
    std::chrono::time_point<std::chrono::system_clock, std::chrono::duration<std::int64_t, std::micro>> at;
};

}  // namespace

TEST_CASE("an archive holds events of today, the pieces of a split one at one place") {
    annals::memory_log<split::events> log;
    REQUIRE(log.append("s-1", annals::no_stream, split::opened{1}, annals::historic(split::settled_v1{3, 4}),
                       annals::historic(split::flagged{"gone"}), split::paid{5})
                .has_value());
    const support::bytes file    = archived(log);
    const auto           archive = annals::archive<split::events>::open(file);
    REQUIRE(archive.has_value());
    const auto& stored = archive->contents().events();
    REQUIRE(stored.size() == 5);
    CHECK(stored[1].position == 2);
    CHECK(stored[3].position == 2);
    CHECK(stored[3].version == 2);
    CHECK(stored[4].version == 4);
    std::int64_t cents = 0;
    REQUIRE(
        archive
            ->read(annals::stream("s-1"),
                   annals::handlers{[&](const split::paid& event) { cents = 10 * cents + event.cents; }, annals::otherwise()})
            .has_value());
    CHECK(cents == 345);
    CHECK(archived(*archive) == file);
}

TEST_CASE("what cannot be written is an error, and what was written until then is no archive") {
    annals::memory_log<annals::events<planned>> log;
    REQUIRE(
        log.append("plan-1", annals::no_stream, planned{}, planned{decltype(planned::at)(std::chrono::microseconds(1LL << 62))})
            .has_value());
    std::ostringstream out;
    const auto         written = annals::write_archive(log, out);
    REQUIRE_FALSE(written.has_value());
    CHECK(written.error().code == errc::damaged);
    CHECK(written.error().details.starts_with("planned at position 2: out_of_range"));
    const std::string begun = out.str();
    CHECK_FALSE(annals::archive_contents::open(std::as_bytes(std::span(begun))).has_value());

    std::ostringstream full;
    full.setstate(std::ios::badbit);
    const auto nowhere = annals::write_archive(annals::memory_log<bank::events>(), full);
    REQUIRE_FALSE(nowhere.has_value());
    CHECK(nowhere.error().message() == "damaged: the archive cannot be written");
}

#include "catch.hpp"
#include "support/bank.hpp"

#include <string>
#include <vector>

using namespace bank;
using annals::position;
using annals::version;

namespace {

// A log with ann's, bob's and an unrelated stream, an event a second, and a reader that writes down what it saw.
struct filled {
    std::int64_t                                                     now = 0;
    annals::memory_log<bank::events, set_clock, counted_ids> log{set_clock{&now}, counted_ids{}};

    filled() {
        append("account-ann", opened{1});        // 1
        append("account-bob", opened{2});        // 2
        append("account-ann", deposited{100});   // 3
        append("audit", annotated{"checked"});   // 4
        append("account-bob", deposited{7});     // 5
        append("account-ann", withdrawn{30});    // 6
        append("account-ann", annotated{"ok"});  // 7
    }
    template <class E>
    void append(std::string_view stream, E event) {
        now += 1'000'000'000;
        REQUIRE(log.append(stream, annals::any_version, std::move(event)).has_value());
    }
    template <class Query>
    std::string seen_by(const Query& query) const {
        std::string seen;
        const auto  note = [&](const auto&, const annals::context& where) { seen += std::to_string(where.position.value); };
        const auto  read = log.read(query, annals::handlers{annals::otherwise(note)});
        REQUIRE(read.has_value());
        CHECK(read->count == seen.size());
        CHECK(read->position.value == (seen.empty() ? 0 : static_cast<std::uint64_t>(seen.back() - '0')));
        return seen;
    }
};

}  // namespace

TEST_CASE("queries select what they say, in order") {
    const filled bank;
    SECTION("the whole log") {
        CHECK(bank.seen_by(annals::whole_log()) == "1234567");
        CHECK(bank.seen_by(annals::whole_log().from(position{3})) == "34567");
        CHECK(bank.seen_by(annals::whole_log().to(position{3})) == "123");
        CHECK(bank.seen_by(annals::whole_log().from(position{3}).to(position{5})) == "345");
        CHECK(bank.seen_by(annals::whole_log().from(position{6}).to(position{5})).empty());
        CHECK(bank.seen_by(annals::whole_log().from(position{8})).empty());
        CHECK(bank.seen_by(annals::whole_log().limit(2)) == "12");
        CHECK(bank.seen_by(annals::whole_log().from(position{4}).limit(2)) == "45");
        CHECK(bank.seen_by(annals::whole_log().limit(0)).empty());
        CHECK(bank.seen_by(annals::whole_log().limit(100)) == "1234567");
        CHECK(bank.seen_by(annals::whole_log().backwards()) == "7654321");
        CHECK(bank.seen_by(annals::whole_log().backwards().from(position{2}).to(position{5})) == "5432");
        CHECK(bank.seen_by(annals::whole_log().backwards().limit(3)) == "765");
        CHECK(bank.seen_by(annals::whole_log().until(position{2})) == "12");
        CHECK(bank.seen_by(annals::whole_log().from(position{0})) == "1234567");
        CHECK(bank.seen_by(annals::whole_log().backwards().from(position{0})) == "7654321");
    }
    SECTION("one stream, by version") {
        CHECK(bank.seen_by(annals::stream("account-ann")) == "1367");
        CHECK(bank.seen_by(annals::stream("account-ann").from(version{2})) == "367");
        CHECK(bank.seen_by(annals::stream("account-ann").to(version{2})) == "13");
        CHECK(bank.seen_by(annals::stream("account-ann").from(version{2}).to(version{3})) == "36");
        CHECK(bank.seen_by(annals::stream("account-ann").limit(3)) == "136");
        CHECK(bank.seen_by(annals::stream("account-ann").backwards()) == "7631");
        CHECK(bank.seen_by(annals::stream("account-ann").backwards().limit(1)) == "7");
        CHECK(bank.seen_by(annals::stream("account-ann").backwards().from(version{2}).to(version{3})) == "63");
        CHECK(bank.seen_by(annals::stream("account-ann").until(position{5})) == "13");
        CHECK(bank.seen_by(annals::stream("account-ann").from(version{5})).empty());
        CHECK(bank.seen_by(annals::stream("account-ann").from(version{3}).to(version{2})).empty());
        CHECK(bank.seen_by(annals::stream("account-ann").until(position{0})).empty());
        CHECK(bank.seen_by(annals::stream("account")).empty());
        CHECK(bank.seen_by(annals::stream("nobody")).empty());
    }
    SECTION("a category, by position") {
        CHECK(bank.seen_by(annals::category("account")) == "123567");
        CHECK(bank.seen_by(annals::category("account").from(position{3}).to(position{6})) == "356");
        CHECK(bank.seen_by(annals::category("account").from(position{4}).limit(2)) == "56");
        CHECK(bank.seen_by(annals::category("account").backwards().to(position{5})) == "5321");
        CHECK(bank.seen_by(annals::category("audit")) == "4");
        CHECK(bank.seen_by(annals::category("account-ann")).empty());
    }
    SECTION("until a time, which is included") {
        const auto second = [](std::int64_t n) { return annals::timestamp{n * 1'000'000'000}; };
        CHECK(bank.seen_by(annals::whole_log().until(second(3))) == "123");
        CHECK(bank.seen_by(annals::whole_log().until(annals::timestamp{3'999'999'999})) == "123");
        CHECK(bank.seen_by(annals::whole_log().until(second(0))).empty());
        CHECK(bank.seen_by(annals::whole_log().until(second(7))) == "1234567");
        CHECK(bank.seen_by(annals::whole_log().until(second(99))) == "1234567");
        CHECK(bank.seen_by(annals::stream("account-ann").until(second(6))) == "136");
        CHECK(bank.seen_by(annals::category("account").backwards().until(second(5))) == "5321");
    }
}

TEST_CASE("a read answers with the stream's version, also of the last event that was not handled") {
    const filled bank;
    const auto   read = bank.log.read(annals::stream("account-ann"), annals::handlers{[](const opened&) {}, annals::otherwise()});
    CHECK(read->version == version{4});
    CHECK(read->count == 4);
    CHECK(bank.log.read(annals::stream("nobody"), annals::handlers{annals::otherwise()})->version == version{0});
}

TEST_CASE("a context tells everything that was said about an event") {
    filled           bank;
    annals::metadata about;
    about.event_ids   = {id_of(9)};
    about.correlation = id_of(10);
    about.causation   = id_of(11);
    about.actor       = "teller";
    about.values      = {{"branch", "north"}, {"desk", "4"}};
    bank.now          = 77;  // a clock that was set back
    REQUIRE(bank.log.append("account-ann", annals::any_version, about, deposited{1}).has_value());

    int seen = 0;
    REQUIRE(bank.log.read(annals::stream("account-ann").from(version{5}),
                          annals::handlers{annals::otherwise([&](const auto&, const annals::context& where) {
                              ++seen;
                              CHECK(where.stream == "account-ann");
                              CHECK(where.version == version{5});
                              CHECK(where.position == position{8});
                              CHECK(where.id == id_of(9));
                              CHECK(where.correlation == id_of(10));
                              CHECK(where.causation == id_of(11));
                              CHECK(where.actor == "teller");
                              REQUIRE(where.values.size() == 2);
                              REQUIRE(where.values.find("desk") != nullptr);
                              CHECK(*where.values.find("desk") == "4");
                              CHECK(where.values.find("floor") == nullptr);
                              // A log's time does not run backwards.
                              CHECK(where.time == annals::timestamp{7'000'000'000});
                          })})
                .has_value());
    CHECK(seen == 1);

    REQUIRE(bank.log.read(annals::whole_log().to(position{1}),
                          annals::handlers{annals::otherwise([&](const auto&, const annals::context& where) {
                              CHECK(where.actor.empty());
                              CHECK(where.values.size() == 0);
                              CHECK(where.correlation.is_nil());
                              CHECK(where.time == annals::timestamp{1'000'000'000});
                              CHECK(where.id.bytes[0] == 1);
                          })})
                .has_value());
}

struct stops {
    using events = bank::events;
    int  seen    = 0;
    void apply(const opened&) { ++seen; }
    void apply(const deposited&) { throw std::string("enough"); }
    void apply(const withdrawn&) { ++seen; }
    void apply(const annotated&) { ++seen; }
    void apply(const closed&) { ++seen; }
};

TEST_CASE("a handler that throws ends the read, and the reader has seen what came before") {
    const filled bank;
    stops state;
    CHECK_THROWS_AS(bank.log.read(annals::whole_log(), state), std::string);
    CHECK(state.seen == 2);
    stops of_stream;
    CHECK_THROWS_AS(bank.log.read(annals::stream("account-ann"), of_stream), std::string);
    CHECK(of_stream.seen == 1);
}

TEST_CASE("a handler may append to the log that it reads, and reads on as if it had not") {
    filled bank;
    int    seen = 0;
    REQUIRE(bank.log.read(annals::whole_log(), annals::handlers{annals::otherwise([&](const auto&) {
                              ++seen;
                              REQUIRE(bank.log.append("account-eve", annals::any_version, opened{3}).has_value());
                          })})
                .has_value());
    CHECK(seen == 7);
    CHECK(bank.log.head().value() == position{14});
}

TEST_CASE("reading into a projection goes on from the state that it has") {
    const filled bank;
    totals       state;
    REQUIRE(bank.log.read(annals::whole_log().to(position{3}), state).has_value());
    CHECK(state.balance == 100);
    REQUIRE(bank.log.read(annals::whole_log().from(position{4}), state).has_value());
    CHECK(state.balance == 77);
    CHECK(state.seen == 7);
}

TEST_CASE("several projections are one pass, and the same as one pass each") {
    struct deposits {
        using events = annals::events<deposited>;
        std::int64_t              sum = 0;
        std::vector<std::uint64_t> at;
        void apply(const deposited& e, const annals::context& where) { sum += e.cents, at.push_back(where.position.value); }
    };
    const filled bank;
    const auto   both = annals::replay<totals, deposits>(bank.log);
    REQUIRE(both.has_value());
    const auto& [all, only] = *both;
    CHECK(all.balance == 77);
    CHECK(only.sum == 107);
    CHECK(only.at == std::vector<std::uint64_t>{3, 5});
    CHECK(annals::replay<deposits>(bank.log, annals::stream("account-bob"))->sum == 7);
    CHECK(annals::replay<totals, deposits>(bank.log, annals::category("account").backwards()).has_value());
}

TEST_CASE("any stretch of a long log is what was appended there") {
    struct numbered {
        std::uint64_t number;
    };
    struct worded {
        std::string word;
    };
    annals::memory_log<annals::events<numbered, worded>> log;
    constexpr std::uint64_t                              count = 60'000;  // several blocks
    for (std::uint64_t i = 1; i <= count; ++i) {
        const std::string stream = "thing-" + std::to_string(i % 7);
        if (i % 3 == 0)
            REQUIRE(log.append(stream, annals::any_version, worded{std::to_string(i)}).has_value());
        else
            REQUIRE(log.append(stream, annals::any_version, numbered{i}).has_value());
    }
    for (std::uint64_t first = 1; first <= count; first += 997)
        for (const std::uint64_t length : {std::uint64_t{1}, std::uint64_t{500}, std::uint64_t{20'000}}) {
            std::uint64_t next = first;
            bool          same = true;
            REQUIRE(log.read(annals::whole_log().from(position{first}).limit(length),
                             annals::handlers{
                                 [&](const numbered& e) { same = same && e.number == next, ++next; },
                                 [&](const worded& e) { same = same && e.word == std::to_string(next), ++next; },
                             })
                        .has_value());
            CHECK(same);
            CHECK(next == std::min(first + length, count + 1));
        }
    for (int stream = 0; stream < 7; ++stream) {
        std::uint64_t seen = 0;
        bool          same = true;
        REQUIRE(log.read(annals::stream("thing-" + std::to_string(stream)).backwards(),
                         annals::handlers{annals::otherwise([&](const auto&, const annals::context& where) {
                             ++seen;
                             same = same && where.position.value % 7 == static_cast<std::uint64_t>(stream);
                         })})
                    .has_value());
        CHECK(same);
        CHECK(seen == (count + static_cast<std::uint64_t>(6 - (stream + 6) % 7)) / 7);
    }
}

TEST_CASE("The name of a stream is a category and an id", "[memory_log]") {
    STATIC_REQUIRE(annals::category_of("account-bob") == "account");
    STATIC_REQUIRE(annals::id_of("account-bob") == "bob");
    STATIC_REQUIRE(annals::id_of("account-bob-2") == "bob-2");
    STATIC_REQUIRE(annals::id_of("account-").empty());
    STATIC_REQUIRE(annals::id_of("account").empty());
    STATIC_REQUIRE(annals::id_of("").empty());
}

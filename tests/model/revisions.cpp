// Old shapes of an event live beside today's, and readers see only what they became.
#include "catch.hpp"

#include <annals/annals.hpp>
#include <annals/testing/given.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <type_traits>
#include <variant>
#include <vector>

namespace shop {

struct opened {
    int customer;
};

// A payment was in euros, then in cents, then it said from which branch.
struct paid_v1 {
    int euros;
};
struct paid_v2 {
    std::int64_t cents;
};
struct paid {
    std::int64_t cents;
    int          branch;
};
constexpr paid_v2 upcast(const paid_v1& old) { return {old.euros * std::int64_t{100}}; }
constexpr paid    upcast(const paid_v2& old) { return {old.cents, 1}; }

struct refunded {
    std::int64_t cents;
};

// What was one event became two.
struct settled_v1 {
    std::int64_t in, out;
};
struct settled {
    int by;
};
constexpr std::tuple<paid, refunded, settled> upcast(const settled_v1& old) {
    return {paid{old.in, 2}, refunded{old.out}, settled{7}};
}

// What was once logged for nothing is dropped, sometimes or always.
struct viewed_v1 {
    int seconds;
};
struct viewed {
    int seconds;
};
constexpr std::optional<viewed> upcast(const viewed_v1& old) {
    if (old.seconds < 5) return std::nullopt;
    return viewed{old.seconds};
}
struct clicked_v1 {
    int x;
};
struct clicked {
    int x;
};
constexpr void upcast(const clicked_v1&) {}

// What was told apart by a flag became two events.
struct moved_v1 {
    std::int64_t cents;
};
struct moved {
    std::int64_t cents;
};
constexpr std::variant<paid, refunded> upcast(const moved_v1& old) {
    if (old.cents < 0) return refunded{-old.cents};
    return paid{old.cents, 3};
}

// Of retired events one is gone, and one lives on in others.
struct flagged {
    std::string why;
};
struct paid_many {
    int times;
};
namespace before {
struct flagged {
    int code;
};
}  // namespace before
inline std::vector<paid> upcast(const paid_many& old) {
    return std::vector<paid>(static_cast<std::size_t>(old.times), paid{1, 4});
}

using annals::revisions;
using payments = annals::events<revisions<paid_v1, paid_v2, paid>, refunded>;
using events   = annals::events<opened, payments, annals::retired<revisions<before::flagged, flagged>, paid_many>,
                              revisions<settled_v1, settled>, revisions<viewed_v1, viewed>, revisions<clicked_v1, clicked>,
                              revisions<moved_v1, moved>>;

struct till {
    using events = shop::events;

    std::int64_t     cents = 0;
    std::int64_t     seen  = 0;
    std::vector<int> branches;

    constexpr void apply(const opened&) { ++seen; }
    constexpr void apply(const paid& e) { cents += e.cents, branches.push_back(e.branch), ++seen; }
    constexpr void apply(const refunded& e) { cents -= e.cents, ++seen; }
    constexpr void apply(const settled&) { ++seen; }
    constexpr void apply(const viewed&) { ++seen; }
    constexpr void apply(const clicked&) { ++seen; }
    constexpr void apply(const moved&) { ++seen; }
};

// A list is of what is written today; what is stored is more.
static_assert(std::is_same_v<annals::flat<events>, annals::events<opened, paid, refunded, settled, viewed, clicked, moved>>);
static_assert(std::is_same_v<annals::stored<events>,
                             annals::events<opened, paid_v1, paid_v2, paid, refunded, before::flagged, flagged, paid_many,
                                            settled_v1, settled, viewed_v1, viewed, clicked_v1, clicked, moved_v1, moved>>);
static_assert(events::size == 7);
static_assert(std::is_same_v<events::variant, std::variant<opened, paid, refunded, settled, viewed, clicked, moved>>);
static_assert(annals::contains<events, paid> && !annals::contains<events, paid_v1> && !annals::contains<events, flagged>);
static_assert(std::is_same_v<annals::stored<annals::events<opened, refunded>>, annals::events<opened, refunded>>);
static_assert(std::is_same_v<annals::stored<annals::join<payments, annals::events<opened>>>,
                             annals::events<paid_v1, paid_v2, paid, refunded, opened>>);
static_assert(annals::event_name<paid_v1>() == "paid_v1");

// The rules of the domain hold for old histories too, and the compiler proves it.
struct balance {
    using events  = annals::events<payments>;
    using ignores = annals::difference<shop::events, payments>;

    std::int64_t cents = 0;

    constexpr void apply(const paid& e) { cents += e.cents; }
    constexpr void apply(const refunded& e) { cents -= e.cents; }
};
static_assert(annals::replay<balance>(paid_v1{3}, paid_v2{50}, paid{7, 1}).cents == 357);
static_assert(annals::projection<balance> && annals::projection<till>);

}  // namespace shop

using namespace shop;

TEST_CASE("each upcast in a chain is taken, one after the other") {
    const till state = annals::replay<till>(paid_v1{3}, paid_v2{50}, paid{7, 9});
    CHECK(state.cents == 357);
    CHECK(state.branches == std::vector{1, 1, 9});
}

TEST_CASE("an event can be split into several, in their order") {
    const till state = annals::replay<till>(settled_v1{100, 30});
    CHECK(state.cents == 70);
    CHECK(state.seen == 3);
    CHECK(state.branches == std::vector{2});
}

TEST_CASE("an event can be dropped, sometimes or always") {
    CHECK(annals::replay<till>(viewed_v1{4}).seen == 0);
    CHECK(annals::replay<till>(viewed_v1{5}).seen == 1);
    CHECK(annals::replay<till>(clicked_v1{1}, clicked{1}).seen == 1);
}

TEST_CASE("an event can become one of several") {
    CHECK(annals::replay<till>(moved_v1{5}).cents == 5);
    CHECK(annals::replay<till>(moved_v1{-5}).cents == -5);
}

TEST_CASE("a retired event is passed by, or lives on in others") {
    CHECK(annals::replay<till>(flagged{"why"}).seen == 0);
    CHECK(annals::replay<till>(before::flagged{1}).seen == 0);
    CHECK(annals::replay<till>(paid_many{3}).branches == std::vector{4, 4, 4});
    CHECK(annals::replay<till>(paid_many{0}).seen == 0);
}

TEST_CASE("a log that holds old events hands on what became of them") {
    annals::memory_log<events> log;
    static_assert(annals::event_log<decltype(log)>);
    REQUIRE(log.append("till-1", annals::no_stream, opened{1}, annals::historic(paid_v1{3}),
                       annals::historic(settled_v1{100, 30}), annals::historic(flagged{"fraud"}),
                       annals::historic(viewed_v1{1}), paid{7, 9})
                .has_value());

    const auto state = annals::replay<till>(log);
    REQUIRE(state.has_value());
    CHECK(state->cents == 300 + 70 + 7);
    CHECK(state->branches == std::vector{1, 2, 9});

    SECTION("the pieces of a split event share its context") {
        std::vector<std::uint64_t> versions;
        int                        others = 0;
        const auto                 read   = log.read(
                              annals::stream("till-1"),
                              annals::handlers{[&](const paid&, const annals::context& where) { versions.push_back(where.version.value); },
                             [&](const refunded&, const annals::context& where) { versions.push_back(where.version.value); },
                             annals::otherwise([&](const auto&) { ++others; })});
        REQUIRE(read.has_value());
        CHECK(read->count == 6);
        CHECK(read->version == annals::version{6});
        CHECK(versions == std::vector<std::uint64_t>{2, 3, 3, 6});
        CHECK(others == 2);  // opened and settled: no old event is handed to a catch-all
    }
    SECTION("backwards and limited too") {
        till       last;
        const auto read = log.read(annals::whole_log().backwards().limit(4), last);
        REQUIRE(read.has_value());
        CHECK(read->count == 4);
        CHECK(last.branches == std::vector{9, 2});
    }
    SECTION("several projections at once") {
        const auto both = annals::replay<till, balance>(log);
        REQUIRE(both.has_value());
        CHECK(std::get<0>(*both).cents == std::get<1>(*both).cents);
    }
}

namespace {
int upcasts = 0;

struct counted_v1 {
    int n;
};
struct counted {
    int n;
};
counted upcast(const counted_v1& old) {
    ++upcasts;
    return {old.n};
}
struct other {};
struct only_others {
    using events = annals::events<other>;

    int seen = 0;

    void apply(const other&) { ++seen; }
};
struct counts {
    using events = annals::events<counted>;

    int sum = 0;

    void apply(const counted& e) { sum += e.n; }
};
}  // namespace

TEST_CASE("what a reader does not read is not upcast") {
    annals::memory_log<annals::events<other, annals::revisions<counted_v1, counted>>> log;
    REQUIRE(log.append("s", annals::no_stream, other{}, annals::historic(counted_v1{5})).has_value());
    upcasts = 0;
    CHECK(annals::replay<only_others>(log)->seen == 1);
    CHECK(upcasts == 0);
    CHECK(annals::replay<counts>(log)->sum == 5);
    CHECK(upcasts == 1);
}

TEST_CASE("old events are moved into a log, and destroyed with it") {
    auto log = std::make_unique<annals::memory_log<events>>();
    REQUIRE(log->append("s", annals::no_stream, annals::historic(flagged{std::string(100, 'x')})).has_value());
    const annals::historic<flagged> kept(flagged{std::string(100, 'y')});
    REQUIRE(log->append("s", annals::any_version, kept).has_value());
    CHECK(kept.event.why.size() == 100);
    CHECK(log->head()->value == 2);
}

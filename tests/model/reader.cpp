// What may read a source that holds a closed list: projections, handlers, several projections at once.
#include "catch.hpp"

#include <annals/model/reader.hpp>

#include <cstdint>
#include <string>
#include <tuple>
#include <type_traits>

namespace {

struct opened {};
struct deposited {
    std::int64_t cents;
};
struct withdrawn {
    std::int64_t cents;
};
struct closed {};
struct shipped {};

using held = annals::events<opened, annals::events<deposited, withdrawn>, closed>;

struct balance {
    using events = annals::events<deposited, withdrawn>;

    std::int64_t cents = 0;

    constexpr void apply(const deposited& e) { cents += e.cents; }
    constexpr void apply(const withdrawn& e) { cents -= e.cents; }
};
struct lifetimes {
    using events = annals::events<opened, closed>;

    std::string seen;

    void apply(const opened&) { seen += 'o'; }
    void apply(const closed&, const annals::context& where) { seen += std::to_string(where.version.value); }
};
struct busyness {
    using events = annals::events<opened, deposited>;

    int count = 0;

    constexpr void apply(const opened&) { ++count; }
    constexpr void apply(const deposited&) { ++count; }
};
struct strict_balance : balance {
    using ignores = annals::events<opened, closed>;
};
struct forgetful_balance : balance {
    using ignores = annals::events<opened>;
};
struct generous_balance : balance {
    using ignores = annals::events<opened, closed, shipped>;
};
struct shipments {
    using events = annals::events<shipped, deposited>;
    void apply(const shipped&);
    void apply(const deposited&);
};
struct broken {
    using events = annals::events<opened>;
};

template <class Held, class Reader>
using verdict_of = decltype(annals::detail::judge_reading<Held, Reader>());
template <class Held, class Reader>
inline constexpr bool may_read = annals::detail::is_sound<verdict_of<Held, Reader>>;
template <class Held, class Reader, class Mistake>
inline constexpr bool is_told = std::is_same_v<verdict_of<Held, Reader>, Mistake>;

using annals::fused;
using annals::handlers;
using annals::otherwise;

// One projection.
static_assert(may_read<held, balance> && may_read<held, lifetimes> && may_read<held, strict_balance>);
static_assert(is_told<held, forgetful_balance,
                      annals::event_neither_handled_nor_ignored<forgetful_balance, annals::events<closed>>>);
static_assert(is_told<held, shipments, annals::event_that_the_log_never_holds<shipments, annals::events<shipped>>>);
static_assert(is_told<held, broken, annals::event_without_apply<broken, annals::events<opened>>>);
static_assert(may_read<annals::events<>, fused<>> && !may_read<annals::events<>, balance>);
// What is ignored need not be there: several sources may share the projection.
static_assert(may_read<held, generous_balance>);
// A source whose own list is no good is told first.
static_assert(is_told<annals::events<opened, opened>, balance, annals::type_listed_more_than_once<annals::events<opened>>>);

// Handlers decide on all that there is, unless they have a catch-all.
template <class... Handler>
constexpr bool may_handle(const handlers<Handler...>&) {
    return may_read<held, handlers<Handler...>>;
}
static_assert(may_handle(handlers{[](const opened&) {}, [](const closed&) {}, [](deposited) {}, [](withdrawn) {}}));
static_assert(!may_handle(handlers{[](const opened&) {}, [](const closed&) {}, [](deposited) {}}));
static_assert(may_handle(handlers{[](const opened&) {}, otherwise()}));
static_assert(may_handle(handlers{otherwise([](const auto&) {})}));
static_assert(!may_handle(handlers{[](const shipped&) {}, otherwise()}));
static_assert(!may_handle(handlers{[](const auto&) {}, otherwise()}));

// Several at once: the first mistake counts.
static_assert(may_read<held, fused<balance, lifetimes, busyness>>);
static_assert(is_told<held, fused<balance, shipments, forgetful_balance>, verdict_of<held, shipments>>);
static_assert(is_told<held, fused<balance, forgetful_balance, shipments>, verdict_of<held, forgetful_balance>>);

// Who reads what.
using annals::detail::reads;
static_assert(reads<balance, deposited> && !reads<balance, opened>);
static_assert(reads<fused<balance, lifetimes>, deposited> && reads<fused<balance, lifetimes>, closed>);
static_assert(!reads<fused<balance, busyness>, closed> && !reads<fused<>, closed>);
static_assert(!reads<strict_balance, opened>);

constexpr auto at_version_3 = [] {
    annals::context where;
    where.version = annals::version{3};
    return where;
};

}  // namespace

TEST_CASE("several projections each get the events that they list, in one pass") {
    fused<balance, lifetimes, busyness> reader;
    annals::detail::deliver(reader, opened{}, at_version_3);
    annals::detail::deliver(reader, deposited{7}, at_version_3);
    annals::detail::deliver(reader, withdrawn{2}, at_version_3);
    annals::detail::deliver(reader, closed{}, at_version_3);
    const auto& [cents, seen, count] = reader.states;
    CHECK(cents.cents == 5);
    CHECK(seen.seen == "o3");
    CHECK(count.count == 2);
}

TEST_CASE("an event is delivered to handlers as to a projection") {
    std::int64_t sum    = 0;
    auto         reader = handlers{[&](const deposited& e) { sum += e.cents; }, otherwise([&](const auto&) { sum += 1000; })};
    annals::detail::deliver(reader, deposited{5}, at_version_3);
    annals::detail::deliver(reader, closed{}, at_version_3);
    CHECK(sum == 1005);
}

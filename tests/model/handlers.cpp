// `handlers{…}`: a reader made from functions.
#include "catch.hpp"

#include <annals/model/reader.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>

namespace {

struct opened {};
struct deposited {
    std::int64_t cents;
};
struct annotated {
    std::string note;
};
struct closed {};

using annals::handlers;
using annals::otherwise;

constexpr auto at_version_7 = [] {
    annals::context where;
    where.version = annals::version{7};
    return where;
};

template <class Handlers>
using events_of = typename std::remove_cvref_t<Handlers>::events;
template <class Handlers>
constexpr bool sound(const Handlers&) {
    return annals::detail::is_sound<decltype(Handlers::judge())>;
}

void          deposit_freely(const deposited&) {}
std::int64_t  sum_of_all = 0;
void          add_to_all(const deposited& e) noexcept { sum_of_all += e.cents; }

struct adder {
    std::int64_t sum = 0;
    void         operator()(const deposited& e) { sum += e.cents; }
};
struct two_in_one {
    void operator()(const deposited&) const;
    void operator()(const closed&) const;
};

template <class Handler>
inline constexpr bool is_clear = !annals::detail::is_unclear<Handler>;

// The event that a handler takes is read off its one signature.
static_assert(std::is_same_v<annals::detail::event_of_handler<adder>, deposited>);
static_assert(std::is_same_v<annals::detail::event_of_handler<void (*)(const deposited&)>, deposited>);
static_assert(std::is_same_v<annals::detail::event_of_handler<void (*)(closed) noexcept>, closed>);
static_assert(is_clear<decltype([](const deposited&) {})> && is_clear<decltype([](deposited) {})>);
static_assert(is_clear<decltype([](const deposited&) noexcept {})>);
static_assert(is_clear<decltype([](const deposited&) mutable noexcept {})>);
static_assert(is_clear<decltype([](const deposited&, const annals::context&) { return 5; })>);
static_assert(is_clear<decltype([](const deposited&, annals::context) {})>);
static_assert(!is_clear<decltype([](const auto&) {})> && !is_clear<decltype([](auto&&...) {})>);
static_assert(!is_clear<decltype([](deposited&) {})> && !is_clear<decltype([](deposited&&) {})>);
static_assert(!is_clear<decltype([](const deposited&, annals::context&) {})> && !is_clear<decltype([] {})>);
static_assert(!is_clear<decltype([](const deposited&, int) {})>);
static_assert(!is_clear<decltype([](const deposited&, const annals::context&, int) {})>);
static_assert(!is_clear<two_in_one> && !is_clear<int> && !is_clear<deposited>);

}  // namespace

TEST_CASE("handlers list the events of their functions, in the order given") {
    const auto some = handlers{[](const closed&) {}, [](opened, const annals::context&) {}, &deposit_freely};
    CHECK(std::is_same_v<events_of<decltype(some)>, annals::events<closed, opened, deposited>>);
    CHECK(sound(some));
    CHECK_FALSE(some.has_otherwise);
    CHECK_FALSE(some.reads_the_rest);

    const auto most = handlers{otherwise([](const auto&) {}), [](const opened&) {}};
    CHECK(std::is_same_v<events_of<decltype(most)>, annals::events<opened>>);
    CHECK(sound(most));
    CHECK(most.has_otherwise);
    CHECK(most.reads_the_rest);

    const auto few = handlers{[](const opened&) {}, otherwise()};
    CHECK(sound(few));
    CHECK(few.has_otherwise);
    CHECK_FALSE(few.reads_the_rest);

    const auto none = handlers{};
    CHECK(std::is_same_v<events_of<decltype(none)>, annals::events<>>);
    CHECK(sound(none));
}

namespace {
// The mistake names the handlers that are unclear, and no others.
constexpr auto for_all  = [](const auto&) {};
constexpr auto for_open = [](const opened&) {};
using unclear_and_clear = handlers<decltype(for_open), decltype(for_all)>;
static_assert(std::is_same_v<decltype(unclear_and_clear::judge()),
                             annals::handler_takes_no_single_event<annals::detail::type_list<decltype(for_all)>>>);
}  // namespace

TEST_CASE("handlers are refused when their event is unclear, taken twice, or left to two catch-alls") {
    CHECK_FALSE(sound(handlers{[](const auto&) {}, [](const opened&) {}}));
    CHECK_FALSE(sound(handlers{[](const opened&) {}, [](opened) {}}));
    CHECK_FALSE(sound(handlers{[](int) {}}));
    CHECK_FALSE(sound(handlers{otherwise(), [](const opened&) {}, otherwise([](const auto&) {})}));
    CHECK_FALSE(sound(handlers{otherwise(), otherwise()}));
}

TEST_CASE("each event goes to its own handler, with its context if that asks for it") {
    std::int64_t  sum     = 0;
    std::uint64_t version = 0;
    std::string   notes;
    auto          reader = handlers{
        [&](const annotated& e) { notes += e.note; },
        [&](const deposited& e, const annals::context& where) { sum += e.cents, version = where.version.value; },
        [&](opened) { notes += '!'; },
    };
    reader.handle(deposited{5}, at_version_7);
    CHECK((sum == 5 && version == 7 && notes.empty()));
    reader.handle(annotated{"late"}, at_version_7);
    reader.handle(opened{}, at_version_7);
    CHECK(notes == "late!");
}

TEST_CASE("the context is made only for the lambda that asks for it") {
    int        made   = 0;
    const auto where  = [&] { return ++made, annals::context{}; };
    auto       reader = handlers{[](const opened&) {}, otherwise([](const auto&, const annals::context&) {})};
    reader.handle(opened{}, where);
    CHECK(made == 0);
    reader.handle(closed{}, where);
    CHECK(made == 1);
}

TEST_CASE("what has no handler of its own goes to the catch-all, as its own type") {
    std::string seen;
    auto        reader = handlers{
        otherwise([&]<class E>(const E&) { seen += std::is_same_v<E, closed> ? 'c' : std::is_same_v<E, deposited> ? 'd' : '?'; }),
        [&](const opened&) { seen += 'o'; },
    };
    reader.handle(closed{}, at_version_7);
    reader.handle(opened{}, at_version_7);
    reader.handle(deposited{1}, at_version_7);
    CHECK(seen == "cod");
    CHECK(annals::detail::reads<decltype(reader), closed>);
    CHECK(annals::detail::reads<decltype(reader), opened>);
    CHECK_FALSE(annals::detail::reads<handlers<decltype(otherwise()), adder>, closed>);
    CHECK(annals::detail::reads<handlers<decltype(otherwise()), adder>, deposited>);
}

TEST_CASE("handlers keep their own state: mutable lambdas, function objects, captures that only move") {
    std::int64_t sum    = 0;
    auto         reader = handlers{
        [&sum, each = std::int64_t{0}](const deposited&) mutable { sum += ++each; },
        [owned = std::make_unique<std::int64_t>(100), &sum](const opened&) { sum += *owned; },
        adder{},
        otherwise([count = 0, &sum](const auto&) mutable { sum += 1000 * ++count; }),
    };
    CHECK_FALSE(sound(reader));  // deposited has two handlers
    auto good = handlers{
        [&sum, each = std::int64_t{0}](const deposited&) mutable { sum += ++each; },
        [owned = std::make_unique<std::int64_t>(100), &sum](const opened&) { sum += *owned; },
        otherwise([count = 0, &sum](const auto&) mutable { sum += 1000 * ++count; }),
    };
    CHECK(sound(good));
    good.handle(deposited{}, at_version_7);
    good.handle(deposited{}, at_version_7);
    CHECK(sum == 3);
    good.handle(opened{}, at_version_7);
    CHECK(sum == 103);
    good.handle(closed{}, at_version_7);
    good.handle(closed{}, at_version_7);
    CHECK(sum == 3103);
}

TEST_CASE("functions and function objects are handlers like lambdas; what they return is ignored") {
    auto reader = handlers{&add_to_all, [](const closed&) { return 5; }};
    reader.handle(deposited{4}, at_version_7);
    reader.handle(closed{}, at_version_7);
    CHECK(sum_of_all == 4);
    auto single = handlers{adder{}};
    single.handle(deposited{4}, at_version_7);
    CHECK(std::is_same_v<events_of<decltype(single)>, annals::events<deposited>>);
}

namespace {
constexpr std::int64_t summed = [] {
    std::int64_t sum    = 0;
    auto         reader = handlers{[&](const deposited& e) { sum += e.cents; }, otherwise([&](const auto&) { sum *= 2; })};
    reader.handle(deposited{5}, at_version_7);
    reader.handle(closed{}, at_version_7);
    return sum;
}();
static_assert(summed == 10);
}  // namespace

TEST_CASE("handlers that are const, for they are kept for later, read as others do") {
    std::string notes;
    const auto  reader = handlers{[&](const annotated& e) { notes += e.note; }, otherwise([&](const auto&) { notes += '!'; })};
    reader.handle(annotated{"late"}, at_version_7);
    reader.handle(opened{}, at_version_7);
    CHECK(notes == "late!");
}

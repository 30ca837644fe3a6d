// What a command yields: events, nothing, or a refusal.
#include "catch.hpp"

#include <annals/model/decision.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <type_traits>
#include <utility>

namespace {

struct opened {
    std::uint32_t customer;
};
struct deposited {
    std::int64_t cents;
};
struct withdrawn {
    std::int64_t cents;
};
struct closed {};
struct alignas(64) sealed {
    char letter;
};
enum class refusal { not_open, overdrawn };
struct shortfall {
    std::int64_t cents;
};

using annals::decision;
using annals::emit;
using annals::events;
using annals::nothing;
using annals::refuse;

using paid_out = decision<events<withdrawn, closed>, refusal>;

// A number that tells which events were yielded, in order: a digit for each type, followed by its cents.
template <class Decision>
constexpr std::int64_t digits(const Decision& decided) {
    std::int64_t sum = 0;
    decided.for_each([&]<class E>(const E& event) {
        if constexpr (std::is_same_v<E, deposited>) sum = sum * 100 + 10 + event.cents;
        if constexpr (std::is_same_v<E, withdrawn>) sum = sum * 100 + 20 + event.cents;
        if constexpr (std::is_same_v<E, closed>) sum = sum * 100 + 90;
    });
    return sum;
}

// Events.
constexpr paid_out one = withdrawn{5};
static_assert(one.size() == 1 && !one.is_refused() && one.refusal_reason() == nullptr && digits(one) == 25);
constexpr paid_out two = emit(withdrawn{5}, closed{});
static_assert(two.size() == 2 && !two.is_refused() && digits(two) == 2590);
static_assert(digits(paid_out(emit(closed{}, withdrawn{5}))) == 9025);
static_assert(digits(paid_out(emit(withdrawn{1}, withdrawn{2}, withdrawn{3}, withdrawn{4}))) == 21222324);
static_assert(digits(paid_out(emit(closed{}))) == 90);

// Nothing.
constexpr paid_out none = nothing;
static_assert(none.size() == 0 && !none.is_refused() && none.refusal_reason() == nullptr && digits(none) == 0);
static_assert(decision<events<>>(nothing).size() == 0);
static_assert(paid_out(emit()).size() == 0);

// A refusal.
constexpr paid_out turned_away = refuse(refusal::overdrawn);
static_assert(turned_away.is_refused() && turned_away.size() == 0 && digits(turned_away) == 0);
static_assert(*turned_away.refusal_reason() == refusal::overdrawn);
constexpr decision<withdrawn, shortfall> short_of_cash = refuse(shortfall{7});
static_assert(short_of_cash.is_refused() && short_of_cash.refusal_reason()->cents == 7);
static_assert(!decision<deposited>(deposited{1}).is_refused());
// A refusal that is itself a number is no event.
static_assert(decision<withdrawn, int>(refuse(3)).is_refused());
static_assert(!std::is_constructible_v<decision<withdrawn, int>, int>);

// The types that it names.
static_assert(std::is_same_v<decision<deposited>::events, events<deposited>>);
static_assert(std::is_same_v<decision<events<deposited, events<closed>>>::events, events<deposited, closed>>);
static_assert(std::is_same_v<paid_out::refusal, refusal> && std::is_same_v<decision<deposited>::refusal, annals::no_refusal>);
static_assert(annals::no_refusal{} == annals::no_refusal{});

// Its room: for four events, or one of each type, or as many as it says.
static_assert(decision<deposited>::capacity == 4 && decision<events<>>::capacity == 4);
template <std::size_t>
struct numbered {};
static_assert(decision<events<numbered<0>, numbered<1>, numbered<2>, numbered<3>, numbered<4>>>::capacity == 5);
static_assert(decision<deposited, refusal, 1>::capacity == 1);
using single = decision<deposited, refusal, 1>;
using dozen  = decision<deposited, refusal, 12>;
static_assert(single(deposited{3}).size() == 1 && sizeof(single) < sizeof(decision<deposited, refusal>));
static_assert(dozen(emit(deposited{1}, deposited{2}, deposited{3}, deposited{4}, deposited{5})).size() == 5);

// As wide as its widest event, as aligned as its strictest.
static_assert(sizeof(decision<events<closed, deposited>>) == sizeof(decision<deposited>));
static_assert(alignof(decision<sealed>) == 64 && alignof(decision<deposited>) == alignof(std::int64_t));

// From a decision over fewer types, or with less room; not the other way.
using narrow = decision<withdrawn, refusal>;
using wide   = decision<events<opened, closed, deposited, withdrawn>, refusal>;
static_assert(digits(paid_out(narrow(withdrawn{5}))) == 25);
static_assert(digits(wide(paid_out(emit(withdrawn{5}, closed{}, withdrawn{6})))) == 259026);
static_assert(wide(paid_out(nothing)).size() == 0 && !wide(paid_out(nothing)).is_refused());
static_assert(*wide(paid_out(refuse(refusal::not_open))).refusal_reason() == refusal::not_open);
static_assert(digits(dozen(single(deposited{7}))) == 17);
static_assert(std::is_convertible_v<narrow, wide> && std::is_convertible_v<decision<events<>, refusal>, wide>);
static_assert(!std::is_constructible_v<narrow, paid_out> && !std::is_constructible_v<single, dozen>);
static_assert(!std::is_constructible_v<wide, decision<withdrawn, shortfall>>);
static_assert(digits(wide(decision<withdrawn>(withdrawn{5}))) == 25);
static_assert(std::is_convertible_v<decision<events<deposited, closed>>, decision<events<closed, deposited>>>);

// Events that are visited for change.
static_assert([] {
    paid_out decided = emit(withdrawn{5}, withdrawn{6});
    decided.for_each([]<class E>(E& event) {
        if constexpr (std::is_same_v<E, withdrawn>) ++event.cents;
    });
    return digits(decided);
}() == 2627);

// Copies.
static_assert(digits(paid_out(two)) == 2590 && paid_out(turned_away).is_refused());

// As a function returns it.
constexpr decision<withdrawn, refusal> withdraw(std::int64_t balance, std::int64_t cents) {
    if (cents == 0) return nothing;
    if (cents > balance) return refuse(refusal::overdrawn);
    return withdrawn{cents};
}
constexpr paid_out pay_out(std::int64_t balance, std::int64_t cents) {
    if (balance == cents) return emit(withdrawn{cents}, closed{});
    return withdraw(balance, cents);
}
static_assert(pay_out(9, 0).size() == 0 && pay_out(9, 10).is_refused());
static_assert(digits(pay_out(9, 8)) == 28 && digits(pay_out(9, 9)) == 2990);

}  // namespace

TEST_CASE("events of a decision are visited in the order in which they were emitted, each as its own type") {
    const paid_out decided = emit(closed{}, withdrawn{1}, closed{}, withdrawn{2});
    CHECK(digits(decided) == 90219022);
    const wide wider = decided;
    CHECK(digits(wider) == 90219022);
}

TEST_CASE("aligned events stand aligned") {
    const decision<events<sealed, closed>> decided = emit(sealed{'a'}, closed{}, sealed{'b'});
    int                                    seen    = 0;
    decided.for_each([&](const auto& event) {
        if constexpr (std::is_same_v<decltype(event), const sealed&>) {
            CHECK(reinterpret_cast<std::uintptr_t>(&event) % 64 == 0);
            ++seen;
        }
    });
    CHECK(seen == 2);
}

// given(events).when(command).emits(events): what holds, and what does not.
#include "catch.hpp"

#include <annals/testing/given.hpp>

#include <cstdint>
#include <string>
#include <type_traits>
#include <vector>

namespace {

struct opened {
    std::uint32_t customer;
};
struct deposited {
    std::int64_t cents;
};
struct withdrawn {
    std::int64_t cents;
    std::int64_t fee;
};
struct closed {};
struct annotated {
    std::string              note;
    std::vector<std::string> tags;
};

struct open_account {
    std::uint32_t customer;
};
struct withdraw_cash {
    std::int64_t cents;
};
struct close_account {};
struct annotate {
    std::string note;
};

enum class reason { not_open, already_open };
struct refusal {
    reason       why;
    std::int64_t missing = 0;
};

struct account {
    using events   = annals::events<opened, deposited, withdrawn, closed, annotated>;
    using commands = annals::commands<open_account, withdraw_cash, close_account, annotate>;

    bool         is_open = false;
    std::int64_t balance = 0;

    constexpr void apply(const opened&) { is_open = true; }
    constexpr void apply(const deposited& e) { balance += e.cents; }
    constexpr void apply(const withdrawn& e) { balance -= e.cents + e.fee; }
    constexpr void apply(const closed&) { is_open = false; }
    constexpr void apply(const annotated&) {}

    constexpr annals::decision<opened, refusal> decide(const open_account& c) const {
        if (is_open) return annals::refuse(refusal{reason::already_open});
        return opened{c.customer};
    }
    constexpr annals::decision<withdrawn, refusal> decide(const withdraw_cash& c) const {
        if (!is_open) return annals::refuse(refusal{reason::not_open, c.cents});
        if (c.cents == 0) return annals::nothing;
        return withdrawn{c.cents, 1};
    }
    constexpr annals::decision<annals::events<withdrawn, closed>, refusal> decide(const close_account&) const {
        if (balance > 0) return annals::emit(withdrawn{balance, 0}, closed{});
        return closed{};
    }
    annals::decision<annotated> decide(const annotate& c) const { return annotated{c.note, {"by hand"}}; }
};

using annals::given;

// In the compiler. Events are compared field by field, though they have no ==.
static_assert(given<account>().when(open_account{7}).emits(opened{7}));
static_assert(!given<account>().when(open_account{7}).emits(opened{8}));
static_assert(given<account>(opened{}, deposited{100}).when(withdraw_cash{30}).emits(withdrawn{30, 1}));
static_assert(!given<account>(opened{}, deposited{100}).when(withdraw_cash{30}).emits(withdrawn{30, 2}));

// Several: all of them, in their order, no more and no less.
constexpr auto closing = given<account>(opened{}, deposited{5}).when(close_account{});
static_assert(closing.emits(withdrawn{5, 0}, closed{}));
static_assert(!closing.emits(closed{}, withdrawn{5, 0}));
static_assert(!closing.emits(withdrawn{5, 0}) && !closing.emits(closed{}) && !closing.emits());
static_assert(!closing.emits(withdrawn{5, 0}, closed{}, closed{}));
static_assert(!closing.emits(withdrawn{5, 0}, withdrawn{5, 0}) && !closing.emits(deposited{5}, closed{}));

// None.
static_assert(given<account>(opened{}).when(withdraw_cash{0}).emits());
static_assert(!given<account>(opened{}).when(withdraw_cash{0}).emits(withdrawn{0, 1}));
static_assert(!given<account>(opened{}).when(withdraw_cash{0}).refuses({reason::not_open}));

// A refusal: for the same reason, field by field.
constexpr auto too_early = given<account>().when(withdraw_cash{30});
static_assert(too_early.refuses({reason::not_open, 30}));
static_assert(!too_early.refuses({reason::not_open, 31}) && !too_early.refuses({reason::already_open, 30}));
static_assert(!too_early.emits(withdrawn{30, 1}) && !too_early.emits());
static_assert(given<account>(opened{}).when(open_account{}).refuses({.why = reason::already_open}));
static_assert(!given<account>(opened{}).when(withdraw_cash{3}).refuses({reason::not_open, 3}));

// The state before and after.
static_assert(given<account>(opened{}, deposited{5}).state().balance == 5);
static_assert(closing.state().balance == 0 && !closing.state().is_open);
static_assert(given<account>(opened{}, deposited{100}).when(withdraw_cash{30}).state().balance == 69);
static_assert(given<account>(opened{}, deposited{100}).when(open_account{}).state().balance == 100);
static_assert(!given<account>().state().is_open);

// The decision itself.
static_assert(closing.decision().size() == 2 && too_early.decision().is_refused());

// What a test found is not mistaken for a number.
static_assert(std::is_constructible_v<bool, decltype(closing.emits())> && !std::is_convertible_v<decltype(closing.emits()), bool>);

}  // namespace

TEST_CASE("a rule is tested at run time as in the compiler") {
    std::int64_t cents = 30;
    CHECK(given<account>(opened{}, deposited{100}).when(withdraw_cash{cents}).emits(withdrawn{cents, 1}));
    CHECK_FALSE(given<account>(opened{}).when(withdraw_cash{cents}).emits(withdrawn{cents, 2}));
    CHECK(given<account>().when(withdraw_cash{cents}).refuses({reason::not_open, cents}));
}

TEST_CASE("events that own memory are compared by what they hold") {
    const auto noted = given<account>().when(annotate{"a note too long for a small buffer to hold it"});
    CHECK(noted.emits(annotated{"a note too long for a small buffer to hold it", {"by hand"}}));
    CHECK_FALSE(noted.emits(annotated{"a note too long for a small buffer to hold it", {"by hand", "twice"}}));
    CHECK_FALSE(noted.emits(annotated{"another", {"by hand"}}));
    CHECK(noted.state().balance == 0);
}

TEST_CASE("a test's steps can be kept and asked again") {
    const auto rich = given<account>(opened{}, deposited{100});
    CHECK(rich.when(withdraw_cash{30}).emits(withdrawn{30, 1}));
    CHECK(rich.when(close_account{}).emits(withdrawn{100, 0}, closed{}));
    CHECK(rich.state().balance == 100);
}

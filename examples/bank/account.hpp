// Chapter 1: an account. What can happen to it, what can be asked of it, and the rules, proved by the compiler.
#pragma once

#include <annals/annals.hpp>
#include <annals/testing/given.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace bank {

// Events are facts: plain structs, in the past tense. They are all that is ever stored.
struct opened    { std::uint32_t customer; };
struct deposited { std::int64_t cents; };
struct withdrawn { std::int64_t cents; };
struct annotated { std::string note; };
struct closed    {};

// Commands are wishes: plain structs, in the imperative.
struct open     { std::uint32_t customer; };
struct deposit  { std::int64_t cents; };
struct withdraw { std::int64_t cents; };
struct annotate { std::string note; };
struct close    {};

enum class refusal { already_open, not_open, no_amount, overdrawn };

[[nodiscard]] constexpr std::string_view to_string(refusal reason) noexcept {
    switch (reason) {
        case refusal::already_open: return "the account is open already";
        case refusal::not_open: return "the account is not open";
        case refusal::no_amount: return "an amount is more than nothing";
        case refusal::overdrawn: return "the account does not hold that much";
    }
    return "unknown";
}

using account_events = annals::events<opened, deposited, withdrawn, annotated, closed>;

// The aggregate holds just the state that its decisions need. `apply` says how an event changes it, and never refuses:
// what happened, happened. `decide` says what a command comes to, and never changes anything. Its type lists all the
// events that it may yield, and the compiler holds it to that.
struct account {
    using events   = account_events;
    using commands = annals::commands<open, deposit, withdraw, annotate, close>;

    bool         is_open = false;
    std::int64_t balance = 0;

    constexpr void apply(const opened&) { is_open = true; }
    constexpr void apply(const deposited& e) { balance += e.cents; }
    constexpr void apply(const withdrawn& e) { balance -= e.cents; }
    constexpr void apply(const annotated&) {}
    constexpr void apply(const closed&) { is_open = false; }

    constexpr annals::decision<opened, refusal> decide(const open& c) const {
        if (is_open) return annals::refuse(refusal::already_open);
        return opened{c.customer};
    }
    constexpr annals::decision<deposited, refusal> decide(const deposit& c) const {
        if (!is_open) return annals::refuse(refusal::not_open);
        if (c.cents <= 0) return annals::refuse(refusal::no_amount);
        return deposited{c.cents};
    }
    constexpr annals::decision<withdrawn, refusal> decide(const withdraw& c) const {
        if (!is_open) return annals::refuse(refusal::not_open);
        if (c.cents <= 0) return annals::refuse(refusal::no_amount);
        if (balance < c.cents) return annals::refuse(refusal::overdrawn);
        return withdrawn{c.cents};
    }
    annals::decision<annotated, refusal> decide(const annotate& c) const {
        if (!is_open) return annals::refuse(refusal::not_open);
        if (c.note.empty()) return annals::nothing;
        return annotated{c.note};
    }
    // Closing pays out what is left: two events, or one, all or nothing.
    constexpr annals::decision<annals::events<withdrawn, closed>, refusal> decide(const close&) const {
        if (!is_open) return annals::refuse(refusal::not_open);
        if (balance > 0) return annals::emit(withdrawn{balance}, closed{});
        return closed{};
    }
};

// The rules. A history, a command, and what must come of it: if one of them does not hold, the program does not compile.
namespace rules {

using annals::given;

static_assert(annals::aggregate<account>);

static_assert(given<account>().when(open{7}).emits(opened{7}), "a customer opens an account");
static_assert(given<account>(opened{7}).when(open{7}).refuses(refusal::already_open), "but only once");
static_assert(given<account>(opened{7}, closed{}).when(open{7}).emits(opened{7}), "unless it was closed in between");

static_assert(given<account>(opened{7}).when(deposit{100}).emits(deposited{100}));
static_assert(given<account>(opened{7}).when(deposit{0}).refuses(refusal::no_amount));
static_assert(given<account>(opened{7}).when(deposit{-5}).refuses(refusal::no_amount), "a deposit is no withdrawal");
static_assert(given<account>().when(deposit{100}).refuses(refusal::not_open));

static_assert(given<account>(opened{7}, deposited{100}).when(withdraw{100}).emits(withdrawn{100}));
static_assert(given<account>(opened{7}, deposited{100}).when(withdraw{101}).refuses(refusal::overdrawn));
static_assert(given<account>(opened{7}, deposited{100}, withdrawn{60}).when(withdraw{60}).refuses(refusal::overdrawn));
static_assert(given<account>(opened{7}, deposited{100}, closed{}).when(withdraw{1}).refuses(refusal::not_open));

static_assert(given<account>(opened{7}, deposited{5}).when(close{}).emits(withdrawn{5}, closed{}), "nothing is lost");
static_assert(given<account>(opened{7}).when(close{}).emits(closed{}));
static_assert(given<account>(opened{7}, deposited{5}).when(close{}).state().balance == 0);

}  // namespace rules
}  // namespace bank

// What makes an aggregate, and how it decides a command.
#include "catch.hpp"

#include <annals/model/aggregate.hpp>
#include <annals/model/replay.hpp>

#include <cstdint>
#include <optional>
#include <variant>

namespace decided_exactly {

struct opened {};
struct deposited {
    std::int64_t cents;
};
struct withdrawn {
    std::int64_t cents;
};

struct deposit_cash {
    std::int64_t cents;
};
struct withdraw_cash {
    std::int64_t cents;
};
struct withdraw_all : withdraw_cash {};
struct audit {};

enum class refusal { overdrawn };

using annals::decision;
using annals::detail::decide_shape;
using annals::detail::decide_shape_of;

// The events and handlers that the aggregates below share.
struct cash_desk {
    using events = annals::events<deposited, withdrawn>;

    std::int64_t balance = 0;

    constexpr void apply(const deposited& e) { balance += e.cents; }
    constexpr void apply(const withdrawn& e) { balance -= e.cents; }
};

// Members of every kind, and a free function.
struct account : cash_desk {
    using commands = annals::commands<deposit_cash, annals::commands<withdraw_cash>, audit>;

    constexpr decision<deposited> decide(const deposit_cash& c) const noexcept { return deposited{c.cents}; }
    constexpr decision<withdrawn, refusal> decide(withdraw_cash c) const {
        if (c.cents > balance) return annals::refuse(refusal::overdrawn);
        return withdrawn{c.cents};
    }
};
constexpr decision<annals::events<>> decide(const account&, const audit&) { return annals::nothing; }

struct without_state : cash_desk {
    using commands = annals::commands<deposit_cash, withdraw_cash>;

    static constexpr decision<deposited> decide(const deposit_cash& c) { return deposited{c.cents}; }
    constexpr decision<withdrawn> decide(const withdraw_cash& c) const& { return withdrawn{c.cents}; }
};
struct without_commands : cash_desk {
    using commands = annals::commands<>;
};
struct in_two_worlds : cash_desk {
    using commands = annals::commands<deposit_cash>;
    constexpr decision<deposited> decide(const deposit_cash&) const { return deposited{1}; }
};
[[maybe_unused]] constexpr decision<deposited> decide(const in_two_worlds&, const deposit_cash&) { return deposited{2}; }

static_assert(annals::aggregate<account> && annals::aggregate<without_state> && annals::aggregate<without_commands>);
static_assert(annals::aggregate<in_two_worlds> && annals::projection<account>);
static_assert(decide_shape_of<account, deposit_cash> == decide_shape::member);
static_assert(decide_shape_of<account, withdraw_cash> == decide_shape::member);
static_assert(decide_shape_of<account, audit> == decide_shape::free);
static_assert(decide_shape_of<in_two_worlds, deposit_cash> == decide_shape::member);

// A projection that decides nothing.
static_assert(annals::projection<cash_desk> && !annals::aggregate<cash_desk>);
static_assert(!annals::aggregate<int> && !annals::aggregate<account&> && !annals::aggregate<deposited>);

// `commands` must be a list of commands.
struct with_events_as_commands : cash_desk {
    using commands = annals::events<deposit_cash>;
    decision<deposited> decide(const deposit_cash&) const;
};
struct with_pointer_as_command : cash_desk {
    using commands = annals::commands<const char*>;
    decision<deposited> decide(const char*) const;
};
struct with_command_twice : cash_desk {
    using commands = annals::commands<deposit_cash, annals::commands<deposit_cash>>;
    decision<deposited> decide(const deposit_cash&) const;
};
static_assert(!annals::aggregate<with_events_as_commands> && !annals::aggregate<with_pointer_as_command>);
static_assert(!annals::aggregate<with_command_twice>);

// Each listed command needs a decide of its own.
struct of_deposits : cash_desk {
    using commands = annals::commands<deposit_cash>;
};
struct undecided : of_deposits {};
struct decides_while_changing : of_deposits {
    decision<deposited> decide(const deposit_cash&);
};
struct decides_in_private : of_deposits {
private:
    decision<deposited> decide(const deposit_cash&) const;
};
struct changes_the_command : of_deposits {
    decision<deposited> decide(deposit_cash&) const;
};
struct asks_for_more : of_deposits {
    decision<deposited> decide(const deposit_cash&, int) const;
};
struct of_conversion : of_deposits {
    struct any_command {
        any_command(const deposit_cash&);
    };
    decision<deposited> decide(const any_command&) const;
};
struct of_variant : of_deposits {
    decision<deposited> decide(const std::variant<deposit_cash, audit>&) const;
};
struct of_base : cash_desk {
    using commands = annals::commands<withdraw_cash, withdraw_all>;
    decision<withdrawn> decide(const withdraw_cash&) const;
};
struct of_anything : of_deposits {
    decision<deposited> decide(const auto&) const;
};
struct of_anything_by_copy : of_deposits {
    decision<deposited> decide(auto) const;
};
struct of_anything_forwarded : of_deposits {
    template <class C>
    decision<deposited> decide(C&&) const;
};
static_assert(!annals::aggregate<undecided> && !annals::aggregate<decides_while_changing>);
static_assert(!annals::aggregate<decides_in_private> && !annals::aggregate<changes_the_command>);
static_assert(!annals::aggregate<asks_for_more> && !annals::aggregate<of_conversion> && !annals::aggregate<of_variant>);
static_assert(!annals::aggregate<of_base> && decide_shape_of<of_base, withdraw_cash> == decide_shape::member);
static_assert(!annals::aggregate<of_anything> && !annals::aggregate<of_anything_by_copy>);
static_assert(!annals::aggregate<of_anything_forwarded>);

// A template held to what it takes decides just that.
struct of_concept : of_deposits {
    template <class C>
        requires requires(const C& command) { command.cents; }
    decision<deposited> decide(const C&) const;
};
static_assert(annals::aggregate<of_concept> && decide_shape_of<of_concept, audit> == decide_shape::none);

// The same for free functions.
struct freely_of_conversion : of_deposits {};
struct freely_of_base : of_base {};
struct freely_of_anything : of_deposits {};
struct freely_of_value : of_deposits {};
decision<deposited> decide(const freely_of_conversion&, const of_conversion::any_command&);
decision<withdrawn> decide(const freely_of_base&, const withdraw_cash&);
decision<deposited> decide(const freely_of_anything&, const auto&);
decision<deposited> decide(const freely_of_value&, deposit_cash);
static_assert(!annals::aggregate<freely_of_conversion> && !annals::aggregate<freely_of_base>);
static_assert(!annals::aggregate<freely_of_anything> && annals::aggregate<freely_of_value>);

// What is decided must be a decision over listed events.
struct decides_an_event : of_deposits {
    deposited decide(const deposit_cash&) const;
};
struct decides_void : of_deposits {
    void decide(const deposit_cash&) const;
};
struct decides_maybe : of_deposits {
    std::optional<decision<deposited>> decide(const deposit_cash&) const;
};
struct yields_a_stranger : of_deposits {
    decision<annals::events<deposited, opened>> decide(const deposit_cash&) const;
};
static_assert(!annals::aggregate<decides_an_event> && !annals::aggregate<decides_void>);
static_assert(!annals::aggregate<decides_maybe> && !annals::aggregate<yields_a_stranger>);

template <class Aggregate, class Mistake>
inline constexpr bool is_told = std::is_same_v<annals::detail::aggregate_verdict<Aggregate>, Mistake>;
static_assert(is_told<account, annals::detail::sound_design>);
static_assert(is_told<of_base, annals::command_without_decide<of_base, annals::commands<withdraw_all>>>);
static_assert(is_told<decides_void, annals::decide_returns_no_decision<decides_void, deposit_cash>>);
static_assert(is_told<yields_a_stranger,
                      annals::decision_yields_event_that_is_not_listed<yields_a_stranger, annals::events<opened>>>);
static_assert(is_told<cash_desk, annals::no_commands_are_listed_by<cash_desk>>);

constexpr account rich = annals::replay<account>(deposited{100});
static_assert(annals::detail::decide_command(rich, withdraw_cash{30}).size() == 1);
static_assert(annals::detail::decide_command(rich, withdraw_cash{130}).is_refused());
static_assert(annals::detail::decide_command(rich, audit{}).size() == 0);

}  // namespace decided_exactly

TEST_CASE("a command is decided by the function that was found, on the aggregate's state") {
    using namespace decided_exactly;
    std::int64_t paid = 0;
    annals::detail::decide_command(rich, withdraw_cash{30}).for_each([&](const withdrawn& e) { paid += e.cents; });
    CHECK(paid == 30);
    annals::detail::decide_command(in_two_worlds{}, deposit_cash{}).for_each([&](const deposited& e) { paid = e.cents; });
    CHECK(paid == 1);
    annals::detail::decide_command(without_state{}, deposit_cash{9}).for_each([&](const deposited& e) { paid = e.cents; });
    CHECK(paid == 9);
}

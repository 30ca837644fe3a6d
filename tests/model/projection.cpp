// What makes a projection: listed events, an exact apply for each, and nothing both handled and ignored.
#include "catch.hpp"

#include <annals/model/projection.hpp>

#include <string>
#include <type_traits>

namespace projected {

struct opened {};
struct deposited {
    long cents;
};
struct withdrawn {
    long cents;
};
struct with_pointer {
    int* where;
};

template <class State, class Mistake>
inline constexpr bool is_told = std::is_same_v<annals::detail::projection_verdict<State>, Mistake>;
using annals::detail::sound_design;

struct balance {
    using events = annals::events<deposited, annals::events<withdrawn>>;
    long           cents = 0;
    constexpr void apply(const deposited& e) { cents += e.cents; }
    constexpr void apply(const withdrawn& e) { cents -= e.cents; }
};
struct cash_flow : balance {
    using ignores = annals::events<opened>;
};
struct ignores_nothing : balance {
    using ignores = annals::events<>;
};
struct of_nothing {
    using events = annals::events<>;
};
class with_private_state {
    long cents_ = 0;

public:
    using events = annals::events<deposited>;
    constexpr explicit with_private_state(long start) : cents_(start) {}
    constexpr void               apply(const deposited& e) { cents_ += e.cents; }
    [[nodiscard]] constexpr long cents() const { return cents_; }
};
static_assert(annals::projection<balance> && annals::projection<cash_flow> && annals::projection<ignores_nothing>);
static_assert(annals::projection<of_nothing> && annals::projection<with_private_state>);
static_assert(is_told<cash_flow, sound_design>);

// No list of events, or not a public one.
struct without_list {
    void apply(const deposited&);
};
struct with_commands_as_list {
    using events = annals::commands<deposited>;
    void apply(const deposited&);
};
struct with_one_event_as_list {
    using events = deposited;
    void apply(const deposited&);
};
class with_private_list {
    using events = annals::events<deposited>;

public:
    void apply(const deposited&);
};
struct with_member_as_list {
    annals::events<deposited> events;
    void                      apply(const deposited&);
};
static_assert(is_told<without_list, annals::no_events_are_listed_by<without_list>>);
static_assert(is_told<with_commands_as_list, annals::no_events_are_listed_by<with_commands_as_list>>);
static_assert(!annals::projection<with_one_event_as_list> && !annals::projection<with_private_list>);
static_assert(!annals::projection<with_member_as_list>);
static_assert(!annals::projection<int> && !annals::projection<void> && !annals::projection<std::string>);
static_assert(!annals::projection<balance&> && !annals::projection<balance*>);

// A list that is no good.
struct lists_twice : balance {
    using events = annals::events<deposited, annals::events<deposited>>;
};
struct lists_no_event : balance {
    using events = annals::events<deposited, int>;
    void apply(int);
};
struct lists_with_pointer : balance {
    using events = annals::events<with_pointer>;
    void apply(const with_pointer&);
};
struct ignores_no_event : balance {
    using ignores = annals::events<int>;
};
struct ignores_twice : balance {
    using ignores = annals::events<opened, opened>;
};
static_assert(is_told<lists_twice, annals::type_listed_more_than_once<annals::events<deposited>>>);
static_assert(is_told<lists_no_event, annals::not_a_plain_struct<annals::events<int>>>);
static_assert(is_told<lists_with_pointer,
                      annals::pointer_or_reference_member_cannot_be_stored<annals::events<with_pointer>>>);
static_assert(is_told<ignores_no_event, annals::not_a_plain_struct<annals::events<int>>>);
static_assert(is_told<ignores_twice, annals::type_listed_more_than_once<annals::events<opened>>>);

// Every missing handler is told at once, in the list's order.
struct handles_less : cash_flow {
    using events = annals::events<opened, deposited, withdrawn, annals::events<with_pointer>>;
};
struct handles_only_deposits {
    using events = annals::events<opened, deposited, withdrawn>;
    void apply(const deposited&);
};
static_assert(!annals::projection<handles_less>);
static_assert(is_told<handles_only_deposits,
                      annals::event_without_apply<handles_only_deposits, annals::events<opened, withdrawn>>>);

// What is handled cannot be ignored.
struct undecided : balance {
    using ignores = annals::events<opened, annals::events<withdrawn>>;
};
static_assert(is_told<undecided, annals::event_both_handled_and_ignored<undecided, annals::events<withdrawn>>>);

}  // namespace projected

TEST_CASE("a projection may keep its state to itself") {
    projected::with_private_state account{5};
    account.apply(projected::deposited{10});
    CHECK(account.cents() == 15);
}

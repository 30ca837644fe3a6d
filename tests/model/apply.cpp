// How an event reaches a state: as a member or a free function, with or without its context.
#include "catch.hpp"

#include <annals/model/apply.hpp>
#include <annals/model/replay.hpp>

#include <cstdint>

namespace {

struct opened {};
struct deposited {
    std::int64_t cents;
};
struct withdrawn {
    std::int64_t cents;
};

using annals::detail::apply_shape;
using annals::detail::apply_shape_of;

// Every shape, one each.
struct ledger {
    using events = annals::events<opened, deposited, withdrawn>;

    std::int64_t  balance    = 0;
    std::uint64_t last       = 0;
    bool          was_opened = false;

    constexpr void apply(const deposited& e) { balance += e.cents; }
    constexpr void apply(const withdrawn& e, const annals::context& where) {
        balance -= e.cents;
        last = where.version.value;
    }
};
constexpr void apply(ledger& state, const opened&) { state.was_opened = true; }

static_assert(apply_shape_of<ledger, deposited> == apply_shape::member);
static_assert(apply_shape_of<ledger, withdrawn> == apply_shape::member_with_context);
static_assert(apply_shape_of<ledger, opened> == apply_shape::free);
static_assert(annals::projection<ledger>);

// A state that its user does not own.
namespace counting {
struct tally {
    int           number = 0;
    std::uint64_t at     = 0;
};
constexpr void apply(tally& state, const deposited& e, const annals::context& where) {
    state.number += static_cast<int>(e.cents);
    state.at = where.position.value;
}
constexpr void apply(tally& state, withdrawn) { --state.number; }
}  // namespace counting
static_assert(apply_shape_of<counting::tally, deposited> == apply_shape::free_with_context);
static_assert(apply_shape_of<counting::tally, withdrawn> == apply_shape::free);
static_assert(apply_shape_of<counting::tally, opened> == apply_shape::none);
static_assert(!annals::projection<counting::tally>);

// A function that ADL finds through the event counts too.
namespace shop {
struct sold {};
}  // namespace shop
struct takings {
    int sales = 0;
};
namespace shop {
constexpr void apply(takings& state, const sold&) { ++state.sales; }
}  // namespace shop
static_assert(apply_shape_of<takings, shop::sold> == apply_shape::free);

// Members of every kind.
struct by_value {
    int  number = 0;
    constexpr void apply(deposited e) { number = static_cast<int>(e.cents); }
};
struct by_value_with_context {
    constexpr void apply(deposited, const annals::context&) {}
};
struct fixed {
    constexpr void apply(const deposited&) const {}
};
struct without_object {
    static constexpr void apply(const deposited&) {}
};
struct never_throws {
    constexpr void apply(const deposited&) noexcept {}
    constexpr void apply(const withdrawn&) const noexcept {}
};
struct for_lvalues {
    constexpr void apply(const deposited&) & {}
    constexpr void apply(const withdrawn&, const annals::context&) const& {}
};
struct for_rvalues {
    constexpr void apply(const deposited&) && {}
};
struct virtually {
    virtual void apply(const deposited&) = 0;

protected:
    ~virtually() = default;
};
struct in_two_ways {
    constexpr void apply(const deposited&) {}
    constexpr void apply(const deposited&) const {}
};
struct static_with_context {
    static constexpr void apply(const deposited&, const annals::context&) noexcept {}
};
static_assert(apply_shape_of<by_value, deposited> == apply_shape::member);
static_assert(apply_shape_of<by_value_with_context, deposited> == apply_shape::member_with_context);
static_assert(apply_shape_of<fixed, deposited> == apply_shape::member);
static_assert(apply_shape_of<without_object, deposited> == apply_shape::member);
static_assert(apply_shape_of<never_throws, deposited> == apply_shape::member);
static_assert(apply_shape_of<never_throws, withdrawn> == apply_shape::member);
static_assert(apply_shape_of<for_lvalues, deposited> == apply_shape::member);
static_assert(apply_shape_of<for_lvalues, withdrawn> == apply_shape::member_with_context);
static_assert(apply_shape_of<for_rvalues, deposited> == apply_shape::none);
static_assert(apply_shape_of<virtually, deposited> == apply_shape::member);
static_assert(apply_shape_of<in_two_ways, deposited> == apply_shape::member);
static_assert(apply_shape_of<static_with_context, deposited> == apply_shape::member_with_context);

// Where there is a choice, the first shape of the header's list wins: member, then free; without context, then with.
struct undecided {
    char chosen = '-';
    constexpr void apply(const deposited&) { chosen = 'm'; }
    constexpr void apply(const deposited&, const annals::context&) { chosen = 'c'; }
    constexpr void apply(const withdrawn&, const annals::context&) { chosen = 'c'; }
};
[[maybe_unused]] constexpr void apply(undecided& state, const deposited&) { state.chosen = 'f'; }
[[maybe_unused]] constexpr void apply(undecided& state, const withdrawn&) { state.chosen = 'f'; }
static_assert(apply_shape_of<undecided, deposited> == apply_shape::member);
static_assert(apply_shape_of<undecided, withdrawn> == apply_shape::member_with_context);

// A base class's overloads count if they are visible.
struct cash_desk {
    std::int64_t   balance = 0;
    constexpr void apply(const deposited& e) { balance += e.cents; }
    constexpr void apply(const withdrawn& e) { balance -= e.cents; }
};
struct inherits_all : cash_desk {};
struct inherits_by_using : cash_desk {
    using cash_desk::apply;
    bool           is_open = false;
    constexpr void apply(const opened&) { is_open = true; }
};
struct hides : cash_desk {
    constexpr void apply(const opened&) {}
};
static_assert(apply_shape_of<inherits_all, deposited> == apply_shape::member);
static_assert(apply_shape_of<inherits_by_using, deposited> == apply_shape::member);
static_assert(apply_shape_of<inherits_by_using, opened> == apply_shape::member);
static_assert(apply_shape_of<hides, opened> == apply_shape::member);
static_assert(apply_shape_of<hides, deposited> == apply_shape::none);

// What cannot be called does not count.
class secretive {
    constexpr void apply(const deposited&) {}
};
struct refusing {
    void apply(const deposited&) = delete;
};
struct silent {};
static_assert(apply_shape_of<secretive, deposited> == apply_shape::none);
static_assert(apply_shape_of<refusing, deposited> == apply_shape::none);
static_assert(apply_shape_of<silent, deposited> == apply_shape::none);
static_assert(apply_shape_of<int, deposited> == apply_shape::none);

// What asks for something else than an event and its context does not count.
struct asks_for_more {
    constexpr void apply(const deposited&, int) {}
};
struct changes_the_event {
    constexpr void apply(deposited&) {}
};
struct steals_the_event {
    constexpr void apply(deposited&&) {}
};
struct returns_something {
    constexpr int apply(const deposited&) { return 0; }
};
static_assert(apply_shape_of<asks_for_more, deposited> == apply_shape::none);
static_assert(apply_shape_of<changes_the_event, deposited> == apply_shape::none);
static_assert(apply_shape_of<steals_the_event, deposited> == apply_shape::none);
static_assert(apply_shape_of<returns_something, deposited> == apply_shape::none);

constexpr ledger filled = annals::replay<ledger>(opened{}, deposited{100}, withdrawn{30}, deposited{5});
static_assert(filled.was_opened && filled.balance == 75 && filled.last == 3);

}  // namespace

TEST_CASE("an event is applied by the function that was found, whatever its shape") {
    const auto nowhere = [] { return annals::context{}; };

    counting::tally tally;
    annals::detail::apply_event(tally, deposited{7}, [] {
        annals::context where;
        where.position = annals::position{9};
        return where;
    });
    annals::detail::apply_event(tally, withdrawn{1}, nowhere);
    CHECK(tally.number == 6);
    CHECK(tally.at == 9);

    takings day;
    annals::detail::apply_event(day, shop::sold{}, nowhere);
    CHECK(day.sales == 1);

    undecided chosen;
    annals::detail::apply_event(chosen, deposited{1}, nowhere);
    CHECK(chosen.chosen == 'm');
    annals::detail::apply_event(chosen, withdrawn{1}, nowhere);
    CHECK(chosen.chosen == 'c');

    inherits_by_using desk;
    annals::detail::apply_event(desk, opened{}, nowhere);
    annals::detail::apply_event(desk, deposited{3}, nowhere);
    CHECK(desk.is_open);
    CHECK(desk.balance == 3);
}

TEST_CASE("the context is made only for a handler that asks for it") {
    int        made  = 0;
    const auto where = [&] {
        ++made;
        return annals::context{};
    };
    ledger state;
    annals::detail::apply_event(state, deposited{1}, where);
    annals::detail::apply_event(state, opened{}, where);
    CHECK(made == 0);
    annals::detail::apply_event(state, withdrawn{1}, where);
    CHECK(made == 1);
}

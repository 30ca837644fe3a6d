// Replay of events that did not come from a log: given one by one, or as a range of variants.
#include "catch.hpp"

#include <annals/model/replay.hpp>

#include <array>
#include <cstdint>
#include <deque>
#include <list>
#include <span>
#include <string>
#include <type_traits>
#include <variant>
#include <vector>

namespace {

struct opened {};
struct deposited {
    std::int64_t cents;
};
struct withdrawn {
    std::int64_t cents;
};
struct annotated {
    std::string note;
};

using cash = annals::events<deposited, withdrawn>;
using all  = annals::events<opened, cash, annotated>;

struct balance {
    using events = cash;

    std::int64_t cents = 0;

    constexpr void apply(const deposited& e) { cents += e.cents; }
    constexpr void apply(const withdrawn& e) { cents -= e.cents; }
};
struct strict_balance : balance {
    using ignores = annals::events<opened>;
};
// Starts somewhere, and remembers where its last event stood.
struct last_withdrawal {
    using events = annals::events<withdrawn, opened>;

    std::uint64_t version  = 100;
    std::uint64_t position = 100;
    int           openings = 0;

    constexpr void apply(const withdrawn&, const annals::context& where) {
        version  = where.version.value;
        position = where.position.value;
    }
    constexpr void apply(const opened&) { ++openings; }
};

// One by one.
static_assert(annals::replay<balance>().cents == 0);
static_assert(annals::replay<balance>(deposited{100}).cents == 100);
static_assert(annals::replay<balance>(deposited{100}, withdrawn{30}, deposited{5}).cents == 75);
static_assert(annals::replay<strict_balance>(opened{}, deposited{100}).cents == 100);
static_assert(annals::replay<last_withdrawal>().version == 100);

// What does not happen in a log counts from 1 where a handler asks.
static_assert(annals::replay<last_withdrawal>(withdrawn{1}).version == 1);
static_assert(annals::replay<last_withdrawal>(opened{}, opened{}, withdrawn{1}, opened{}).version == 3);
static_assert(annals::replay<last_withdrawal>(opened{}, opened{}, withdrawn{1}, opened{}).position == 3);

// Into a state that exists.
static_assert([] {
    balance state{.cents = 1000};
    annals::fold(state, deposited{5}, withdrawn{7});
    annals::fold(state);
    annals::fold(state, deposited{1});
    return state.cents;
}() == 999);

// A range of variants, in a constant expression.
constexpr std::array<std::variant<deposited, withdrawn>, 3> past{deposited{10}, withdrawn{3}, deposited{1}};
static_assert(annals::replay<balance>(past).cents == 8);
static_assert([] {
    balance state{.cents = 100};
    annals::fold(state, past);
    return state.cents;
}() == 108);

// What a history may hold.
template <class State, class... E>
inline constexpr bool may_replay = annals::detail::is_sound<decltype(annals::detail::judge_history<State, E...>())>;
template <class State, class... E>
inline constexpr bool may_replay_variants =
    annals::detail::is_sound<decltype(annals::detail::variant_history<State, std::variant<E...>>::judge())>;
struct no_projection {};

static_assert(may_replay<balance> && may_replay<balance, deposited, deposited> && !may_replay<balance, opened>);
static_assert(!may_replay<balance, deposited, annotated, opened> && !may_replay<no_projection, deposited>);
static_assert(may_replay<strict_balance, opened, withdrawn> && !may_replay<strict_balance, annotated>);
// A variant over more types is fine, unless the projection decides on all.
static_assert(may_replay_variants<balance, opened, deposited, annotated>);
static_assert(may_replay_variants<strict_balance, opened, deposited>);
static_assert(!may_replay_variants<strict_balance, opened, deposited, annotated>);
static_assert(!may_replay_variants<no_projection, deposited>);
static_assert(std::is_same_v<decltype(annals::detail::judge_history<balance, deposited, annotated, opened>()),
                             annals::event_that_the_projection_does_not_list<balance, annals::events<annotated, opened>>>);

static_assert(annals::detail::variant_range<std::vector<all::variant>> && annals::detail::variant_range<std::span<all::variant>>);
static_assert(!annals::detail::variant_range<std::vector<deposited>> && !annals::detail::variant_range<deposited>);
static_assert(!annals::detail::variant_range<all::variant> && !annals::detail::variant_range<std::string>);

const std::vector<all::variant> story{opened{}, deposited{70}, annotated{"a gift"}, withdrawn{20}, deposited{1}};

}  // namespace

TEST_CASE("a range of variants is replayed, and what the projection does not list is skipped") {
    CHECK(annals::replay<balance>(story).cents == 51);
    CHECK(annals::replay<balance>(std::vector<all::variant>{}).cents == 0);
    CHECK(annals::replay<balance>(std::vector<cash::variant>{deposited{4}}).cents == 4);
    CHECK(annals::replay<balance>(std::list(story.begin(), story.end())).cents == 51);
    CHECK(annals::replay<balance>(std::deque(story.begin(), story.end())).cents == 51);
    CHECK(annals::replay<balance>(std::span(story)).cents == 51);
    CHECK(annals::replay<balance>(std::span(story).first(2)).cents == 70);
}

TEST_CASE("events of a range count as versions, those that are skipped too") {
    CHECK(annals::replay<last_withdrawal>(story).version == 4);
    CHECK(annals::replay<last_withdrawal>(story).position == 4);
    CHECK(annals::replay<last_withdrawal>(story).openings == 1);
}

TEST_CASE("a range is folded into a state that exists") {
    balance state{.cents = 1000};
    annals::fold(state, story);
    CHECK(state.cents == 1051);
    annals::fold(state, story);
    CHECK(state.cents == 1102);
}

TEST_CASE("a replay leaves its history as it was") {
    const auto before = story.size();
    static_cast<void>(annals::replay<balance>(story));
    CHECK(story.size() == before);
    CHECK(std::get<annotated>(story[2]).note == "a gift");
}

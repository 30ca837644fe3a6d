// From a number to a type: every number reaches its own, in lists of every length.
#include "catch.hpp"

#include <annals/model/dispatch.hpp>
#include <annals/model/replay.hpp>

#include <cstddef>
#include <limits>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace {

using annals::detail::dispatch;

// How often the function is called, and what it is told.
template <std::size_t Count>
bool every_number_reaches_its_own() {
    for (std::size_t number = 0; number < Count; ++number) {
        std::size_t reached = Count;
        int         calls   = 0;
        const bool  found   = dispatch<Count>(number, [&](auto index) {
            static_assert(decltype(index)::value < Count);
            static_assert(std::is_same_v<decltype(index), std::integral_constant<std::size_t, decltype(index)::value>>);
            reached = index();
            ++calls;
        });
        if (!found || calls != 1 || reached != number) return false;
    }
    return true;
}

template <std::size_t Count>
bool nothing_is_reached_by(std::size_t number) {
    bool called = false;
    return !dispatch<Count>(number, [&](auto) { called = true; }) && !called;
}
template <std::size_t Count>
bool numbers_behind_reach_nothing() {
    return nothing_is_reached_by<Count>(Count) && nothing_is_reached_by<Count>(Count + 1) &&
           nothing_is_reached_by<Count>(2 * Count + 64) &&
           nothing_is_reached_by<Count>(std::numeric_limits<std::size_t>::max());
}
template <std::size_t Count>
bool dispatches() {
    return every_number_reaches_its_own<Count>() && numbers_behind_reach_nothing<Count>();
}

// The same for the types of a list.
template <std::size_t I>
struct numbered {
    int times;
};
template <std::size_t... I>
annals::events<numbered<I>...> counted(std::index_sequence<I...>);
template <std::size_t Count>
using list_of = decltype(counted(std::make_index_sequence<Count>{}));

struct place_of_type {
    std::size_t reached = 9999;
    int         calls   = 0;

    template <std::size_t I>
    constexpr void operator()(std::type_identity<numbered<I>>) {
        reached = I;
        ++calls;
    }
};
template <std::size_t Count>
constexpr bool every_place_reaches_its_type() {
    for (std::size_t place = 0; place < Count; ++place) {
        place_of_type visitor;
        if (!annals::detail::visit_type<list_of<Count>>(place, visitor) || visitor.calls != 1 || visitor.reached != place)
            return false;
    }
    place_of_type visitor;
    for (std::size_t place : {Count, Count + 1, Count + 15, Count + 16, 2 * Count + 64, std::numeric_limits<std::size_t>::max()})
        if (annals::detail::visit_type<list_of<Count>>(place, visitor)) return false;
    return visitor.calls == 0;
}
static_assert(every_place_reaches_its_type<0>() && every_place_reaches_its_type<1>() && every_place_reaches_its_type<17>());

constexpr std::size_t reached_at_compile_time(std::size_t number) {
    std::size_t reached = 999;
    dispatch<200>(number, [&](auto index) { reached = index(); });
    return reached;
}
static_assert(reached_at_compile_time(0) == 0 && reached_at_compile_time(64) == 64 && reached_at_compile_time(199) == 199);
static_assert(reached_at_compile_time(200) == 999);

// A state that adds up which of 70 events it saw: more than one block of the dispatch. (The rest is what std::variant
// takes to compile, which is quadratic.)
using many = list_of<70>;

struct sum_of_numbers {
    using events = many;

    std::size_t sum = 0;

    template <std::size_t I>
    void apply(const numbered<I>& e) {
        sum += I * static_cast<std::size_t>(e.times);
    }
};

template <std::size_t... I>
std::vector<many::variant> one_of_each(std::index_sequence<I...>) {
    return {many::variant(std::in_place_index<I>, numbered<I>{1})...};
}

}  // namespace

TEST_CASE("every number reaches its own type, and numbers behind the last reach nothing") {
    CHECK(nothing_is_reached_by<0>(0));
    CHECK(dispatches<1>());
    CHECK(dispatches<2>());
    CHECK(dispatches<63>());
    CHECK(dispatches<64>());
    CHECK(dispatches<65>());
    CHECK(dispatches<128>());
    CHECK(dispatches<129>());
    CHECK(dispatches<200>());
}

TEST_CASE("every place of a list reaches its own type, and places behind the last reach nothing") {
    CHECK(every_place_reaches_its_type<2>());
    CHECK(every_place_reaches_its_type<16>());
    CHECK(every_place_reaches_its_type<63>());
    CHECK(every_place_reaches_its_type<64>());
    CHECK(every_place_reaches_its_type<65>());
    CHECK(every_place_reaches_its_type<128>());
    CHECK(every_place_reaches_its_type<200>());
}

TEST_CASE("a history of many types is folded, each event as its own type") {
    const auto history = one_of_each(std::make_index_sequence<70>{});
    CHECK(annals::replay<sum_of_numbers>(history).sum == 69 * 70 / 2);
}

// Types that are told apart where their names are alike.
#include "catch.hpp"

#include <annals/model/events.hpp>

#include <cstddef>
#include <type_traits>
#include <utility>

// Types in one namespace or another whose names end alike, further back than a hash of their end looks.
namespace north::a_department_with_quite_a_long_name {
struct deposited_by_standing_order {};
}  // namespace north::a_department_with_quite_a_long_name
namespace south::a_department_with_quite_a_long_name {
struct deposited_by_standing_order {};
}  // namespace south::a_department_with_quite_a_long_name

namespace {

template <std::size_t, class>
struct order {};
struct a_kind_of_payment_with_quite_a_long_name {};

// Differ only in what stands first.
template <std::size_t I>
using alike = order<I, a_kind_of_payment_with_quite_a_long_name>;

using northern = north::a_department_with_quite_a_long_name::deposited_by_standing_order;
using southern = south::a_department_with_quite_a_long_name::deposited_by_standing_order;
using both     = annals::events<northern, southern>;

static_assert(both::size == 2 && annals::index_of<both, northern> == 0 && annals::index_of<both, southern> == 1);
static_assert(annals::contains<annals::events<northern>, northern> && !annals::contains<annals::events<northern>, southern>);
static_assert(std::is_same_v<annals::difference<both, annals::events<northern>>, annals::events<southern>>);
static_assert(std::is_same_v<annals::intersection<annals::events<southern>, both>, annals::events<southern>>);

template <std::size_t... I>
constexpr bool each_has_its_place(std::index_sequence<I...>) {
    using all    = annals::events<alike<I>...>;
    const bool found[] = {(annals::contains<all, alike<I>> && annals::index_of<all, alike<I>> == I &&
                           std::is_same_v<annals::at<all, I>, alike<I>>)...};
    for (bool one : found)
        if (!one) return false;
    return !annals::contains<all, alike<sizeof...(I)>> && !annals::contains<all, northern>;
}
static_assert(each_has_its_place(std::make_index_sequence<1>{}) && each_has_its_place(std::make_index_sequence<16>{}));
static_assert(each_has_its_place(std::make_index_sequence<17>{}) && each_has_its_place(std::make_index_sequence<40>{}));

// The repeated are told among the alike, each once.
using annals::detail::judge_repetition;
static_assert(std::is_same_v<decltype(judge_repetition<annals::events<northern, southern, northern, alike<1>, northern>>()),
                             annals::type_listed_more_than_once<annals::events<northern>>>);
static_assert(std::is_same_v<decltype(judge_repetition<annals::events<alike<1>, alike<2>, annals::events<alike<2>, alike<1>>>>()),
                             annals::type_listed_more_than_once<annals::events<alike<1>, alike<2>>>>);
static_assert(std::is_same_v<decltype(judge_repetition<both>()), annals::detail::sound_design>);

// Local types of one name.
[[maybe_unused]] auto local_of_one() {
    struct local {};
    return local{};
}
[[maybe_unused]] auto local_of_another() {
    struct local {};
    return local{};
}
using locals = annals::events<decltype(local_of_one()), decltype(local_of_another())>;
static_assert(locals::size == 2 && annals::index_of<locals, decltype(local_of_another())> == 1);

}  // namespace

TEST_CASE("types whose names are alike are told apart") {
    both::variant last = southern{};
    CHECK(last.index() == 1);
}

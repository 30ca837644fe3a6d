// Lists are Boost.Hana sequences of types.
#include "catch.hpp"

#include <annals/model/hana.hpp>

#include <boost/hana/all_of.hpp>
#include <boost/hana/any_of.hpp>
#include <boost/hana/append.hpp>
#include <boost/hana/back.hpp>
#include <boost/hana/functional/compose.hpp>
#include <boost/hana/concat.hpp>
#include <boost/hana/contains.hpp>
#include <boost/hana/count_if.hpp>
#include <boost/hana/equal.hpp>
#include <boost/hana/filter.hpp>
#include <boost/hana/fold_left.hpp>
#include <boost/hana/for_each.hpp>
#include <boost/hana/front.hpp>
#include <boost/hana/index_if.hpp>
#include <boost/hana/not.hpp>
#include <boost/hana/not_equal.hpp>
#include <boost/hana/optional.hpp>
#include <boost/hana/plus.hpp>
#include <boost/hana/remove.hpp>
#include <boost/hana/reverse.hpp>
#include <boost/hana/set.hpp>
#include <boost/hana/traits.hpp>
#include <boost/hana/transform.hpp>
#include <boost/hana/value.hpp>

#include <cstddef>
#include <type_traits>

namespace {

namespace hana = boost::hana;

struct opened {};
struct deposited {
    long cents;
};
struct withdrawn {
    long cents;
};
struct closed {};
struct open_account {};
struct close_account {};

using cash     = annals::events<deposited, withdrawn>;
using account  = annals::events<opened, cash, closed>;
using commands = annals::commands<open_account, close_account>;
using none     = annals::events<>;

constexpr auto is_empty_struct = hana::traits::is_empty;

template <class Expected, class Actual>
constexpr bool is(const Actual&) {
    return std::is_same_v<Expected, Actual>;
}

// What the list is to Hana.
static_assert(hana::Sequence<annals::events_tag>::value && hana::Sequence<annals::commands_tag>::value);
static_assert(std::is_same_v<hana::tag_of_t<account>, annals::events_tag>);
static_assert(std::is_same_v<hana::tag_of_t<commands>, annals::commands_tag>);

// To and from a tuple.
static_assert(hana::to_tuple(account{}) == hana::tuple_t<opened, deposited, withdrawn, closed>);
static_assert(hana::to_tuple(commands{}) == hana::tuple_t<open_account, close_account>);
static_assert(is<hana::tuple<>>(hana::to_tuple(none{})));
static_assert(is<cash>(hana::to<annals::events_tag>(hana::tuple_t<deposited, withdrawn>)));
static_assert(is<none>(hana::to<annals::events_tag>(hana::tuple_t<>)));
static_assert(is<commands>(hana::to<annals::commands_tag>(hana::tuple_t<open_account, close_account>)));
static_assert(is<account::flat>(hana::to<annals::events_tag>(hana::to_tuple(account{}))));
static_assert(is<cash>(hana::make<annals::events_tag>(hana::type_c<deposited>, hana::type_c<withdrawn>)));

// Looking into the list.
static_assert(hana::length(account{}) == hana::size_c<4>);
static_assert(hana::length(none{}) == hana::size_c<0>);
static_assert(hana::length(commands{}) == hana::size_c<2>);
static_assert(hana::is_empty(none{}) && !hana::is_empty(account{}) && !hana::is_empty(commands{}));
static_assert(hana::front(account{}) == hana::type_c<opened>);
static_assert(hana::back(account{}) == hana::type_c<closed>);
static_assert(hana::at(account{}, hana::size_c<2>) == hana::type_c<withdrawn>);
static_assert(hana::at_c<1>(commands{}) == hana::type_c<close_account>);
static_assert(hana::contains(account{}, hana::type_c<deposited>));
static_assert(!hana::contains(account{}, hana::type_c<open_account>));
static_assert(hana::contains(commands{}, hana::type_c<open_account>));
static_assert(hana::index_if(account{}, hana::equal.to(hana::type_c<withdrawn>)) == hana::just(hana::size_c<2>));
static_assert(hana::any_of(account{}, is_empty_struct) && !hana::all_of(account{}, is_empty_struct));
static_assert(!hana::any_of(none{}, is_empty_struct));
static_assert(hana::count_if(account{}, is_empty_struct) == hana::size_c<2>);

// Comparing: by the types and their order.
static_assert(hana::equal(account{}, account::flat{}));
static_assert(hana::equal(cash{}, hana::to<annals::events_tag>(hana::tuple_t<deposited, withdrawn>)));
static_assert(hana::not_equal(cash{}, annals::events<withdrawn, deposited>{}));
static_assert(hana::not_equal(cash{}, none{}));

// Making other lists.
static_assert(is<cash>(hana::filter(account{}, hana::compose(hana::not_, is_empty_struct))));
static_assert(is<annals::events<opened, closed>>(hana::filter(account{}, is_empty_struct)));
static_assert(is<none>(hana::filter(cash{}, is_empty_struct)));
static_assert(is<annals::commands<close_account>>(hana::remove(commands{}, hana::type_c<open_account>)));
static_assert(is<annals::events<withdrawn, closed>>(hana::drop_front(account{}, hana::size_c<2>)));
static_assert(is<annals::events<deposited, withdrawn, closed>>(hana::drop_front(account{})));
static_assert(is<none>(hana::drop_front(account{}, hana::size_c<9>)));
static_assert(is<account::flat>(hana::drop_front(account{}, hana::size_c<0>)));
static_assert(is<annals::commands<close_account>>(hana::drop_front(commands{})));
static_assert(is<annals::events<closed, withdrawn, deposited, opened>>(hana::reverse(account{})));
static_assert(is<annals::events<deposited, withdrawn, opened>>(hana::concat(cash{}, annals::events<opened>{})));
static_assert(is<annals::events<deposited, withdrawn, closed>>(hana::append(cash{}, hana::type_c<closed>)));
static_assert(is<annals::commands<close_account, open_account>>(hana::reverse(commands{})));

// Making something else.
constexpr auto add_size = [](auto sum, auto type) { return sum + hana::size_c<sizeof(typename decltype(type)::type)>; };
static_assert(hana::fold_left(cash{}, hana::size_c<0>, add_size) == hana::size_c<2 * sizeof(long)>);
static_assert(hana::to_set(annals::events<withdrawn, deposited>{}) == hana::to_set(cash{}));
static_assert(hana::contains(hana::to_set(account{}), hana::type_c<opened>));
static_assert(hana::unpack(account{}, [](auto... type) { return sizeof...(type); }) == 4);
static_assert(hana::transform(hana::to_tuple(cash{}), hana::sizeof_) ==
              hana::make_tuple(hana::size_c<sizeof(long)>, hana::size_c<sizeof(long)>));

}  // namespace

TEST_CASE("Hana visits each type of a list in the list's order") {
    std::size_t visited = 0;
    std::size_t places  = 0;
    hana::for_each(account{}, [&](auto type) {
        places = places * 10 + annals::index_of<account, typename decltype(type)::type>;
        ++visited;
    });
    CHECK(visited == 4);
    CHECK(places == 123);
}

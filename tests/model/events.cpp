// Lists of events and commands: what they hold, flattened, joined and compared.
#include "catch.hpp"

#include <annals/model/events.hpp>

#include <cstddef>
#include <type_traits>
#include <utility>
#include <variant>

namespace {

struct opened {};
struct deposited {
    long cents;
};
struct withdrawn {
    long cents;
};
struct closed {};
struct registered {};
struct moved {};

struct open_account {};
struct deposit_cash {};
struct close_account {};

using cash     = annals::events<deposited, withdrawn>;
using account  = annals::events<opened, cash, closed>;
using customer = annals::events<registered, moved>;
using none     = annals::events<>;

template <class A, class B>
inline constexpr bool same = std::is_same_v<A, B>;

// Lists as long as a large domain's.
template <std::size_t>
struct numbered {};
template <template <class...> class List, std::size_t First, std::size_t... I>
List<numbered<First + I>...> counted(std::index_sequence<I...>);
template <std::size_t First, std::size_t Count, template <class...> class List = annals::events>
using from_to = decltype(counted<List, First>(std::make_index_sequence<Count>{}));

template <class List>
concept has_at_3 = requires { typename annals::at<List, 3>; };
template <class List, class T>
concept has_index_of = requires { annals::index_of<List, T>; };
template <class List>
concept names_a_variant = requires { typename List::variant; };
template <class T>
concept joins_with_cash = requires { typename annals::join<cash, T>; };

}  // namespace

// Flattening.
static_assert(same<account::flat, annals::events<opened, deposited, withdrawn, closed>>);
static_assert(same<cash::flat, cash>);
static_assert(same<annals::flat<account>, account::flat>);
static_assert(same<annals::events<annals::events<annals::events<annals::events<opened>>>>::flat, annals::events<opened>>);
static_assert(same<annals::events<none, cash, none, annals::events<none>, opened, none>::flat,
                   annals::events<deposited, withdrawn, opened>>);
static_assert(same<annals::events<none, annals::events<none>>::flat, none>);
static_assert(same<annals::commands<annals::commands<open_account, annals::commands<deposit_cash>>, close_account>::flat,
                   annals::commands<open_account, deposit_cash, close_account>>);
// A list of the other kind is a type like any other (and no event, which is told where the list is used).
static_assert(annals::events<annals::commands<open_account, close_account>>::size == 1);

// Sizes.
static_assert(account::size == 4);
static_assert(cash::size == 2);
static_assert(none::size == 0);
static_assert(annals::events<none, none, annals::events<none>>::size == 0);
static_assert(annals::commands<>::size == 0);
static_assert(annals::commands<annals::commands<open_account, deposit_cash>, close_account>::size == 3);

// The variant.
static_assert(same<account::variant, std::variant<opened, deposited, withdrawn, closed>>);
static_assert(!names_a_variant<annals::commands<open_account>>);

// Whether a type is in a list, where, and back.
static_assert(annals::contains<account, opened>);
static_assert(annals::contains<account, withdrawn>);
static_assert(!annals::contains<account, registered>);
static_assert(!annals::contains<account, cash>);
static_assert(!annals::contains<account, const opened>);
static_assert(!annals::contains<account, opened&>);
static_assert(!annals::contains<none, opened>);
static_assert(annals::contains<annals::commands<open_account, close_account>, close_account>);
static_assert(!annals::contains<annals::commands<open_account, close_account>, closed>);

static_assert(annals::index_of<account, opened> == 0);
static_assert(annals::index_of<account, deposited> == 1);
static_assert(annals::index_of<account, withdrawn> == 2);
static_assert(annals::index_of<account, closed> == 3);
static_assert(!has_index_of<account, registered>);
static_assert(!has_index_of<none, opened>);

static_assert(same<annals::at<account, 0>, opened>);
static_assert(same<annals::at<account, 2>, withdrawn>);
static_assert(same<annals::at<account, 3>, closed>);
static_assert(same<annals::at<annals::commands<open_account, close_account>, 1>, close_account>);
static_assert(has_at_3<account>);
static_assert(!has_at_3<annals::events<opened, cash>>);
static_assert(!has_at_3<none>);

// Joins.
static_assert(same<annals::join<account, customer>,
                   annals::events<opened, deposited, withdrawn, closed, registered, moved>>);
static_assert(same<annals::join<account>, account::flat>);
static_assert(same<annals::join<none, cash, none>, cash>);
static_assert(same<annals::join<none, none>, none>);
static_assert(same<annals::join<annals::commands<open_account>, annals::commands<>, annals::commands<deposit_cash, close_account>>,
                   annals::commands<open_account, deposit_cash, close_account>>);
static_assert(joins_with_cash<customer>);
static_assert(!joins_with_cash<opened>);

// Differences and intersections: in the order of the first list.
static_assert(same<annals::difference<account, cash>, annals::events<opened, closed>>);
static_assert(same<annals::difference<account, annals::events<closed, registered, opened>>, cash>);
static_assert(same<annals::difference<account, account>, none>);
static_assert(same<annals::difference<account, customer>, account::flat>);
static_assert(same<annals::difference<account, none>, account::flat>);
static_assert(same<annals::difference<none, account>, none>);
static_assert(same<annals::difference<annals::commands<open_account, close_account>, annals::commands<open_account>>, annals::commands<close_account>>);

static_assert(same<annals::intersection<account, annals::events<withdrawn, moved, deposited>>, cash>);
static_assert(same<annals::intersection<annals::events<closed, withdrawn>, account>, annals::events<closed, withdrawn>>);
static_assert(same<annals::intersection<account, customer>, none>);
static_assert(same<annals::intersection<account, account>, account::flat>);
static_assert(same<annals::intersection<account, none>, none>);
static_assert(same<annals::intersection<none, account>, none>);

// What is a list.
static_assert(annals::list<account> && annals::list<none> && annals::list<annals::commands<open_account>>);
static_assert(!annals::list<opened> && !annals::list<std::variant<opened>> && !annals::list<const account>);

// A large domain: 200 events, nested in two halves.
using many = annals::events<from_to<0, 100>, from_to<100, 100>>;
static_assert(many::size == 200);
static_assert(same<many::flat, from_to<0, 200>>);
static_assert(same<annals::join<from_to<0, 150>, from_to<150, 50>>, from_to<0, 200>>);
static_assert(annals::index_of<many, numbered<0>> == 0);
static_assert(annals::index_of<many, numbered<137>> == 137);
static_assert(same<annals::at<many, 199>, numbered<199>>);
static_assert(!annals::contains<many, numbered<200>>);
static_assert(same<annals::difference<many, from_to<50, 500>>, from_to<0, 50>>);
static_assert(same<annals::intersection<many, from_to<50, 500>>, from_to<50, 150>>);
// Longer than the deepest expression that clang nests.
static_assert(from_to<0, 300>::size == 300);
static_assert(same<from_to<0, 200, annals::commands>::flat, from_to<0, 200, annals::commands>>);

TEST_CASE("a list's variant holds one event of any of the types, in the list's order") {
    account::variant last{withdrawn{30}};
    CHECK(last.index() == annals::index_of<account, withdrawn>);
    last = closed{};
    CHECK(last.index() == annals::index_of<account, closed>);
}

TEST_CASE("a list is an empty value") {
    CHECK(std::is_empty_v<account>);
    CHECK(std::is_trivially_default_constructible_v<account>);
    [[maybe_unused]] constexpr account value{};
}

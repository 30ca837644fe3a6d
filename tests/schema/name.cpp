// Stored names: of events, and of the categories of streams.
#include "catch.hpp"

#include <annals/schema/name.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

struct at_the_top {};

namespace bank {
namespace retail::savings {
struct deposited {};
}  // namespace retail::savings
struct deposited {};
struct renamed {
    static constexpr std::string_view event_name = "account-renamed";
};
struct named_by_literal {
    static constexpr char event_name[] = "literal";
};
struct with_a_field_of_that_name {
    int event_name;
};
struct account {
    struct opened {};
    enum class kind { current, savings };
};
struct portfolio {
    static constexpr std::string_view category   = "depot";
    static constexpr std::string_view event_name = "not-this";
};
template <class T>
struct changed {};
template <>
struct changed<int> {
    static constexpr std::string_view event_name = "number-changed";
};
template <class T>
struct outer {
    struct inner {};
    template <class U>
    struct changed {};
};
template <char>
struct lettered {};
class of_class_key {};
struct _odd_Name9 {};
struct with_unnamed_part {
    struct {
        int number;
    } part;
};
}  // namespace bank

namespace {

struct hidden {};
inline namespace v2 {
struct versioned {};
}  // namespace v2

using annals::category_name;
using annals::event_name;

// The unqualified name of the type, wherever it stands.
static_assert(event_name<at_the_top>() == "at_the_top");
static_assert(event_name<bank::deposited>() == "deposited");
static_assert(event_name<bank::retail::savings::deposited>() == "deposited");
static_assert(event_name<bank::account::opened>() == "opened");
static_assert(event_name<hidden>() == "hidden");
static_assert(event_name<versioned>() == "versioned");
static_assert(event_name<bank::of_class_key>() == "of_class_key");
static_assert(event_name<bank::_odd_Name9>() == "_odd_Name9");
static_assert(event_name<bank::account::kind>() == "kind");
static_assert(event_name<int>() == "int");

// Template arguments are no part of it.
static_assert(event_name<bank::changed<std::string>>() == "changed");
static_assert(event_name<bank::changed<bank::changed<bank::account>>>() == "changed");

static_assert(event_name<bank::outer<std::string>::inner>() == "inner");
static_assert(event_name<bank::outer<bank::outer<int>::inner>::inner>() == "inner");
static_assert(event_name<bank::outer<int>::changed<bank::outer<int>::inner>>() == "changed");
static_assert(event_name<bank::lettered<'<'>>() == "lettered" && event_name<bank::lettered<'>'>>() == "lettered");
static_assert(event_name<bank::lettered<':'>>() == "lettered" && event_name<bank::lettered<' '>>() == "lettered");

// A type without a name has none with any compiler.
static_assert(event_name<decltype(bank::with_unnamed_part::part)>().empty());

// A name that was given.
static_assert(event_name<bank::renamed>() == "account-renamed");
static_assert(event_name<bank::named_by_literal>() == "literal");
static_assert(event_name<bank::changed<int>>() == "number-changed");
static_assert(event_name<bank::with_a_field_of_that_name>() == "with_a_field_of_that_name");

// Categories.
static_assert(category_name<bank::account>() == "account");
static_assert(category_name<bank::portfolio>() == "depot");
static_assert(category_name<bank::renamed>() == "renamed");
static_assert(event_name<bank::portfolio>() == "not-this");

// Two events with one name.
template <class... E>
using verdict_of = decltype(annals::detail::judge_names<annals::events<E...>>());
template <class... E>
inline constexpr bool distinct = annals::detail::is_sound<verdict_of<E...>>;

struct also_renamed {
    static constexpr std::string_view event_name = "account-renamed";
};
static_assert(distinct<> && distinct<hidden> && distinct<bank::deposited, hidden, bank::renamed, bank::account::opened>);
static_assert(std::is_same_v<verdict_of<hidden, bank::deposited, at_the_top, bank::retail::savings::deposited>,
                             annals::two_events_with_one_stored_name<
                                 annals::events<bank::deposited, bank::retail::savings::deposited>>>);
static_assert(!distinct<bank::renamed, also_renamed>);
static_assert(!distinct<bank::changed<char>, bank::changed<long>> && distinct<bank::changed<char>, bank::changed<int>>);
static_assert(!distinct<hidden, annals::events<bank::deposited, annals::events<bank::retail::savings::deposited>>>);

// Long lists.
template <std::size_t I>
struct numbered {
    static constexpr char event_name[] = {'e', static_cast<char>('0' + I / 100), static_cast<char>('0' + I / 10 % 10),
                                          static_cast<char>('0' + I % 10), '\0'};
};
template <class... Last, std::size_t... I>
constexpr bool distinct_with(std::index_sequence<I...>) {
    return distinct<numbered<I>..., Last...>;
}
struct as_the_first {
    static constexpr std::string_view event_name = "e000";
};
struct as_the_last {
    static constexpr std::string_view event_name = "e299";
};
static_assert(distinct_with<>(std::make_index_sequence<300>{}));
static_assert(!distinct_with<as_the_first>(std::make_index_sequence<300>{}));
static_assert(!distinct_with<as_the_last>(std::make_index_sequence<300>{}));

}  // namespace

TEST_CASE("a local struct is called by its own name") {
    struct local {};
    CHECK(event_name<local>() == "local");
    [] {
        struct in_lambda {};
        CHECK(event_name<in_lambda>() == "in_lambda");
    }();
}

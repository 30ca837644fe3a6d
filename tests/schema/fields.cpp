// What a struct consists of.
#include "catch.hpp"

#include <annals/schema/fields.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace bank {

struct closed {};
struct deposited {
    std::int64_t cents;
};
struct address {
    std::string  street;
    std::int32_t house_number;
};
struct moved {
    address                from;
    std::optional<address> to;
    std::vector<address>   before;
};
enum class kind { current, savings };
struct opened {
    std::uint32_t                customer;
    kind                         of_kind;
    bool                         is_joint;
    char                         letter;
    double                       rate;
    std::array<std::uint8_t, 16> id;
    std::pair<int, std::string>  branch;
    std::unique_ptr<int>         owned;
};
struct odd_names {
    int _;
    int _leading;
    int trailing_;
    int value;
    int T;
    int a1b2;
    int camelCase;
    int cents;
};
struct twelve {
    int a, b, c, d, e, f, g, h, i, j, k, l;
};
struct with_constants {
    const int                        before = 1;
    [[maybe_unused]] static inline int shared = 2;
    int                              after = 3;
};
template <class T>
struct changed {
    T old_value, new_value;
};

// A template whose argument's text looks like the end of a field's.
struct place {
    const int* where;
};
inline constexpr int here = 0;
template <place>
struct placed {
    int first_field, second_field;
};

}  // namespace bank

namespace {

using namespace bank;
using annals::field_count;
using annals::field_names;

struct hidden {
    int         number;
    std::string text;
};

// How many.
static_assert(field_count<closed> == 0 && field_count<deposited> == 1 && field_count<address> == 2 && field_count<opened> == 8);
static_assert(field_count<moved> == 3 && field_count<twelve> == 12 && field_count<with_constants> == 2 && field_count<hidden> == 2);

// What they are called.
template <class Struct, class... Name>
constexpr bool called(Name... name) {
    return field_names<Struct> == std::array<std::string_view, sizeof...(Name)>{name...};
}
static_assert(called<closed>());
static_assert(called<deposited>("cents"));
static_assert(called<address>("street", "house_number"));
static_assert(called<moved>("from", "to", "before"));
static_assert(called<opened>("customer", "of_kind", "is_joint", "letter", "rate", "id", "branch", "owned"));
static_assert(called<odd_names>("_", "_leading", "trailing_", "value", "T", "a1b2", "camelCase", "cents"));
static_assert(called<twelve>("a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"));
static_assert(called<with_constants>("before", "after"));
static_assert(called<changed<std::string>>("old_value", "new_value"));
static_assert(called<changed<changed<address>>>("old_value", "new_value"));
static_assert(called<hidden>("number", "text"));
static_assert(called<placed<place{&here}>>("first_field", "second_field"));
static_assert(called<changed<placed<place{&here}>>>("old_value", "new_value"));

// What they hold.
constexpr twelve numbers{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
static_assert(annals::field<0>(numbers) == 1 && annals::field<6>(numbers) == 7 && annals::field<11>(numbers) == 12);
static_assert(std::is_same_v<decltype(annals::field<0>(numbers)), const int&>);
static_assert(std::is_same_v<decltype(annals::field<0>(std::declval<deposited&>())), std::int64_t&>);
static_assert([] {
    changed<int> event{1, 2};
    annals::field<1>(event) = 5;
    return event.new_value == 5 && event.old_value == 1;
}());

}  // namespace

TEST_CASE("a field is read and written in place") {
    moved event{.from = {"High Street", 5}, .to = {}, .before = {{"Low Street", 1}}};
    CHECK(&annals::field<0>(event) == &event.from);
    CHECK(annals::field<0>(annals::field<0>(event)) == "High Street");
    CHECK_FALSE(annals::field<1>(event).has_value());
    annals::field<1>(event)               = address{"New Street", 9};
    annals::field<1>(annals::field<0>(event)) = 6;
    CHECK(event.to->house_number == 9);
    CHECK(event.from.house_number == 6);
    CHECK(annals::field<2>(event).size() == 1);

    opened first{.customer = 1, .of_kind = kind::savings, .is_joint = true, .letter = 'x', .rate = 0.5, .id = {}, .branch = {2, "b"}, .owned = std::make_unique<int>(4)};
    CHECK(annals::field<1>(first) == kind::savings);
    CHECK(*annals::field<7>(first) == 4);
    CHECK(annals::field<6>(first).second == "b");
}

TEST_CASE("a local struct has fields with names") {
    struct local {
        int  first;
        long second;
    };
    CHECK(called<local>("first", "second"));
}

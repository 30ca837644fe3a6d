// What may be an event or a command: a plain aggregate struct that can be moved and owns what it holds.
#include "catch.hpp"

#include <annals/model/event.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace {

using annals::event;

enum class currency { euro, dollar };

// Fields of every usual kind.
struct closed {};
struct deposited {
    std::int64_t cents;
};
struct with_default {
    std::int64_t cents = 5;
};
struct numbers {
    bool          a;
    char          b;
    std::int8_t   c;
    std::uint64_t d;
    float         e;
    double        f;
    char32_t      g;
};
struct exchanged {
    currency from;
    currency to;
};
struct annotated {
    std::string note;
};
struct holders {
    std::vector<std::string>         names;
    std::optional<std::string>       nickname;
    std::map<std::string, int>       limits;
    std::pair<int, std::string>      branch;
    std::variant<int, std::string>   reference;
    std::array<std::uint8_t, 16>     id;
    std::array<std::array<int, 2>, 3> table;
};
struct address {
    std::string street;
    int         number;
};
struct moved {
    address              from;
    address              to;
    std::vector<address> before;
};
struct counted {
    const int count = 1;
};
struct only_movable {
    std::unique_ptr<int> owned;
    int                  other;
};
struct bits {
    unsigned low : 3;
    unsigned high : 5;
};
struct with_members_that_are_no_fields {
    using amount = long;
    [[maybe_unused]] static inline int* shared = nullptr;
    amount                              cents;
    [[nodiscard]] constexpr amount doubled() const { return cents * 2; }
    constexpr bool                 operator==(const with_members_that_are_no_fields&) const = default;
};
struct transferred : deposited {
    int to;
};
struct many_fields {
    int a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, b0, b1, b2, b3, b4, b5, b6, b7, b8, b9;
    std::string text;
};
template <class T>
struct price_changed {
    T price;
};
struct alignas(32) aligned {
    char letter;
};
struct final_one final {
    int a;
};

static_assert(event<closed> && event<deposited> && event<with_default> && event<numbers> && event<exchanged>);
static_assert(event<annotated> && event<holders> && event<moved> && event<counted> && event<only_movable>);
static_assert(event<with_members_that_are_no_fields> && event<many_fields> && event<price_changed<std::string>>);
static_assert(event<aligned> && event<final_one> && event<bits> && event<transferred>);

// No class, or none of its own.
union either {
    int   a;
    float b;
};
static_assert(!event<int> && !event<currency> && !event<either> && !event<void> && !event<decltype(nullptr)>);
static_assert(!event<deposited*> && !event<deposited&> && !event<deposited&&> && !event<deposited[2]>);
static_assert(!event<const deposited> && !event<volatile deposited> && !event<void()>);
static_assert(!event<annals::events<>> && !event<annals::events<deposited>> && !event<annals::commands<deposited>>);
static_assert(!event<std::string> && !event<std::vector<int>> && !event<std::optional<int>> && !event<std::variant<int>>);

// No aggregate.
struct with_constructor {
    with_constructor() {}
    int cents = 0;
};
struct with_defaulted_constructor {
    with_defaulted_constructor() = default;
    int cents;
};
class with_private_field {
public:
    int cents;

private:
    [[maybe_unused]] int secret = 0;
};
struct with_virtual_function {
    virtual ~with_virtual_function() = default;
    int cents;
};
class with_protected_field {
public:
    int cents;

protected:
    int secret = 0;
};
static_assert(!event<with_constructor> && !event<with_defaulted_constructor>);
static_assert(!event<with_private_field> && !event<with_virtual_function> && !event<with_protected_field>);
static_assert(!event<decltype([] {})>);

// No way to move or to destroy it.
struct pinned {
    pinned()              = default;
    pinned(const pinned&) = delete;
};
struct holds_pinned {
    pinned member;
};
struct undying {
    int cents;
    ~undying() = delete;
};
static_assert(!event<holds_pinned> && !event<undying>);

// Members that point at what the event does not own.
struct node {
    int  value;
    int* next;
};
struct function_pointer {
    void (*call)(int);
};
struct c_string {
    const char* text;
};
struct member_pointer {
    int node::*which;
};
struct by_reference {
    int& cents;
};
struct by_const_reference {
    int                before;
    const std::string& text;
};
struct by_rvalue_reference {
    std::string&& text;
};
struct reference_with_default {
    [[maybe_unused]] static inline int shared = 0;
    int                                before = 0;
    int&                               cents  = shared;
};
struct pointer_with_default {
    int   before = 0;
    void* where  = nullptr;
};
static_assert(!event<node> && !event<function_pointer> && !event<c_string>);
static_assert(!event<by_reference> && !event<by_const_reference> && !event<by_rvalue_reference>);
static_assert(!event<reference_with_default> && !event<pointer_with_default> && !event<member_pointer>);

// C arrays.
struct array_first {
    int cents[3];
    int other;
};
struct array_last {
    std::string text;
    int         cents[2];
};
struct array_between {
    int  a;
    char text[16];
    int  b;
};
struct array_of_arrays {
    int table[2][3];
};
struct array_of_structs {
    address places[2];
};
struct long_array {
    int  number;
    char text[100'000];
};
struct arrays_only {
    int a[2];
    int b[2];
};
static_assert(!event<array_first> && !event<array_last> && !event<array_between>);
static_assert(!event<array_of_arrays> && !event<array_of_structs> && !event<arrays_only> && !event<long_array>);

// The word for what is wrong with it.
using annals::detail::members;
static_assert(annals::detail::members_of<node> == members::pointer_or_reference);
static_assert(annals::detail::members_of<member_pointer> == members::pointer_or_reference);
static_assert(annals::detail::members_of<by_reference> == members::pointer_or_reference);
static_assert(annals::detail::members_of<by_const_reference> == members::pointer_or_reference);
static_assert(annals::detail::members_of<reference_with_default> == members::pointer_or_reference);
static_assert(annals::detail::members_of<array_between> == members::array);
static_assert(annals::detail::members_of<long_array> == members::array);
static_assert(annals::detail::members_of<holders> == members::fine);

// A command is held to the same.
static_assert(annals::command<deposited> && annals::command<closed> && annals::command<only_movable>);
static_assert(!annals::command<int> && !annals::command<with_constructor> && !annals::command<node>);

}  // namespace

TEST_CASE("an event can be of any plain struct, and of nothing else") {
    SUCCEED("said by the static assertions above");
}

// Room for one of a few types, in place.
#include "catch.hpp"

#include <annals/model/one_of.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>

namespace {

struct opened {
    int customer;
};
struct annotated {
    std::string note;
};
struct closed {};
struct entrusted {
    std::unique_ptr<int> key;
};
struct alignas(32) sealed {
    char letter;
};
template <std::size_t I>
struct numbered {
    std::size_t value;
};

using annals::detail::one_of;
using annals::detail::widened;
using slip = one_of<opened, annotated, closed>;

// What a visit sees: the type's first letter, and its value.
template <class OneOf>
std::string text_of(const OneOf& value) {
    std::string text = "-";
    value.visit([&]<class T>(const T& held) {
        if constexpr (std::is_same_v<T, opened>) text = "o" + std::to_string(held.customer);
        if constexpr (std::is_same_v<T, annotated>) text = "a" + held.note;
        if constexpr (std::is_same_v<T, closed>) text = "c";
    });
    return text;
}

// No wider than the widest type and an index; aligned like the strictest.
static_assert(sizeof(one_of<opened, closed>) == sizeof(std::size_t) + alignof(std::size_t));
static_assert(sizeof(slip) == sizeof(std::string) + sizeof(std::size_t));
static_assert(alignof(one_of<opened, sealed>) == 32);
static_assert(slip::none == 3 && one_of<>::none == 0);

// It holds the types that it names, and is never assigned.
static_assert(std::is_constructible_v<slip, opened> && !std::is_constructible_v<slip, sealed>);
static_assert(!std::is_convertible_v<opened, slip> && std::is_constructible_v<slip, const opened&>);
static_assert(!std::is_copy_assignable_v<slip> && !std::is_move_assignable_v<slip>);
static_assert(std::is_move_constructible_v<one_of<entrusted, closed>>);

// In a constant expression.
constexpr int customer_in(const one_of<opened, closed>& held) {
    int customer = 0;
    held.visit([&](const auto& value) {
        if constexpr (std::is_same_v<decltype(value), const opened&>) customer = value.customer;
    });
    return customer;
}
static_assert(customer_in(one_of<opened, closed>(opened{4})) == 4);
static_assert(customer_in(one_of<opened, closed>(closed{})) == 0);
static_assert(customer_in(one_of<opened, closed>()) == 0);
static_assert([] {
    const one_of<opened, closed> first(opened{4});
    const one_of<opened, closed> second(first);
    return second.index() == 0 && second.get<0>().customer == 4 && first.index() == 0;
}());

}  // namespace

TEST_CASE("room for one of a few types holds the one that it was given") {
    const slip nothing;
    CHECK(nothing.index() == slip::none);
    CHECK(text_of(nothing) == "-");

    const slip first(opened{4}), second(annotated{"a note too long for a small buffer to hold it"}), third(closed{});
    CHECK(first.index() == 0);
    CHECK(text_of(first) == "o4");
    CHECK(second.index() == 1);
    CHECK(text_of(second) == "aa note too long for a small buffer to hold it");
    CHECK(second.get<1>().note.size() == 45);
    CHECK(third.index() == 2);
    CHECK(text_of(third) == "c");
}

TEST_CASE("it copies and moves what it holds") {
    slip       original(annotated{"a note too long for a small buffer to hold it"});
    const slip copy(original);
    CHECK(text_of(copy) == text_of(original));
    CHECK(&copy.get<1>() != &original.get<1>());

    const char* const characters = original.get<1>().note.data();
    const slip        moved(std::move(original));
    CHECK(moved.get<1>().note.data() == characters);
    CHECK(text_of(slip(slip())) == "-");
    CHECK(text_of(slip(slip(closed{}))) == "c");

    one_of<closed, entrusted>       owner(entrusted{std::make_unique<int>(5)});
    const one_of<closed, entrusted> heir(std::move(owner));
    CHECK(*heir.get<1>().key == 5);
}

TEST_CASE("what it holds can be changed in place") {
    slip held(opened{4});
    held.visit([]<class T>(T& value) {
        if constexpr (std::is_same_v<T, opened>) value.customer = 5;
    });
    CHECK(held.get<0>().customer == 5);
}

TEST_CASE("a value moves into room for more types") {
    using wide = one_of<sealed, closed, annotated, opened>;
    slip        narrow(annotated{"a note too long for a small buffer to hold it"});
    const auto* characters = narrow.get<1>().note.data();
    const wide  widest     = widened<wide>(narrow);
    CHECK(widest.index() == 2);
    CHECK(widest.get<2>().note.data() == characters);

    slip first(opened{4}), last(closed{}), empty;
    CHECK(widened<wide>(first).get<3>().customer == 4);
    CHECK(widened<wide>(last).index() == 1);
    CHECK(widened<wide>(empty).index() == wide::none);
}

TEST_CASE("each of many types keeps its place") {
    const auto check = []<std::size_t... I>(std::index_sequence<I...>) {
        using many = one_of<numbered<I>...>;
        bool good  = true;
        const auto one = [&]<std::size_t Place>(std::integral_constant<std::size_t, Place>) {
            const many held(numbered<Place>{Place * 3});
            const many copy(held);
            int        visits = 0;
            copy.visit([&](const auto& value) {
                good = good && std::is_same_v<decltype(value), const numbered<Place>&> && value.value == Place * 3;
                ++visits;
            });
            good = good && visits == 1 && copy.index() == Place;
        };
        (one(std::integral_constant<std::size_t, I>{}), ...);
        return good;
    };
    CHECK(check(std::make_index_sequence<1>{}));
    CHECK(check(std::make_index_sequence<20>{}));
}

// Equality of values, field by field, for structs that have no `==`.
#pragma once

#include <annals/schema/fields.hpp>
#include <annals/schema/kinds.hpp>

#include <cstddef>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>

namespace annals {

template <class T>
[[nodiscard]] constexpr bool equal_fields(const T& a, const T& b);

namespace detail {

template <class T>
constexpr bool equal_elements(const T& a, const T& b) {
    auto at = a.begin();
    auto to = b.begin();
    for (; at != a.end() && to != b.end(); ++at, ++to)
        if (!equal_fields(*at, *to)) return false;
    return at == a.end() && to == b.end();
}

// What has one key in a container that may hold it several times. Equal keys are what the container takes for equal.
template <class T, class Element>
auto of_same_key(const T& container, const Element& element) {
    if constexpr (requires { typename T::mapped_type; })
        return container.equal_range(element.first);
    else
        return container.equal_range(element);
}

template <class T>
bool equal_hashed(const T& a, const T& b) {
    if (a.size() != b.size()) return false;
    for (const auto& element : a) {
        const auto count_in = [&](const T& container) {
            std::size_t       count = 0;
            const auto [from, last] = of_same_key(container, element);
            for (auto at = from; at != last; ++at) count += equal_fields(*at, element) ? 1 : 0;
            return count;
        };
        if (count_in(a) != count_in(b)) return false;
    }
    return true;
}

template <class T>
constexpr bool equal_alternatives(const T& a, const T& b) {
    if (a.index() != b.index()) return false;
    return [&]<std::size_t... I>(std::index_sequence<I...>) {
        return ((a.index() != I || equal_fields(*std::get_if<I>(&a), *std::get_if<I>(&b))) && ...);
    }(std::make_index_sequence<std::variant_size_v<T>>{});
}

}  // namespace detail

/// True if two values are equal: structs without an `==` field by field, and so on inwards through optionals, variants,
/// tuples, pairs and containers. A type that is none of these needs an `==`.
template <class T>
[[nodiscard]] constexpr bool equal_fields(const T& a, const T& b) {
    // Those of the standard library first: they have an `==` that is declared for everything and compiles for some.
    if constexpr (detail::text_value<T>)
        return std::string_view(a) == std::string_view(b);
    else if constexpr (detail::variant_value<T>)
        return detail::equal_alternatives(a, b);
    else if constexpr (detail::optional_value<T>)
        return a.has_value() == b.has_value() && (!a.has_value() || equal_fields(*a, *b));
    else if constexpr (detail::hashed_range<T>)
        return detail::equal_hashed(a, b);
    else if constexpr (detail::range_of_values<T>)
        return detail::equal_elements(a, b);
    else if constexpr (detail::tuple_value<T>)
        return [&]<std::size_t... I>(std::index_sequence<I...>) {
            return (equal_fields(std::get<I>(a), std::get<I>(b)) && ...);
        }(std::make_index_sequence<std::tuple_size_v<T>>{});
    else if constexpr (requires { static_cast<bool>(a == b); })
        return a == b;
    else
        return [&]<std::size_t... I>(std::index_sequence<I...>) {
            return (equal_fields(field<I>(a), field<I>(b)) && ...);
        }(std::make_index_sequence<field_count<T>>{});
}

}  // namespace annals

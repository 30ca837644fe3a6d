// What kinds of values there are in fields, told apart by what they can do: for printing and comparing them.
#pragma once

#include <concepts>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <variant>

namespace annals::detail {

template <class T>
concept text_value = std::is_convertible_v<const T&, std::string_view>;

template <class T>
concept optional_value = requires(const T& value) {
    value.has_value();
    *value;
};

template <class T>
concept range_of_values = requires(const T& range) {
    range.begin() != range.end();
    *range.begin();
};

/// A container without an order of its own: std::unordered_map, std::unordered_set.
template <class T>
concept hashed_range = range_of_values<T> && requires {
    typename T::key_type;
    typename T::hasher;
};

template <class T>
concept tuple_value = !range_of_values<T> && requires { std::tuple_size<T>::value; };

template <class T>
concept variant_value = requires { std::variant_size<T>::value; };

template <class T>
concept duration_value = requires(const T& value) {
    { value.count() } -> std::convertible_to<typename T::rep>;
    typename T::period;
};

template <class T>
concept time_point_value = requires(const T& value) {
    { value.time_since_epoch() } -> duration_value;
};

}  // namespace annals::detail

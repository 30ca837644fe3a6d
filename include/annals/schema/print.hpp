// Events and states, printed for people: `deposited{cents: 100}`.
#pragma once

#include <annals/schema/fields.hpp>
#include <annals/schema/name.hpp>

#include <cstddef>
#include <ostream>
#include <string_view>
#include <type_traits>
#include <utility>

namespace annals {

namespace detail {

template <class T>
concept streamable = requires(std::ostream& out, const T& value) { out << value; };

template <class T>
concept range_of_values = requires(const T& range) {
    range.begin() != range.end();
    *range.begin();
};

template <class T>
concept optional_value = requires(const T& value) {
    value.has_value();
    *value;
};

template <class T>
inline constexpr bool is_character =
    std::is_same_v<T, char> || std::is_same_v<T, signed char> || std::is_same_v<T, unsigned char>;

}  // namespace detail

/// Prints a value for people: structs field by field with their names, ranges in brackets, text in quotes, enums and
/// bytes as numbers. A type that is none of these and has no `operator<<` is printed as `?`.
template <class T>
void print(std::ostream& out, const T& value) {
    if constexpr (std::is_same_v<T, bool>)
        out << (value ? "true" : "false");
    else if constexpr (std::is_enum_v<T>)
        out << +static_cast<std::underlying_type_t<T>>(value);
    else if constexpr (detail::is_character<T>)
        out << +value;
    else if constexpr (std::is_convertible_v<const T&, std::string_view>)
        out << '"' << std::string_view{value} << '"';
    else if constexpr (detail::streamable<T>)
        out << value;
    else if constexpr (detail::optional_value<T>) {
        if (value)
            print(out, *value);
        else
            out << "none";
    } else if constexpr (detail::range_of_values<T>) {
        out << '[';
        const char* between = "";
        for (const auto& each : value) {
            out << std::exchange(between, ", ");
            print(out, each);
        }
        out << ']';
    } else if constexpr (std::is_aggregate_v<T>) {
        out << event_name<T>() << '{';
        [&]<std::size_t... I>(std::index_sequence<I...>) {
            ((out << (I == 0 ? "" : ", ") << field_names<T>[I] << ": ", print(out, field<I>(value))), ...);
        }(std::make_index_sequence<field_count<T>>{});
        out << '}';
    } else
        out << '?';
}

}  // namespace annals

// Events and states, printed for people: `deposited{cents: 100}`.
#pragma once

#include <annals/schema/fields.hpp>
#include <annals/schema/kinds.hpp>
#include <annals/schema/name.hpp>

#include <cstddef>
#include <ostream>
#include <ratio>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>

namespace annals {

namespace detail {

template <class T>
concept streamable = requires(std::ostream& out, const T& value) { out << value; };

template <class T>
inline constexpr bool is_character =
    std::is_same_v<T, char> || std::is_same_v<T, signed char> || std::is_same_v<T, unsigned char> ||
    std::is_same_v<T, wchar_t> || std::is_same_v<T, char8_t> || std::is_same_v<T, char16_t> || std::is_same_v<T, char32_t>;

// The unit of a duration whose tick is that many seconds.
template <class Period>
void print_unit(std::ostream& out) {
    if constexpr (std::is_same_v<Period, std::ratio<1>>)
        out << 's';
    else if constexpr (std::is_same_v<Period, std::milli>)
        out << "ms";
    else if constexpr (std::is_same_v<Period, std::micro>)
        out << "us";
    else if constexpr (std::is_same_v<Period, std::nano>)
        out << "ns";
    else if constexpr (std::is_same_v<Period, std::ratio<60>>)
        out << "min";
    else if constexpr (std::is_same_v<Period, std::ratio<3600>>)
        out << 'h';
    else
        out << '[' << Period::num << '/' << Period::den << "]s";
}

}  // namespace detail

/// Prints a value for people: structs field by field with their names, ranges in brackets, pairs and tuples in
/// parentheses, a variant as what it holds, text in quotes, enums and bytes as numbers, durations with their unit, times
/// since their clock's epoch. A type that is none of these and has no `operator<<` is printed as `?`.
template <class T>
void print(std::ostream& out, const T& value) {
    if constexpr (std::is_same_v<T, bool>)
        out << (value ? "true" : "false");
    else if constexpr (std::is_enum_v<T>)
        out << +static_cast<std::underlying_type_t<T>>(value);
    else if constexpr (detail::is_character<T>)
        out << +value;
    else if constexpr (detail::text_value<T>)
        out << '"' << std::string_view{value} << '"';
    else if constexpr (detail::duration_value<T>) {
        out << +value.count();
        detail::print_unit<typename T::period>(out);
    } else if constexpr (detail::time_point_value<T>)
        print(out, value.time_since_epoch());
    else if constexpr (detail::streamable<T>)
        out << value;
    else if constexpr (detail::variant_value<T>)
        [&]<std::size_t... I>(std::index_sequence<I...>) {
            ((value.index() == I ? print(out, *std::get_if<I>(&value)) : void()), ...);
        }(std::make_index_sequence<std::variant_size_v<T>>{});
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
            // As what the range says that it holds: an element may be a stand-in for it, as a std::vector<bool>'s is.
            if constexpr (requires { typename T::value_type; })
                print<typename T::value_type>(out, each);
            else
                print(out, each);
        }
        out << ']';
    } else if constexpr (detail::tuple_value<T>) {
        out << '(';
        [&]<std::size_t... I>(std::index_sequence<I...>) {
            ((out << (I == 0 ? "" : ", "), print(out, std::get<I>(value))), ...);
        }(std::make_index_sequence<std::tuple_size_v<T>>{});
        out << ')';
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

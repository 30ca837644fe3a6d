// Events and states, printed for people: `deposited{cents: 100}`.
#pragma once

#include <annals/model/context.hpp>
#include <annals/schema/calendar.hpp>
#include <annals/schema/enumerators.hpp>
#include <annals/schema/field_kind.hpp>
#include <annals/schema/fields.hpp>
#include <annals/schema/kinds.hpp>
#include <annals/schema/name.hpp>
#include <annals/schema/stored_as.hpp>
#include <annals/schema/uuid_text.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <ostream>
#include <ratio>
#include <sstream>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>

namespace annals {

namespace detail {

template <class T>
concept streamable = requires(std::ostream& out, const T& value) {
    out << value;
};

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

// An enum whose enumerators can be asked for: what other enums can hold depends on their enumerators.
template <class T>
concept named_enum = std::is_enum_v<T> && requires {
    T{0};
};

template <class T>
void print_enum(std::ostream& out, T value) {
    if constexpr (named_enum<T>)
        if (const auto name = enumerator_name(value); !name.empty()) {
            out << name;
            return;
        }
    out << +static_cast<std::underlying_type_t<T>>(value);
}

// A time of a clock that knows the calendar, as the system's does.
template <class T>
concept time_of_day = requires(const typename T::clock::time_point& time) {
    T::clock::to_time_t(time);
};

// Such a time as a moment of UTC, where its ticks fall on the digits of one.
template <class T>
std::optional<moment_text> text_of_time(const T& value) {
    using period = typename T::period;
    if constexpr (time_of_day<T> && std::is_integral_v<typename T::rep>) {
        const auto ticks = value.time_since_epoch().count();
        if (std::is_signed_v<typename T::rep> || static_cast<std::int64_t>(ticks) >= 0)
            return text_of_ticks(static_cast<std::int64_t>(ticks), static_cast<std::uint64_t>(period::num),
                                 static_cast<std::uint64_t>(period::den));
    }
    return std::nullopt;
}

}  // namespace detail

/// Prints a value for people: structs field by field with their names, ranges in brackets, pairs and tuples in
/// parentheses, a variant as what it holds, text in quotes, enums by name (by number if they have none that is known),
/// bytes as numbers, UUIDs, durations with their unit, times of the system's clock in UTC, others since their clock's
/// epoch, and what `stored_as` knows as that. A type that is none of these and has no `operator<<` is printed as `?`.
template <class T>
void print(std::ostream& out, const T& value) {
    if constexpr (std::is_same_v<T, bool>)
        out << (value ? "true" : "false");
    else if constexpr (std::is_enum_v<T>)
        detail::print_enum(out, value);
    else if constexpr (detail::is_character<T>)
        out << +value;
    else if constexpr (detail::text_value<T>)
        out << '"' << std::string_view{value} << '"';
    else if constexpr (detail::duration_value<T>) {
        out << +value.count();
        detail::print_unit<typename T::period>(out);
    } else if constexpr (detail::time_point_value<T>) {
        if (const auto text = detail::text_of_time(value))
            out << std::string_view(*text);
        else
            print(out, value.time_since_epoch());
    } else if constexpr (kind_of<T> == field_kind::uuid)
        out << std::string_view(detail::text_of(uuid(value)));
    else if constexpr (std::is_same_v<T, timestamp>)
        out << std::string_view(*detail::text_of_ticks(value.nanoseconds, 1, detail::nanoseconds_per_second));
    else if constexpr (detail::streamable<T>)
        out << value;
    else if constexpr (detail::stored_as_another<T>)
        print<typename stored_as<T>::type>(out, stored_as<T>::to(value));
    else if constexpr (detail::variant_value<T>)
        [&]<std::size_t... I>(std::index_sequence<I...>) {
            ((value.index() == I ? print(out, *std::get_if<I>(&value)) : void()), ...);
        }
    (std::make_index_sequence<std::variant_size_v<T>>{});
    else if constexpr (detail::optional_value<T>) {
        if (value)
            print(out, *value);
        else
            out << "none";
    }
    else if constexpr (detail::range_of_values<T>) {
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
    }
    else if constexpr (detail::tuple_value<T>) {
        out << '(';
        [&]<std::size_t... I>(std::index_sequence<I...>) {
            ((out << (I == 0 ? "" : ", "), print(out, std::get<I>(value))), ...);
        }
        (std::make_index_sequence<std::tuple_size_v<T>>{});
        out << ')';
    }
    else if constexpr (std::is_aggregate_v<T>) {
        out << event_name<T>() << '{';
        [&]<std::size_t... I>(std::index_sequence<I...>) {
            ((out << (I == 0 ? "" : ", ") << field_names<T>[I] << ": ", print(out, field<I>(value))), ...);
        }
        (std::make_index_sequence<field_count<T>>{});
        out << '}';
    }
    else out << '?';
}

/// A value that prints itself as `print` does: `std::cout << annals::printed(event)`. It refers to the value.
template <class T>
struct printed {
    const T& value;

    explicit printed(const T& of) : value(of) {}

    friend std::ostream& operator<<(std::ostream& out, const printed& what) {
        print(out, what.value);
        return out;
    }
};

/// What `print` prints of a value.
template <class T>
[[nodiscard]] std::string to_text(const T& value) {
    std::ostringstream out;
    print(out, value);
    return std::move(out).str();
}

}  // namespace annals

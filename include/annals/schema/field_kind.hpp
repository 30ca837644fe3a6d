// What kinds of fields can be stored. One question, asked by the schema, the codecs, printing and arbitrary values alike.
#pragma once

#include <annals/model/context.hpp>
#include <annals/model/upcast.hpp>
#include <annals/schema/kinds.hpp>
#include <annals/schema/stored_as.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>

// Boost's UUIDs are known without their header.
namespace boost::uuids {
struct uuid;
}

namespace annals {

enum class field_kind : std::uint8_t {
    unsupported,
    boolean,
    character,  // char, which is signed here and unsigned there
    integer,    // of every width, signed or not; char8_t, char16_t, char32_t and std::byte count as unsigned
    floating,   // float and double
    enumeration,
    text,       // std::string
    optional,   // std::optional and what is like it
    list,       // std::vector, std::deque, std::list and what is like them
    set,        // std::set, std::unordered_set and what is like them
    map,        // std::map, std::unordered_map and what is like them
    array,      // std::array
    tuple,      // std::tuple and std::pair
    variant,    // std::variant; std::monostate is a structure without fields
    duration,   // std::chrono::duration
    time,       // std::chrono::time_point of the system's clock
    uuid,       // annals::uuid, boost::uuids::uuid
    structure,  // a plain aggregate struct
    another,    // what `stored_as` says
};

namespace detail {

template <class T>
inline constexpr bool is_text = false;
template <class Traits, class Allocator>
inline constexpr bool is_text<std::basic_string<char, Traits, Allocator>> = true;

template <class T>
inline constexpr bool is_array = false;
template <class T, std::size_t N>
inline constexpr bool is_array<std::array<T, N>> = true;

template <class T>
inline constexpr bool is_pair = false;
template <class A, class B>
inline constexpr bool is_pair<std::pair<A, B>> = true;

// One of the fixed widths. `long` is one of them; wchar_t, whose width differs, and wider integers are not.
template <class T>
inline constexpr bool is_integer_of_fixed_width = std::is_integral_v<T> && sizeof(T) <= 8 && !std::is_same_v<T, bool> &&
                                                  !std::is_same_v<T, char> && !std::is_same_v<T, wchar_t>;

template <class T>
concept optional_field = optional_value<T> && std::is_default_constructible_v<T> && requires(T& value) {
    typename T::value_type;
    value.emplace();
    value.reset();
};

// What a container inserts says whether it holds a key only once.
template <class T>
concept keyed_container = requires(T& container, typename T::value_type element) {
    typename T::key_type;
    { container.insert(std::move(element)).second } -> std::convertible_to<bool>;
    container.clear();
};
template <class T>
concept maps_keys = requires { typename T::mapped_type; };
template <class T>
concept sequence_container = requires(T& container) {
    typename T::value_type;
    container.emplace_back();
    container.resize(container.size());
    container.begin();
    container.clear();
};

// In nanoseconds and microseconds the system's clock ticks, depending on the standard library. Other clocks begin anew
// with each start of the machine, so that their times mean nothing in a log.
template <class T>
concept system_time = time_point_value<T> && requires {
    T::clock::to_time_t(typename T::clock::time_point{});
};

template <class T>
consteval field_kind find_kind() {
    if constexpr (std::is_const_v<T> || std::is_volatile_v<T> || std::is_reference_v<T> || std::is_pointer_v<T>)
        return field_kind::unsupported;
    else if constexpr (stored_as_another<T>)
        return field_kind::another;
    else if constexpr (std::is_same_v<T, bool>)
        return field_kind::boolean;
    else if constexpr (std::is_same_v<T, char>)
        return field_kind::character;
    else if constexpr (is_integer_of_fixed_width<T> || std::is_same_v<T, std::byte>)
        return field_kind::integer;
    else if constexpr (std::is_same_v<T, float> || std::is_same_v<T, double>)
        return field_kind::floating;
    else if constexpr (std::is_enum_v<T>)
        return field_kind::enumeration;
    else if constexpr (!std::is_class_v<T>)
        return field_kind::unsupported;
    else if constexpr (is_text<T>)
        return field_kind::text;
    else if constexpr (std::is_same_v<T, uuid> || std::is_same_v<T, boost::uuids::uuid>)
        return field_kind::uuid;
    else if constexpr (is_array<T>)
        return field_kind::array;
    else if constexpr (std::is_aggregate_v<T>)  // early, for most classes are, and what follows costs more to ask
        return field_kind::structure;
    else if constexpr (is_tuple<T> || is_pair<T>)
        return field_kind::tuple;
    else if constexpr (is_variant<T>)
        return field_kind::variant;
    else if constexpr (optional_field<T>)
        return field_kind::optional;
    else if constexpr (keyed_container<T> && maps_keys<T>)
        return field_kind::map;
    else if constexpr (keyed_container<T>)
        return field_kind::set;
    else if constexpr (sequence_container<T>)
        return field_kind::list;
    else if constexpr (time_point_value<T>)
        return system_time<T> ? field_kind::time : field_kind::unsupported;
    else if constexpr (duration_value<T>)
        return field_kind::duration;
    else
        return field_kind::unsupported;
}

}  // namespace detail

/// What kind of field a `T` is.
template <class T>
inline constexpr field_kind kind_of = detail::find_kind<T>();

}  // namespace annals

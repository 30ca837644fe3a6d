// How much room an encoding takes, as far as the type alone tells.
#pragma once

#include <annals/schema/field_kind.hpp>
#include <annals/schema/fields.hpp>
#include <annals/schema/schema_text.hpp>

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>

namespace annals::detail {

struct encoded_layout {
    std::size_t minimum  = 0;      // no value takes fewer bytes
    bool        fixed    = false;  // and none takes more
    bool        bitwise  = false;  // the bytes in memory are the encoding
    bool        has_bool = false;  // if bitwise: not every byte will do
};

template <class T>
consteval encoded_layout find_layout();

template <class T>
inline constexpr encoded_layout layout_of = find_layout<T>();

// Several values one behind the other.
template <class Whole, class... T>
consteval encoded_layout layout_of_row() {
    constexpr encoded_layout parts[] = {layout_of<T>..., encoded_layout{0, true, true, false}};
    encoded_layout           row{0, true, std::is_trivially_copyable_v<Whole>, false};
    for (const encoded_layout& part : parts) {
        row.minimum += part.minimum;
        row.fixed    = row.fixed && part.fixed;
        row.bitwise  = row.bitwise && part.bitwise;
        row.has_bool = row.has_bool || part.has_bool;
    }
    row.bitwise = row.bitwise && row.minimum == sizeof(Whole);
    return row;
}
template <class Struct, class... T>
consteval encoded_layout layout_of_fields(type_list<T...>) {
    return layout_of_row<Struct, T...>();
}
template <template <class...> class List, class... T>
consteval encoded_layout layout_of_tuple(std::type_identity<List<T...>>) {
    encoded_layout row = layout_of_row<List<T...>, T...>();
    row.bitwise        = false;  // the order of a std::tuple's elements in memory is the library's affair
    return row;
}
template <class... T>
consteval encoded_layout layout_of_variant(std::type_identity<std::variant<T...>>) {
    static_assert(sizeof...(T) <= 255,
                  "annals: a variant is stored with a number of one byte, so it has up to 255 alternatives");
    constexpr encoded_layout parts[] = {layout_of<T>...};
    encoded_layout           all     = parts[0];
    for (const encoded_layout& part : parts) {
        all.fixed = all.fixed && part.fixed && part.minimum == parts[0].minimum;
        if (part.minimum < all.minimum) all.minimum = part.minimum;
    }
    return {1 + all.minimum, all.fixed, false, false};
}

inline constexpr bool is_little_endian = std::endian::native == std::endian::little;

template <class T>
consteval encoded_layout find_layout() {
    constexpr field_kind kind = kind_of<T>;
    if constexpr (kind == field_kind::another)
        return [] {
            encoded_layout layout = layout_of<typename stored_type<T>::type>;
            layout.bitwise        = false;
            return layout;
        }();
    else if constexpr (kind == field_kind::boolean)
        return {1, true, sizeof(bool) == 1, true};
    else if constexpr (kind == field_kind::character || kind == field_kind::integer || kind == field_kind::floating)
        return {sizeof(T), true, is_little_endian || sizeof(T) == 1, false};
    else if constexpr (kind == field_kind::enumeration)
        return layout_of<std::underlying_type_t<T>>;
    else if constexpr (kind == field_kind::duration || kind == field_kind::time) {
        using ticks = stored_ticks<typename T::rep>;
        constexpr bool same =
            std::is_trivially_copyable_v<T> && sizeof(T) == sizeof(ticks) && sizeof(typename T::rep) == sizeof(ticks);
        if constexpr (kind == field_kind::time)
            return {sizeof(ticks), true, same && is_little_endian && std::is_same_v<stored_tick<T>, typename T::period>, false};
        else
            return {sizeof(ticks), true, same && is_little_endian, false};
    } else if constexpr (kind == field_kind::uuid)
        return {16, true, sizeof(T) == 16 && std::is_trivially_copyable_v<T>, false};
    else if constexpr (kind == field_kind::array) {
        constexpr encoded_layout element = layout_of<typename T::value_type>;
        constexpr std::size_t    count   = std::tuple_size_v<T>;
        return {count * element.minimum, element.fixed || count == 0, element.bitwise && sizeof(T) == count * element.minimum,
                element.has_bool};
    } else if constexpr (kind == field_kind::tuple)
        return layout_of_tuple(std::type_identity<T>{});
    else if constexpr (kind == field_kind::variant)
        return layout_of_variant(std::type_identity<T>{});
    else if constexpr (kind == field_kind::optional)
        return {1, false, false, false};
    else if constexpr (kind == field_kind::structure)
        return layout_of_fields<T>(types_of_fields<T>{});
    else
        return {4, false, false, false};  // text and containers begin with a count
}

template <class T>
struct element_of_container {
    using type = typename T::value_type;
};
template <class T>
requires(kind_of<T> == field_kind::map) struct element_of_container<T> {
    using type = std::pair<typename T::key_type, typename T::mapped_type>;
};
/// What is encoded for each element of a list, set or map: of a map key and value.
template <class T>
using container_element = typename element_of_container<T>::type;

/// What an element of a container takes at least: a byte, so that no count stands for more than its record has bytes.
template <class T>
inline constexpr std::size_t smallest_element = layout_of<T>.minimum == 0 ? 1 : layout_of<T>.minimum;

/// True for elements that are encoded as a byte 0, for they have no bytes of their own.
template <class T>
inline constexpr bool needs_filler = layout_of<T>.minimum == 0 && layout_of<T>.fixed;

/// A container whose elements lie one behind the other in memory as they do in the encoding.
template <class T>
concept bitwise_elements = layout_of<typename T::value_type>
.bitwise&& requires(T& container) { container.data(); };

// Notes whether a struct names a struct around it.
struct back_reference {
    bool found = false;

    constexpr void put(char letter) { found = found || letter == '^'; }
    constexpr void put(std::string_view) {}  // names and kinds have no such letter
};
template <class T>
consteval bool find_recursion() {
    schema_writer<back_reference> writer;
    writer.template type<T>();
    return writer.out.found;
}
/// True if there may be any number of values in a `T`, one within the other.
template <class T>
inline constexpr bool is_recursive = find_recursion<T>();

inline constexpr std::size_t deepest_nesting = 64;

template <class T>
using stored_integer = std::conditional_t<
    sizeof(T) == 1, std::uint8_t,
    std::conditional_t<sizeof(T) == 2, std::uint16_t, std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>>>;

// Little-endian, whatever the machine is.
constexpr std::uint64_t reversed_bytes(std::uint64_t value, std::size_t count) {
    std::uint64_t reversed = 0;
    for (std::size_t i = 0; i < count; ++i) reversed = reversed << 8U | (value >> (8U * i) & 0xffU);
    return reversed;
}

}  // namespace annals::detail

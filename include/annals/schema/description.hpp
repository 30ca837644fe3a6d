// A schema as data: what its text (schema/schema_text.hpp) says, for those who read events without having their types.
#pragma once

#include <annals/schema/field_kind.hpp>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace annals {

/// The numbers that are stored.
enum class number_kind : std::uint8_t { none, i8, i16, i32, i64, u8, u16, u32, u64, f32, f64 };

/// What a schema calls them.
[[nodiscard]] constexpr std::string_view to_string(number_kind number) noexcept {
    constexpr std::string_view names[] = {"", "i8", "i16", "i32", "i64", "u8", "u16", "u32", "u64", "f32", "f64"};
    return names[static_cast<std::size_t>(number)];
}
/// How many bytes one takes.
[[nodiscard]] constexpr std::size_t width_of(number_kind number) noexcept {
    constexpr std::size_t widths[] = {0, 1, 2, 4, 8, 1, 2, 4, 8, 4, 8};
    return widths[static_cast<std::size_t>(number)];
}
[[nodiscard]] constexpr bool is_floating(number_kind number) noexcept { return number >= number_kind::f32; }
[[nodiscard]] constexpr bool is_unsigned(number_kind number) noexcept {
    return number >= number_kind::u8 && number <= number_kind::u64;
}

/// What a type consists of: its name, if it is a field, and the place of its type in `description::types`.
struct described_part {
    std::string name;
    std::size_t type = 0;

    friend bool operator==(const described_part&, const described_part&) = default;
};

struct described_enumerator {
    std::string  name;
    std::int64_t value = 0;  // of an unsigned 64-bit enum above the signed range, the value modulo 2^64

    friend bool operator==(const described_enumerator&, const described_enumerator&) = default;
};

/// A type in a schema. `kind` is never `unsupported` or `another`.
struct described_type {
    field_kind  kind   = field_kind::structure;
    number_kind number = number_kind::none;  // of integer and floating; what an enum is, and the ticks of a duration or time
    std::string name;                        // of a structure or enum; empty if it has none

    // A structure's fields; the element of an optional, list, set or array; a map's key and value; the elements of a tuple,
    // the alternatives of a variant.
    std::vector<described_part>       parts;
    std::vector<described_enumerator> enumerators;

    std::uint64_t count      = 0;  // of an array's elements
    std::uint64_t ticks      = 0;  // a duration or time counts in steps of `ticks / per_second` seconds
    std::uint64_t per_second = 0;
    std::size_t   minimum    = 0;  // how many bytes a value takes at least

    friend bool operator==(const described_type&, const described_type&) = default;
};

/// A schema. Types refer to each other by their places in `types`: the event is the first, and each stands where it begins
/// in the text. A struct that contains more of its kind refers back to itself, so that whoever walks through values just
/// follows the places; whoever walks through types has to mind that there are circles.
struct description {
    std::vector<described_type> types;

    [[nodiscard]] const described_type& operator[](std::size_t place) const { return types[place]; }
    [[nodiscard]] const described_type& event() const { return types.front(); }

    friend bool operator==(const description&, const description&) = default;
};

/// The place of a field in a structure.
[[nodiscard]] inline std::optional<std::size_t> find_field(const described_type& structure, std::string_view name) {
    for (std::size_t i = 0; i < structure.parts.size(); ++i)
        if (structure.parts[i].name == name) return i;
    return std::nullopt;
}

/// How many bytes an element of a list, set or map takes at least: never none, so that no count stands for more elements than
/// there are bytes. An element whose encoding has no bytes takes one.
[[nodiscard]] inline std::size_t minimum_element(const description& schema, const described_type& container) {
    std::size_t sum = 0;
    for (const described_part& part : container.parts) {
        const std::size_t bytes = schema[part.type].minimum;
        sum = bytes > std::numeric_limits<std::size_t>::max() - sum ? std::numeric_limits<std::size_t>::max() : sum + bytes;
    }
    return sum == 0 ? 1 : sum;
}

namespace detail {

// No value has so many bytes; a type whose smallest value has, contains itself whatever one does.
inline constexpr std::size_t endless = std::numeric_limits<std::size_t>::max();

constexpr std::size_t add_bytes(std::size_t a, std::size_t b) {
    if (a == endless || b == endless) return endless;
    return b >= endless - 1 - a ? endless - 1 : a + b;
}
constexpr std::size_t times_bytes(std::uint64_t count, std::size_t bytes) {
    if (count == 0 || bytes == 0) return 0;
    if (bytes == endless) return endless;
    return bytes > (endless - 1) / count ? endless - 1 : static_cast<std::size_t>(count) * bytes;
}

inline std::size_t minimum_of(const description& schema, const described_type& type) {
    std::size_t sum = 0, least = endless;
    for (const described_part& part : type.parts) {
        const std::size_t bytes = schema[part.type].minimum;
        sum                     = add_bytes(sum, bytes);
        if (bytes < least) least = bytes;
    }
    switch (type.kind) {
        case field_kind::boolean:
        case field_kind::character:
        case field_kind::optional: return 1;
        case field_kind::text:
        case field_kind::list:
        case field_kind::set:
        case field_kind::map: return 4;
        case field_kind::uuid: return 16;
        case field_kind::array: return times_bytes(type.count, sum);
        case field_kind::variant: return add_bytes(1, least);
        case field_kind::structure:
        case field_kind::tuple: return sum;
        default: return width_of(type.number);
    }
}

// The smallest value of a struct never has another of the same struct in it. So what refers back to a struct may count as
// endless until that struct's minimum is known, which it is one round after those of the structs around it.
inline void find_minima(description& schema) {
    for (described_type& type : schema.types) type.minimum = endless;
    for (bool changed = true; changed;) {
        changed = false;
        for (std::size_t i = schema.types.size(); i-- != 0;) {
            const std::size_t before = schema.types[i].minimum;
            schema.types[i].minimum  = minimum_of(schema, schema.types[i]);
            changed                  = changed || schema.types[i].minimum != before;
        }
    }
}

}  // namespace detail

}  // namespace annals

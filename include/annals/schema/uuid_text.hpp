// UUIDs as text (RFC 9562): `f81d4fae-7dec-11d0-a765-00a0c91e6bf6`.
#pragma once

#include <annals/model/context.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace annals::detail {

struct uuid_text {
    char letters[36]{};

    constexpr operator std::string_view() const { return {letters, 36}; }
};

inline constexpr char hexadecimal[] = "0123456789abcdef";

/// The value of a hexadecimal digit, or -1.
constexpr int value_of_digit(char digit) {
    if (digit >= '0' && digit <= '9') return digit - '0';
    if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
    if (digit >= 'A' && digit <= 'F') return digit - 'A' + 10;
    return -1;
}

/// True where a hyphen stands before the byte.
constexpr bool is_behind_hyphen(std::size_t byte) { return byte == 4 || byte == 6 || byte == 8 || byte == 10; }

constexpr uuid_text text_of(const uuid& id) {
    uuid_text   text;
    std::size_t at = 0;
    for (std::size_t i = 0; i < 16; ++i) {
        if (is_behind_hyphen(i)) text.letters[at++] = '-';
        text.letters[at++] = hexadecimal[id.bytes[i] >> 4U];
        text.letters[at++] = hexadecimal[id.bytes[i] & 15U];
    }
    return text;
}

/// Reads digits of either case. Empty if the text is no UUID.
constexpr std::optional<uuid> uuid_from(std::string_view text) {
    if (text.size() != 36) return std::nullopt;
    uuid        id;
    std::size_t at = 0;
    for (std::size_t i = 0; i < 16; ++i) {
        if (is_behind_hyphen(i) && text[at++] != '-') return std::nullopt;
        const int high = value_of_digit(text[at++]);
        const int low  = value_of_digit(text[at++]);
        if (high < 0 || low < 0) return std::nullopt;
        id.bytes[i] = static_cast<std::uint8_t>(high * 16 + low);
    }
    return id;
}

}  // namespace annals::detail

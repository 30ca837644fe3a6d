// What the binary codec answers when bytes are no value, or a value has no encoding.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace annals {

enum class codec_errc : std::uint8_t {
    too_short,        // the bytes end before the value does
    left_over,        // there are bytes behind the value
    no_bool,          // a bool, or the flag of an optional, that is neither 0 nor 1
    no_alternative,   // a variant of an alternative that there is not
    duplicate_key,    // a key that stands twice in a set or map
    out_of_range,     // a number of ticks that the duration or time cannot hold, or a time that nanoseconds cannot
    refused,          // `stored_as<T>::from` takes no such value
    too_long,         // a text or container of more than 2^32 - 1 elements, or no room to encode into
    no_value,         // a variant that is valueless_by_exception
    nested_too_deep,  // a struct that contains itself more than 64 levels deep
};

/// The code as a word, such as `too_short`.
[[nodiscard]] constexpr std::string_view to_string(codec_errc code) noexcept {
    switch (code) {
        case codec_errc::too_short: return "too_short";
        case codec_errc::left_over: return "left_over";
        case codec_errc::no_bool: return "no_bool";
        case codec_errc::no_alternative: return "no_alternative";
        case codec_errc::duplicate_key: return "duplicate_key";
        case codec_errc::out_of_range: return "out_of_range";
        case codec_errc::refused: return "refused";
        case codec_errc::too_long: return "too_long";
        case codec_errc::no_value: return "no_value";
        case codec_errc::nested_too_deep: return "nested_too_deep";
    }
    return "unknown";
}

/// A codec's error: what, and at which byte.
struct codec_error {
    codec_errc  code{};
    std::size_t place = 0;  // in the bytes that were decoded; 0 where a value was to be encoded

    /// One line for people.
    [[nodiscard]] std::string message() const {
        constexpr std::string_view reasons[] = {
            "the bytes end before the value does",
            "there are bytes behind the value",
            "a bool or the flag of an optional is neither 0 nor 1",
            "a variant has no such alternative",
            "a key stands twice",
            "a time or duration is out of range",
            "stored_as<T>::from takes no such value",
            "too many elements, or no room for the encoding",
            "a variant is valueless",
            "a struct contains itself more than 64 levels deep",
        };
        return std::string{to_string(code)}
            .append(" at byte ")
            .append(std::to_string(place))
            .append(": ")
            .append(reasons[static_cast<std::size_t>(code)]);
    }

    friend constexpr bool operator==(const codec_error&, const codec_error&) = default;
};

}  // namespace annals

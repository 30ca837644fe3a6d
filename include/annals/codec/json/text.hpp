// Texts as JSON, and back: strings if they are UTF-8, else bytes in hexadecimal digits.
#pragma once

#include <annals/schema/uuid_text.hpp>

#include <boost/json.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace annals::detail {

inline boost::json::string_view json_view(std::string_view text) noexcept { return {text.data(), text.size()}; }
template <class Text>
std::string_view plain_view(const Text& text) noexcept {
    return {text.data(), text.size()};
}

/// A member that is added to an object, where there is none of its name.
inline boost::json::value& add_member(boost::json::object& to, std::string_view name) {
    return to.emplace(json_view(name), nullptr).first->value();
}
inline boost::json::value& add_element(boost::json::array& to) { return to.emplace_back(nullptr); }

// How many bytes the UTF-8 sequence at the front takes; 0 if there is none. Surrogates and overlong forms are none, as for
// every JSON parser.
constexpr std::size_t utf8_sequence(std::string_view text) noexcept {
    const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
    const auto next = [&](std::size_t i) { return (byte(i) & 0xc0U) == 0x80U; };
    const auto lead = byte(0);
    if (lead < 0x80) return 1;
    if (lead >= 0xc2 && lead <= 0xdf) return next(1) ? 2 : 0;
    if (lead >= 0xe0 && lead <= 0xef) {
        const bool good = (lead != 0xe0 || byte(1) >= 0xa0) && (lead != 0xed || byte(1) < 0xa0);
        return good && next(1) && next(2) ? 3 : 0;
    }
    if (lead >= 0xf0 && lead <= 0xf4) {
        const bool good = (lead != 0xf0 || byte(1) >= 0x90) && (lead != 0xf4 || byte(1) < 0x90);
        return good && next(1) && next(2) && next(3) ? 4 : 0;
    }
    return 0;
}

inline bool is_utf8(std::string_view text) noexcept {
    while (!text.empty()) {
        // Most texts are ASCII for the most part.
        std::uint64_t eight = 0;
        if (text.size() >= sizeof(eight)) {
            std::memcpy(&eight, text.data(), sizeof(eight));
            if ((eight & 0x8080808080808080U) == 0) {
                text.remove_prefix(sizeof(eight));
                continue;
            }
        }
        const std::size_t length = utf8_sequence(text);
        if (length == 0) return false;
        text.remove_prefix(length);
    }
    return true;
}

inline void put_text(boost::json::value& out, std::string_view text) {
    if (is_utf8(text)) {
        out.emplace_string().assign(text.data(), text.size());
        return;
    }
    auto& digits = add_member(out.emplace_object(), "hex").emplace_string();
    digits.reserve(2 * text.size());
    for (const char letter : text) {
        digits.push_back(hexadecimal[static_cast<unsigned char>(letter) >> 4U]);
        digits.push_back(hexadecimal[static_cast<unsigned char>(letter) & 15U]);
    }
}

/// Reads a text: a view of the JSON, or of `room` if its bytes are spelled.
inline bool text_from(const boost::json::value& in, std::string_view& text, std::string& room, std::string& reason) {
    if (const auto* string = in.if_string()) {
        text = plain_view(*string);
        return true;
    }
    const auto* const object = in.if_object();
    const auto* const hex    = object != nullptr && object->size() == 1 ? object->if_contains("hex") : nullptr;
    if (hex == nullptr || !hex->is_string()) {
        reason = "expected a string";
        return false;
    }
    const std::string_view digits = plain_view(hex->get_string());
    room.clear();
    for (std::size_t i = 0; i < digits.size(); i += 2) {
        const int high = value_of_digit(digits[i]);
        const int low  = i + 1 < digits.size() ? value_of_digit(digits[i + 1]) : -1;
        if (high < 0 || low < 0) {
            reason = "expected two hexadecimal digits for each byte";
            return false;
        }
        room.push_back(static_cast<char>(high * 16 + low));
    }
    text = room;
    return true;
}

}  // namespace annals::detail

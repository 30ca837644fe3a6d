// What reading JSON answers when it is not what was expected, and where.
#pragma once

#include <annals/schema/uuid_text.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace annals {

/// Where JSON is not what was expected: `$.items[3].price: expected a number`.
struct json_error {
    std::string path;    // `$` is the whole; members follow as `.name` or `["other name"]`, elements as `[3]`
    std::string reason;  // a few words for people

    [[nodiscard]] std::string message() const { return std::string(path).append(": ").append(reason); }

    friend bool operator==(const json_error&, const json_error&) = default;
};

namespace detail {

constexpr bool is_plain_name(std::string_view name) {
    if (name.empty() || (name[0] >= '0' && name[0] <= '9')) return false;
    for (const char letter : name)
        if ((letter < 'a' || letter > 'z') && (letter < 'A' || letter > 'Z') && (letter < '0' || letter > '9') && letter != '_')
            return false;
    return true;
}

// A member as a step of a path.
inline std::string member_step(std::string_view name) {
    if (is_plain_name(name)) return std::string{"."}.append(name);
    std::string step = "[\"";
    for (const char letter : name) {
        if (letter == '"' || letter == '\\')
            step.append({'\\', letter});
        else if (static_cast<unsigned char>(letter) < 0x20)
            step.append("\\u00").append({hexadecimal[static_cast<unsigned char>(letter) >> 4U], hexadecimal[letter & 15]});
        else
            step.push_back(letter);
    }
    return step.append("\"]");
}
inline std::string element_step(std::size_t index) { return std::string{"["}.append(std::to_string(index)).append("]"); }

}  // namespace detail
}  // namespace annals

// The golden corpus: encoded events, committed as bytes, which every later build must be able to read.
//
//     every_field/NAME.schema       the schema of an event
//     every_field/NAME.N.record     its N-th example (golden/examples.hpp), encoded
//     every_field/NAME.N.json       the same as JSON
//     generations/N.archive         the log that generation N wrote (tests/generations)
#pragma once

#include <cstddef>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace golden {

using bytes = std::vector<std::byte>;

inline std::string read_text(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) throw std::runtime_error("cannot read " + path.string());
    return {std::istreambuf_iterator<char>(file), {}};
}
inline bytes read_bytes(const std::filesystem::path& path) {
    const std::string text  = read_text(path);
    const auto* const first = reinterpret_cast<const std::byte*>(text.data());
    return {first, first + text.size()};
}
inline std::string_view as_text(const bytes& record) { return {reinterpret_cast<const char*>(record.data()), record.size()}; }

inline std::string record_file(std::string_view event, std::size_t number) {
    return std::string{event} + "." + std::to_string(number) + ".record";
}
inline std::string schema_file(std::string_view event) { return std::string{event} + ".schema"; }
inline std::string json_file(std::string_view event, std::size_t number) {
    return std::string{event} + "." + std::to_string(number) + ".json";
}

/// Calls `visit` with the bytes with each bit flipped, and then cut at each length. Each time they lie in memory of their own,
/// so that a sanitizer sees what is read behind their end.
template <class Visit>
void each_damage(const bytes& whole, const Visit& visit) {
    for (std::size_t bit = 0; bit < 8 * whole.size(); ++bit) {
        bytes flipped = whole;
        flipped[bit / 8] ^= std::byte{1} << static_cast<int>(bit % 8);
        visit(flipped);
    }
    for (std::size_t length = 0; length < whole.size(); ++length)
        visit(bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length)));
}

}  // namespace golden

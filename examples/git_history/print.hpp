// Appendix: files and paths, printed as git prints them.
#pragma once

#include "events.hpp"
#include "file.hpp"
#include "read_models.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace git_history {

/// Appends a path, in quotes and with escapes where git would use them (`core.quotePath` is true by default).
inline void append_path(std::string& text, std::string_view path) {
    constexpr std::string_view named = "\a\b\t\n\v\f\r\"\\";
    constexpr std::string_view names = "abtnvfr\"\\";
    const auto                 plain = [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte >= 0x20 && byte < 0x7f && c != '"' && c != '\\';
    };
    if (std::all_of(path.begin(), path.end(), plain)) {
        text.append(path);
        return;
    }
    text.push_back('"');
    for (const char c : path) {
        const auto byte = static_cast<unsigned>(static_cast<unsigned char>(c));
        if (plain(c))
            text.push_back(c);
        else if (const auto at = named.find(c); at != named.npos)
            text.append({'\\', names[at]});
        else
            text.append({'\\', static_cast<char>('0' + (byte >> 6U)), static_cast<char>('0' + ((byte >> 3U) & 7U)),
                         static_cast<char>('0' + (byte & 7U))});
    }
    text.push_back('"');
}

/// Appends a mode as six octal digits.
inline void append_mode(std::string& text, file_mode mode) {
    for (unsigned shift = 18; shift != 0; shift -= 3)
        text.push_back(static_cast<char>('0' + ((static_cast<std::uint32_t>(mode) >> (shift - 3)) & 7U)));
}

/// The files of a tree in git's order, which is that of their paths' bytes.
[[nodiscard]] inline std::vector<std::pair<std::string_view, file>> in_order(const tree& all) {
    std::vector<std::pair<std::string_view, file>> files(all.files.begin(), all.files.end());
    std::sort(files.begin(), files.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    return files;
}

/// Appends a line for a file as `git ls-tree -r` writes it.
inline void append_tree_line(std::string& text, std::string_view path, const file& held) {
    append_mode(text, held.mode);
    text.append(held.mode == file_mode::submodule ? " commit " : " blob ");
    append_digits(text, held.object);
    text.push_back('\t');
    append_path(text, path);
    text.push_back('\n');
}

/// Appends a line for a path that differs between two trees as `git diff-tree -r` writes it. The file that is on one
/// side only has mode `none` on the other.
inline void append_difference_line(std::string& text, std::string_view path, file before, file after) {
    // Git writes as many zeros for the missing object as an id has digits.
    before.object.size = after.object.size = std::max(before.object.size, after.object.size);
    const char status = before.mode == file_mode::none                ? 'A'
                        : after.mode == file_mode::none               ? 'D'
                        : kind_of(before.mode) != kind_of(after.mode) ? 'T'
                                                                      : 'M';
    text.push_back(':');
    append_mode(text, before.mode);
    text.push_back(' ');
    append_mode(text, after.mode);
    text.push_back(' ');
    append_digits(text, before.object);
    text.push_back(' ');
    append_digits(text, after.object);
    text.append({' ', status, '\t'});
    append_path(text, path);
    text.push_back('\n');
}

}  // namespace git_history

// Chapter 1: what can happen to a file, and to the branch that it lives on.
//
// Version control is event sourcing. A commit is an append, the files that it touches are streams, and a checkout is a
// replay up to a position. The events below are all that a branch's history consists of.
#pragma once

#include <annals/annals.hpp>
#include <annals/log/file_log.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace git_history {

/// The name that git gives to a content or a commit: 20 bytes in a SHA-1 repository, 32 in a SHA-256 one.
struct object_id {
    std::array<std::uint8_t, 32> bytes{};
    std::uint8_t                 size = 0;

    friend constexpr bool operator==(const object_id&, const object_id&) = default;
};

/// What a path stands for, as git numbers it.
enum class file_mode : std::uint32_t {
    none       = 0,  // nothing: there is no such file
    regular    = 0100644,
    executable = 0100755,
    symlink    = 0120000,
    submodule  = 0160000,
};

/// What kind of thing a mode is, without its permissions. Regular files and executables are of one kind.
[[nodiscard]] constexpr std::uint32_t kind_of(file_mode mode) noexcept {
    return static_cast<std::uint32_t>(mode) & 0170000U;
}

// What happens to one file.
struct added        { file_mode mode; object_id object; };
struct modified     { file_mode mode; object_id object; };  // new content, perhaps with new permissions
struct mode_changed { file_mode mode; };                    // new permissions, same content
struct type_changed { file_mode mode; object_id object; };  // say, a regular file became a symbolic link
struct removed      {};

// What happens to the branch. It comes behind the commit's changes and seals them: a log that is read until a
// commit's position holds that commit whole. A commit without changes has a place of its own, too.
struct committed { object_id commit; std::int64_t seconds; };  // when, since 1970

using file_events    = annals::events<added, modified, mode_changed, type_changed, removed>;
using history_events = annals::events<file_events, committed>;

/// The log holds one stream for each path that ever existed, and one for the branch, whose nth event is the nth commit.
/// Each event's metadata says who (`actor`), in which commit (`commit`) and when (`time`, ISO 8601 with its zone).
/// It lives in memory, or, if it is to be there the next time, in a directory; what is written below goes for both.
using history_log      = annals::memory_log<history_events>;
using kept_history_log = annals::file_log<history_events>;

inline constexpr std::string_view branch_stream = "branch-HEAD";
inline constexpr std::string_view file_prefix   = "file-";

/// The stream of a path, whose bytes need not be text.
[[nodiscard]] inline std::string stream_of(std::string_view path) {
    return std::string{file_prefix}.append(path);
}

/// The path that an event in a file's stream is about.
[[nodiscard]] constexpr std::string_view path_of(const annals::context& where) noexcept {
    return where.stream.substr(file_prefix.size());
}

/// Reads an id from 40 or 64 hexadecimal digits.
[[nodiscard]] constexpr std::optional<object_id> parse_object_id(std::string_view digits) noexcept {
    if (digits.size() != 40 && digits.size() != 64) return {};
    const auto value_of = [](char digit) {
        if (digit >= '0' && digit <= '9') return digit - '0';
        if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
        return -1;
    };
    object_id id;
    id.size = static_cast<std::uint8_t>(digits.size() / 2);
    for (std::size_t i = 0; i < id.size; ++i) {
        const int high = value_of(digits[2 * i]);
        const int low  = value_of(digits[2 * i + 1]);
        if (high < 0 || low < 0) return {};
        id.bytes[i] = static_cast<std::uint8_t>(high * 16 + low);
    }
    return id;
}

/// Appends an id to a text as hexadecimal digits.
inline void append_digits(std::string& text, const object_id& id) {
    constexpr std::string_view digits = "0123456789abcdef";
    for (std::size_t i = 0; i < id.size; ++i) text.append({digits[id.bytes[i] >> 4U], digits[id.bytes[i] & 15U]});
}

static_assert(annals::event<added> && annals::event<committed>);
static_assert(history_events::size == 6);
static_assert(parse_object_id("00000000000000000000000000000000000000ff")->bytes[19] == 255);
static_assert(!parse_object_id("ff"));
static_assert(!parse_object_id("zz000000000000000000000000000000000000ff"));

}  // namespace git_history

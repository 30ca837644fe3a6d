// From what the system or a segment says to a log's error.
#pragma once

#include <annals/log/error.hpp>
#include <annals/log/file/file_system.hpp>
#include <annals/log/file/format.hpp>
#include <annals/log/file/frame.hpp>
#include <annals/model/expected.hpp>

#include <cerrno>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace annals::detail {

inline error file_error(errc code, std::string_view reason, std::string path, std::uint64_t position = 0,
                        std::string details = {}) {
    error made;
    made.code     = code;
    made.reason   = reason;
    made.path     = std::move(path);
    made.position = annals::position{position};
    made.details  = std::move(details);
    return made;
}
inline unexpected<error> refused(errc code, std::string_view reason, std::string path, std::uint64_t position = 0,
                                 std::string details = {}) {
    return unexpected<error>(file_error(code, reason, std::move(path), position, std::move(details)));
}

/// What the system refused. `reason` is what it was to do.
inline error system_error(const io_error& from, std::string_view reason, std::uint64_t position = 0) {
    const bool full = from.code == ENOSPC || from.code == EDQUOT;
    error      made = file_error(full ? errc::disk_full : errc::io_failed, reason, from.path, position, std::string{from.operation});
    made.system_code = from.code;
    return made;
}

/// What is wrong at an address. `position` is that of the first event that is not known to be good.
inline error damage(frame_fault fault, std::string path, std::uint64_t offset, std::uint64_t position) {
    return file_error(errc::damaged, "what is stored is not what was written", std::move(path), position,
                      std::string{to_string(fault)} + ", at byte " + std::to_string(offset));
}

/// The path of a file in the log's directory.
inline std::string path_in(const std::string& directory, std::string_view name) {
    std::string path = directory;
    if (!path.empty() && path.back() != '/') path += '/';
    return path.append(name);
}

}  // namespace annals::detail

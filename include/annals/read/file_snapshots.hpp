// Snapshots in the files of a directory.
#pragma once

#include <annals/codec/binary.hpp>
#include <annals/log/file/checksum.hpp>
#include <annals/log/file/directory.hpp>
#include <annals/log/file/index_file.hpp>
#include <annals/log/file/posix_files.hpp>
#include <annals/read/snapshot.hpp>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace annals {

namespace detail {

/// A file of a snapshot: these 8 bytes, then this in the binary encoding, then the CRC-32C of all before it.
struct snapshot_file {
    std::string            name;
    std::string            schema;
    std::uint64_t          place = 0;
    uuid                   event;
    std::int64_t           time = 0;  // nanoseconds
    std::vector<std::byte> state;
};
inline constexpr std::string_view snapshot_magic = "annals\x1a\x05";

}  // namespace detail

/// Snapshots in a directory, a file for each, which is replaced in one step. What is not as it was written counts as nothing.
/// The directory holds nothing else, and may be removed at any time. Several processes may use it; of two that save under one
/// name, one wins.
template <file_system Files = posix_files>
class file_snapshots {
public:
    /// Makes the directory if it is not there; its parent is. Errors: `io_failed`.
    [[nodiscard]] static expected<file_snapshots, error> open(std::string directory, Files files = {}) {
        const auto made = detail::uninterrupted([&] { return files.make_directory(directory); });
        if (!made && made.error().code != EEXIST)
            return unexpected<error>(detail::system_error(made.error(), "the snapshots' directory cannot be made"));
        return file_snapshots(std::move(directory), std::move(files));
    }

    /// Errors: none; a file that cannot be read counts as nothing.
    expected<std::optional<stored_snapshot>, error> load(std::string_view name) {
        const std::lock_guard lock(*mutex_);
        const auto            bytes  = detail::contents_of(files_, path_of(name));
        constexpr std::size_t around = detail::snapshot_magic.size() + sizeof(std::uint32_t);
        if (bytes.size() < around ||
            std::memcmp(bytes.data(), detail::snapshot_magic.data(), detail::snapshot_magic.size()) != 0)
            return std::optional<stored_snapshot>{};
        const auto              checked = std::span(bytes).first(bytes.size() - sizeof(std::uint32_t));
        detail::little_uint32_t check;
        std::memcpy(&check, checked.data() + checked.size(), sizeof(check));
        if (detail::crc32c(checked) != check) return std::optional<stored_snapshot>{};
        auto file = decode<detail::snapshot_file>(checked.subspan(detail::snapshot_magic.size()));
        if (!file || file->name != name) return std::optional<stored_snapshot>{};
        return std::optional<stored_snapshot>(
            {std::move(file->schema), file->place, file->event, timestamp{file->time}, std::move(file->state)});
    }

    /// Errors: `disk_full`, `io_failed`; what was there before is then still there.
    expected<void, error> save(std::string_view name, const stored_snapshot& snapshot) {
        const std::lock_guard  lock(*mutex_);
        std::vector<std::byte> bytes;
        for (const char each : detail::snapshot_magic) bytes.push_back(static_cast<std::byte>(each));
        (void)encode(detail::snapshot_file{std::string{name}, snapshot.schema, snapshot.place, snapshot.event,
                                           snapshot.time.nanoseconds, snapshot.state},
                     bytes);
        const detail::little_uint32_t check = detail::crc32c(bytes);
        const auto*                   last  = reinterpret_cast<const std::byte*>(&check);
        bytes.insert(bytes.end(), last, last + sizeof(check));
        if (auto done = detail::replace_file(files_, path_of(name), bytes); !done)
            return unexpected<error>(detail::system_error(done.error(), "a snapshot cannot be saved"));
        return {};
    }

    /// Errors: `io_failed`.
    expected<void, error> remove(std::string_view name) {
        const std::lock_guard lock(*mutex_);
        const auto            done = detail::uninterrupted([&] { return files_.remove(path_of(name)); });
        if (!done && done.error().code != ENOENT)
            return unexpected<error>(detail::system_error(done.error(), "a snapshot cannot be removed"));
        return {};
    }

private:
    file_snapshots(std::string directory, Files files) : files_(std::move(files)), directory_(std::move(directory)) {}

    // Any name has a file, called by a number made from it (FNV-1a); two that share one take turns.
    std::string path_of(std::string_view name) const {
        std::uint64_t number = 0xcbf29ce484222325;
        for (const char each : name) number = (number ^ static_cast<unsigned char>(each)) * 0x100000001b3;
        std::string file;
        for (; number != 0; number >>= 4U) file += "0123456789abcdef"[number & 0xfU];
        return detail::path_in(directory_, file + ".snapshot");
    }

    Files                       files_;
    std::string                 directory_;
    std::unique_ptr<std::mutex> mutex_ = std::make_unique<std::mutex>();
};

}  // namespace annals

// What a file log asks of an operating system. It is a template parameter of the log: in production `posix_files`, whose calls
// are compiled into the log; in tests `simulated_files`, which crash, tear and fail as disks do.
#pragma once

#include <annals/model/expected.hpp>

#include <cerrno>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace annals {

/// Why a call of the system failed.
struct io_error {
    int              code = 0;   // errno
    std::string_view operation;  // the call, such as `fdatasync`; static text
    std::string      path;
};

template <class T>
using io_result = expected<T, io_error>;

enum class file_access {
    read,    // the file exists, and is not changed
    update,  // the file exists, and is read and written
    create,  // the file is made, and written: an error if it exists
};

/// One call of each kind makes one attempt: a `write_at` may write less than it was given, and both it and the other calls may
/// fail with EINTR; `write_all` and `read_all` below know what to do.
///   open(path, access)          a file, which closes itself. Paths are as the system has them.
///     .write_at(offset, bytes)    how many bytes were written; behind the end, the file grows
///     .read_at(offset, room)      how many bytes were read; 0 at the end
///     .sync()                     returns when everything written to the file, and its length, is on the disk (fdatasync)
///     .resize(bytes), .size()
///     .reserve(bytes)             the file is at least so long, and writing so far needs no more room on the disk
///     .map(bytes)                 the file's first bytes as memory: `.bytes()` is a span, which stays where it is as long as the
///                                 mapping lives, also when the file is closed, and shows what is written to the file later.
///                                 The file is at least as long
///   rename(from, to)            in one step, whatever was under `to`
///   remove(path), make_directory(path), list(path): the names in a directory, in any order
///   sync_directory(path)        returns when the names in the directory are on the disk
///   lock(path)                  a lock on a file that exists, which ends with it or with the process; EWOULDBLOCK if another
///                               lock, be it of this process, has it
///   boot_id()                   a text that is another one after the system was started again; empty if nobody knows
///   process_name()              this process, for people
template <class Files>
concept file_system = requires(Files& files, typename Files::file& file, const std::string& path, std::uint64_t number,
                               std::span<std::byte> room, std::span<const std::byte> bytes) {
    { files.open(path, file_access::read) } -> std::same_as<io_result<typename Files::file>>;
    { file.write_at(number, bytes) } -> std::same_as<io_result<std::size_t>>;
    { file.read_at(number, room) } -> std::same_as<io_result<std::size_t>>;
    { file.sync() } -> std::same_as<io_result<void>>;
    { file.resize(number) } -> std::same_as<io_result<void>>;
    { file.reserve(number) } -> std::same_as<io_result<void>>;
    { file.size() } -> std::same_as<io_result<std::uint64_t>>;
    { file.map(number) } -> std::same_as<io_result<typename Files::mapping>>;
    { files.rename(path, path) } -> std::same_as<io_result<void>>;
    { files.remove(path) } -> std::same_as<io_result<void>>;
    { files.make_directory(path) } -> std::same_as<io_result<void>>;
    { files.list(path) } -> std::same_as<io_result<std::vector<std::string>>>;
    { files.sync_directory(path) } -> std::same_as<io_result<void>>;
    { files.lock(path) } -> std::same_as<io_result<typename Files::lock_type>>;
    { files.boot_id() } -> std::same_as<std::string>;
    { files.process_name() } -> std::same_as<std::string>;
} && requires(const typename Files::mapping& mapping) {
    { mapping.bytes() } -> std::same_as<std::span<const std::byte>>;
};

namespace detail {

/// Repeats a call that was interrupted by a signal.
template <class Call>
auto uninterrupted(Call&& call) {
    for (;;) {
        auto done = call();
        if (done || done.error().code != EINTR) return done;
    }
}

/// Writes all of `bytes`, in as many calls as it takes. After an error any part of them may have been written.
template <class File>
io_result<void> write_all(File& file, std::uint64_t offset, std::span<const std::byte> bytes) {
    while (!bytes.empty()) {
        const auto count = uninterrupted([&] { return file.write_at(offset, bytes); });
        if (!count) return unexpected<io_error>(count.error());
        if (*count == 0) return unexpected<io_error>(io_error{EIO, "pwrite without progress", {}});
        offset += *count;
        bytes = bytes.subspan(*count);
    }
    return {};
}

/// Reads until `room` is full or the file ends, and answers how many bytes there were.
template <class File>
io_result<std::size_t> read_all(File& file, std::uint64_t offset, std::span<std::byte> room) {
    std::size_t total = 0;
    while (total < room.size()) {
        const auto count = uninterrupted([&] { return file.read_at(offset + total, room.subspan(total)); });
        if (!count) return unexpected<io_error>(count.error());
        if (*count == 0) break;
        total += *count;
    }
    return total;
}

/// Returns when what was written to the file is on the disk. A failed sync is never repeated: the system may have dropped what
/// it could not write, and would then report success. An interrupted one has not failed.
template <class File>
io_result<void> sync_file(File& file) {
    return uninterrupted([&] { return file.sync(); });
}

}  // namespace detail

}  // namespace annals

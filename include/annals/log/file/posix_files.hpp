// The files of a POSIX system, as a file log asks for them. Each function is one call of the system.
#pragma once

#include <annals/log/file/file_system.hpp>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <dirent.h>
#include <fcntl.h>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>
#include <utility>
#include <vector>

namespace annals {

namespace detail {

/// A number of an open file, which is closed with this. That errors of `close` are ignored loses nothing: what must be on the
/// disk was synced.
class file_descriptor {
public:
    file_descriptor() = default;
    explicit file_descriptor(int number) noexcept : number_(number) {}
    file_descriptor(file_descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
    file_descriptor& operator=(file_descriptor&& other) noexcept {
        std::swap(number_, other.number_);
        return *this;
    }
    ~file_descriptor() {
        if (number_ >= 0) (void)::close(number_);
    }

    [[nodiscard]] int number() const noexcept { return number_; }

private:
    int number_ = -1;
};

[[nodiscard]] inline unexpected<io_error> failed_call(std::string_view call, const std::string& path) {
    const int code = errno;  // before the path is copied
    return unexpected<io_error>(io_error{code, call, path});
}

/// What was written to a file on the disk, and its length. On macOS only F_FULLFSYNC goes further than the disk's own cache,
/// and not every file system there has it.
inline int sync_data(int number) noexcept {
#if defined(__APPLE__)
    return ::fcntl(number, F_FULLFSYNC) == 0 ? 0 : ::fsync(number);
#else
    return ::fdatasync(number);
#endif
}

/// Room on the disk for the first bytes of a file, which then is at least so long. 0, or why not. Where the system cannot
/// promise it (macOS, some network file systems) the file only becomes so long.
inline int reserve_room(int number, ::off_t bytes) noexcept {
#if defined(__APPLE__)
    const int code = ENOTSUP;
#else
    const int code = ::posix_fallocate(number, 0, bytes);
#endif
    if (code != ENOTSUP && code != EOPNOTSUPP && code != EINVAL) return code;
    struct ::stat found {};
    if (::fstat(number, &found) != 0) return errno;
    if (found.st_size >= bytes) return 0;
    return ::ftruncate(number, bytes) == 0 ? 0 : errno;
}

}  // namespace detail

/// The first bytes of a file as memory that is read only. Stays valid when the file is closed, renamed or removed. Reading
/// behind the file's end ends the process, so nobody may cut the file.
class posix_mapping {
public:
    posix_mapping() = default;
    posix_mapping(posix_mapping&& other) noexcept : bytes_(std::exchange(other.bytes_, {})) {}
    posix_mapping& operator=(posix_mapping&& other) noexcept {
        std::swap(bytes_, other.bytes_);
        return *this;
    }
    ~posix_mapping() {
        if (!bytes_.empty()) (void)::munmap(const_cast<std::byte*>(bytes_.data()), bytes_.size());
    }

    [[nodiscard]] std::span<const std::byte> bytes() const noexcept { return bytes_; }

private:
    friend class posix_file;
    explicit posix_mapping(std::span<const std::byte> bytes) noexcept : bytes_(bytes) {}

    std::span<const std::byte> bytes_;
};

/// An open file. Several threads may use it at the same time.
class posix_file {
public:
    // What is large is written in pieces, so that the disk begins with one while the next is copied. Only a sync makes them durable.
    io_result<std::size_t> write_at(std::uint64_t offset, std::span<const std::byte> bytes) {
        constexpr std::size_t piece  = std::size_t{2} << 20U;
        const std::size_t     wanted = bytes.size() > 2 * piece ? piece : bytes.size();
        const ::ssize_t       count  = ::pwrite(file_.number(), bytes.data(), wanted, static_cast<::off_t>(offset));
        if (count < 0) return detail::failed_call("pwrite", path_);
#if defined(__linux__)
        if (wanted == piece)
            (void)::sync_file_range(file_.number(), static_cast<::off_t>(offset), count, SYNC_FILE_RANGE_WRITE);  // only begins
#endif
        return static_cast<std::size_t>(count);
    }
    io_result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> room) {
        const ::ssize_t count = ::pread(file_.number(), room.data(), room.size(), static_cast<::off_t>(offset));
        if (count < 0) return detail::failed_call("pread", path_);
        return static_cast<std::size_t>(count);
    }
    io_result<void> sync() {
        if (detail::sync_data(file_.number()) != 0) return detail::failed_call("fdatasync", path_);
        return {};
    }
    io_result<void> resize(std::uint64_t bytes) {
        if (::ftruncate(file_.number(), static_cast<::off_t>(bytes)) != 0) return detail::failed_call("ftruncate", path_);
        return {};
    }
    io_result<void> reserve(std::uint64_t bytes) {
        const int code = detail::reserve_room(file_.number(), static_cast<::off_t>(bytes));
        if (code != 0) return unexpected<io_error>(io_error{code, "posix_fallocate", path_});
        return {};
    }
    io_result<std::uint64_t> size() {
        struct ::stat found {};
        if (::fstat(file_.number(), &found) != 0) return detail::failed_call("fstat", path_);
        return static_cast<std::uint64_t>(found.st_size);
    }
    io_result<posix_mapping> map(std::uint64_t bytes) {
        if (bytes == 0) return posix_mapping{};
        const auto size = static_cast<std::size_t>(bytes);
        void*      at   = ::mmap(nullptr, size, PROT_READ, MAP_SHARED, file_.number(), 0);
        if (at == MAP_FAILED) return detail::failed_call("mmap", path_);
        return posix_mapping({static_cast<const std::byte*>(at), size});
    }

private:
    friend class posix_files;
    posix_file(detail::file_descriptor file, std::string path) noexcept : file_(std::move(file)), path_(std::move(path)) {}

    detail::file_descriptor file_;
    std::string             path_;  // for errors
};

/// A lock on a file. It is given back when this ends, or the process, however that ends.
class posix_lock {
    friend class posix_files;
    explicit posix_lock(detail::file_descriptor file) noexcept : file_(std::move(file)) {}

    detail::file_descriptor file_;  // its own: the lock ends when it is closed
};

/// Models `file_system`. New files have mode 0644 and new directories 0755, less what the umask takes away.
class posix_files {
public:
    using file      = posix_file;
    using mapping   = posix_mapping;
    using lock_type = posix_lock;

    io_result<file> open(const std::string& path, file_access access) {
        detail::file_descriptor opened(::open(path.c_str(), flags_of(access) | O_CLOEXEC, 0644));
        if (opened.number() < 0) return detail::failed_call("open", path);
        return file(std::move(opened), path);
    }
    io_result<void> rename(const std::string& from, const std::string& to) {
        if (::rename(from.c_str(), to.c_str()) != 0) return detail::failed_call("rename", from);
        return {};
    }
    io_result<void> remove(const std::string& path) {
        if (::unlink(path.c_str()) != 0) return detail::failed_call("unlink", path);
        return {};
    }
    io_result<void> make_directory(const std::string& path) {
        if (::mkdir(path.c_str(), 0755) != 0) return detail::failed_call("mkdir", path);
        return {};
    }
    io_result<std::vector<std::string>> list(const std::string& path) {
        const auto                                    close = [](::DIR* directory) { (void)::closedir(directory); };
        const std::unique_ptr<::DIR, decltype(close)> directory(::opendir(path.c_str()), close);
        if (!directory) return detail::failed_call("opendir", path);
        std::vector<std::string> names;
        for (;;) {
            errno                 = 0;
            const ::dirent* entry = ::readdir(directory.get());
            if (!entry && errno != 0) return detail::failed_call("readdir", path);
            if (!entry) return names;
            const std::string_view name = entry->d_name;
            if (name != "." && name != "..") names.emplace_back(name);
        }
    }
    io_result<void> sync_directory(const std::string& path) {
        const detail::file_descriptor directory(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
        if (directory.number() < 0) return detail::failed_call("open", path);
        if (::fsync(directory.number()) != 0) return detail::failed_call("fsync", path);
        return {};
    }
    io_result<lock_type> lock(const std::string& path) {
        detail::file_descriptor opened(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
        if (opened.number() < 0) return detail::failed_call("open", path);
        if (::flock(opened.number(), LOCK_EX | LOCK_NB) != 0) return detail::failed_call("flock", path);
        return lock_type(std::move(opened));
    }

    /// On Linux; elsewhere empty.
    std::string boot_id() {
        const detail::file_descriptor opened(::open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC));
        if (opened.number() < 0) return {};
        std::array<char, 64> text{};
        const ::ssize_t      count = ::read(opened.number(), text.data(), text.size());
        if (count <= 0) return {};
        const std::string_view line(text.data(), static_cast<std::size_t>(count));
        return std::string(line.substr(0, line.find('\n')));
    }
    std::string process_name() {
        std::array<char, 256> host{};
        if (::gethostname(host.data(), host.size() - 1) != 0) host[0] = '\0';
        return "pid " + std::to_string(::getpid()) + " on " + host.data();
    }

private:
    static int flags_of(file_access access) noexcept {
        switch (access) {
            case file_access::read: return O_RDONLY;
            case file_access::update: return O_RDWR;
            case file_access::create: break;
        }
        return O_RDWR | O_CREAT | O_EXCL;
    }
};

static_assert(file_system<posix_files>);

}  // namespace annals

// A simulated disk as a file log sees it.
#pragma once

#include <annals/log/file/file_system.hpp>
#include <annals/testing/simulated_disk/disk.hpp>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace annals {

class simulated_mapping {
public:
    simulated_mapping() = default;

    [[nodiscard]] std::span<const std::byte> bytes() const noexcept { return bytes_; }

private:
    friend class simulated_file;
    simulated_mapping(std::shared_ptr<const detail::cached_bytes> memory, std::size_t size)
        : memory_(std::move(memory)), bytes_(memory_->data(), size) {}

    std::shared_ptr<const detail::cached_bytes> memory_;
    std::span<const std::byte>                  bytes_;
};

class simulated_file {
public:
    simulated_file(simulated_file&&) noexcept            = default;
    simulated_file& operator=(simulated_file&&) noexcept = default;

    io_result<std::size_t> write_at(std::uint64_t offset, std::span<const std::byte> bytes) {
        const auto what = call(disk_operation::write, bytes.size());
        return disk_->perform(what, [&](std::size_t count) -> io_result<std::size_t> {
            if (!writable_) return simulated_disk::failed(what, EBADF);
            if (count == 0) return std::size_t{0};
            if (offset >= content_->room()) return simulated_disk::failed(what, EFBIG);
            std::uint64_t end = offset + std::min<std::uint64_t>(count, content_->room() - offset);
            if (end > content_->size()) end = content_->size() + std::min(end - content_->size(), disk_->free_bytes());
            if (end <= offset) return simulated_disk::failed(what, ENOSPC);
            content_->write(offset, bytes.first(static_cast<std::size_t>(end - offset)));
            return static_cast<std::size_t>(end - offset);
        });
    }
    io_result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> room) {
        return disk_->perform(call(disk_operation::read), [&](std::size_t) -> io_result<std::size_t> {
            const auto bytes = content_->cached();
            if (offset >= bytes.size() || room.empty()) return std::size_t{0};
            const auto count = std::min<std::size_t>(room.size(), bytes.size() - offset);
            std::memcpy(room.data(), bytes.data() + offset, count);
            return count;
        });
    }
    io_result<void> sync() {
        return disk_->perform(call(disk_operation::sync), [&](std::size_t) -> io_result<void> {
            content_->sync();
            return {};
        });
    }
    io_result<void> resize(std::uint64_t bytes) {
        const auto what = call(disk_operation::resize);
        return disk_->perform(what, [&](std::size_t) -> io_result<void> {
            if (!writable_) return simulated_disk::failed(what, EINVAL);
            if (bytes > content_->room()) return simulated_disk::failed(what, EFBIG);
            if (bytes > content_->size() && bytes - content_->size() > disk_->free_bytes())
                return simulated_disk::failed(what, ENOSPC);
            content_->resize(bytes);
            return {};
        });
    }
    io_result<void> reserve(std::uint64_t bytes) { return content_->size() >= bytes ? io_result<void>{} : resize(bytes); }
    io_result<std::uint64_t> size() {
        return disk_->perform(call(disk_operation::size),
                              [&](std::size_t) -> io_result<std::uint64_t> { return content_->size(); });
    }
    /// EINVAL if the file is shorter, which a real system tells only when it is read.
    io_result<simulated_mapping> map(std::uint64_t bytes) {
        const auto what = call(disk_operation::map);
        return disk_->perform(what, [&](std::size_t) -> io_result<simulated_mapping> {
            if (bytes > content_->size()) return simulated_disk::failed(what, EINVAL);
            return simulated_mapping(content_->memory(), static_cast<std::size_t>(bytes));
        });
    }

private:
    friend class simulated_files;
    simulated_file(simulated_disk& disk, std::uint64_t life, std::string path, bool writable,
                   simulated_disk::content_ptr content)
        : disk_(&disk), life_(life), path_(std::move(path)), writable_(writable), content_(std::move(content)) {}

    [[nodiscard]] simulated_disk::call call(disk_operation operation, std::size_t bytes = 0) const {
        return {life_, operation, path_, bytes, content_.get()};
    }

    simulated_disk*             disk_;
    std::uint64_t               life_;
    std::string                 path_;
    bool                        writable_;
    simulated_disk::content_ptr content_;
};

class simulated_lock {
public:
    simulated_lock(simulated_lock&& other) noexcept
        : disk_(other.disk_), life_(other.life_), content_(std::move(other.content_)) {}
    simulated_lock& operator=(simulated_lock&& other) noexcept {
        std::swap(disk_, other.disk_);
        std::swap(life_, other.life_);
        std::swap(content_, other.content_);
        return *this;
    }
    ~simulated_lock() {
        if (!content_) return;
        const simulated_disk::guard lock(disk_->mutex_);
        if (life_ == disk_->life_) disk_->locked_.erase(content_.get());
    }

private:
    friend class simulated_files;
    simulated_lock(simulated_disk& disk, std::uint64_t life, simulated_disk::content_ptr content)
        : disk_(&disk), life_(life), content_(std::move(content)) {}

    simulated_disk*             disk_;
    std::uint64_t               life_;
    simulated_disk::content_ptr content_;
};

/// Models `file_system`. Belongs, as its copies do, to the process that is alive on the disk when it is made: after a crash
/// or a kill it is dead, and the test makes another one.
class simulated_files {
public:
    using file      = simulated_file;
    using mapping   = simulated_mapping;
    using lock_type = simulated_lock;

    explicit simulated_files(simulated_disk& disk) : disk_(&disk) {
        const simulated_disk::guard lock(disk.mutex_);
        life_ = disk.life_;
        boot_ = disk.boot_;
    }

    io_result<file> open(const std::string& path, file_access access) {
        const auto operation = access == file_access::create ? disk_operation::create : disk_operation::open;
        return on<file>(operation, path, [&](const auto& fail, const std::string& plain) -> io_result<file> {
            const detail::named_thing* found = names().find(plain);
            if (access == file_access::create) {
                if (found) return fail(EEXIST);
                if (!names().is_directory(detail::directory_of(plain))) return fail(ENOENT);
                names().add(plain, {std::make_shared<detail::file_content>(disk_->options_.largest_file)});
                found = names().find(plain);
            }
            if (!found) return fail(names().is_directory(plain) ? EISDIR : ENOENT);
            if (found->is_directory()) return fail(EISDIR);
            return file(*disk_, life_, path, access != file_access::read, found->content);
        });
    }
    /// Files only.
    io_result<void> rename(const std::string& from, const std::string& to) {
        return on<void>(disk_operation::rename, from, [&](const auto& fail, const std::string& plain) -> io_result<void> {
            const std::string target = detail::plain_path(to);
            if (names().is_directory(plain) || names().is_directory(target)) return fail(EISDIR);
            if (!names().find(plain) || !names().is_directory(detail::directory_of(target))) return fail(ENOENT);
            names().rename(plain, target);
            return {};
        });
    }
    io_result<void> remove(const std::string& path) {
        return on<void>(disk_operation::remove, path, [&](const auto& fail, const std::string& plain) -> io_result<void> {
            if (names().is_directory(plain)) return fail(EISDIR);
            if (!names().find(plain)) return fail(ENOENT);
            names().remove(plain);
            return {};
        });
    }
    io_result<void> make_directory(const std::string& path) {
        return on<void>(disk_operation::make_directory, path,
                        [&](const auto& fail, const std::string& plain) -> io_result<void> {
                            if (plain.empty() || names().find(plain)) return fail(EEXIST);
                            if (!names().is_directory(detail::directory_of(plain))) return fail(ENOENT);
                            names().add(plain, {});
                            return {};
                        });
    }
    /// In an order of chance.
    io_result<std::vector<std::string>> list(const std::string& path) {
        return on<std::vector<std::string>>(
            disk_operation::list, path, [&](const auto& fail, const std::string& plain) -> io_result<std::vector<std::string>> {
                if (!names().is_directory(plain)) return fail(names().find(plain) ? ENOTDIR : ENOENT);
                std::vector<std::string> found = detail::names_in(names().seen(), plain);
                for (std::size_t i = found.size(); i > 1; --i)
                    std::swap(found[i - 1], found[static_cast<std::size_t>(disk_->random_.below(i))]);
                return found;
            });
    }
    io_result<void> sync_directory(const std::string& path) {
        return on<void>(disk_operation::sync_directory, path,
                        [&](const auto& fail, const std::string& plain) -> io_result<void> {
                            if (!names().is_directory(plain)) return fail(names().find(plain) ? ENOTDIR : ENOENT);
                            names().sync(plain);
                            return {};
                        });
    }
    io_result<lock_type> lock(const std::string& path) {
        return on<lock_type>(disk_operation::lock, path,
                             [&](const auto& fail, const std::string& plain) -> io_result<lock_type> {
                                 const detail::named_thing* found = names().find(plain);
                                 if (!found) return fail(ENOENT);
                                 if (found->is_directory()) return fail(EISDIR);
                                 if (!disk_->locked_.insert(found->content.get()).second) return fail(EWOULDBLOCK);
                                 return lock_type(*disk_, life_, found->content);
                             });
    }

    std::string boot_id() { return "simulated boot " + std::to_string(boot_); }
    std::string process_name() { return "simulated process " + std::to_string(life_); }

private:
    template <class T, class Act>
    io_result<T> on(disk_operation operation, const std::string& path, Act&& act) {
        const simulated_disk::call what{life_, operation, path};
        const auto                 fail = [&](int code) { return simulated_disk::failed(what, code); };
        return disk_->perform(what, [&](std::size_t) { return act(fail, detail::plain_path(path)); });
    }
    [[nodiscard]] detail::name_space& names() const { return disk_->names_; }

    simulated_disk* disk_;
    std::uint64_t   life_;
    std::uint64_t   boot_;
};

static_assert(file_system<simulated_files>);

}  // namespace annals

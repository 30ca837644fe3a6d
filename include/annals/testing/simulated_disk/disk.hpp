// A disk and the system's cache before it, in memory, for `simulated_files`: they crash and fail as a test plans it.
#pragma once

#include <annals/log/file/file_system.hpp>
#include <annals/testing/arbitrary/random_source.hpp>
#include <annals/testing/simulated_disk/content.hpp>
#include <annals/testing/simulated_disk/fault.hpp>
#include <annals/testing/simulated_disk/names.hpp>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <mutex>
#include <set>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace annals {

struct disk_options {
    std::uint64_t     seed           = 1;
    std::uint64_t     largest_file   = std::uint64_t{1} << 20U;  // in bytes, of memory for each file; more is EFBIG
    std::uint64_t     capacity       = std::numeric_limits<std::uint64_t>::max();  // in bytes, of all files; more is ENOSPC
    after_failed_sync on_failed_sync = after_failed_sync::keeps_pages;
};

/// All of it follows from the seeds. What is not synced reaches the disk in a crash in part: of each sector of 512 bytes any
/// state that it had since the last sync of its file, of a file any of its lengths, and of the changes of names that were not
/// synced with their directory any that do not need one that was lost. Each of them happens, or it does not: a sector is not
/// torn, and a file is not under two names. Paths may be relative, and are then those of the root; `..` is not known.
/// Outlives its handles. Safe for several threads.
class simulated_disk {
public:
    explicit simulated_disk(const disk_options& options = {})
        : options_(options), random_(options.seed), capacity_(options.capacity) {}
    simulated_disk(const simulated_disk&)            = delete;
    simulated_disk& operator=(const simulated_disk&) = delete;

    /// The power fails, and the system starts again. What was open is dead: it answers EIO, and changes nothing any more.
    /// Mappings stay memory, of what was there before.
    void crash(std::uint64_t seed) {
        const guard lock(mutex_);
        cut_power(seed);
    }
    /// The process ends, and another begins. What was open is dead, and all that was written is still in the cache.
    void kill() {
        const guard lock(mutex_);
        end_process();
    }

    /// How many calls there were that can fail, since the disk was made.
    [[nodiscard]] std::uint64_t operations() const {
        const guard lock(mutex_);
        return operations_;
    }
    /// Plans a fault at the operation that `operations()` counts as this one, from 1, or at the first one after it that can
    /// fail so.
    void fail_at(std::uint64_t operation, disk_fault fault) {
        const guard lock(mutex_);
        plan_.add(operation, fault);
    }
    void clear_faults() {
        const guard lock(mutex_);
        plan_.clear();
    }
    /// How many times a planned fault has happened.
    [[nodiscard]] std::uint64_t faults() const {
        const guard lock(mutex_);
        return plan_.happened();
    }

    /// Changes how many bytes all files may have.
    void set_capacity(std::uint64_t bytes) {
        const guard lock(mutex_);
        capacity_ = bytes;
    }

    /// What a process reads now, and what it would read if the power failed now and nothing that is unsynced survived. Empty
    /// if there is no such file.
    [[nodiscard]] std::vector<std::byte> content(std::string_view path) const {
        const guard lock(mutex_);
        const auto  found = find_in(names_.seen(), path);
        return found ? std::vector<std::byte>(found->cached().begin(), found->cached().end()) : std::vector<std::byte>{};
    }
    [[nodiscard]] std::vector<std::byte> durable_content(std::string_view path) const {
        const guard lock(mutex_);
        const auto  found = find_in(names_.durable(), path);
        return found ? found->durable() : std::vector<std::byte>{};
    }
    /// The names in a directory, in order.
    [[nodiscard]] std::vector<std::string> names(std::string_view directory) const {
        const guard lock(mutex_);
        return detail::names_in(names_.seen(), detail::plain_path(directory));
    }
    [[nodiscard]] std::vector<std::string> durable_names(std::string_view directory) const {
        const guard lock(mutex_);
        return detail::names_in(names_.durable(), detail::plain_path(directory));
    }

    /// Makes a file with this content, in place of one that is there, and its directories. All of it is on the disk.
    void set_content(std::string_view path, std::span<const std::byte> bytes) {
        const guard lock(mutex_);
        if (bytes.size() > options_.largest_file) throw std::invalid_argument("a file that is larger than the disk's largest");
        names_.add_durably(detail::plain_path(path), {std::make_shared<detail::file_content>(options_.largest_file, bytes)});
    }

    // Damage of what is on the disk, and of what the cache has of it unless that is newer. They throw std::invalid_argument if
    // there is no such file on the disk, or no such place in it.

    /// Flips a bit, from 0 to 7, of the byte at the offset.
    void flip_bit(std::string_view path, std::uint64_t offset, unsigned bit) {
        const guard           lock(mutex_);
        detail::file_content& file   = durable_file(path, offset);
        const std::uint64_t   sector = offset / detail::sector_size;
        detail::sector_bytes  bytes  = file.on_disk(sector);
        bytes[offset % detail::sector_size] ^= std::byte{1} << (bit % 8);
        file.damage(sector, bytes);
    }
    /// A sector that reads as zeros.
    void zero_sector(std::string_view path, std::uint64_t sector) {
        const guard lock(mutex_);
        durable_file(path, sector * detail::sector_size).damage(sector, {});
    }
    /// What was last written to a sector never came there: it has what it had before that.
    void lose_write(std::string_view path, std::uint64_t sector) {
        const guard           lock(mutex_);
        detail::file_content& file = durable_file(path, sector * detail::sector_size);
        file.damage(sector, file.before_on_disk(sector));
    }
    /// What was last written to a sector came to another one instead.
    void misdirect(std::string_view path, std::uint64_t from_sector, std::uint64_t to_sector) {
        const guard           lock(mutex_);
        detail::file_content& file = durable_file(path, from_sector * detail::sector_size);
        (void)durable_file(path, to_sector * detail::sector_size);
        file.damage(to_sector, file.on_disk(from_sector));
        file.damage(from_sector, file.before_on_disk(from_sector));
    }

private:
    friend class simulated_file;
    friend class simulated_files;
    friend class simulated_lock;

    using guard       = std::lock_guard<std::mutex>;
    using content_ptr = std::shared_ptr<detail::file_content>;

    struct call {
        std::uint64_t         life;  // of the process that calls
        disk_operation        operation;
        const std::string&    path;
        std::size_t           bytes   = 0;        // to be written
        detail::file_content* content = nullptr;  // of the open file
    };

    static std::string_view name_of(disk_operation operation) noexcept {
        switch (operation) {
            case disk_operation::open:
            case disk_operation::create: return "open";
            case disk_operation::write: return "pwrite";
            case disk_operation::read: return "pread";
            case disk_operation::sync: return "fdatasync";
            case disk_operation::resize: return "ftruncate";
            case disk_operation::size: return "fstat";
            case disk_operation::map: return "mmap";
            case disk_operation::rename: return "rename";
            case disk_operation::remove: return "unlink";
            case disk_operation::make_directory: return "mkdir";
            case disk_operation::list: return "readdir";
            case disk_operation::sync_directory: return "fsync";
            case disk_operation::lock: break;
        }
        return "flock";
    }

    static bool changes_something(disk_operation operation) noexcept {
        using enum disk_operation;
        return operation != open && operation != read && operation != size && operation != map && operation != list &&
               operation != lock;
    }

    /// Does a call, unless a fault is planned for it. `act(bytes)` does it for so many bytes, if it is a write.
    template <class Act>
    std::invoke_result_t<Act, std::size_t> perform(const call& what, Act&& act) {
        const guard lock(mutex_);
        if (what.life != life_) return failed(what, EIO);
        ++operations_;
        const auto fault = plan_.at(operations_, what.operation, what.bytes);
        if (!fault) return act(what.bytes);
        switch (fault->what()) {
            case disk_fault::kind::crash:
            case disk_fault::kind::kill: {
                random_source chance(fault->seed());
                const auto    done = chance.below(3);  // all, a part, nothing
                if (done == 0 && changes_something(what.operation)) (void)act(what.bytes);
                if (done == 1 && what.bytes > 1) (void)act(1 + static_cast<std::size_t>(chance.below(what.bytes - 1)));
                fault->what() == disk_fault::kind::crash ? cut_power(chance.next()) : end_process();
                if (fault->throws()) throw simulated_crash(description(what, *fault));
                return failed(what, EIO);
            }
            case disk_fault::kind::short_write: return act(1 + static_cast<std::size_t>(random_.below(what.bytes - 1)));
            case disk_fault::kind::failed_sync:
            case disk_fault::kind::error: break;
        }
        if (what.operation == disk_operation::sync && fault->code() != EINTR)
            what.content->fail_sync(fault->then().value_or(options_.on_failed_sync), random_);
        if (what.operation == disk_operation::write && fault->code() == EIO && what.bytes > 0)
            (void)act(static_cast<std::size_t>(random_.below(what.bytes)));
        return failed(what, fault->code());
    }

    static unexpected<io_error> failed(const call& what, int code) {
        return unexpected<io_error>(io_error{code, name_of(what.operation), what.path});
    }
    [[nodiscard]] std::string description(const call& what, const disk_fault& fault) const {
        return (fault.what() == disk_fault::kind::crash ? "crash at operation " : "kill at operation ") +
               std::to_string(operations_) + ": " + std::string(name_of(what.operation)) + " of " + what.path;
    }

    void end_process() {
        ++life_;
        locked_.clear();
    }

    void cut_power(std::uint64_t seed) {
        random_source random(seed);
        end_process();
        ++boot_;
        // Each state between nothing and all must come up, and so must both of these, for names and contents apart.
        const auto odds = [&]() -> detail::crash_odds {
            const std::uint64_t choice = random.below(4);
            return {choice == 0 ? 0 : choice == 1 ? 16 : choice == 2 ? 8 : 1 + random.below(15)};
        };
        detail::name_map names    = names_.after_crash(odds(), random);
        const auto       of_files = odds();
        for (auto& [path, thing] : names) {
            if (thing.is_directory()) continue;
            const auto bytes = thing.content->after_crash(random.one_in(2) ? of_files : odds(), random);
            thing.content    = std::make_shared<detail::file_content>(options_.largest_file, bytes);
        }
        names_ = detail::name_space(std::move(names));
    }

    /// How many bytes a file can grow by.
    [[nodiscard]] std::uint64_t free_bytes() const {
        std::uint64_t used = 0;
        for (const auto& [path, thing] : names_.seen())
            if (thing.content) used += thing.content->size();
        return used < capacity_ ? capacity_ - used : 0;
    }

    static content_ptr find_in(const detail::name_map& names, std::string_view path) {
        const auto found = names.find(detail::plain_path(path));
        return found == names.end() ? nullptr : found->second.content;
    }
    detail::file_content& durable_file(std::string_view path, std::uint64_t offset) const {
        const auto found = find_in(names_.durable(), path);
        if (!found || offset >= found->durable().size()) throw std::invalid_argument("no such place on the disk");
        return *found;
    }

    disk_options                          options_;
    mutable std::mutex                    mutex_;
    random_source                         random_;
    std::uint64_t                         capacity_;
    detail::name_space                    names_;
    detail::fault_plan                    plan_;
    std::set<const detail::file_content*> locked_;
    std::uint64_t                         operations_ = 0;
    std::uint64_t                         life_       = 1;  // the process that is alive
    std::uint64_t                         boot_       = 1;
};

}  // namespace annals

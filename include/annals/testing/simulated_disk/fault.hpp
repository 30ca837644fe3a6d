// What goes wrong on a simulated disk, and when.
#pragma once

#include <annals/testing/simulated_disk/content.hpp>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace annals {

/// Thrown by the call in which a planned crash happens. What was open before is dead then: every later call on it answers EIO.
class simulated_crash : public std::exception {
public:
    explicit simulated_crash(std::string what) : what_(std::move(what)) {}

    /// The number of the operation, what it was, and the file.
    [[nodiscard]] const char* what() const noexcept override { return what_.c_str(); }

private:
    std::string what_;
};

/// A kind of operation, for faults: not each of them can fail in each way.
enum class disk_operation {
    open,    // of a file that exists
    create,  // of a file, by `open`
    write,
    read,
    sync,
    resize,
    size,
    map,
    rename,
    remove,
    make_directory,
    list,
    sync_directory,
    lock,
};

/// Something that is to go wrong.
class disk_fault {
public:
    /// The power fails: what was not synced survives in part. The call has not begun, is done in part or is done, as the seed
    /// has it. It throws `simulated_crash`.
    static disk_fault crash(std::uint64_t seed) { return {kind::crash, 0, seed}; }
    /// The process dies, and the system goes on: all that was written survives. Throws `simulated_crash` too.
    static disk_fault kill(std::uint64_t seed) { return {kind::kill, 0, seed}; }
    /// A call fails, such as with EIO, ENOSPC or EINTR. A write may have written a part, after EIO; a sync that fails with
    /// any other than EINTR is `failed_sync`, as the disk's options have it.
    static disk_fault error(int code) { return {kind::error, code, 0}; }
    /// A write writes a part of what it is given, and says so.
    static disk_fault short_write() { return {kind::short_write, 0, 0}; }
    /// A sync of a file fails with EIO, and a part of what was written is not on the disk.
    static disk_fault failed_sync(after_failed_sync then) {
        disk_fault fault{kind::failed_sync, EIO, 0};
        fault.then_ = then;
        return fault;
    }

    /// The same, and again at each operation after that, until `clear_faults`. Not for crashes.
    [[nodiscard]] disk_fault from_then_on() const {
        disk_fault fault = *this;
        fault.lasts_     = true;
        return fault;
    }
    /// The same crash, but its call answers EIO instead of throwing: for calls of threads that nobody waits for, and of
    /// destructors.
    [[nodiscard]] disk_fault silently() const {
        disk_fault fault = *this;
        fault.throws_    = false;
        return fault;
    }

    enum class kind { crash, kill, error, short_write, failed_sync };

    [[nodiscard]] kind                             what() const noexcept { return kind_; }
    [[nodiscard]] int                              code() const noexcept { return code_; }
    [[nodiscard]] std::uint64_t                    seed() const noexcept { return seed_; }
    [[nodiscard]] bool                             lasts() const noexcept { return lasts_; }
    [[nodiscard]] bool                             throws() const noexcept { return throws_; }
    [[nodiscard]] std::optional<after_failed_sync> then() const noexcept { return then_; }

    [[nodiscard]] bool ends_process() const noexcept { return kind_ == kind::crash || kind_ == kind::kill; }

    /// True if such an operation can go wrong in this way.
    [[nodiscard]] bool can_happen_in(disk_operation operation, std::size_t bytes) const noexcept {
        using enum disk_operation;
        switch (kind_) {
            case kind::crash:
            case kind::kill: return true;
            case kind::short_write: return operation == write && bytes > 1;
            case kind::failed_sync: return operation == sync;
            case kind::error: break;
        }
        switch (operation) {
            case create:
            case write:
            case resize:
            case sync:
            case sync_directory: return true;
            case rename:
            case make_directory: return code_ != EINTR;
            case open:
            case read: return code_ != ENOSPC;
            case size:
            case map:
            case remove:
            case list:
            case lock: break;
        }
        return code_ != ENOSPC && code_ != EINTR;
    }

private:
    disk_fault(kind what, int code, std::uint64_t seed) : kind_(what), code_(code), seed_(seed) {}

    kind                             kind_;
    int                              code_;
    std::uint64_t                    seed_;
    bool                             lasts_  = false;
    bool                             throws_ = true;
    std::optional<after_failed_sync> then_;
};

namespace detail {

/// The faults to come, by the number of the operation at which they happen, or after it at the first in which they can.
class fault_plan {
public:
    void add(std::uint64_t operation, disk_fault fault) { faults_.emplace(operation, fault); }
    void clear() noexcept { faults_.clear(); }

    [[nodiscard]] std::optional<disk_fault> at(std::uint64_t number, disk_operation operation, std::size_t bytes) {
        for (auto each = faults_.begin(); each != faults_.end() && each->first <= number; ++each) {
            if (!each->second.can_happen_in(operation, bytes)) continue;
            const disk_fault fault = each->second;
            if (!fault.lasts() || fault.ends_process()) faults_.erase(each);
            ++happened_;
            return fault;
        }
        return {};
    }
    /// How many times a fault has happened.
    [[nodiscard]] std::uint64_t happened() const noexcept { return happened_; }

private:
    std::multimap<std::uint64_t, disk_fault> faults_;
    std::uint64_t                            happened_ = 0;
};

}  // namespace detail

}  // namespace annals

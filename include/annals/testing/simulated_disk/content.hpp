// What is in a file of a simulated disk: in the system's cache, on the disk, and on its way there.
#pragma once

#include <annals/testing/arbitrary/random_source.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <map>
#include <memory>
#include <new>
#include <span>
#include <utility>
#include <vector>

namespace annals {

/// What the system does with pages of a file that it could not write to the disk.
enum class after_failed_sync {
    keeps_pages,    // it takes them for written: they are read as before, and no later sync writes them (ext4, XFS)
    reverts_pages,  // it reads what is on the disk (Btrfs)
};

namespace detail {

/// How likely it is that something that was not synced survives a crash: a sector, a change of a length or of a name.
struct crash_odds {
    std::uint64_t in_16;

    bool survives(random_source& random) const { return random.below(16) < in_16; }
};

inline constexpr std::size_t sector_size = 512;

using sector_bytes = std::array<std::byte, sector_size>;

/// A file's bytes in the cache. They stay where they are, for mappings, which share them.
class cached_bytes {
public:
    explicit cached_bytes(std::uint64_t room)
        : bytes_(static_cast<std::byte*>(std::calloc(std::max<std::size_t>(room, 1), 1)), &std::free), room_(room) {
        if (!bytes_) throw std::bad_alloc();
    }
    [[nodiscard]] std::byte*    data() const noexcept { return bytes_.get(); }
    [[nodiscard]] std::uint64_t room() const noexcept { return room_; }

private:
    std::unique_ptr<std::byte, decltype(&std::free)> bytes_;
    std::uint64_t                                    room_;
};

class file_content {
public:
    explicit file_content(std::uint64_t room) : cache_(std::make_shared<cached_bytes>(room)) {}

    /// A file that has these bytes in the cache and on the disk.
    file_content(std::uint64_t room, std::span<const std::byte> bytes) : file_content(room) {
        write(0, bytes);
        sync();
    }

    [[nodiscard]] std::uint64_t                       size() const noexcept { return size_; }
    [[nodiscard]] std::uint64_t                       room() const noexcept { return cache_->room(); }
    [[nodiscard]] std::span<const std::byte>          cached() const noexcept { return {cache_->data(), size_}; }
    [[nodiscard]] const std::vector<std::byte>&       durable() const noexcept { return durable_; }
    [[nodiscard]] std::shared_ptr<const cached_bytes> memory() const noexcept { return cache_; }
    [[nodiscard]] bool is_synced() const noexcept { return unsynced_.empty() && lengths_.empty(); }

    /// All of it fits.
    void write(std::uint64_t offset, std::span<const std::byte> bytes) {
        if (bytes.empty()) return;
        std::memcpy(cache_->data() + offset, bytes.data(), bytes.size());
        const std::uint64_t end = offset + bytes.size();
        if (end > size_) lengths_.push_back(size_ = end);
        for (std::uint64_t sector = offset / sector_size; sector * sector_size < end; ++sector) note(sector, false);
    }

    void resize(std::uint64_t size) {
        const std::uint64_t before = std::exchange(size_, size);
        if (size == before) return;
        lengths_.push_back(size);
        if (size > before) return;
        std::memset(cache_->data() + size, 0, before - size);
        for (std::uint64_t sector = size / sector_size; sector * sector_size < before; ++sector) note(sector, true);
    }

    /// All that was written is on the disk.
    void sync() {
        durable_.resize(size_);
        for (const auto& [sector, versions] : unsynced_) put(sector, versions.back().bytes);
        unsynced_.clear();
        lengths_.clear();
    }

    /// A sync that failed: some of what was written is on the disk, at least one sector of it is not, if there was one.
    void fail_sync(after_failed_sync then, random_source& random) {
        std::uint64_t lost = unsynced_.empty() ? 0 : random.below(unsynced_.size());
        for (const auto& [sector, versions] : unsynced_)
            if (lost-- != 0 && random.one_in(2)) {
                durable_.resize(
                    std::max<std::size_t>(durable_.size(), std::min<std::uint64_t>(size_, (sector + 1) * sector_size)));
                put(sector, versions.back().bytes);
            }
        unsynced_.clear();
        if (then == after_failed_sync::reverts_pages) revert();
    }

    /// What is on the disk after a crash.
    [[nodiscard]] std::vector<std::byte> after_crash(crash_odds odds, random_source& random) const {
        std::size_t changes = 0;  // of the length, that happened
        while (changes < lengths_.size() && odds.survives(random)) ++changes;
        std::vector<std::byte> bytes = durable_;
        bytes.resize(length_after(changes, random));
        for (const auto& [sector, versions] : unsynced_) {
            if (sector * sector_size >= bytes.size()) continue;
            // A cut is part of a change of the length: before it, what it took away is there, and after it that is gone.
            const auto  happened = [&](const version& each) { return each.cut <= changes; };
            const auto  end      = std::find_if_not(versions.begin(), versions.end(), happened);
            auto        first    = versions.begin();
            const auto* cut      = static_cast<const version*>(nullptr);
            for (auto each = versions.begin(); each != end; ++each)
                if (each->cut != 0) cut = &*each, first = each + 1;
            if (cut) copy(cut->bytes, bytes, sector);
            if (first == end || !odds.survives(random)) continue;
            const auto count  = static_cast<std::uint64_t>(end - first);
            const auto chosen = random.one_in(2) ? count - 1 : random.below(count);
            copy((first + static_cast<std::ptrdiff_t>(chosen))->bytes, bytes, sector);
        }
        return bytes;
    }

    /// Damages a sector of the disk, and what the cache has of it unless that is newer.
    void damage(std::uint64_t sector, const sector_bytes& bytes) {
        copy(bytes, durable_, sector);
        if (unsynced_.contains(sector)) return;
        const std::uint64_t at = sector * sector_size;
        if (at < size_) std::memcpy(cache_->data() + at, bytes.data(), std::min<std::uint64_t>(sector_size, size_ - at));
    }

    [[nodiscard]] sector_bytes on_disk(std::uint64_t sector) const {
        sector_bytes        bytes{};
        const std::uint64_t at = sector * sector_size;
        if (at < durable_.size()) std::memcpy(bytes.data(), durable_.data() + at, std::min(sector_size, durable_.size() - at));
        return bytes;
    }

    /// What a sector was on the disk before it was written there for the last time: zeros, if it never was.
    [[nodiscard]] sector_bytes before_on_disk(std::uint64_t sector) const {
        const auto found = replaced_.find(sector);
        return found == replaced_.end() ? sector_bytes{} : found->second;
    }

private:
    struct version {
        sector_bytes  bytes;
        std::uint64_t cut;  // the number of the change of length that made it by taking bytes away, from 1, or 0
    };
    static constexpr std::size_t most_versions = 16;  // of a sector: more are forgotten

    void note(std::uint64_t sector, bool is_cut) {
        version             now{{}, is_cut ? lengths_.size() : 0};
        const std::uint64_t at = sector * sector_size;
        std::memcpy(now.bytes.data(), cache_->data() + at, std::min<std::uint64_t>(sector_size, cache_->room() - at));
        auto& versions = unsynced_[sector];
        if (versions.size() == most_versions && !is_cut && versions.back().cut == 0) versions.pop_back();
        versions.push_back(now);
    }

    void put(std::uint64_t sector, const sector_bytes& bytes) {
        replaced_[sector] = on_disk(sector);
        copy(bytes, durable_, sector);
    }

    static void copy(const sector_bytes& bytes, std::vector<std::byte>& to, std::uint64_t sector) {
        const std::uint64_t at = sector * sector_size;
        if (at < to.size()) std::memcpy(to.data() + at, bytes.data(), std::min<std::uint64_t>(sector_size, to.size() - at));
    }

    // The length when so many changes of it have happened. One that makes the file longer may have happened in part.
    std::uint64_t length_after(std::size_t changes, random_source& random) const {
        const std::uint64_t now = changes == 0 ? durable_.size() : lengths_[changes - 1];
        if (changes == lengths_.size() || lengths_[changes] <= now || !random.one_in(3)) return now;
        const std::uint64_t sectors = (lengths_[changes] - 1) / sector_size - now / sector_size;  // whole ones between them
        return sectors == 0 ? now : (now / sector_size + 1 + random.below(sectors)) * sector_size;
    }

    void revert() {
        const auto differs = [&](std::uint64_t at) { return cache_->data()[at] != durable_[at]; };
        for (std::uint64_t at = 0; at < durable_.size(); ++at)  // a thread may read what stays the same
            if (differs(at)) cache_->data()[at] = durable_[at];
        if (durable_.size() < size_) std::memset(cache_->data() + durable_.size(), 0, size_ - durable_.size());
        size_ = durable_.size();
        lengths_.clear();
    }

    std::shared_ptr<cached_bytes>                 cache_;
    std::uint64_t                                 size_ = 0;  // in the cache
    std::vector<std::byte>                        durable_;
    std::map<std::uint64_t, std::vector<version>> unsynced_;  // by sector; the last is what the cache has
    std::vector<std::uint64_t>                    lengths_;   // since the last sync
    std::map<std::uint64_t, sector_bytes>         replaced_;
};

}  // namespace detail

}  // namespace annals

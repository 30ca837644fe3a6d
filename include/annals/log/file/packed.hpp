// A compressed segment: chunks of whole frames, each compressed for itself, and a table of them. FORMAT.md says where they are.
#pragma once

#include <annals/log/file/failure.hpp>
#include <annals/log/file/file_system.hpp>
#include <annals/log/file/format.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace annals {
namespace detail {

/// What a compressed chunk begins with. Behind it the compressed bytes, filled up with zeros to a multiple of 8.
struct chunk_head {
    little_uint32_t check;   // CRC-32C of the rest of the head and of the compressed bytes
    little_uint32_t salt;    // that of the segment
    little_uint32_t offset;  // in the segment, of its first frame
    little_uint32_t size;    // of its frames
    little_uint32_t packed;  // the length of the compressed bytes
    little_uint32_t zero;
};
static_assert(sizeof(chunk_head) == 24 && alignof(chunk_head) == 1);

/// An entry of the table.
struct chunk_entry {
    little_uint32_t offset;  // in the segment, of the first frame
    little_uint32_t at;      // in the file, of the chunk's head
};
/// What the table, and the file, ends with.
struct chunk_table_end {
    little_uint32_t end;    // of the segment
    little_uint32_t count;  // of the chunks
    little_uint32_t salt;   // that of the segment
    little_uint32_t check;  // CRC-32C of the entries and of what stands before
};
static_assert(sizeof(chunk_entry) == 8 && sizeof(chunk_table_end) == 16);

/// A chunk is as many blocks as come to this many bytes.
inline constexpr std::uint64_t chunk_bytes = 256 * 1024;

using shared_bytes = std::shared_ptr<const std::byte[]>;
/// Fills `room` with what was compressed; false if that is something else.
using decompressing = bool (*)(std::span<const std::byte> packed, std::span<std::byte> room);

/// Chunks that were decompressed lately. Safe for several threads.
class chunk_cache {
public:
    explicit chunk_cache(std::uint64_t most = std::uint64_t{16} << 20U) : most_(most) {}

    /// A number for a segment, which no other one has here.
    [[nodiscard]] std::uint64_t next_owner() {
        const std::lock_guard lock(mutex_);
        return ++owners_;
    }
    /// Null if it is not there.
    [[nodiscard]] shared_bytes find(std::uint64_t owner, std::uint64_t offset) {
        const std::lock_guard lock(mutex_);
        const auto found = std::find_if(chunks_.begin(), chunks_.end(),
                                        [&](const chunk& each) { return each.owner == owner && each.offset == offset; });
        if (found == chunks_.end()) return nullptr;
        std::rotate(found, found + 1, chunks_.end());
        return chunks_.back().bytes;
    }
    void put(std::uint64_t owner, std::uint64_t offset, shared_bytes bytes, std::uint64_t size) {
        const std::lock_guard lock(mutex_);
        chunks_.push_back({owner, offset, size, std::move(bytes)});
        held_ += size;
        std::size_t dropped = 0;
        for (; held_ > most_; ++dropped) held_ -= chunks_[dropped].size;
        chunks_.erase(chunks_.begin(), chunks_.begin() + static_cast<std::ptrdiff_t>(dropped));
    }

private:
    struct chunk {
        std::uint64_t owner, offset, size;
        shared_bytes  bytes;
    };

    std::mutex         mutex_;
    std::vector<chunk> chunks_;  // the one that was asked for last is the last
    std::uint64_t      held_ = 0, most_ = 0, owners_ = 0;
};

/// The compressed bytes of the chunk that begins at `at` of a file, or nothing if that is none, or not as it was written.
inline std::optional<std::span<const std::byte>> chunk_at(std::span<const std::byte> file, std::uint64_t at, std::uint32_t salt) {
    if (at > file.size() || file.size() - at < sizeof(chunk_head)) return {};
    const auto& head = record_at<chunk_head>(file.data() + at);
    if (head.salt != salt || head.packed > file.size() - at - sizeof(head) || head.size > largest_segment) return {};
    constexpr std::size_t skipped = sizeof(head.check);
    if (crc32c(file.subspan(at + skipped, sizeof(head) - skipped + head.packed)) != head.check) return {};
    return file.subspan(at + sizeof(head), head.packed);
}

/// Bytes of a segment that lie together: all of it or, of a compressed one, a chunk. A frame is as a whole in one.
struct segment_piece {
    std::span<const std::byte> bytes;
    std::uint64_t              first = 0;  // their offset in the segment
    shared_bytes               owner;      // of a chunk

    [[nodiscard]] std::uint64_t    behind() const { return first + bytes.size(); }
    [[nodiscard]] const std::byte* at(std::uint64_t offset) const { return bytes.data() + (offset - first); }
};

/// A compressed segment's file, which outlives this.
class packed_segment {
public:
    /// Nothing if the table is not as it was written.
    static std::optional<packed_segment> open(std::span<const std::byte> file, std::uint32_t salt, std::string path,
                                              decompressing decompress, std::shared_ptr<chunk_cache> cache) {
        if (file.size() < sizeof(chunk_table_end)) return {};
        const auto& last = record_at<chunk_table_end>(file.data() + file.size() - sizeof(chunk_table_end));
        const std::uint64_t size = sizeof(chunk_table_end) + last.count * std::uint64_t{sizeof(chunk_entry)};
        if (last.count == 0 || size > file.size() || last.salt != salt || last.end > largest_segment) return {};
        const auto table = file.last(size);
        if (crc32c(table.first(size - sizeof(last.check))) != last.check) return {};
        packed_segment made;
        for (std::uint32_t i = 0; i < last.count; ++i)
            made.table_.push_back(record_at<chunk_entry>(table.data() + i * sizeof(chunk_entry)));
        made.file_       = file;
        made.salt_       = salt;
        made.end_        = last.end;
        made.path_       = std::move(path);
        made.decompress_ = decompress;
        made.cache_      = std::move(cache);
        made.owner_      = made.cache_->next_owner();
        for (std::size_t i = 0; i < made.table_.size(); ++i)
            if (made.table_[i].offset >= made.behind(i)) return {};
        if (made.table_[0].offset != first_frame) return {};
        return made;
    }

    [[nodiscard]] std::uint64_t end() const { return end_; }

    /// The chunk that an offset lies in, up to `end` at most. Errors: `damaged`.
    [[nodiscard]] expected<segment_piece, error> piece_at(std::uint64_t offset, std::uint64_t end) const {
        const std::uint64_t behind_all = std::min(end, end_);
        if (offset < first_frame || offset >= behind_all) return unexpected<error>(broken(offset));
        const std::size_t   index = index_of(offset);
        const std::uint64_t first = table_[index].offset, size = behind(index) - first;
        shared_bytes        bytes = cache_->find(owner_, first);
        if (!bytes) {
            const std::shared_ptr<std::byte[]> made(new std::byte[size]);
            if (!read(index, std::span(made.get(), size))) return unexpected<error>(broken(first));
            bytes = made;
            cache_->put(owner_, first, bytes, size);
        }
        const std::span<const std::byte> all(bytes.get(), size);
        return segment_piece{all.first(std::min(size, behind_all - first)), first, std::move(bytes)};
    }

    /// All of the segment, but for its first page. Where a chunk is damaged there are zeros, and `is_whole` is false.
    struct content {
        std::vector<std::byte> bytes;
        bool                   is_whole = true;
    };
    [[nodiscard]] content all() const {
        content made{std::vector<std::byte>(end_), true};
        for (std::size_t i = 0; i < table_.size(); ++i) {
            const auto room = std::span(made.bytes).subspan(table_[i].offset, behind(i) - table_[i].offset);
            if (read(i, room)) continue;
            std::fill(room.begin(), room.end(), std::byte{0});
            made.is_whole = false;
        }
        return made;
    }

private:
    [[nodiscard]] std::uint64_t behind(std::size_t index) const {
        return index + 1 < table_.size() ? std::uint64_t{table_[index + 1].offset} : end_;
    }
    [[nodiscard]] std::size_t index_of(std::uint64_t offset) const {
        const auto later = std::upper_bound(table_.begin(), table_.end(), offset,
                                            [](std::uint64_t wanted, const chunk_entry& each) { return wanted < each.offset; });
        return static_cast<std::size_t>(later - table_.begin()) - 1;
    }
    [[nodiscard]] bool read(std::size_t index, std::span<std::byte> room) const {
        const auto packed = chunk_at(file_, table_[index].at, salt_);
        if (!packed) return false;
        const auto& head = record_at<chunk_head>(file_.data() + table_[index].at);
        return head.offset == table_[index].offset && head.size == room.size() && decompress_(*packed, room);
    }
    [[nodiscard]] error broken(std::uint64_t offset) const {
        return file_error(errc::damaged, "what is stored is not what was written", path_, 0,
                          "a compressed chunk is damaged, that of byte " + std::to_string(offset) + " of the segment");
    }

    std::span<const std::byte>   file_;
    std::vector<chunk_entry>     table_;
    std::uint32_t                salt_ = 0;
    std::uint64_t                end_  = 0;
    std::string                  path_;
    decompressing                decompress_ = nullptr;
    std::shared_ptr<chunk_cache> cache_;
    std::uint64_t                owner_ = 0;
};

}  // namespace detail

/// Files of a system that can compress: the log's sealed segments may be compressed then. zstd.hpp has one.
///   compress(bytes, level)     the compressed bytes; none if that failed
///   decompress(packed, room)   fills `room`, which is as long as what was compressed; false if that is something else
///   chunks()                   where the log keeps what it decompressed lately
template <class Files>
concept compressing_file_system =
    file_system<Files> && requires(const Files& files, std::span<const std::byte> bytes, std::span<std::byte> room) {
        { Files::compress(bytes, int{}) } -> std::same_as<std::vector<std::byte>>;
        { Files::decompress(bytes, room) } -> std::same_as<bool>;
        { files.chunks() } -> std::same_as<std::shared_ptr<detail::chunk_cache>>;
    };

namespace detail {

/// The name of a compressed segment's file.
inline std::string packed_name(std::uint64_t number) { return segment_name(number).replace(10, 4, ".zst"); }

/// Opens what a compressed segment's file holds. Errors: `unsupported`, if these files cannot decompress; `damaged`.
template <file_system Files>
expected<packed_segment, error> open_packed([[maybe_unused]] const Files& files, [[maybe_unused]] std::span<const std::byte> bytes,
                                            [[maybe_unused]] std::uint32_t salt, std::string path) {
    if constexpr (compressing_file_system<Files>) {
        auto opened = packed_segment::open(bytes, salt, path, &Files::decompress, files.chunks());
        if (!opened) return refused(errc::damaged, "a compressed segment's table of chunks is damaged", std::move(path));
        return std::move(*opened);
    } else
        return refused(errc::unsupported,
                       "the log has compressed segments: include annals/log/file/zstd.hpp, and open it as a zstd_file_log",
                       std::move(path));
}

}  // namespace detail
}  // namespace annals

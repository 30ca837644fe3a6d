// One file of a file log.
#pragma once

#include <annals/log/file/failure.hpp>
#include <annals/log/file/packed.hpp>
#include <annals/log/file/records.hpp>
#include <annals/log/query.hpp>

#include <algorithm>
#include <cerrno>
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

namespace annals::detail {

using block_list = std::vector<block_entry>;

/// Notes a segment's next frame in the list of its blocks. Throws std::bad_alloc, unless there is room for one more block.
inline void note_frame(block_list& blocks, const frame_view& frame, std::uint64_t offset) {
    if (blocks.empty() || offset - blocks.back().offset >= block_bytes) {
        block_entry next{};
        next.position = frame.first();
        next.time     = frame.head().time;
        next.offset   = static_cast<std::uint32_t>(offset);
        blocks.push_back(next);
    }
    block_entry& last = blocks.back();
    last.types |= frame.head().types;
    frame.for_each_part([&](const frame_part&, std::string_view name) {
        last.categories |= category_bit(category_of(name));
        return true;
    });
}

/// The most blocks of a segment.
constexpr std::uint64_t most_blocks(std::uint64_t capacity) { return capacity / block_bytes + 2; }
/// The room that is kept free in a segment for the frames that end it: a seal, and two marks.
constexpr std::uint64_t room_for_end(std::uint64_t capacity) {
    return 3 * sizeof(frame_head) + in_words(most_blocks(capacity) * sizeof(block_entry));
}

inline bool is_header(const segment_header& header) {
    if (std::memcmp(header.magic, segment_header::magic_bytes, sizeof(header.magic)) != 0) return false;
    return !keeps(safeguard::check_of_a_header) || crc32c(bytes_of(header).first(sizeof(header) - 4)) == header.check;
}
inline segment_header make_header(const uuid& log_id, std::uint64_t number, std::uint64_t capacity, std::uint32_t salt,
                                  std::int64_t now) {
    segment_header header{};
    std::memcpy(header.magic, segment_header::magic_bytes, sizeof(header.magic));
    header.format_version = format_version;
    header.header_size    = segment_header::page;
    std::memcpy(header.log_id, log_id.bytes, sizeof(header.log_id));
    header.number   = number;
    header.capacity = capacity;
    header.salt     = salt;
    header.created  = now;
    header.check    = crc32c(bytes_of(header).first(sizeof(header) - 4));
    return header;
}

/// A segment that is open for reading. What its file holds behind its end is not of the log. One that is still written grows:
/// its end and its blocks are in the log's hands then.
template <file_system Files>
class segment {
public:
    std::string             path;
    segment_header          header{};
    begin_record            begin;
    std::uint64_t           first_position = 0;
    std::int64_t            first_time     = 0;
    typename Files::mapping mapping;

    [[nodiscard]] std::uint64_t              number() const { return header.number; }
    [[nodiscard]] std::uint32_t              salt() const { return header.salt; }
    /// Its bytes; of a compressed one, those of the file.
    [[nodiscard]] std::span<const std::byte> bytes() const { return bytes_; }
    [[nodiscard]] frame_view                 frame(std::uint64_t offset) const { return frame_view(bytes().data() + offset); }

    /// Opens the segment of a number, whose name is there only if its first page and its first frame are.
    static expected<std::shared_ptr<segment>, error> open(Files& files, std::string path, std::uint64_t number) {
        auto file = uninterrupted([&] { return files.open(path, file_access::read); });
        if (!file) return unexpected<error>(system_error(file.error(), "a segment cannot be opened"));
        return open(files, *file, std::move(path), number, false);
    }
    /// Opens the segment of a number in a directory, which may be compressed.
    static expected<std::shared_ptr<segment>, error> find(Files& files, const std::string& directory, std::uint64_t number) {
        std::string path = path_in(directory, segment_name(number));
        auto        file = uninterrupted([&] { return files.open(path, file_access::read); });
        if (file || file.error().code != ENOENT) {
            if (!file) return unexpected<error>(system_error(file.error(), "a segment cannot be opened"));
            return open(files, *file, std::move(path), number, false);
        }
        return open_packed_file(files, path_in(directory, packed_name(number)), number);
    }
    /// Opens a compressed one.
    static expected<std::shared_ptr<segment>, error> open_packed_file(Files& files, std::string path, std::uint64_t number) {
        auto file = uninterrupted([&] { return files.open(path, file_access::read); });
        if (!file) return unexpected<error>(system_error(file.error(), "a segment cannot be opened"));
        return open(files, *file, std::move(path), number, true);
    }

    /// Whether only pieces of it are in memory.
    [[nodiscard]] bool is_packed() const { return packed_.has_value(); }
    /// How many bytes there are: of one that is compressed, those that it holds.
    [[nodiscard]] std::uint64_t size() const { return packed_ ? packed_->end() : bytes_.size(); }
    /// What lies together with an offset before `end`, up to there: of one that is not compressed, all of it. Errors:
    /// `damaged`.
    [[nodiscard]] expected<segment_piece, error> piece_at(std::uint64_t offset, std::uint64_t end) const {
        if (packed_) return packed_->piece_at(offset, end);
        return segment_piece{bytes_.first(end), 0, nullptr};
    }
    /// Decompresses one for good, as far as it is whole. For damaged logs, and before others know of it.
    void unpack() {
        if (!packed_) return;
        unpacked_ = packed_->all().bytes;
        std::memcpy(unpacked_.data(), bytes_.data(), std::min<std::size_t>(unpacked_.size(), first_frame + frame(first_frame).size()));
        bytes_ = unpacked_;
        packed_.reset();
    }

    /// Where a segment that is no longer written ends: the next one says so.
    void end_at(std::uint64_t offset, std::uint32_t seal) {
        end_  = offset;
        seal_ = seal;
    }
    [[nodiscard]] std::uint64_t end() const { return end_; }
    [[nodiscard]] std::uint32_t seal() const { return seal_; }

    /// The blocks of a segment that is no longer written: as its seal lists them or, if it has none, found at the first call.
    [[nodiscard]] const block_list& blocks() const {
        std::call_once(blocks_once_, [&] {
            if (!read_seal()) find_blocks();
        });
        return blocks_;
    }
    /// For the writer, when it seals: the blocks that it knows.
    void set_blocks(block_list known) {
        std::call_once(blocks_once_, [&] { blocks_ = std::move(known); });
    }

private:
    static expected<std::shared_ptr<segment>, error> open(Files& files, typename Files::file& file, std::string path,
                                                          std::uint64_t number, bool is_packed) {
        const auto size = file.size();
        if (!size) return unexpected<error>(system_error(size.error(), "a segment cannot be opened"));
        if (*size < first_frame + sizeof(frame_head) || *size > largest_segment)
            return refused(errc::damaged, "a segment is too short or too long", std::move(path));
        auto opened  = std::make_shared<segment>();
        auto mapping = file.map(*size);
        if (!mapping) return unexpected<error>(system_error(mapping.error(), "a segment cannot be mapped"));
        opened->path    = std::move(path);
        opened->mapping = std::move(*mapping);
        opened->bytes_  = opened->mapping.bytes();
        std::memcpy(&opened->header, opened->bytes().data(), sizeof(segment_header));
        if (auto done = opened->read_beginning(number); !done) return unexpected<error>(std::move(done.error()));
        if (!is_packed) return opened;
        auto packed = open_packed(files, opened->bytes_, opened->salt(), opened->path);
        if (!packed) return unexpected<error>(std::move(packed.error()));
        opened->packed_ = std::move(*packed);
        return opened;
    }

    // The first page and the first frame are the same in a compressed one.
    expected<void, error> read_beginning(std::uint64_t number) {
        if (!is_header(header)) return refused(errc::damaged, "a segment's first page is damaged", path);
        if (header.format_version != format_version)
            return refused(errc::unsupported, "the log was written by a newer version of annals", path);
        if (header.number != number) return refused(errc::damaged, "a segment has the name of another", path);
        const frame_fault fault = check_head(bytes(), first_frame, salt());
        if (fault != frame_fault::none) return unexpected<error>(damage(fault, path, first_frame, 0));
        const frame_view first = frame(first_frame);
        if (first.kind() != frame_kind::begin || !first.body_is_intact())
            return unexpected<error>(damage(frame_fault::wrong_checksum, path, first_frame, 0));
        auto record = record_in<begin_record>(first.body());
        if (!record) return unexpected<error>(damage(frame_fault::malformed, path, first_frame, 0));
        begin          = std::move(*record);
        first_position = first.first();
        first_time     = first.head().time;
        return {};
    }

    bool read_seal() const {
        if (seal_ == 0 || seal_ % 8 != 0 || seal_ >= end_) return false;
        const auto piece = piece_at(seal_, end_);
        if (!piece || check_head(piece->bytes, seal_ - piece->first, salt()) != frame_fault::none) return false;
        const frame_view sealing(piece->at(seal_));
        if (sealing.kind() != frame_kind::seal || !sealing.body_is_intact()) return false;
        const std::byte* const first = sealing.body().data();
        block_list             listed(sealing.body().size() / sizeof(block_entry));
        std::uint64_t          before = 0;
        for (std::size_t i = 0; i < listed.size(); ++i) {
            listed[i] = record_at<block_entry>(first + i * sizeof(block_entry));
            if (listed[i].offset % 8 != 0 || listed[i].offset <= before || listed[i].offset >= end_) return false;
            before = listed[i].offset;
        }
        blocks_ = std::move(listed);
        return !blocks_.empty();
    }
    void find_blocks() const {
        segment_piece here;
        std::uint32_t link = 0;
        for (std::uint64_t offset = first_frame; offset < end_;) {
            if (offset >= here.behind()) {
                auto next = piece_at(offset, end_);
                if (!next) return end_with_damage();
                here = std::move(*next);
            }
            if (check_head(here.bytes, offset - here.first, salt()) != frame_fault::none) return end_with_damage();
            const frame_view frame(here.at(offset));
            if (keeps(safeguard::check_of_a_link) && offset != first_frame && frame.head().link != link) return end_with_damage();
            link = frame.head().head_check;
            note_frame(blocks_, frame, offset);
            offset += frame.size();
        }
    }
    // So that whoever looks for anything comes to what is damaged.
    void end_with_damage() const {
        if (blocks_.empty()) {
            blocks_.emplace_back();
            blocks_.back().position = first_position;
            blocks_.back().time     = first_time;
            blocks_.back().offset   = first_frame;
        }
        blocks_.back().types = blocks_.back().categories = ~std::uint64_t{0};
    }

    std::span<const std::byte>    bytes_;  // the file's or, if it was unpacked, the segment's
    std::vector<std::byte>        unpacked_;
    std::optional<packed_segment> packed_;
    std::uint64_t                 end_  = 0;
    std::uint32_t                 seal_ = 0;
    mutable std::once_flag        blocks_once_;
    mutable block_list            blocks_;
};

/// A log's segments, in their order, without a gap.
template <file_system Files>
using segment_list = std::vector<std::shared_ptr<segment<Files>>>;

}  // namespace annals::detail

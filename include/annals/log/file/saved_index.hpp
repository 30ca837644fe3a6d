// A file log's index as a file: the table of its streams as it lies in memory, so that a million streams are there at once.
// It says nothing that is not in the log, too; when it is missing, damaged or of another version, it is made anew.
//
//     header     128 bytes, see `index_header`
//     records    64 bytes for each stream, in the order of their numbers, which begin with 0:
//                    u64 version, u64 last frame, u64 milestone, u16 ordinal (below 256), u8 ended, u8 trimmed, u32 0,
//                    u16 the name's length (not 0), 30 bytes for the name
//                see `stream_state`. A name of up to 30 bytes stands there, with zeros behind it. Of a longer one the last 8 of
//                the 30 bytes are an u64: the offset in `names` at which it begins; the bytes before are 0.
//     slots      2^b times u32, b from 5 to 31, with no more streams than 3/4 of that: a hash table of groups of 16 slots.
//                Let h be a name's hash, `hash_of_name`. The name is in the first group that was not full when it came, from
//                that with the number h >> (64 - b + 4) on, and from the last one on with the first; and there in the first
//                slot that was empty. The slot is then number + 1 in its lower b bits, and has the bits of h modulo 2^32 in
//                those above. An empty slot is 0.
//     names      the long names, without anything behind them, but there may be gaps of zeros; at the end zeros up to a
//                multiple of 8
//     more       bytes of the owner, and zeros up to a multiple of 8
//
// All numbers are little-endian. The parts follow each other without gaps, and the file ends behind them.
#pragma once

#include <annals/log/file/checksum.hpp>
#include <annals/log/file/format.hpp>
#include <annals/log/file/safeguard.hpp>
#include <annals/log/file/stream_table.hpp>
#include <annals/model/context.hpp>
#include <annals/model/expected.hpp>

#include <boost/endian/arithmetic.hpp>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace annals::detail {

/// What the index says of the log, beside its streams.
struct index_header_values {
    uuid          log_id;
    std::uint64_t covered       = 0;  // the address behind the last frame that it knows
    std::uint64_t next_position = 0;  // of the first event that it does not know
    std::int64_t  last_time     = 0;  // of the last frame that it knows
    std::uint32_t link          = 0;  // what the next frame has to say of the one before it

    friend bool operator==(const index_header_values&, const index_header_values&) = default;
};

struct index_header {
    static constexpr unsigned char magic_bytes[8] = {'a', 'n', 'n', 'a', 'l', 's', 0x1a, 0x03};
    static constexpr std::uint32_t version        = 1;

    unsigned char   magic[8];
    little_uint32_t format_version;
    little_uint32_t header_size;
    unsigned char   log_id[16];
    little_uint64_t covered;
    little_uint64_t next_position;
    little_int64_t  last_time;
    little_uint32_t link;
    little_uint32_t record_size;
    little_uint64_t streams;  // how many records there are
    little_uint64_t slots;    // how many there are
    little_uint64_t names;    // how many bytes, without the zeros behind them
    little_uint64_t more;     // how many bytes, without the zeros behind them
    unsigned char   unused[28];
    little_uint32_t check;  // CRC-32C of the header before it and of everything behind it
};
static_assert(sizeof(index_header) == 128 && alignof(index_header) == 1);

/// An index that is ready to be written: its bytes, piece by piece. The pieces are the memory of the table and of `more`, which
/// must stay as they are until it was written.
class saved_index {
public:
    saved_index(const index_header_values& values, const stream_table& table, std::span<const std::byte> more)
        : header_(std::make_unique<index_header>()) {
        std::memcpy(header_->magic, index_header::magic_bytes, sizeof(header_->magic));
        header_->format_version = index_header::version;
        header_->header_size    = static_cast<std::uint32_t>(sizeof(index_header));
        std::memcpy(header_->log_id, values.log_id.bytes, sizeof(header_->log_id));
        header_->covered       = values.covered;
        header_->next_position = values.next_position;
        header_->last_time     = values.last_time;
        header_->link          = values.link;
        header_->record_size   = static_cast<std::uint32_t>(sizeof(stream_record));
        header_->streams       = table.size();
        header_->slots         = table.saved_slots();
        header_->names         = table.saved_names();
        header_->more          = more.size();

        pieces_.push_back(bytes_of(*header_));
        table.add_records_to(pieces_);
        table.add_slots_to(pieces_);
        table.add_names_to(pieces_);
        fill_up(table.saved_names());
        if (!more.empty()) pieces_.push_back(more);
        fill_up(more.size());

        std::uint32_t check = crc32c(pieces_[0].first(sizeof(index_header) - sizeof(header_->check)));
        for (std::size_t i = 1; i < pieces_.size(); ++i) check = crc32c(pieces_[i], check);
        header_->check = check;
        for (const std::span<const std::byte> piece : pieces_) size_ += piece.size();
    }

    /// What is to be written, one behind the other.
    [[nodiscard]] std::span<const std::span<const std::byte>> pieces() const noexcept { return pieces_; }
    /// How many bytes that are: a multiple of 8.
    [[nodiscard]] std::uint64_t size() const noexcept { return size_; }

    /// A copy, for which nothing need stay as it is. Throws std::bad_alloc.
    [[nodiscard]] std::vector<std::byte> copy() const {
        std::vector<std::byte> bytes;
        bytes.reserve(size_);
        for (const std::span<const std::byte> piece : pieces_) bytes.insert(bytes.end(), piece.begin(), piece.end());
        return bytes;
    }

private:
    void fill_up(std::uint64_t size) {
        static constexpr std::byte zeros[8] = {};
        if (const std::uint64_t count = in_words(size) - size; count != 0) pieces_.emplace_back(zeros, count);
    }

    std::unique_ptr<index_header>           header_;
    std::vector<std::span<const std::byte>> pieces_;
    std::uint64_t                           size_ = 0;
};

/// The index of a log as a file has it, with further bytes of the owner. Throws std::bad_alloc. On machines that are not
/// little-endian what it makes cannot be loaded.
inline saved_index save_index(const index_header_values& values, const stream_table& table, std::span<const std::byte> more) {
    return {values, table, more};
}

struct loaded_index {
    index_header_values        values;
    stream_table               streams;
    std::span<const std::byte> more;  // lives as long as `streams`, wherever that is moved to
};

// Whether a record is one that a table can have. Reads no `bool`, which may be none.
inline bool is_sound_record(const std::byte* record, std::uint64_t names, std::uint64_t covered) noexcept {
    const auto number_at = [record]<class Number>(Number number, std::size_t at) {
        std::memcpy(&number, record + at, sizeof(number));
        return number;
    };
    const auto last      = number_at(std::uint64_t{}, offsetof(stream_record, state) + offsetof(stream_state, last));
    const auto milestone = number_at(std::uint64_t{}, offsetof(stream_record, state) + offsetof(stream_state, milestone));
    // The ordinal, both flags, and the zero behind them.
    const auto rest = number_at(std::uint64_t{}, offsetof(stream_record, state) + offsetof(stream_state, ordinal));
    const auto size = number_at(std::uint16_t{}, offsetof(stream_record, name_size));
    const auto name = number_at(std::uint64_t{}, sizeof(stream_record) - sizeof(std::uint64_t));
    if ((last >= covered && last != 0) || milestone > last || (rest & ~std::uint64_t{0x010100ff}) != 0 || size == 0)
        return false;
    return size <= stream_record::short_name || (size <= names && name <= names - size);
}

// Whether there are as many as there are streams, each with the number of one, and in each group the empty ones last, so that
// every search comes to an end.
inline bool slots_are_sound(std::span<const std::byte> slots, std::uint64_t streams) noexcept {
    const std::size_t   count   = slots.size() / sizeof(std::uint32_t);
    const std::uint32_t numbers = static_cast<std::uint32_t>(count - 1);
    std::uint64_t       filled  = 0;
    unsigned            astray  = 0;
    for (std::size_t at = 0; at < count; at += slot_group::size) {
        std::uint32_t group[slot_group::size];
        std::memcpy(group, slots.data() + at * sizeof(std::uint32_t), sizeof(group));
        for (unsigned i = 0; i < slot_group::size; ++i) {
            const bool is_filled = group[i] != 0;
            filled += is_filled ? 1 : 0;
            astray |= static_cast<unsigned>(is_filled) & static_cast<unsigned>((group[i] & numbers) - 1 >= streams);
            if (i != 0) astray |= static_cast<unsigned>(is_filled) & static_cast<unsigned>(group[i - 1] == 0);
        }
    }
    return filled == streams && astray == 0;
}

/// The index that the buffer holds, in the buffer, or what is wrong with it. It is checked for all that a table relies on, so
/// that also an index which someone made up is no danger to memory; what its addresses are worth is the owner's to see.
inline expected<loaded_index, std::string_view> load_index(index_buffer buffer) {
    const auto wrong = [](std::string_view what) { return unexpected<std::string_view>(what); };
    if constexpr (std::endian::native != std::endian::little) return wrong("a saved index is for little-endian machines");
    const std::span<const std::byte> bytes = buffer.bytes();
    if (bytes.size() < sizeof(index_header)) return wrong("the saved index is shorter than its header");
    const auto& header = record_at<index_header>(bytes.data());
    if (std::memcmp(header.magic, index_header::magic_bytes, sizeof(header.magic)) != 0) return wrong("this is no saved index");
    if (header.format_version != index_header::version || header.header_size != sizeof(index_header) ||
        header.record_size != sizeof(stream_record))
        return wrong("the saved index is of another version");

    // Nothing here is larger than 2^38, until it is known that the file is, too.
    const std::uint64_t slots = header.slots, streams = header.streams;
    const auto          bits = static_cast<unsigned>(std::countr_zero(slots));
    if (!std::has_single_bit(slots) || bits < stream_table::fewest_slots_bits || bits > stream_table::most_slots_bits ||
        streams > stream_table::most_streams(bits))
        return wrong("the saved index has the wrong number of slots");
    std::uint64_t left = bytes.size() - sizeof(index_header);
    const auto    take = [&left](std::uint64_t size) {
        const std::uint64_t words = in_words(size);
        if (words < size || words > left) return false;
        left -= words;
        return true;
    };
    if (!take(streams * sizeof(stream_record)) || !take(slots * sizeof(std::uint32_t)) || !take(header.names) ||
        !take(header.more) || left != 0)
        return wrong("the saved index is not as long as it says");

    stream_table::saved_parts parts;
    parts.records    = sizeof(index_header);
    parts.streams    = static_cast<std::uint32_t>(streams);
    parts.slots      = parts.records + streams * sizeof(stream_record);
    parts.slots_bits = bits;
    parts.names      = parts.slots + slots * sizeof(std::uint32_t);
    parts.names_size = header.names;

    constexpr std::size_t before = sizeof(index_header) - sizeof(header.check);
    if (keeps(safeguard::check_of_an_index) &&
        crc32c(bytes.subspan(sizeof(index_header)), crc32c(bytes.first(before))) != header.check)
        return wrong("the saved index's checksum is wrong");
    for (std::uint64_t i = 0; i < streams; ++i)
        if (!is_sound_record(bytes.data() + parts.records + i * sizeof(stream_record), header.names, header.covered))
            return wrong("a stream in the saved index makes no sense");
    if (!slots_are_sound(bytes.subspan(parts.slots, slots * sizeof(std::uint32_t)), streams))
        return wrong("a slot in the saved index makes no sense");

    index_header_values values{uuid_at(header.log_id), header.covered, header.next_position, header.last_time, header.link};
    const auto          more = bytes.subspan(parts.names + in_words(parts.names_size), header.more);
    return loaded_index{values, stream_table(std::move(buffer), parts), more};
}

}  // namespace annals::detail

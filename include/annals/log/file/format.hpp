// The bytes of a file log, as FORMAT.md describes them.
#pragma once

#include <annals/log/file/checksum.hpp>
#include <annals/log/file/safeguard.hpp>
#include <annals/model/context.hpp>

#include <boost/endian/arithmetic.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>

namespace annals::detail {

using boost::endian::little_int64_t;
using boost::endian::little_uint16_t;
using boost::endian::little_uint32_t;
using boost::endian::little_uint64_t;

/// A place in a log: the number of a segment, and an offset in it. 0 is none. Addresses ascend as the log does.
constexpr std::uint64_t address_of(std::uint64_t segment, std::uint64_t offset) { return segment << 32U | offset; }
constexpr std::uint64_t segment_of(std::uint64_t address) { return address >> 32U; }
constexpr std::uint32_t offset_of(std::uint64_t address) { return static_cast<std::uint32_t>(address); }

constexpr std::uint64_t rounded_up(std::uint64_t size, std::uint64_t unit) { return (size + unit - 1) / unit * unit; }
constexpr std::uint64_t in_words(std::uint64_t size) { return rounded_up(size, 8); }

/// The first page of a segment.
struct segment_header {
    static constexpr std::size_t   page           = 4096;
    static constexpr unsigned char magic_bytes[8] = {'a', 'n', 'n', 'a', 'l', 's', 0x1a, 0x02};

    unsigned char   magic[8];
    little_uint32_t format_version;
    little_uint32_t header_size;
    unsigned char   log_id[16];
    little_uint64_t number;
    little_uint64_t capacity;  // of the file, in bytes
    little_uint32_t salt;      // random
    little_uint32_t zero;
    little_int64_t  created;
    unsigned char   unused[page - 68];
    little_uint32_t check;  // CRC-32C of what stands before
};
static_assert(sizeof(segment_header) == segment_header::page);

inline constexpr std::uint32_t format_version = 1;
/// Where the first frame of a segment begins.
inline constexpr std::uint32_t first_frame = segment_header::page;
/// No segment is longer, so that an offset has 32 bits.
inline constexpr std::uint64_t largest_segment = std::uint64_t{1} << 31U;

enum class frame_kind : std::uint8_t {
    events    = 1,  // an append
    mark      = 2,  // says that what stands before is durable; with the flag `closing` the last frame of a clean close
    schemas   = 3,  // schemas of the events behind
    begin     = 4,  // the first frame of each segment
    seal      = 5,  // the last frame of a segment that became full
    rule      = 6,  // a stream was ended, or a part of its past dropped
    snapshot  = 7,  // the state that stands for the events before a position
    truncated = 8,  // what is before a position may be gone
    streams   = 9,  // where the streams are, so that they need not be found in what is gone
    lost      = 10, // in a salvaged log: here something is missing
};
inline constexpr std::uint8_t last_frame_kind = 10;

inline constexpr std::uint8_t flag_given_ids = 1;  // each event's id stands in the body; else they are counted up from `id`
inline constexpr std::uint8_t flag_closing   = 2;

/// What every frame begins with. Behind it the parts, then the body.
struct frame_head {
    little_uint32_t head_check;   // CRC-32C of the rest of the head, which includes the parts
    little_uint32_t salt;         // that of the segment
    little_uint32_t frame_size;   // all of it: a multiple of 8
    little_uint32_t head_size;    // with the parts: a multiple of 8
    little_uint32_t link;         // the `head_check` of the frame before; 0 in the first frame of a log
    little_uint32_t body_check;   // CRC-32C of the body
    little_uint64_t position;     // of its first event; without events, of the next one that comes
    little_int64_t  time;         // nanoseconds of UTC since 1970, never less than in the frame before
    little_uint32_t durable;      // everything before this offset of the segment had been synced when the frame was written
    little_uint32_t count;        // of events
    std::uint8_t    kind;
    std::uint8_t    flags;
    little_uint16_t parts;
    little_uint32_t annotations;  // the length of the encoded annotations in the body
    little_uint64_t types;        // for each event the bit `schema number % 64`
    unsigned char   id[16];       // of the first event
};
static_assert(sizeof(frame_head) == 80 && alignof(frame_head) == 1);

/// One stream's share of a frame. Behind it the stream's name, filled up with zeros to a multiple of 8.
struct frame_part {
    little_uint64_t first_version;
    little_uint64_t previous;   // the address of the frame with the stream's events before these; 0 if there are none
    little_uint64_t milestone;  // the address of the milestone that is nearest behind: see FORMAT.md
    little_uint32_t count;
    little_uint16_t ordinal;    // 0 for a milestone
    little_uint16_t name_size;
};
static_assert(sizeof(frame_part) == 32 && alignof(frame_part) == 1);

/// Every so many frames of a stream, one is a milestone.
inline constexpr std::uint32_t milestone_distance = 256;

/// Streams and tags stand in one table, by keys. A stream's is its name; a tag's begins with a mark, which is doubled where a
/// stream's name begins with it.
inline constexpr char tag_mark = '\0';
inline std::string    key_of_tag(std::string_view tag) { return std::string(1, tag_mark).append(tag); }
constexpr bool        is_key_of_tag(std::string_view key) { return key.size() > 1 && key[0] == tag_mark && key[1] != tag_mark; }

class stream_key {
public:
    explicit stream_key(std::string_view name) : key_(name) {
        if (name.empty() || name.front() != tag_mark) return;
        marked_.append(1, tag_mark).append(name);
        key_ = marked_;
    }
    stream_key(const stream_key&)            = delete;
    stream_key& operator=(const stream_key&) = delete;

    operator std::string_view() const noexcept { return key_; }

private:
    std::string      marked_;
    std::string_view key_;
};
/// The stream that has a key.
constexpr std::string_view name_of_key(std::string_view key) {
    return !key.empty() && key.front() == tag_mark ? key.substr(1) : key;
}

/// What is said of each event. The heads of a frame's events stand together, so that a reader knows the types ahead; behind
/// them the encodings, each filled up with zeros to a multiple of 8.
struct event_head {
    little_uint32_t size;
    little_uint16_t schema;
    little_uint16_t zero;
};
static_assert(sizeof(event_head) == 8 && alignof(event_head) == 1);

/// A stretch of a segment, of at least 64 KiB but for the last, which begins with a frame. Seals list them.
struct block_entry {
    little_uint64_t position;    // of its first frame
    little_int64_t  time;        // of its first frame
    little_uint64_t types;       // all bits of its frames
    little_uint64_t categories;  // for each stream the bit `category_bit`
    little_uint32_t offset;
    little_uint32_t zero;
};
static_assert(sizeof(block_entry) == 40 && alignof(block_entry) == 1);
inline constexpr std::uint32_t block_bytes = 64 * 1024;

/// What the writer says to readers in other processes, in the file `published`. Both addresses are in the same segment.
struct published_record {
    unsigned char   log_id[16];
    little_uint64_t end;      // the address behind the last frame that readers may see
    little_uint64_t durable;  // the address behind the last frame that is known to be durable
    little_uint64_t boot;     // CRC-32C of the text that names the system's start
    little_uint32_t salt;     // of that segment
    little_uint32_t check;    // CRC-32C of what stands before
};
static_assert(sizeof(published_record) == 48);

template <class Record>
std::span<const std::byte> bytes_of(const Record& record) {
    return {reinterpret_cast<const std::byte*>(&record), sizeof(Record)};
}
/// Records have no alignment, so that they can be read wherever they lie.
template <class Record>
const Record& record_at(const std::byte* at) {
    static_assert(alignof(Record) == 1);
    return *reinterpret_cast<const Record*>(at);
}
template <class Record>
Record& record_at(std::byte* at) {
    static_assert(alignof(Record) == 1);
    return *reinterpret_cast<Record*>(at);
}

inline uuid uuid_at(const unsigned char* bytes) {
    uuid id;
    std::memcpy(id.bytes, bytes, sizeof(id.bytes));
    return id;
}

/// The `index`th id behind one: its last eight bytes, as a number in network byte order, are counted up; their first two bits,
/// which are the same in every UUID of RFC 9562, are kept.
inline uuid counted_up(uuid id, std::uint64_t index) {
    std::uint64_t number = 0;
    for (std::size_t i = 8; i < 16; ++i) number = number << 8U | id.bytes[i];
    constexpr std::uint64_t counted = ~std::uint64_t{0} >> 2U;
    number                          = (number & ~counted) | ((number + index) & counted);
    for (std::size_t i = 16; i-- > 8; number >>= 8U) id.bytes[i] = static_cast<std::uint8_t>(number);
    return id;
}

/// The bit that stands for a category in a block. FNV-1a, folded to six bits.
inline std::uint64_t category_bit(std::string_view category) {
    std::uint64_t hash = 0xcbf29ce484222325;
    for (char letter : category) hash = (hash ^ static_cast<unsigned char>(letter)) * 0x100000001b3;
    return std::uint64_t{1} << (hash >> 58U);
}

/// The name of a segment's file.
inline std::string segment_name(std::uint64_t number) {
    std::string digits = std::to_string(number);
    return std::string(digits.size() < 10 ? 10 - digits.size() : 0, '0') + digits + ".log";
}

}  // namespace annals::detail

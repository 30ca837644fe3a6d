// An archive: a whole log as one file, which describes itself. It is written once, from the first byte to the last.
//
//     file    8 bytes "annals" 0x1a 0x01, then entries
//     entry   u32 payload's length, u32 head's length, u32 CRC-32C of payload and head, u32 0,
//             payload, head, zeros up to a multiple of 8
//     head    an `archive_head` in the binary encoding (codec/encode.hpp): a variant of the structs below
//
// A schema stands before the first event of that schema, a stream's name before its first event, and the end at the end.
// The payload is an event's encoding, and empty elsewhere; it lies at a multiple of 8, so that it can be read in place.
#pragma once

#include <annals/log/append.hpp>
#include <annals/model/context.hpp>

#include <boost/crc.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <variant>
#include <vector>

namespace annals {

/// Announces a schema. They are numbered from 0, in the order in which they stand in the file.
struct archived_schema {
    std::string name;  // the event's stored name
    std::string text;  // see annals/schema/schema_text.hpp
};

/// Announces a stream. They are numbered in the same way.
struct archived_stream {
    std::string name;
};

/// What is known of an event beside its payload.
struct archived_event {
    std::uint32_t          schema   = 0;
    std::uint32_t          stream   = 0;
    std::uint64_t          version  = 0;
    std::uint64_t          position = 0;
    std::int64_t           time     = 0;  // nanoseconds of UTC since 1970
    uuid                   id;
    uuid                   correlation;
    uuid                   causation;
    std::string            actor;
    std::vector<key_value> values;
};

/// The end of the file. What has none was cut off.
struct archive_end {
    std::uint64_t events = 0;  // how many there are
};

using archive_head = std::variant<archived_schema, archived_stream, archived_event, archive_end>;

namespace detail {

inline constexpr unsigned char archive_magic[8] = {'a', 'n', 'n', 'a', 'l', 's', 0x1a, 0x01};

struct archive_entry {
    std::uint32_t payload_size = 0;
    std::uint32_t head_size    = 0;
    std::uint32_t checksum     = 0;
    std::uint32_t zero         = 0;
};

// CRC-32C (Castagnoli), as iSCSI has it (RFC 3720, appendix B.4).
inline std::uint32_t archive_checksum(std::span<const std::byte> payload_and_head) {
    boost::crc_optimal<32, 0x1EDC6F41, 0xFFFFFFFF, 0xFFFFFFFF, true, true> crc;
    crc.process_bytes(payload_and_head.data(), payload_and_head.size());
    return crc.checksum();
}

constexpr std::size_t padded(std::size_t size) { return (size + 7) / 8 * 8; }

}  // namespace detail

}  // namespace annals

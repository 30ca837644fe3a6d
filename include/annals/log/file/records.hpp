// What stands in the bodies of a file log's frames, but for events: plain structs in the binary encoding (codec/encode.hpp).
#pragma once

#include <annals/codec/binary.hpp>
#include <annals/log/annotations_record.hpp>
#include <annals/log/file/format.hpp>
#include <annals/log/schemas/schema_record.hpp>
#include <annals/model/expected.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace annals::detail {

struct schemas_record {
    std::vector<schema_record> schemas;
};

/// What was decided about a stream: that nothing is appended any more, and what of its past is left.
struct rule_record {
    std::string   stream;
    bool          ended         = false;
    std::uint64_t first_version = 1;          // nothing before is read
    std::uint64_t most          = unlimited_events;  // no more than so many of its last events are read

    static constexpr std::uint64_t unlimited_events = ~std::uint64_t{0};
};

/// From where on the log is there, and what stands for the rest.
struct truncated_record {
    std::uint64_t first_segment  = 1;
    std::uint64_t first_position = 1;
    std::uint64_t snapshot       = 0;  // the address of the snapshot's frame; 0 if nothing was truncated
    std::uint64_t streams        = 0;  // the address of the frame that says where the streams were
};

/// What the first frame of each segment says, so that the segments before may be gone.
struct begin_record {
    std::uint64_t              previous_end  = 0;  // where the segment before ends: what is behind is not of the log
    std::uint32_t              previous_seal = 0;  // the offset of its seal; 0 if it has none
    truncated_record           truncated;
    std::vector<schema_record> schemas;
};

struct snapshot_record {
    std::uint64_t          first_position = 1;  // of the first event that is not in the state
    std::string            name;                // of the state
    std::string            schema;              // its text
    std::vector<std::byte> state;               // encoded
};

/// In a salvaged log, what is missing before this frame.
struct lost_record {
    std::uint64_t first_position = 0;
    std::uint64_t last_position  = 0;
    std::string   reason;
};

/// A control frame's body, or null if it is none.
template <class Record>
expected<Record, codec_error> record_in(std::span<const std::byte> body) {
    // Bodies are filled up to a multiple of 8, so their length stands before them.
    if (body.size() < sizeof(little_uint64_t)) return unexpected<codec_error>(codec_error{codec_errc::too_short, 0});
    const std::uint64_t size = record_at<little_uint64_t>(body.data());
    if (size > body.size() - sizeof(little_uint64_t)) return unexpected<codec_error>(codec_error{codec_errc::too_short, 0});
    return decode<Record>(body.subspan(sizeof(little_uint64_t), size));
}

/// The body of a control frame. Throws std::bad_alloc.
template <class Record>
std::vector<std::byte> body_of(const Record& record) {
    std::vector<std::byte> body(sizeof(little_uint64_t));
    (void)encode(record, body);  // of our own, and within all limits
    record_at<little_uint64_t>(body.data()) = body.size() - sizeof(little_uint64_t);
    body.resize(in_words(body.size()));
    return body;
}

}  // namespace annals::detail

// The body of a message: all events of one append.
#pragma once

#include <annals/log/encoded_append.hpp>
#include <annals/model/context.hpp>

#include <boost/endian/conversion.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <optional>
#include <span>
#include <vector>

namespace annals::detail {

/// Where an append stands in its stream.
struct stream_place {
    std::uint64_t version  = 0;  // of its last event
    std::uint64_t sequence = 0;  // of the message that it is; 0 if the stream has none
    std::uint64_t index    = 0;  // it is the stream's 1st, 2nd, … append
};

/// Positions: the sequence of the message, and the event's place in it. They ascend, with gaps.
inline constexpr unsigned      bits_of_place_in_append = 20;
inline constexpr std::uint64_t most_events_of_append   = std::uint64_t{1} << bits_of_place_in_append;
constexpr std::uint64_t        position_at(std::uint64_t sequence, std::uint64_t place) noexcept {
           return sequence << bits_of_place_in_append | place;
}
constexpr std::uint64_t sequence_of(std::uint64_t position) noexcept { return position >> bits_of_place_in_append; }

/// All numbers are little-endian.
///   0  1  the format, 1
///   1  1  what is there: 1 a time, 2 annotations
///   2  2  zeros
///   4  4  how many events
///   8  8  the version before them
///  16  8  the sequence of the stream's append before this one; 0 if it is the first
///  24  8  which of the stream's appends it is, from 1
///  32     if there is a time: 8 bytes of nanoseconds of UTC since 1970; else it is the time when the server stored the message
///         if there are annotations: 4 bytes of their length, and an `annotations_record`
///         for each event: 2 bytes number of its schema, 4 bytes length of its payload, 16 bytes id, its payload
inline constexpr std::size_t size_of_append_head = 32;
inline constexpr std::size_t size_of_event_head  = 22;

class append_writer {
public:
    append_writer(std::size_t events, std::optional<std::int64_t> time, std::span<const std::byte> about,
                  std::size_t payload_bytes) {
        bytes_.reserve(size_of_append_head + 12 + about.size() + events * size_of_event_head + payload_bytes);
        bytes_.resize(size_of_append_head);
        bytes_[0] = std::byte{1};
        bytes_[1] = static_cast<std::byte>((time ? 1 : 0) | (about.empty() ? 0 : 2));
        boost::endian::store_little_u32(at(4), static_cast<std::uint32_t>(events));
        if (time) boost::endian::store_little_s64(more(8), *time);
        if (about.empty()) return;
        boost::endian::store_little_u32(more(4), static_cast<std::uint32_t>(about.size()));
        std::memcpy(more(about.size()), about.data(), about.size());
    }
    void add(std::uint16_t schema, const uuid& id, std::span<const std::byte> payload) {
        unsigned char* const to = more(size_of_event_head + payload.size());
        boost::endian::store_little_u16(to, schema);
        boost::endian::store_little_u32(to + 2, static_cast<std::uint32_t>(payload.size()));
        std::memcpy(to + 6, id.bytes, sizeof id.bytes);
        if (!payload.empty()) std::memcpy(to + size_of_event_head, payload.data(), payload.size());
    }
    /// The place in the stream, which may be another one at the next attempt.
    void put_behind(const stream_place& last) {
        boost::endian::store_little_u64(at(8), last.version);
        boost::endian::store_little_u64(at(16), last.sequence);
        boost::endian::store_little_u64(at(24), last.index + 1);
    }
    [[nodiscard]] std::span<const std::byte> bytes() const noexcept { return bytes_; }

private:
    unsigned char* at(std::size_t place) noexcept { return reinterpret_cast<unsigned char*>(bytes_.data() + place); }
    unsigned char* more(std::size_t count) {
        bytes_.resize(bytes_.size() + count);
        return at(bytes_.size() - count);
    }

    std::vector<std::byte> bytes_;
};

/// A body as it is read. Refers to the bytes.
class append_view {
public:
    struct event {
        std::uint16_t              schema;
        const unsigned char*       id;
        std::span<const std::byte> payload;
    };

    /// Nothing, if the bytes are none.
    static std::optional<append_view> of(std::span<const std::byte> body) {
        append_view made;
        if (body.size() < size_of_append_head || body[0] != std::byte{1}) return std::nullopt;
        made.body_       = body;
        if (made.count() == 0 || made.count() > most_events_of_append) return std::nullopt;
        const auto  what = static_cast<unsigned>(body[1]);
        std::size_t next = size_of_append_head;
        if (what & 1U) {
            if (body.size() < next + 8) return std::nullopt;
            made.time_ = boost::endian::load_little_s64(made.at(next));
            next += 8;
        }
        if (what & 2U) {
            if (body.size() < next + 4) return std::nullopt;
            const std::size_t size = boost::endian::load_little_u32(made.at(next));
            next += 4;
            if (body.size() - next < size) return std::nullopt;
            made.about_ = body.subspan(next, size);
            next += size;
        }
        made.first_ = next;
        return made;
    }

    [[nodiscard]] std::uint64_t count() const noexcept { return boost::endian::load_little_u32(at(4)); }
    [[nodiscard]] std::uint64_t version_before() const noexcept { return boost::endian::load_little_u64(at(8)); }
    [[nodiscard]] std::uint64_t sequence_before() const noexcept { return boost::endian::load_little_u64(at(16)); }
    [[nodiscard]] std::uint64_t index() const noexcept { return boost::endian::load_little_u64(at(24)); }
    [[nodiscard]] std::optional<std::int64_t> time() const noexcept { return time_; }
    [[nodiscard]] std::span<const std::byte>  about() const noexcept { return about_; }
    [[nodiscard]] stream_place                place(std::uint64_t sequence) const noexcept {
                       return {version_before() + count(), sequence, index()};
    }

    /// Takes the next event, whose head begins at `from`, which begins as `first()` and is moved behind it. False if the bytes
    /// do not reach so far.
    [[nodiscard]] std::size_t first() const noexcept { return first_; }
    [[nodiscard]] bool        take(std::size_t& from, event& next) const noexcept {
               if (body_.size() - from < size_of_event_head) return false;
        const unsigned char* const head = at(from);
               const std::size_t          size = boost::endian::load_little_u32(head + 2);
               from += size_of_event_head;
               if (body_.size() - from < size) return false;
        next = {boost::endian::load_little_u16(head), head + 6, body_.subspan(from, size)};
               from += size;
               return true;
    }
    /// The ids of all events; fewer, if the bytes do not reach so far.
    [[nodiscard]] std::vector<uuid> ids() const {
        std::vector<uuid> all(count() < body_.size() ? static_cast<std::size_t>(count()) : 0);
        event             each;
        std::size_t       from = first_, got = 0;
        while (got < all.size() && take(from, each)) std::memcpy(all[got++].bytes, each.id, sizeof(uuid));
        all.resize(got);
        return all;
    }

private:
    [[nodiscard]] const unsigned char* at(std::size_t place) const noexcept {
        return reinterpret_cast<const unsigned char*>(body_.data() + place);
    }

    std::span<const std::byte>  body_;
    std::span<const std::byte>  about_;
    std::optional<std::int64_t> time_;
    std::size_t                 first_ = size_of_append_head;
};

}  // namespace annals::detail

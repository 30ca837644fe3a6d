// What an archive holds, without the types of its events.
#pragma once

#include <annals/codec/binary.hpp>
#include <annals/log/archive/format.hpp>
#include <annals/log/error.hpp>
#include <annals/model/expected.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <variant>
#include <vector>

namespace annals {

/// A context that owns what it shows. It is not copied or moved, because of those views.
class archived_context {
public:
    archived_context()                                   = default;
    archived_context(const archived_context&)            = delete;
    archived_context& operator=(const archived_context&) = delete;

    /// The context of an event, until the next call.
    const context& show(archived_event details, std::string_view stream) {
        details_ = std::move(details);
        values_.clear();
        for (const key_value& each : details_.values) values_.push_back({each.key, each.value});
        shown_.stream      = stream;
        shown_.version     = version{details_.version};
        shown_.position    = position{details_.position};
        shown_.first_of_append = shown_.position;  // archives do not keep which events came together
        shown_.time        = timestamp{details_.time};
        shown_.id          = details_.id;
        shown_.correlation = details_.correlation;
        shown_.causation   = details_.causation;
        shown_.actor       = details_.actor;
        shown_.values      = key_values_view{values_.data(), values_.size()};
        return shown_;
    }

private:
    archived_event              details_;
    std::vector<key_value_view> values_;
    context                     shown_;
};

/// The schemas, streams and events of an archive. It refers to the archive's bytes.
class archive_contents {
public:
    /// One event, where it lies in the archive.
    struct event {
        std::span<const std::byte> payload;
        std::span<const std::byte> head;  // an encoded `archive_head`
        std::uint32_t              schema   = 0;
        std::uint32_t              stream   = 0;
        std::uint64_t              version  = 0;
        std::uint64_t              position = 0;
        std::int64_t               time     = 0;

        /// All that is known of it.
        [[nodiscard]] archived_event details() const {
            auto decoded = decode<archive_head>(head);
            return std::get<archived_event>(std::move(*decoded));
        }
    };

    /// Reads an archive from first to last byte: each checksum, each number, the order of positions and versions. Anything
    /// that is not as it was written is the error `damaged`. Takes time and memory in proportion to the number of events,
    /// and no copy of their payloads.
    [[nodiscard]] static expected<archive_contents, error> open(std::span<const std::byte> bytes) {
        archive_contents contents;
        std::size_t      at = sizeof(detail::archive_magic);
        if (bytes.size() < at || std::memcmp(bytes.data(), detail::archive_magic, at) != 0)
            return damaged("this is no archive of annals, or of a later format", 0);
        for (bool ended = false; !ended;) {
            detail::archive_entry entry;
            if (bytes.size() - at < sizeof(entry)) return damaged("the archive ends before its end", at);
            if (!decode_into(bytes.subspan(at, sizeof(entry)), entry) || entry.zero != 0)
                return damaged("no entry begins here", at);
            const std::size_t size = std::size_t{entry.payload_size} + entry.head_size;
            const auto        rest = bytes.subspan(at + sizeof(entry));
            if (rest.size() < detail::padded(size)) return damaged("the archive ends before its end", at);
            if (detail::archive_checksum(rest.first(size)) != entry.checksum) return damaged("a checksum is wrong", at);
            const auto padding = rest.first(detail::padded(size)).subspan(size);
            if (!std::all_of(padding.begin(), padding.end(), [](std::byte each) { return each == std::byte{0}; }))
                return damaged("there is something between two entries", at);
            const auto payload = rest.first(entry.payload_size);
            const auto head    = rest.subspan(entry.payload_size, entry.head_size);
            auto       decoded = decode<archive_head>(head);
            if (!decoded) return damaged("an entry's head: " + decoded.error().message(), at);
            if (const std::string_view fault = contents.take(*decoded, payload, head); !fault.empty())
                return damaged(std::string{fault}, at);
            ended = std::holds_alternative<archive_end>(*decoded);
            at += sizeof(entry) + detail::padded(size);
        }
        if (at != bytes.size()) return damaged("there is something behind the end", at);
        return contents;
    }

    [[nodiscard]] const std::vector<archived_schema>& schemas() const noexcept { return schemas_; }
    [[nodiscard]] const std::vector<archived_stream>& streams() const noexcept { return streams_; }
    /// In the order of their positions.
    [[nodiscard]] const std::vector<event>& events() const noexcept { return events_; }
    /// The context of an event, which lives in `room` until that is used again.
    const context& context_of(const event& of, archived_context& room) const {
        return room.show(of.details(), streams_[of.stream].name);
    }

private:
    static unexpected<error> damaged(std::string what, std::size_t at) {
        error found{errc::damaged, "this is not what was archived", {}, {}};
        found.details = std::move(what) + ", at byte " + std::to_string(at);
        return unexpected<error>(std::move(found));
    }

    // Adds what an entry announces, and answers what is wrong with it, or nothing.
    std::string_view take(const archive_head& head, std::span<const std::byte> payload, std::span<const std::byte> encoded) {
        const auto* const found = std::get_if<archived_event>(&head);
        if (!found) {
            if (!payload.empty()) return "only events have a payload";
            if (const auto* const schema = std::get_if<archived_schema>(&head)) schemas_.push_back(*schema);
            if (const auto* const stream = std::get_if<archived_stream>(&head)) {
                if (stream->name.empty()) return "a stream has no name";
                if (!names_.insert(stream->name).second) return "a stream is announced twice";
                streams_.push_back(*stream);
                versions_.push_back(0);
            }
            if (const auto* const end = std::get_if<archive_end>(&head); end && end->events != events_.size())
                return "there are not as many events as the end says";
            return {};
        }
        if (found->schema >= schemas_.size()) return "an event is of a schema that was not announced";
        if (found->stream >= streams_.size()) return "an event is of a stream that was not announced";
        // The pieces of an event that was split share its position and version.
        if (found->position < (events_.empty() ? 1 : events_.back().position)) return "positions do not ascend";
        if (found->version < std::max<std::uint64_t>(versions_[found->stream], 1))
            return "the versions of a stream do not ascend";
        if (!events_.empty() && found->time < events_.back().time) return "times do not ascend";
        versions_[found->stream] = found->version;
        events_.push_back({payload, encoded, found->schema, found->stream, found->version, found->position, found->time});
        return {};
    }

    std::vector<archived_schema>    schemas_;
    std::vector<archived_stream>    streams_;
    std::vector<std::uint64_t>      versions_;  // the last one of each stream
    std::unordered_set<std::string> names_;
    std::vector<event>              events_;
};

}  // namespace annals

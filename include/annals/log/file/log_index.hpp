// What is known of a file log's durable frames: where its streams are, which schemas it has, and where it ends.
#pragma once

#include <annals/log/file/frame.hpp>
#include <annals/log/file/records.hpp>
#include <annals/log/file/stream_table.hpp>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace annals::detail {

/// What of a stream's past is read.
struct stream_rule {
    std::uint64_t first_version = 1;
    std::uint64_t most          = rule_record::unlimited_events;

    /// The first version that is read of a stream whose last is `version`.
    [[nodiscard]] std::uint64_t first_of(std::uint64_t version) const {
        return most < version && version - most + 1 > first_version ? version - most + 1 : first_version;
    }
};

/// What the part of a stream's next frame says, beside its events.
inline void link_part(frame_part& part, const stream_state& before) {
    part.first_version = before.version + 1;
    part.previous      = before.last;
    part.milestone     = before.milestone;
    part.ordinal       = static_cast<std::uint16_t>(before.last == 0 ? 0 : (before.ordinal + 1U) % milestone_distance);
}
/// Where a stream is behind a frame with this part.
inline void move_behind(stream_state& state, const frame_part& part, std::uint64_t address) {
    state.version   = part.first_version + part.count - 1;
    state.last      = address;
    state.ordinal   = part.ordinal;
    state.milestone = part.ordinal == 0 ? address : std::uint64_t{part.milestone};
}

/// Where the log ends: what the next frame has to say.
struct log_end {
    std::uint64_t address  = 0;  // behind the last frame
    std::uint64_t position = 1;  // of the next event
    std::int64_t  time     = std::numeric_limits<std::int64_t>::min();
    std::uint32_t link     = 0;
};

class log_index {
public:
    stream_table                                   streams;
    std::unordered_map<std::uint32_t, stream_rule> rules;    // of trimmed streams
    std::vector<schema_record>                     schemas;  // in the order of their announcement
    truncated_record                               truncated;
    log_end                                        end;
    bool                                           has_gaps = false;  // a salvaged log's positions and versions may leave some out
    std::uint64_t                                  begins_at = 0;  // of a damaged log whose beginning is missing: what is before this address is not known

    /// Takes a frame whose head and body were checked, which lies behind all that was taken. Answers why it does not follow,
    /// and has changed nothing then. Throws std::bad_alloc, unless the frame is of events whose streams are in the table.
    frame_fault take(const frame_view& frame, std::uint64_t address) {
        const frame_head& head = frame.head();
        if (keeps(safeguard::check_of_a_link) && head.link != end.link) return frame_fault::wrong_link;
        if (head.time < end.time) return frame_fault::malformed;
        if (frame.kind() == frame_kind::lost ? head.position < end.position : head.position != end.position)
            return frame_fault::malformed;
        if (const frame_fault fault = frame.kind() == frame_kind::events ? take_events(frame, address) : take_control(frame, address);
            fault != frame_fault::none)
            return fault;
        end = log_end{address + frame.size(), head.position + frame.count(), head.time, head.link};
        end.link = head.head_check;
        return frame_fault::none;
    }

    /// What was decided about the past of streams. Which have ended, the table says.
    [[nodiscard]] std::vector<rule_record> all_rules() const {
        std::vector<rule_record> all;
        for (const auto& [number, rule] : rules)
            all.push_back({std::string{name_of_key(streams.name(number))}, streams[number].ended, rule.first_version, rule.most});
        return all;
    }
    [[nodiscard]] stream_rule rule_of(std::uint32_t number) const {
        const auto found = rules.find(number);
        return found == rules.end() ? stream_rule{} : found->second;
    }

    void take_schemas(const std::vector<schema_record>& announced) {
        for (const schema_record& schema : announced) {
            const auto is_known = [&](const schema_record& known) { return known.number == schema.number; };
            if (std::find_if(schemas.begin(), schemas.end(), is_known) == schemas.end()) schemas.push_back(schema);
        }
    }
    void take_rule(const rule_record& rule) {
        const std::uint32_t number = streams.find_or_add(stream_key(rule.stream));
        streams[number].trimmed    = rule.first_version > 1 || rule.most != rule_record::unlimited_events;
        if (streams[number].trimmed) rules[number] = stream_rule{rule.first_version, rule.most};
        if (rule.ended) streams[number].ended = true;
    }

private:
    frame_fault take_events(const frame_view& frame, std::uint64_t address) {
        bool follows = true;
        frame.for_each_link([&](const frame_part& part, std::string_view key) {
            const std::uint32_t number  = streams.find(key);
            const stream_state  unknown = {};
            const stream_state& state   = number == stream_table::none ? unknown : streams[number];
            follows = (part.previous == state.last || (state.last == 0 && part.previous < begins_at)) &&
                      (has_gaps ? part.first_version > state.version : part.first_version == state.version + 1);
            return follows;
        });
        if (!follows) return frame_fault::malformed;
        frame.for_each_link([&](const frame_part& part, std::string_view key) {
            move_behind(streams[streams.find_or_add(key)], part, address);
            return true;
        });
        return frame_fault::none;
    }

    frame_fault take_control(const frame_view& frame, std::uint64_t) {
        switch (frame.kind()) {
            case frame_kind::schemas: {
                const auto record = record_in<schemas_record>(frame.body());
                if (!record) return frame_fault::malformed;
                take_schemas(record->schemas);
                return frame_fault::none;
            }
            case frame_kind::begin: {
                const auto record = record_in<begin_record>(frame.body());
                if (!record) return frame_fault::malformed;
                take_schemas(record->schemas);
                truncated = record->truncated;
                return frame_fault::none;
            }
            case frame_kind::rule: {
                const auto record = record_in<rule_record>(frame.body());
                if (!record || record->stream.empty()) return frame_fault::malformed;
                take_rule(*record);
                return frame_fault::none;
            }
            case frame_kind::truncated: {
                const auto record = record_in<truncated_record>(frame.body());
                if (!record) return frame_fault::malformed;
                truncated = *record;
                return frame_fault::none;
            }
            case frame_kind::lost: has_gaps = true; return frame_fault::none;
            default: return frame_fault::none;
        }
    }
};

}  // namespace annals::detail

// What can be saved of a file log that is damaged: everything that is still as it was written, into a new log.
#pragma once

#include <annals/log/file/file_store.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace annals {

/// What a salvage came to.
struct salvaged_log {
    /// Positions that are missing, both included.
    struct gap {
        position first{}, last{};
    };
    std::uint64_t    events = 0;  // that were saved
    std::vector<gap> gaps;        // what is missing behind the last event cannot be known
};

namespace detail {

template <file_system Files>
class salvage {
public:
    salvage(Files& files, std::string from, file_store<Files>& to) : files_(files), from_(std::move(from)), to_(to) {}

    expected<salvaged_log, error> run() {
        const auto names = uninterrupted([&] { return files_.list(from_); });
        if (!names) return unexpected<error>(system_error(names.error(), "the damaged log's directory cannot be read"));
        const auto numbers = segment_numbers(*names);
        if (numbers.empty()) return refused(errc::no_such_log, "there is no log here", from_);
        if (auto done = find_schemas(numbers); !done) return unexpected<error>(std::move(done.error()));
        for (std::size_t i = 0; i < numbers.size(); ++i) {
            const auto bytes = contents_of(files_, path_in(from_, segment_name(numbers[i])));
            if (bytes.empty()) {
                if (auto done = save_packed(path_in(from_, packed_name(numbers[i]))); !done) return unexpected<error>(std::move(done.error()));
                continue;
            }
            // What is behind the end of a segment was given up when the next one began.
            std::uint64_t end = bytes.size();
            if (i + 1 < numbers.size() && numbers[i + 1] == numbers[i] + 1)
                if (const auto next = beginning_of(numbers[i + 1])) end = std::min<std::uint64_t>(end, next->previous_end);
            if (auto done = save(std::span(bytes).first(end), first_frame, salt_of(bytes)); !done) return unexpected<error>(std::move(done.error()));
        }
        for (const rule_record& rule : rules_)
            if (auto done = put(control_draft(frame_kind::rule, body_of(rule)), to_.tail().time); !done)
                return unexpected<error>(std::move(done.error()));
        return std::move(saved_);
    }

private:
    // What announced a schema may be damaged. Later segments repeat it, and the saved index has it.
    expected<void, error> find_schemas(const std::vector<std::uint64_t>& numbers) {
        for (const std::uint64_t number : numbers)
            if (const auto begin = beginning_of(number))
                if (auto done = announce(begin->schemas); !done) return done;
        if (const auto saved = load_log_index(files_, path_in(from_, index_name))) return announce(saved->index.schemas);
        return {};
    }
    bool has_known_schemas(const frame_view& frame) const {
        event_place at(frame);
        for (std::uint64_t i = 0; i < frame.count(); ++i)
            if (std::find(announced_.begin(), announced_.end(), at.schema()) == announced_.end() || !at.advance(frame.end())) return false;
        return true;
    }

    std::optional<begin_record> beginning_of(std::uint64_t number) {
        auto bytes = contents_of(files_, path_in(from_, segment_name(number)));
        if (bytes.empty()) bytes = contents_of(files_, path_in(from_, packed_name(number)));
        if (bytes.size() < first_frame + sizeof(frame_head)) return {};
        const std::uint32_t salt = record_at<frame_head>(bytes.data() + first_frame).salt;
        if (check_head(bytes, first_frame, salt) != frame_fault::none) return {};
        const frame_view first(bytes.data() + first_frame);
        if (first.kind() != frame_kind::begin || !first.body_is_intact()) return {};
        auto record = record_in<begin_record>(first.body());
        if (!record) return {};
        return std::move(*record);
    }

    // The salt that the first page says or, if that is damaged, the first whole frame.
    static std::uint32_t salt_of(std::span<const std::byte> bytes) {
        if (bytes.size() >= sizeof(segment_header) && is_header(record_at<segment_header>(bytes.data())))
            return record_at<segment_header>(bytes.data()).salt;
        for (std::uint64_t offset = first_frame; offset + sizeof(frame_head) <= bytes.size(); offset += 8) {
            const std::uint32_t salt = record_at<frame_head>(bytes.data() + offset).salt;
            if (salt != 0 && check_head(bytes, offset, salt) == frame_fault::none) return salt;
        }
        return 0;
    }

    // Chunks are looked for everywhere, and the table is not needed.
    expected<void, error> save_packed([[maybe_unused]] std::string path) {
        const auto bytes = contents_of(files_, path);
        if (bytes.size() < sizeof(segment_header) + sizeof(chunk_table_end)) return {};
        if constexpr (compressing_file_system<Files>) {
            std::uint32_t salt = salt_of(bytes);
            if (salt == 0) salt = record_at<chunk_table_end>(bytes.data() + bytes.size() - sizeof(chunk_table_end)).salt;
            for (std::uint64_t at = first_frame; at + sizeof(chunk_head) <= bytes.size();) {
                const auto packed = chunk_at(bytes, at, salt);
                if (!packed) {
                    at += 8;
                    continue;
                }
                std::vector<std::byte> frames(record_at<chunk_head>(bytes.data() + at).size);
                if (Files::decompress(*packed, frames))
                    if (auto done = save(frames, 0, salt); !done) return done;
                at += sizeof(chunk_head) + in_words(packed->size());
            }
            return {};
        } else {
            auto made = open_packed(files_, bytes, 0, std::move(path));
            return unexpected<error>(std::move(made.error()));
        }
    }

    expected<void, error> save(std::span<const std::byte> bytes, std::uint64_t first, std::uint32_t salt) {
        for (std::uint64_t offset = first; offset + sizeof(frame_head) <= bytes.size();) {
            const frame_view frame(bytes.data() + offset);
            if (frame.head().salt != salt || check_head(bytes, offset, salt) != frame_fault::none) {
                offset += 8;
                continue;
            }
            if (frame.body_is_intact())
                if (auto done = save(frame); !done) return done;
            offset += frame.size();
        }
        return {};
    }

    expected<void, error> save(const frame_view& frame) {
        switch (frame.kind()) {
            case frame_kind::begin:
                if (const auto record = record_in<begin_record>(frame.body())) return announce(record->schemas);
                return {};
            case frame_kind::schemas:
                if (const auto record = record_in<schemas_record>(frame.body())) return announce(record->schemas);
                return {};
            case frame_kind::rule:
                if (auto record = record_in<rule_record>(frame.body())) note(*record);
                return {};
            case frame_kind::events: return save_events(frame);
            default: return {};
        }
    }

    void note(const rule_record& rule) {
        const auto known = std::find_if(rules_.begin(), rules_.end(), [&](const rule_record& each) { return each.stream == rule.stream; });
        if (known == rules_.end())
            rules_.push_back(rule);
        else
            *known = rule;
    }

    expected<void, error> announce(const std::vector<schema_record>& schemas) {
        schemas_record fresh;
        for (const schema_record& schema : schemas)
            if (std::find(announced_.begin(), announced_.end(), schema.number) == announced_.end()) {
                announced_.push_back(schema.number);
                fresh.schemas.push_back(schema);
            }
        if (fresh.schemas.empty()) return {};
        return put(control_draft(frame_kind::schemas, body_of(fresh)), to_.tail().time);
    }

    expected<void, error> save_events(const frame_view& frame) {
        const std::uint64_t expected_position = to_.tail().position;
        if (frame.first() < expected_position) return {};  // there twice, from a recovery
        if (!has_known_schemas(frame)) return {};          // nobody could read it
        bool is_new = true;
        frame.for_each_part([&](const frame_part& part, std::string_view stream) {
            is_new = part.first_version > to_.version_of(stream);
            return is_new;
        });
        if (!is_new) return {};
        if (frame.first() > expected_position) {
            saved_.gaps.push_back({position{expected_position}, position{frame.first() - 1}});
            frame_draft gap = control_draft(frame_kind::lost, body_of(lost_record{expected_position, frame.first() - 1, "salvaged"}));
            gap.head().position = frame.first();
            if (auto done = put(std::move(gap), frame.head().time); !done) return done;
        }
        saved_.events += frame.count();
        return put(frame_draft(frame), frame.head().time);
    }

    expected<void, error> put(frame_draft draft, std::int64_t time) { return to_.put(draft, time); }

    Files&                     files_;
    std::string                from_;
    file_store<Files>&         to_;
    salvaged_log               saved_;
    std::vector<rule_record>   rules_;
    std::vector<std::uint16_t> announced_;
};

/// Saves what can be saved into a new log, whose directory is made for it.
template <file_system Files>
expected<salvaged_log, error> salvage_into(const std::string& directory, const std::string& damaged, Files& files) {
    if (auto made = uninterrupted([&] { return files.make_directory(directory); }); !made)
        return unexpected<error>(system_error(made.error(), "the new log cannot be made"));
    file_log_options options;
    options.acknowledge = acknowledge::when_written;
    options.background  = false;
    auto store          = file_store<Files>::open(directory, options, files, any_schemas);
    if (!store) return unexpected<error>(std::move(store.error()));
    auto saved = salvage<Files>(files, damaged, **store).run();
    if (!saved) return saved;
    if (auto closed = (*store)->close(); !closed) return unexpected<error>(std::move(closed.error()));
    return saved;
}

}  // namespace detail
}  // namespace annals

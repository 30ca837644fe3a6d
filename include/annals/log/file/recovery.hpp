// Opening a file log for writing: making it, going on after a close, and coming back after a crash.
#pragma once

#include <annals/log/file/examine.hpp>
#include <annals/log/file/options.hpp>
#include <annals/log/file/segment_maker.hpp>

#include <cerrno>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace annals::detail {

/// A log that can be written.
template <file_system Files>
struct writable_log {
    found_log<Files>     found;
    typename Files::file file;               // of the last segment
    bool                 is_closed = false;  // it ends with what a close wrote
};

/// What was to become a segment or an index.
inline bool is_temporary(std::string_view name) {
    constexpr std::string_view end = ".tmp";
    if (name.size() <= end.size() || name.substr(name.size() - end.size()) != end) return false;
    name.remove_suffix(end.size());
    return name == index_name || name.substr(0, 6) == "blank-" || !segment_numbers({std::string(name)}).empty();
}

/// The directory that a path is in.
inline std::string parent_of(std::string path) {
    while (path.size() > 1 && path.back() == '/') path.pop_back();
    const std::size_t slash = path.rfind('/');
    if (slash == std::string::npos) return ".";
    return slash == 0 ? "/" : path.substr(0, slash);
}

template <file_system Files>
class recovery {
public:
    recovery(Files& files, std::string directory, const file_log_options& options)
        : files_(files), directory_(std::move(directory)), options_(options) {}

    /// The directory, which is made if it is not there. Its parent is. Error: `no_such_log`, if it holds something else;
    /// nothing is changed then.
    expected<void, error> make_directory() {
        const auto names = uninterrupted([&] { return files_.list(directory_); });
        if (names) return check_names(*names);
        if (names.error().code != ENOENT) return failed(names.error(), "the log's directory cannot be read");
        if (const auto done = uninterrupted([&] { return files_.make_directory(directory_); }); !done)
            return failed(done.error(), "the log's directory cannot be made");
        return {};
    }

    /// What is there, ready to be written on. With the lock held. A log that is damaged, or whose schemas `accept(schemas)`
    /// answers an error to, is refused, and not changed.
    template <class Accept>
    expected<writable_log<Files>, error> run(Accept&& accept) {
        const auto names = uninterrupted([&] { return files_.list(directory_); });
        if (!names) return unexpected<error>(system_error(names.error(), "the log's directory cannot be read"));
        auto found = examination<Files>(files_, directory_).run();
        if (!found && found.error().code == errc::no_such_log) {
            remove_temporary(*names);
            return begin_log();
        }
        if (!found) return unexpected<error>(std::move(found.error()));
        if (found->damage) return unexpected<error>(std::move(*found->damage));
        if (auto accepted = accept(schemas_in(*found)); !accepted) return unexpected<error>(std::move(accepted.error()));
        remove_temporary(*names);
        auto log = write_on(std::move(*found));
        // Only now it is durable in any case that they are not of the log.
        if (log)
            for (const std::string& path : log->found.left_over) (void)files_.remove(path);
        return log;
    }

private:
    unexpected<error> failed(const io_error& why, std::string_view reason) const { return unexpected<error>(system_error(why, reason)); }

    expected<void, error> check_names(const std::vector<std::string>& names) const {
        if (!segment_numbers(names).empty()) return {};
        for (const std::string& name : names)
            if (name != lock_name && name != published_name && name != index_name && !is_temporary(name))
                return refused(errc::no_such_log, "the directory is not empty, and holds no log", path_in(directory_, name));
        return {};
    }

    // Those that are known to be durable, and those behind.
    static std::vector<schema_record> schemas_in(const found_log<Files>& found) {
        std::vector<schema_record> schemas = found.index.schemas;
        for (std::uint64_t offset : found.tail)
            if (const frame_view frame = found.segments.back()->frame(offset); frame.kind() == frame_kind::schemas)
                if (auto record = record_in<schemas_record>(frame.body()))
                    schemas.insert(schemas.end(), record->schemas.begin(), record->schemas.end());
        return schemas;
    }

    // Whether the last segment can be ended where it was closed. A copy ends there, and closing takes room, too.
    static bool has_room_to_end(const found_log<Files>& found) {
        const std::uint64_t capacity = found.segments.back()->bytes().size();
        return offset_of(found.index.end.address) + room_for_end(capacity) <= capacity;
    }

    expected<writable_log<Files>, error> write_on(found_log<Files> found) {
        if (found.is_closed && has_room_to_end(found)) return go_on(std::move(found));
        if (!keeps(safeguard::copy_behind_a_mark)) return go_on_in_the_same(std::move(found));
        return go_on_behind(std::move(found));
    }

    void remove_temporary(const std::vector<std::string>& names) {
        for (const std::string& name : names)
            if (is_temporary(name)) (void)files_.remove(path_in(directory_, name));
    }

    expected<writable_log<Files>, error> begin_log() {
        // Also if the directory was there: who made it may have died before its name was on the disk.
        if (keeps(safeguard::sync_of_the_directory))
            if (const auto done = uninterrupted([&] { return files_.sync_directory(parent_of(directory_)); }); !done)
                return failed(done.error(), "the log's directory cannot be made");
        return begin_segment(found_log<Files>{}, 1, uuid_v7_generator{}(), begin_record{}, {});
    }

    // The last segment was closed, so that all of it is durable.
    expected<writable_log<Files>, error> go_on(found_log<Files> found) {
        auto file = uninterrupted([&] { return files_.open(found.segments.back()->path, file_access::update); });
        if (!file) return failed(file.error(), "a segment cannot be opened for writing");
        const bool is_closed = found.is_closed;
        return writable_log<Files>{std::move(found), std::move(*file), is_closed};
    }

    // What is behind the last sync is in the system's cache, and perhaps not on the disk, even if a sync succeeds now (Rebello
    // and others, "Can applications recover from fsync failures?", 2020). So it is written anew, into a segment of its own.
    expected<writable_log<Files>, error> go_on_behind(found_log<Files> found) {
        // The last segment's writer may have come no further than to name it; the next one's name must not be durable before.
        if (keeps(safeguard::sync_of_the_directory))
            if (const auto done = uninterrupted([&] { return files_.sync_directory(directory_); }); !done)
                return failed(done.error(), "the log's directory cannot be written");
        segment<Files>& last = *found.segments.back();
        begin_record    record;
        record.previous_end = offset_of(found.index.end.address);
        record.truncated    = found.index.truncated;
        record.schemas      = found.index.schemas;
        std::vector<frame_draft> copies;
        for (std::uint64_t offset : found.tail) {
            const frame_view frame = last.frame(offset);
            switch (frame.kind()) {
                case frame_kind::events:
                case frame_kind::schemas:
                case frame_kind::rule:
                case frame_kind::lost: copies.emplace_back(frame); break;
                default: break;  // about this segment's end, or of a truncation that did not happen
            }
        }
        const std::uint64_t number = last.number() + 1;
        const uuid          log_id = uuid_at(last.header.log_id);
        last.end_at(record.previous_end, 0);
        return begin_segment(std::move(found), number, log_id, record, std::move(copies));
    }

    // What a careless log would do.
    expected<writable_log<Files>, error> go_on_in_the_same(found_log<Files> found) {
        segment<Files>& last = *found.segments.back();
        for (std::uint64_t offset : found.tail) {
            (void)found.index.take(last.frame(offset), address_of(last.number(), offset));
            note_frame(found.blocks, last.frame(offset), offset);
        }
        return go_on(std::move(found));
    }

    expected<writable_log<Files>, error> begin_segment(found_log<Files> found, std::uint64_t number, const uuid& log_id,
                                                       const begin_record& record, std::vector<frame_draft> frames) {
        log_index&        index = found.index;
        std::uint64_t     size  = 0;
        for (const frame_draft& each : frames) size += each.size();
        const std::uint64_t capacity = capacity_for(options_.segment_size, sizeof(frame_head) + body_of(record).size(), size);
        auto blank = make_blank(files_, path_in(directory_, "blank-0.tmp"), capacity, blank_content::zeros);
        if (!blank) return unexpected<error>(std::move(blank.error()));

        const segment_header header = make_header(log_id, number, capacity, random_salt(), utc_clock{}().nanoseconds);
        const frame_draft    begin  = begin_draft(record, header.salt, index.end.link, index.end.position, index.end.time);
        std::vector<std::byte> bytes(begin.view().bytes().begin(), begin.view().bytes().end());
        (void)index.take(begin.view(), address_of(number, first_frame));
        found.blocks.clear();
        note_frame(found.blocks, begin.view(), first_frame);
        const auto durable = static_cast<std::uint32_t>(first_frame + begin.size());
        for (frame_draft& each : frames) {
            if (each.view().kind() == frame_kind::events)
                each.for_each_link([&](frame_part& part, std::string_view key) {
                    link_part(part, index.streams[index.streams.find_or_add(key)]);
                });
            each.put_in_place({header.salt, index.end.link, durable, each.head().position, each.head().time});
            note_frame(found.blocks, each.view(), offset_of(index.end.address));
            if (const frame_fault fault = index.take(each.view(), index.end.address); fault != frame_fault::none)
                return unexpected<error>(damage(fault, blank->path, offset_of(index.end.address), index.end.position));
            bytes.insert(bytes.end(), each.view().bytes().begin(), each.view().bytes().end());
        }
        auto next = name_segment(files_, directory_, *blank, header, bytes,
                                 frames.empty() ? safeguard::sync_of_a_new_segment : safeguard::sync_of_a_recovered_tail);
        if (!next) return unexpected<error>(std::move(next.error()));
        found.segments.push_back(std::move(*next));
        found.tail.clear();
        return writable_log<Files>{std::move(found), std::move(blank->file)};
    }

    Files&           files_;
    std::string      directory_;
    file_log_options options_;
};

}  // namespace annals::detail

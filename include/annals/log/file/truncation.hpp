// Dropping the beginning of a file log.
#pragma once

#include <annals/codec/binary.hpp>
#include <annals/log/file/log_state.hpp>
#include <annals/log/file/writer.hpp>
#include <annals/schema/schema_text.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace annals::detail {

/// The record of the state that all events before a position come to.
template <class State>
expected<snapshot_record, error> record_of(const State& snapshot, position first, const std::string& directory) {
    snapshot_record record;
    record.first_position = first.value;
    record.schema         = std::string{schema_text<State>};
    if (auto done = encode(snapshot, record.state); !done)
        return refused(errc::invalid_event, "the snapshot holds a value that cannot be stored", directory, 0,
                       done.error().message());
    return record;
}
/// The state of such a record.
template <class State>
expected<void, error> restore(State& state, const snapshot_record& record, const std::string& directory) {
    if (record.schema != schema_text<State>)
        return refused(errc::incompatible_schema, "the snapshot is of another struct", directory, 0, "stored is " + record.schema);
    if (auto done = decode_into(record.state, state); !done)
        return refused(errc::damaged, "the snapshot is none of its schema", directory);
    return {};
}

/// Drops the segments that hold nothing but events before a position, and keeps a snapshot of what they came to. The snapshot,
/// where the streams are, and from where on the log is there, are durable before anything is removed. Answers the first
/// position that is still there, which may be less.
template <file_system Files>
expected<position, error> truncate_log(log_state<Files>& state, log_writer<Files>& writer, std::uint64_t first_position,
                                       const snapshot_record& snapshot) {
    const std::vector<std::byte> body = body_of(snapshot);
    const std::lock_guard        alone(state.truncating);
    std::unique_lock             lock(state.mutex);
    std::size_t                  dropped = 0;
    for (;;) {
        writer.drain(lock);
        if (const auto& failure = writer.failure()) return unexpected<error>(*failure);
        const auto& all = *state.segments;
        for (dropped = 0; dropped + 1 < all.size() && all[dropped + 1]->first_position <= first_position;) ++dropped;
        truncated_record what;
        what.first_segment  = all[dropped]->number();
        what.first_position = all[dropped]->first_position;
        frame_draft kept    = control_draft(frame_kind::snapshot, body);
        frame_draft streams = control_draft(frame_kind::streams, save_log_index(state.index, state.log_id));
        const std::uint64_t size =
            kept.size() + streams.size() + sizeof(frame_head) + body_of(what).size() + sizeof(frame_head);
        auto has_room = writer.make_room(lock, size);
        if (!has_room) return unexpected<error>(std::move(has_room.error()));
        if (!*has_room) continue;
        what.snapshot         = writer.tail().address;
        what.streams          = what.snapshot + kept.size();
        frame_draft truncated = control_draft(frame_kind::truncated, body_of(what));
        frame_draft mark      = control_draft(frame_kind::mark, {});
        const bool  must_sync = keeps(safeguard::sync_before_removing);
        frame_draft* const frames[] = {&kept, &streams, &truncated};
        if (auto done = writer.commit(lock, frames, writer.tail().time, must_sync); !done)
            return unexpected<error>(std::move(done.error()));
        frame_draft* const marks[] = {&mark};
        if (auto done = writer.commit(lock, marks, writer.tail().time, must_sync); !done)
            return unexpected<error>(std::move(done.error()));
        break;
    }
    const auto before = state.segments;
    state.segments   = std::make_shared<const segment_list<Files>>(before->begin() + static_cast<std::ptrdiff_t>(dropped), before->end());
    lock.unlock();
    for (std::size_t i = 0; i < dropped; ++i) (void)state.files.remove((*before)[i]->path);
    return position{(*before)[dropped]->first_position};
}

}  // namespace annals::detail

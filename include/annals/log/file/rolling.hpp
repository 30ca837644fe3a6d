// How a writer goes on in a new segment when one is full.
#pragma once

#include <annals/log/file/writer.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace annals::detail {

/// Waits until all that was put behind the last frame is written, and keeps everybody out until it is over.
template <file_system Files>
expected<void, error> log_writer<Files>::roll(lock_type& lock, std::uint64_t size) {
    exclusive_ = true;
    struct exclusion {
        log_writer& writer;
        lock_type&  lock;
        bool        is_over = false;

        ~exclusion() {
            if (!lock.owns_lock()) lock.lock();
            if (!is_over) writer.fail(file_error(errc::log_failed, "writing was broken off", writer.state_.directory));
            writer.exclusive_ = false;
            writer.idle_.notify_all();
        }
    } alone{*this, lock};
    drain(lock);
    auto done     = failure_ ? expected<void, error>(unexpected<error>(refusal())) : seal_and_begin(lock, size);
    alone.is_over = true;
    return done;
}

// Room first, so that a full disk changes nothing. Then the old segment's end is made durable, and only then the new one
// begins, which says where that is.
template <file_system Files>
expected<void, error> log_writer<Files>::seal_and_begin(lock_type& lock, std::uint64_t size) {
    begin_record record;
    record.truncated = state_.index.truncated;
    record.schemas   = state_.index.schemas;

    const std::uint64_t begin_size = sizeof(frame_head) + body_of(record).size();
    const std::uint64_t capacity   = capacity_for(options_.segment_size, begin_size, size);
    if (capacity == 0) return refused(errc::append_too_large, "an append is at most 2 GiB long", state_.directory);
    std::optional<blank_segment<Files>> blank;
    if (blank_ && blank_->capacity >= capacity) blank = std::exchange(blank_, std::nullopt);
    std::vector<std::byte> listed;
    for (const block_entry& block : state_.blocks) listed.insert(listed.end(), bytes_of(block).begin(), bytes_of(block).end());
    frame_draft seal = control_draft(frame_kind::seal, listed);
    seal.put_in_place({salt_, tail_.link, static_cast<std::uint32_t>(durable_), tail_.position, tail_.time});
    record.previous_seal = offset_of(tail_.address);
    record.previous_end  = record.previous_seal + seal.size();

    const std::uint64_t number = state_.last().number() + 1;  // with the lock held, for the list of segments may be exchanged

    lock.unlock();
    if (!blank) {
        auto made = make_blank(state_.files, blank_path(), capacity, content_of_blanks());
        if (!made) {
            lock.lock();
            return unexpected<error>(std::move(made.error()));
        }
        blank = std::move(*made);
    }
    io_result<void> sealed = write_all(file_, record.previous_seal, seal.view().bytes());
    if (sealed && keeps(safeguard::sync_before_rolling)) sealed = sync_file(file_);
    const segment_header header = make_header(state_.log_id, number, blank->capacity, random_salt(), tail_.time);
    const frame_draft    begin =
        begin_draft(record, header.salt, seal.head().head_check, tail_.position, tail_.time);
    auto next = sealed ? name_segment(state_.files, state_.directory, *blank, header, begin.view().bytes())
                       : unexpected<error>(system_error(sealed.error(), "a segment cannot be ended", tail_.position));
    lock.lock();
    if (!next) {
        fail(std::move(next.error()));
        return unexpected<error>(refusal());
    }
    follow(std::move(*next), std::move(blank->file), seal, begin, record);
    return {};
}

// Goes on in a segment that was just begun.
template <file_system Files>
void log_writer<Files>::follow(std::shared_ptr<segment<Files>> next, typename Files::file file, const frame_draft& seal,
                           const frame_draft& begin, const begin_record& record) {
    const std::uint64_t number = next->number();
    (void)state_.index.take(seal.view(), address_of(number - 1, record.previous_seal));
    state_.last().end_at(record.previous_end, record.previous_seal);
    state_.last().set_blocks(std::exchange(state_.blocks, {}));
    state_.add_segment(std::move(next));
    (void)state_.index.take(begin.view(), address_of(number, first_frame));
    reserve_blocks();
    note_frame(state_.blocks, begin.view(), first_frame);
    file_    = std::move(file);
    salt_    = state_.last().salt();
    tail_    = state_.index.end;
    durable_ = offset_of(tail_.address);
    publish(tail_.address, tail_.address);
}

}  // namespace annals::detail

// How the one thread that leads writes a group of appends, makes it durable, and tells the others.
#pragma once

#include <annals/log/file/writer.hpp>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

namespace annals::detail {

// One sync at a time, for the system tells only one of them that it failed. With the lock held at both ends.
template <file_system Files>
struct log_writer<Files>::syncing_turn {
    log_writer& writer;
    lock_type&  lock;

    syncing_turn(log_writer& whose, lock_type& held) : writer(whose), lock(held) {
        writer.idle_.wait(lock, [&] { return !writer.syncing_; });
        writer.syncing_ = true;
    }
    syncing_turn(const syncing_turn&)            = delete;
    syncing_turn& operator=(const syncing_turn&) = delete;
    ~syncing_turn() {
        if (!lock.owns_lock()) lock.lock();
        writer.syncing_ = false;
        writer.idle_.notify_all();
    }
};

// What a leader does must come to an end, also if it throws.
template <file_system Files>
struct log_writer<Files>::leadership {
    log_writer& writer;
    lock_type&  lock;
    bool        is_over = false;

    leadership(log_writer& whose, lock_type& held) : writer(whose), lock(held) { writer.leading_ = true; }
    leadership(const leadership&)            = delete;
    leadership& operator=(const leadership&) = delete;
    ~leadership() {
        if (!lock.owns_lock()) lock.lock();
        if (!is_over) writer.fail(file_error(errc::durability_unknown, "writing was broken off", writer.state_.directory));
        writer.end_writing();
        writer.leading_ = false;
        writer.idle_.notify_all();
    }
};

// Writes the group that collects. With the lock held, and nobody leading.
template <file_system Files>
void log_writer<Files>::lead(lock_type& lock) {
    leadership leading{*this, lock};
    const bool wait = sync_wanted_ || options_.acknowledge == acknowledge::when_durable;
    std::optional<syncing_turn> turn;
    if (wait) turn.emplace(*this, lock);
    if (!failure_) {  // or nothing collects any more
        sync_wanted_     = false;
        writing_         = std::exchange(next_, std::make_shared<commit_group>());
        const auto group = writing_;
        write_and_take(lock, *group, wait);
    }
    leading.is_over = true;
    end_writing();
    state_.appended.ring();
    if (!next_->members.empty()) next_->end(commit_group::elected);
}

template <file_system Files>
void log_writer<Files>::write_and_take(lock_type& lock, const commit_group& group, bool wait) {
    const log_end end = end_of(group);
    usual_group_ += (end.address - group.members.front().address) / 8;
    usual_group_ -= usual_group_ / 8;
    const auto safe = wait ? end.address : address_of(segment_of(end.address), durable_);
    lock.unlock();
    auto written = write_group(file_, group, buffer_);
    if (written && wait) written = sync_written();
    if (written) publish(end.address, safe);
    lock.lock();
    if (written)
        take(group, wait);
    else
        fail(system_error(written.error(), "an append may be durable or not", state_.index.end.position));
}

template <file_system Files>
io_result<void> log_writer<Files>::sync_written() {
    if (!keeps(safeguard::sync_of_a_group)) return {};
    auto done = sync_file(file_);
    if (!done && !keeps(safeguard::poison_after_failure)) done = sync_file(file_);
    return done;
}

// Readers see the group from now on.
template <file_system Files>
void log_writer<Files>::take(const commit_group& group, bool is_durable) {
    for (const auto& member : group.members) {
        const frame_view frame(member.bytes.data());
        note_frame(state_.blocks, frame, offset_of(member.address));
        if (state_.index.take(frame, member.address) != frame_fault::none) {
            fail(file_error(errc::log_failed, "the log does not follow itself", state_.last().path));
            return;
        }
        frame.for_each_link([&](const frame_part&, std::string_view key) {
            const auto found = pending_.find(state_.index.streams.find(key));
            if (found != pending_.end() && found->second.last == member.address) pending_.erase(found);
            return true;
        });
    }
    if (is_durable) durable_ = std::max<std::uint64_t>(durable_, offset_of(state_.index.end.address));
    if (wake_ && !blank_ && !blank_wanted_ && wants_blank()) {
        blank_wanted_ = true;
        wake_();
    }
}

// Tells those whose frames were written. Only the leader does: until then it reads what lies with them.
template <file_system Files>
void log_writer<Files>::end_writing() {
    const auto group = std::exchange(writing_, nullptr);
    if (!group) return;
    if (failure_) {
        group->failure       = failure_;
        group->failure->code = errc::durability_unknown;
    }
    group->end(failure_ ? commit_group::failed : commit_group::done);
}

template <file_system Files>
expected<void, error> log_writer<Files>::sync() {
    lock_type           lock(state_.mutex);
    const std::uint64_t wanted = state_.index.end.address;
    idle_.wait(lock, [&] { return !syncing_ && !exclusive_; });
    const syncing_turn mine{*this, lock};
    if (failure_) return unexpected<error>(refusal());
    const std::uint64_t behind = state_.index.end.address;
    if (segment_of(wanted) != segment_of(behind) || offset_of(wanted) <= durable_) return {};
    lock.unlock();
    const auto done = sync_file(file_);
    lock.lock();
    if (done) {
        durable_ = std::max<std::uint64_t>(durable_, offset_of(behind));
        return {};
    }
    error unknown = system_error(done.error(), "what was written may not be durable", state_.index.end.position);
    fail(unknown);
    unknown.code = errc::durability_unknown;
    return unexpected<error>(std::move(unknown));
}

}  // namespace annals::detail

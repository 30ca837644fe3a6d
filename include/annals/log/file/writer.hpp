// Appending: many threads, one frame each, and one sync for all that came while the last one ran (group commit).
#pragma once

#include <annals/log/file/commit_group.hpp>
#include <annals/log/file/log_state.hpp>
#include <annals/log/file/options.hpp>
#include <annals/log/file/segment_maker.hpp>

#include <algorithm>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace annals::detail {

/// Whoever appends puts a frame into the group that is collecting. If nobody writes, it leads: it writes the group's frames one
/// behind the other, syncs once, and tells the others. While it does, the next group collects.
template <file_system Files>
class log_writer {
    using lock_type = std::unique_lock<std::mutex>;

public:
    log_writer(log_state<Files>& state, const file_log_options& options, typename Files::file file, typename Files::file published,
               bool is_closed)
        : state_(state),
          options_(options),
          file_(std::move(file)),
          published_(std::move(published)),
          next_(std::make_shared<commit_group>()),
          tail_(state.index.end),
          durable_(offset_of(state.index.end.address)),
          closed_at_(is_closed ? tail_.address : 0) {
        buffer_.reserve(group_buffer);
        reserve_blocks();
        for (const schema_record& schema : state.index.schemas) note_announced(schema.number);
        publish(tail_.address, tail_.address);  // what recovery found is durable, and the last writer may not have said so
    }

    /// Where a stream will be when all that waits is durable. With the lock held.
    [[nodiscard]] stream_state pending(std::uint32_t number) const {
        const auto found = pending_.find(number);
        return found == pending_.end() ? state_.index.streams[number] : found->second;
    }
    [[nodiscard]] bool is_pending(std::uint32_t number) const { return pending(number).last != state_.index.streams[number].last; }
    /// Whether a schema stands in the log, or waits to be written. With the lock held.
    [[nodiscard]] bool is_announced(std::uint16_t number) const { return number < announced_.size() && announced_[number]; }
    void               note_announced(std::uint16_t number) {
        if (number >= announced_.size()) announced_.resize(number + std::size_t{1});
        announced_[number] = true;
    }
    void forget_announced(std::uint16_t number) { announced_[number] = false; }
    /// What is answered since a write failed. With the lock held.
    [[nodiscard]] std::optional<error> failure() const { return failure_ ? std::optional<error>(refusal()) : std::nullopt; }

    /// Sees to it that a frame of this size has room, which may mean to wait, and to begin a new segment. True if it had
    /// already, so that what the caller knows of the log still holds. With the lock held.
    expected<bool, error> make_room(lock_type& lock, std::uint64_t size) {
        if (failure_) return unexpected<error>(refusal());
        if (exclusive_) {
            idle_.wait(lock, [&] { return !exclusive_; });
            return false;
        }
        const std::uint64_t capacity = state_.last().bytes().size();
        if (offset_of(tail_.address) + size + room_for_end(capacity) <= capacity) return true;
        if (auto done = roll(lock, size); !done) return unexpected<error>(std::move(done.error()));
        return false;
    }

    /// Puts frames behind the last one, in one piece, and returns when they are written, and durable if the log or the caller
    /// wants that. They have room, and stay with the caller. With the lock held. Throws std::bad_alloc, and nothing has
    /// happened then.
    expected<void, error> commit(lock_type& lock, std::span<frame_draft* const> frames, std::int64_t time, bool must_sync = false) {
        if (failure_) return unexpected<error>(refusal());
        const std::shared_ptr<commit_group> group = next_;
        group->members.reserve(group->members.size() + frames.size());
        for (frame_draft* const draft : frames)
            draft->for_each_link([&](frame_part&, std::string_view key) {
                const std::uint32_t number = state_.index.streams.find_or_add(key);
                pending_.try_emplace(number, state_.index.streams[number]);
            });
        for (frame_draft* const draft : frames) place(*draft, *group, time);
        if (must_sync) sync_wanted_ = true;
        return wait_for(lock, group);
    }

    /// Returns when nothing waits to be written. With the lock held.
    void drain(lock_type& lock) {
        while (!next_->members.empty() || leading_ || syncing_) {
            if (!leading_ && !next_->members.empty())
                lead(lock);
            else
                idle_.wait(lock);
        }
    }

    /// Returns when what waits now is written, or was not. With the lock held.
    void wait_for_what_waits(lock_type& lock) {
        const std::uint64_t behind = tail_.address;
        while (!failure_ && behind > state_.index.end.address) {
            if (!leading_ && !next_->members.empty())
                lead(lock);
            else
                idle_.wait(lock);
        }
    }

    /// Makes durable what was written until now. Without the lock.
    expected<void, error> sync();

    /// Says in the log that it was closed in good order. False if it says so already, for nothing has happened since it was
    /// opened.
    expected<bool, error> close() {
        lock_type lock(state_.mutex);
        drain(lock);
        if (blank_) (void)state_.files.remove(blank_->path);
        blank_.reset();
        if (failure_) return unexpected<error>(refusal());
        if (tail_.address == closed_at_) return false;
        frame_draft mark = control_draft(frame_kind::mark, {}, flag_closing);
        frame_draft* const frames[] = {&mark};
        auto done = commit(lock, frames, tail_.time, keeps(safeguard::sync_of_the_closing_mark));
        if (!done) return unexpected<error>(std::move(done.error()));
        return true;
    }

    /// Makes a file ahead, if it is time. Without the lock.
    void prepare() {
        lock_type lock(state_.mutex);
        if (blank_ || failure_ || exclusive_ || !wants_blank()) return;
        std::string         path    = blank_path();
        const blank_content content = content_of_blanks();
        lock.unlock();
        auto made = make_blank(state_.files, std::move(path), options_.segment_size, content);
        lock.lock();
        if (made) blank_ = std::move(*made);
        blank_wanted_ = false;
    }
    /// What is called, by one thread at a time, when there is something to prepare.
    void on_need(std::function<void()> wake) {
        const std::lock_guard lock(state_.mutex);
        wake_ = std::move(wake);
    }

    /// The next time of an append: never less than the last one.
    [[nodiscard]] std::int64_t time_from(timestamp clock) const { return std::max(clock.nanoseconds, tail_.time); }
    [[nodiscard]] const log_end& tail() const { return tail_; }

private:
    error refusal() const {
        error made       = *failure_;
        made.code        = errc::log_failed;
        made.reason      = "an earlier write failed: close the log, and open it again";
        return made;
    }
    std::string blank_path() { return path_in(state_.directory, "blank-" + std::to_string(++blanks_) + ".tmp"); }
    void        reserve_blocks() { state_.blocks.reserve(most_blocks(state_.last().bytes().size())); }

    // Completes a frame, and moves the end behind it. Whatever has to be allocated for its streams was.
    void place(frame_draft& draft, commit_group& group, std::int64_t time) {
        if (draft.view().kind() == frame_kind::events)
            draft.for_each_link([&](frame_part& part, std::string_view key) {
                stream_state&       state = pending_.find(state_.index.streams.find(key))->second;
                const std::uint64_t first = part.first_version;
                link_part(part, state);
                if (state_.index.has_gaps && first != 0) part.first_version = first;  // as it was, before something was lost
                move_behind(state, part, tail_.address);
            });
        const bool          is_gap   = draft.view().kind() == frame_kind::lost;
        const std::uint64_t position = is_gap ? std::uint64_t{draft.head().position} : tail_.position;
        draft.put_in_place({state_.last().salt(), tail_.link, static_cast<std::uint32_t>(durable_), position, time});
        group.members.push_back({draft.view().bytes(), tail_.address});
        tail_ = log_end{tail_.address + draft.size(), position + draft.view().count(), time, draft.head().head_check};
    }

    expected<void, error> wait_for(lock_type& lock, const std::shared_ptr<commit_group>& group) {
        while (true) {
            const int now = group->now.load(std::memory_order_acquire);
            if (now == commit_group::done) return {};
            if (now == commit_group::failed) return unexpected<error>(*group->failure);
            if (!leading_ && group == next_) {
                lead(lock);
                continue;
            }
            lock.unlock();
            group->now.wait(now, std::memory_order_acquire);
            lock.lock();
        }
    }

    struct syncing_turn;
    struct leadership;
    void            lead(lock_type& lock);
    void            write_and_take(lock_type& lock, const commit_group& group, bool wait);
    io_result<void> sync_written();
    void            take(const commit_group& group, bool is_durable);
    void            end_writing();

    log_end end_of(const commit_group& group) const {
        const auto& last = group.members.back();
        log_end     end;
        end.address = last.address + last.bytes.size();
        return end;
    }

    // Tells readers in other processes. That this may fail is no matter of durability: they see it later.
    void publish(std::uint64_t end, std::uint64_t durable) {
        published_record record{};
        std::copy(state_.log_id.bytes, state_.log_id.bytes + 16, record.log_id);
        record.end     = end;
        record.durable = durable;
        record.boot    = boot_;
        record.salt    = salt_;
        record.check   = crc32c(bytes_of(record).first(sizeof(record) - sizeof(record.check)));
        (void)write_all(published_, 0, bytes_of(record));
    }

    blank_content content_of_blanks() const { return usual_group_ < large_group ? blank_content::zeros : blank_content::room; }
    bool          wants_blank() const { return offset_of(tail_.address) >= state_.last().bytes().size() / 4; }

    // From now on nothing is written. With the lock held. Whose frames are being written is told by the leader.
    void fail(error why) {
        if (failure_) return;
        failure_ = std::move(why);
        pending_.clear();
        if (!next_->members.empty()) {
            next_->failure = refusal();  // nothing of it was written
            next_->end(commit_group::failed);
            next_ = std::make_shared<commit_group>();
        }
        idle_.notify_all();
    }

    // Begins a new segment that has room for a frame of this size. With the lock held, which is given up meanwhile.
    expected<void, error> roll(lock_type& lock, std::uint64_t size);
    expected<void, error> seal_and_begin(lock_type& lock, std::uint64_t size);
    void follow(std::shared_ptr<segment<Files>> next, typename Files::file file, const frame_draft& seal, const frame_draft& begin,
                const begin_record& record);

    log_state<Files>&                               state_;
    file_log_options                                options_;
    typename Files::file                            file_;
    typename Files::file                            published_;
    std::condition_variable                         idle_;
    std::shared_ptr<commit_group>                   next_;     // what collects
    std::shared_ptr<commit_group>                   writing_;  // what is written
    log_end                                         tail_;     // behind what collects
    std::uint64_t                                   durable_;    // the offset in the last segment before which all is synced
    std::uint64_t                                   closed_at_;  // the end when it was opened, if a close wrote it; else 0
    std::unordered_map<std::uint32_t, stream_state> pending_;    // where streams will be when what waits is durable
    std::vector<bool>                               announced_;
    std::vector<std::byte>                          buffer_;
    std::optional<blank_segment<Files>>             blank_;
    std::optional<error>                            failure_;
    std::uint64_t                                   blanks_      = 0;
    std::uint64_t                                   usual_group_ = 0;  // bytes of a group, on a moving average
    std::uint64_t                                   boot_        = boot_number(state_.files.boot_id());
    std::uint32_t                                   salt_        = state_.last().salt();
    std::function<void()>                           wake_;
    bool                                            blank_wanted_ = false;
    bool                                            leading_     = false;
    bool                                            syncing_     = false;
    bool                                            exclusive_   = false;  // a segment is begun: nothing is put behind the last one
    bool                                            sync_wanted_ = false;
};

}  // namespace annals::detail

#include <annals/log/file/leading.hpp>
#include <annals/log/file/rolling.hpp>

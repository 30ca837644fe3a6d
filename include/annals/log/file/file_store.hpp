// An open file log, without the types of its events: everything between frames and files.
#pragma once

#include <annals/log/file/following.hpp>
#include <annals/log/file/recovery.hpp>
#include <annals/log/file/repeats.hpp>
#include <annals/log/file/truncation.hpp>
#include <annals/log/file/worker.hpp>
#include <annals/log/file/writer.hpp>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace annals::detail {

/// For who opens a log without its types.
inline constexpr auto any_schemas = [](const std::vector<schema_record>&) { return expected<void, error>{}; };

/// Whether an append's condition holds, as the log is: true, false if that is not known before what waits is written, or
/// `condition_failed`. Called with the log's lock held. Empty if there is no condition.
using condition_check = std::function<expected<bool, error>()>;

/// What an append asks for, beside its frame.
struct append_terms {
    std::span<const expected_version> expects;   // of each stream of the frame
    const std::vector<uuid>&          ids;       // as they were given: none, or one for each event
    std::span<const schema_record* const> schemas;  // of its events
    std::span<receipt>                receipts;  // to be filled in, for each stream
    const condition_check&            unchanged;
};

template <file_system Files>
class file_store {
    using lock_type = std::unique_lock<std::mutex>;

public:
    /// Opens a log for writing, and makes it if there is none. `accept(schemas)` looks at those that are in the log before
    /// anything is changed, and may refuse.
    template <class Accept>
    static expected<std::unique_ptr<file_store>, error> open(std::string directory, file_log_options options, Files files,
                                                             Accept&& accept) {
        options.segment_size = std::min(options.segment_size, largest_segment);
        recovery<Files> recovering(files, directory, options);
        if (auto done = recovering.make_directory(); !done) return unexpected<error>(std::move(done.error()));
        auto holding = hold(files, directory);
        if (!holding) return unexpected<error>(std::move(holding.error()));
        auto log = recovering.run(std::forward<Accept>(accept));
        if (!log) return unexpected<error>(std::move(log.error()));
        auto published = open_or_make(files, path_in(directory, published_name));
        if (!published) return unexpected<error>(system_error(published.error(), "the log's directory cannot be written"));

        std::unique_ptr<file_store> store(new file_store(std::move(files), std::move(directory), std::move(log->found)));
        store->holding_ = std::move(*holding);
        store->writer_.emplace(store->state_, options, std::move(log->file), std::move(*published), log->is_closed);
        store->options_ = options;
        if (options.background) {
            store->worker_.emplace([&self = *store] { self.work(); }, options.sync_interval);
            store->writer_->on_need([&self = *store] { self.worker_->wake(); });
        }
        return store;
    }

    /// Opens a log that is there for reading, and changes nothing. It may be damaged: what is good is read.
    static expected<std::unique_ptr<file_store>, error> open_read_only(std::string directory, Files files) {
        auto found = examination<Files>(files, directory).run();
        if (!found) return unexpected<error>(std::move(found.error()));
        return std::unique_ptr<file_store>(new file_store(std::move(files), std::move(directory), std::move(*found)));
    }

    file_store(const file_store&)            = delete;
    file_store& operator=(const file_store&) = delete;
    ~file_store() { (void)close(); }

    /// Writes what waits, says in the log that it was closed, saves the index and gives the lock back. Nothing is appended any
    /// more.
    expected<void, error> close() {
        if (writer_) writer_->on_need({});
        worker_.reset();
        if (!writer_) return {};
        auto done = writer_->close();
        if (done && *done) state_.save_index([] { return true; });
        writer_.reset();
        holding_.reset();
        is_closed_ = true;
        return done ? expected<void, error>{} : unexpected<error>(std::move(done.error()));
    }

    [[nodiscard]] log_state<Files>&       state() noexcept { return state_; }
    [[nodiscard]] const std::string& directory() const noexcept { return state_.directory; }
    [[nodiscard]] bool               is_writable() const noexcept { return writer_.has_value(); }
    /// Whether something that is not yet written is of a stream, or carries a tag, or is there at all. With the lock held.
    [[nodiscard]] bool is_pending(std::uint32_t number) const { return writer_->is_pending(number); }
    [[nodiscard]] bool has_pending() const { return writer_->tail().address != state_.index.end.address; }
    /// Nothing, if the log can be written.
    [[nodiscard]] expected<void, error> check_writable() const {
        if (writer_) return {};
        return refused(errc::read_only, is_closed_ ? "the log was closed" : "the log is open for reading only", state_.directory);
    }

    /// Appends a frame of events. `stamp()` says time and id, and is called once, with the lock held.
    template <class Stamp>
    expected<void, error> append(frame_draft& draft, const append_terms& terms, Stamp&& stamp) {
        if (auto done = check_writable(); !done) return unexpected<error>(std::move(done.error()));
        std::vector<std::uint64_t> searched(terms.expects.size(), 0);  // the versions up to which ids were looked for
        if (!terms.ids.empty()) {
            const auto earlier = look_for_repeat(draft, terms, searched);
            if (!earlier) return unexpected<error>(earlier.error());
            if (*earlier) return {};
        }
        lock_type lock(state_.mutex);
        for (;;) {
            auto checked = check(lock, draft, terms, searched);
            if (!checked) return unexpected<error>(std::move(checked.error()));
            if (*checked == step::search_again) {
                lock.unlock();
                const auto earlier = look_for_repeat(draft, terms, searched);
                if (!earlier) return unexpected<error>(earlier.error());
                if (*earlier) return {};
                lock.lock();
                continue;
            }
            if (*checked == step::wait) continue;
            std::optional<frame_draft> announcing = announcement(terms.schemas);
            const std::uint64_t        size       = draft.size() + (announcing ? announcing->size() : 0);
            auto                       has_room   = writer_->make_room(lock, size);
            if (!has_room) return unexpected<error>(std::move(has_room.error()));
            if (!*has_room) continue;
            return commit(lock, draft, announcing, terms, std::forward<Stamp>(stamp));
        }
    }

    /// Decides about a stream: that it has ended, or what of its past is left. Recorded, and durable when this returns.
    template <class Decide>
    expected<version, error> decide_about(std::string_view stream, expected_version expects, std::int64_t now, Decide&& decide) {
        if (auto done = check_writable(); !done) return unexpected<error>(std::move(done.error()));
        lock_type lock(state_.mutex);
        for (;;) {
            const std::uint32_t number = state_.index.streams.find_or_add(stream_key(stream));
            if (writer_->is_pending(number)) {
                writer_->drain(lock);
                if (const auto& failure = writer_->failure()) return unexpected<error>(*failure);
                continue;
            }
            const stream_state state = state_.index.streams[number];
            if (!expects.holds(version{state.version})) return unexpected<error>(conflict(stream, state));
            const stream_rule before = state_.index.rule_of(number);
            rule_record       rule{std::string{stream}, state.ended, before.first_version, before.most};
            decide(rule, state);
            frame_draft draft    = control_draft(frame_kind::rule, body_of(rule));
            auto        has_room = writer_->make_room(lock, draft.size());
            if (!has_room) return unexpected<error>(std::move(has_room.error()));
            if (!*has_room) continue;
            frame_draft* const frames[] = {&draft};
            auto done = writer_->commit(lock, frames, writer_->time_from(timestamp{now}), true);
            if (!done) return unexpected<error>(std::move(done.error()));
            return version{stream_rule{rule.first_version, rule.most}.first_of(state.version)};
        }
    }

    /// Drops the segments that hold nothing but events before a position: see `truncate_log`.
    expected<position, error> truncate(std::uint64_t first_position, const snapshot_record& snapshot) {
        if (auto done = check_writable(); !done) return unexpected<error>(std::move(done.error()));
        return truncate_log(state_, *writer_, first_position, snapshot);
    }

    /// What a truncation left as the state before the first position that is still there. Nothing if nothing was truncated.
    expected<std::optional<snapshot_record>, error> snapshot() {
        log_view<Files>  view;
        truncated_record truncated;
        {
            const std::lock_guard lock(state_.mutex);
            view      = state_.view_now(false);
            truncated = state_.index.truncated;
        }
        if (truncated.snapshot == 0) return std::nullopt;
        const auto frame = view.frame_at(truncated.snapshot);
        if (!frame) return unexpected<error>(frame.error());
        auto record = frame->body_is_intact() ? record_in<snapshot_record>(frame->body())
                                              : unexpected<codec_error>(codec_error{codec_errc::too_short, 0});
        if (!record) return refused(errc::damaged, "the snapshot that a truncation left is damaged", state_.directory);
        return std::optional<snapshot_record>(std::move(*record));
    }

    /// For a log that another process writes: takes what it published since.
    expected<void, error> refresh() {
        return writer_ ? expected<void, error>{} : log_follower<Files>(state_).follow();
    }

    /// For a salvage: puts a frame behind the last one, as it is, in a log that nobody else writes.
    expected<void, error> put(frame_draft& draft, std::int64_t time) {
        lock_type lock(state_.mutex);
        for (;;) {
            auto has_room = writer_->make_room(lock, draft.size());
            if (!has_room) return unexpected<error>(std::move(has_room.error()));
            if (*has_room) break;
        }
        frame_draft* const frames[] = {&draft};
        return writer_->commit(lock, frames, std::max(time, writer_->tail().time));
    }
    [[nodiscard]] log_end       tail() const { return writer_->tail(); }
    [[nodiscard]] std::uint64_t version_of(std::string_view stream) const {
        const std::uint32_t number = state_.index.streams.find(stream_key(stream));
        return number == stream_table::none ? 0 : state_.index.streams[number].version;
    }

    /// Makes all that was acknowledged durable: only of use with `acknowledge::when_written`.
    expected<void, error> sync() { return writer_ ? writer_->sync() : expected<void, error>{}; }

private:
    enum class step { go, wait, search_again };

    file_store(Files files, std::string directory, found_log<Files> found) : state_(std::move(files), std::move(directory)) {
        take_found(state_, std::move(found));
    }

    static error conflict(std::string_view stream, const stream_state& state) {
        return about(errc::version_conflict, "the stream is not at the expected version", stream, state);
    }
    static error about(errc code, std::string_view reason, std::string_view stream, const stream_state& state) {
        return error{code, reason, std::string{stream}, version{state.version}};
    }

    // Whether an append may be written as the log is now. What is not yet durable decides nothing: it is waited for.
    expected<step, error> check(lock_type& lock, frame_draft& draft, const append_terms& terms,
                                const std::vector<std::uint64_t>& searched) {
        if (const auto& failure = writer_->failure()) return unexpected<error>(*failure);
        std::optional<error> trouble;
        bool                 is_open = false, is_behind = false;
        std::size_t          i = 0;
        draft.for_each_part([&](frame_part&, std::string_view stream) {
            const std::uint32_t number = state_.index.streams.find(stream_key(stream));
            const stream_state  state  = number == stream_table::none ? stream_state{} : writer_->pending(number);
            is_open                    = is_open || (number != stream_table::none && writer_->is_pending(number));
            is_behind                  = is_behind || (!terms.ids.empty() && searched[i] < state.version);
            if (!trouble && state.ended) trouble = about(errc::stream_ended, "the stream was ended", stream, state);
            if (!trouble && !terms.expects[i].holds(version{state.version})) trouble = conflict(stream, state);
            ++i;
        });
        if (is_open && (trouble || !terms.ids.empty())) {
            writer_->drain(lock);
            return step::wait;
        }
        if (is_behind) return step::search_again;
        if (trouble) return unexpected<error>(std::move(*trouble));
        if (terms.unchanged) {
            const auto holds = terms.unchanged();
            if (!holds) return unexpected<error>(holds.error());
            if (!*holds) {
                writer_->wait_for_what_waits(lock);
                return step::wait;
            }
        }
        return step::go;
    }

    // True if the append was made before; its receipts are filled in then. Without the lock.
    expected<bool, error> look_for_repeat(frame_draft& draft, const append_terms& terms, std::vector<std::uint64_t>& searched) {
        const repeat_search search(draft, terms.ids);
        log_view<Files>     view;
        struct stream_of_append {
            std::string_view name;
            stream_state     state;
            std::uint64_t    first;
        };
        std::vector<stream_of_append> streams;
        {
            const std::lock_guard lock(state_.mutex);
            view = state_.view_now(false);
            draft.for_each_part([&](frame_part&, std::string_view name) {
                const std::uint32_t number = state_.index.streams.find(stream_key(name));
                const stream_state  state  = number == stream_table::none ? stream_state{} : state_.index.streams[number];
                const std::uint64_t first  = number == stream_table::none ? 1 : state_.index.rule_of(number).first_of(state.version);
                streams.push_back({name, state, first});
            });
        }
        for (std::size_t i = 0; i < streams.size(); ++i) {
            const std::byte* found  = nullptr;
            const auto       answer = search.look(view, streams[i].name, streams[i].state, terms.expects[i], streams[i].first, found);
            if (!answer) return unexpected<error>(answer.error());
            if (*answer == repeat::in_part)
                return unexpected<error>(about(errc::duplicate_event,
                                               "some of the event ids were appended before, but not as this batch",
                                               streams[i].name, streams[i].state));
            if (*answer == repeat::yes) {
                fill_in(terms.receipts, frame_view(found));
                return true;
            }
            searched[i] = streams[i].state.version;
        }
        return false;
    }

    static void fill_in(std::span<receipt> receipts, const frame_view& frame) {
        std::size_t   i      = 0;
        std::uint64_t behind = frame.first();
        frame.for_each_part([&](const frame_part& part, std::string_view) {
            behind += part.count;
            receipts[i++] = receipt{version{part.first_version + part.count - 1}, position{behind - 1}, part.count};
            return true;
        });
    }

    std::optional<frame_draft> announcement(std::span<const schema_record* const> schemas) const {
        schemas_record fresh;
        for (const schema_record* schema : schemas)
            if (!writer_->is_announced(schema->number)) fresh.schemas.push_back(*schema);
        if (fresh.schemas.empty()) return {};
        return control_draft(frame_kind::schemas, body_of(fresh));
    }

    template <class Stamp>
    expected<void, error> commit(lock_type& lock, frame_draft& draft, std::optional<frame_draft>& announcing,
                                 const append_terms& terms, Stamp&& stamp) {
        const auto [clock, id]  = stamp();
        const std::int64_t time = writer_->time_from(clock);
        std::copy(id.bytes, id.bytes + sizeof(id.bytes), draft.head().id);
        std::vector<frame_draft*> frames;
        if (announcing) {
            frames.push_back(&*announcing);
            for (const schema_record* schema : terms.schemas) writer_->note_announced(schema->number);
        }
        frames.push_back(&draft);
        auto done = [&] {
            try {
                return writer_->commit(lock, frames, time);
            } catch (...) {
                if (announcing)
                    for (const schema_record* schema : terms.schemas) writer_->forget_announced(schema->number);
                throw;
            }
        }();
        if (done) fill_in(terms.receipts, draft.view());
        return done;
    }

    // What the log does beside appends, from time to time.
    void work() {
        writer_->prepare();
        const bool must_sync = options_.acknowledge == acknowledge::when_written;
        if (must_sync) (void)writer_->sync();
        std::uint64_t segment = 0, memory = 0;
        {
            const std::lock_guard lock(state_.mutex);
            segment = segment_of(state_.index.end.address);
            memory  = state_.index.streams.memory();
        }
        if (saved_at_ == 0) saved_at_ = segment;
        if (segment < saved_at_ + 4 || (segment - saved_at_) * options_.segment_size < 4 * memory) return;
        saved_at_ = segment;
        state_.save_index([&] { return !must_sync || writer_->sync().has_value(); });
    }

    log_state<Files>                         state_;
    file_log_options                         options_;
    std::optional<typename Files::lock_type> holding_;
    std::optional<log_writer<Files>>         writer_;
    std::optional<worker>                    worker_;
    bool                                     is_closed_ = false;  // it was open for writing before
    std::uint64_t                            saved_at_  = 0;  // the segment that was written when the index was saved
};

}  // namespace annals::detail

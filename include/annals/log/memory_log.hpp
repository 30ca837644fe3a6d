// The log in memory: for tests, for caches, and for domains whose events come from somewhere else.
#pragma once

#include <annals/log/bell.hpp>
#include <annals/log/clock.hpp>
#include <annals/log/front.hpp>
#include <annals/log/memory/contents.hpp>
#include <annals/log/memory/writers_turn.hpp>
#include <annals/log/tagged.hpp>

#include <cstdint>
#include <string_view>
#include <utility>

namespace annals {

/// A log in memory. Threads may append (one at a time gets through) and read at the same time; a reader sees whole
/// appends only, those that were complete when it began. The events that it hands to a reader, and the views in a
/// `context`, stay where they are for the log's lifetime. A handler may append to the log that it reads.
/// `Clock` and `IdGenerator` are called with no arguments, by one thread at a time.
///
/// Memory: each event takes its own size, 49 bytes beside it, 8 in its stream's list and 8 in its category's; each
/// append takes 32, and its metadata if it has any; each tag of an event 8.
template <list Events, class Clock = utc_clock, class IdGenerator = uuid_v7_generator>
class memory_log : public detail::plain_log<memory_log<Events, Clock, IdGenerator>, detail::checked_list<Events>> {
    using front         = detail::plain_log<memory_log, detail::checked_list<Events>>;
    using accepted_list = typename decltype(front::list_verdict)::accepted;
    static_assert((front::list_verdict.explain(), true));

public:
    using events = typename front::events;

    explicit memory_log(Clock clock = {}, IdGenerator make_id = {}) : clock_(std::move(clock)), make_id_(std::move(make_id)) {}
    memory_log(const memory_log&)            = delete;
    memory_log& operator=(const memory_log&) = delete;

    /// Appends events to a stream, all or nothing: `append(stream, expected, [metadata,] events...)`. In the place of the
    /// events may stand one range of variants, or one decision; an older event is wrapped in `historic`. Amortised constant
    /// time for each event.
    ///
    /// Repeated appends: if `metadata::event_ids` are given and are the ids of one earlier append to the stream, all of
    /// them and in order, nothing is written and the first receipt is returned, whatever is expected now. They are
    /// looked for right behind an exact version (or `no_stream`), however long ago that was, and always among the
    /// stream's last 1024 events. Ids of which only some are found, or in another arrangement, are the error
    /// `duplicate_event`. Only ids are compared, not the events.
    ///
    /// Errors: `version_conflict`, `duplicate_event`, `invalid_stream_name`, `invalid_metadata`, `nothing_to_append`.
    /// Throws what allocation, a copied event, the clock or the id generator throws; nothing is written then.
    ///
    /// `append(stream, append_condition<…>, [metadata,] events...)` appends on the condition that nothing came that a decision
    /// should have read. Errors: `condition_failed`, and those above.
    using front::append;

    /// Hands the events that `query` selects to `reader`: a projection, `handlers{...}`, or a `fused`. What the reader
    /// does not handle is not touched. It sees the log as it is when `read` begins. Throws only what a handler throws;
    /// the reader has then seen the events before that one. Until `read` returns, a projection is the log's alone: one of
    /// a few plain values may be folded in a copy, which is written back.
    using front::read;

    /// The position of the last event; 0 if there is none.
    [[nodiscard]] expected<position, error> head() const { return position{contents_.head()}; }

    /// Rung behind each append.
    [[nodiscard]] bell* appended() const noexcept { return &appended_; }

private:
    friend detail::log_access;

    template <class Condition, class Batch>
    expected<receipt, error> append_batch(std::string_view stream, expected_version expects, const Condition& condition,
                                          const metadata& about, Batch& batch) {
        const std::uint64_t count = batch.size();
        if (stream.empty()) return refuse(errc::invalid_stream_name, "a stream needs a name", stream, {});
        if (count == 0) return refuse(errc::nothing_to_append, "an append needs at least one event", stream, {});
        if (!detail::ids_fit(about.event_ids, count))
            return refuse(errc::invalid_metadata, "event_ids must be distinct, not nil, and one for each event", stream, {});

        const detail::writers_turn::holder turn(appending_);
        const detail::position_list* const found = contents_.stream_positions(stream);
        const version                      now{found ? found->size() : 0};
        if (found && !about.event_ids.empty()) {
            const auto earlier = contents_.find_ids(*found, expects, about.event_ids);
            if (earlier.conflict)
                return refuse(errc::duplicate_event, "some of the event ids were appended before, but not as this batch",
                              stream, now);
            if (earlier.receipt.count != 0) return earlier.receipt;
        }
        if (!expects.holds(now))
            return refuse(errc::version_conflict, "the stream is not at the expected version", stream, now);
        if constexpr (detail::is_append_condition<Condition>)
            if (detail::is_any_found(condition, [&](const log_query& what, auto& reader) { (void)contents_.read_any(what, reader); }))
                return refuse(errc::condition_failed, "something came that the decision has not read", stream, now);
        const receipt made = contents_.write(stream, now, about, batch, count, clock_, make_id_);
        appended_.ring();
        return made;
    }
    template <class Unit, class Reader>
    expected<read_result, error> read_selected(const query<Unit>& what, Reader& reader) const {
        return contents_.read_any(what, reader);
    }

    static unexpected<error> refuse(errc code, std::string_view reason, std::string_view stream, version now) {
        return unexpected<error>(error{code, reason, std::string{stream}, now});
    }

    Clock                           clock_;
    IdGenerator                     make_id_;
    detail::writers_turn            appending_;
    mutable bell                    appended_;
    detail::memory_contents<events> contents_;
};

}  // namespace annals

// The times of a log's events: by the server's clock, another one, or as they are given.
#pragma once

#include <annals/log/clock.hpp>
#include <annals/log/jetstream/append_record.hpp>
#include <annals/log/jetstream/server.hpp>
#include <annals/log/jetstream/streams.hpp>
#include <annals/log/jetstream/subjects.hpp>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <limits>
#include <mutex>
#include <optional>
#include <type_traits>
#include <utility>

namespace annals {

/// The default clock of a `jetstream_log`: an event's time is when the server stored it, so that the times of all writers are
/// of one clock.
struct server_clock {};

namespace detail {

/// How an append gets its time, and is kept in the order of times.
struct append_time {
    std::optional<std::int64_t> stored;           // nothing: the server's
    std::uint64_t               last_of_all = 0;  // what must be the last message of the log; 0 for any
};

/// For one append at a time, where `is_in_order` says so; else threads may use it at the same time.
template <class Clock>
class jetstream_times {
public:
    jetstream_times(const jetstream_server& server, const jetstream_subjects& subjects, Clock clock)
        : server_(server), subjects_(subjects), clock_(std::move(clock)) {}

    /// Whether an append's time is said by who appends. It then waits for others whose time is, too.
    static bool is_in_order(const metadata& about) noexcept {
        return !std::is_same_v<Clock, server_clock> || about.time.has_value();
    }

    /// Looks when the last event was, and answers the sequence of the last message. Errors: those of the server.
    expected<std::uint64_t, error> look(jetstream_server::due until) {
        auto all = server_.last(subjects_.everything(), until);
        if (!all) return unexpected<error>(std::move(all.error()));
        std::uint64_t sequence = *all ? (*all)->sequence() : 0;
        if (*all && !subjects_.is_of_stream((*all)->subject())) {
            all = server_.last(subjects_.of_all(), until);
            if (!all) return unexpected<error>(std::move(all.error()));
        }
        const std::lock_guard lock(mutex_);
        if (*all)
            if (const auto view = append_view::of((*all)->body()))
                latest_ = std::max(latest_, view->time().value_or((*all)->time()));
        last_of_all_ = sequence;
        return sequence;
    }

    /// The time of an append that is to be made now.
    expected<append_time, error> of(const metadata& about, jetstream_server::due until) {
        if (about.time) {
            // Others make it 0 at any time.
            std::uint64_t last = last_of_all_;
            if (last == 0) {
                auto found = look(until);
                if (!found) return unexpected<error>(std::move(found.error()));
                last = *found;
            }
            // What is refused leaves no trace.
            const std::lock_guard lock(mutex_);
            return append_time{std::max(latest_, about.time->nanoseconds), last};
        }
        const std::lock_guard lock(mutex_);
        if constexpr (std::is_same_v<Clock, server_clock>) {
            // Someone gave a time that is yet to come.
            if (latest_ > utc_clock{}().nanoseconds) return append_time{latest_, 0};
            return append_time{};
        } else {
            return append_time{std::max(latest_, clock_().nanoseconds), 0};
        }
    }
    /// An append was made, at a sequence, or others made one.
    void note_stored(const metadata& about, std::optional<std::int64_t> stored, std::uint64_t sequence) {
        if (stored) {
            const std::lock_guard lock(mutex_);
            latest_ = std::max(latest_, *stored);
        }
        last_of_all_ = about.time ? sequence : 0;
    }
    void note_conflict() noexcept { last_of_all_ = 0; }

private:
    const jetstream_server&    server_;
    const jetstream_subjects&  subjects_;
    Clock                      clock_;
    std::mutex                 mutex_;
    std::int64_t               latest_ = std::numeric_limits<std::int64_t>::min();
    std::atomic<std::uint64_t> last_of_all_{0};  // 0: not known
};

}  // namespace detail
}  // namespace annals

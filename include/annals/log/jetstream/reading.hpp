// Reading a log on a NATS server: single messages where they are few, and else a consumer.
#pragma once

#include <annals/log/jetstream/event_taking.hpp>
#include <annals/log/jetstream/feed.hpp>
#include <annals/log/jetstream/reading_connections.hpp>
#include <annals/log/jetstream/streams.hpp>
#include <annals/log/jetstream/subjects.hpp>
#include <annals/log/query.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <utility>

namespace annals::detail {

/// One reading, of what was there when it began: up to the last message that the query may select then.
template <class Events, class Unit, class Reader>
class jetstream_reading {
public:
    jetstream_reading(const jetstream_server& server, reading_connections& connections, jetstream_schemas<Events>& schemas,
                      const jetstream_subjects& subjects, const query<Unit>& what, Reader& reader)
        : server_(server),
          connections_(connections),
          subjects_(subjects),
          what_(what),
          events_(schemas, subjects, what, reader) {}

    /// Throws what a handler throws.
    expected<read_result, error> run() {
        if (what_.most == 0 || what_.first > what_.last) return read_result{};
        subject_ = what_.scope == query_scope::stream     ? subjects_.of_stream(what_.name)
                   : what_.scope == query_scope::category ? subjects_.of_category(what_.name)
                                                          : subjects_.of_all();
        if (subject_.size() > jetstream_subjects::longest) return read_result{};  // nothing was ever appended there
        auto last = server_.last(subject_);
        if (!last) return unexpected<error>(std::move(last.error()));
        if (!*last) return read_result{};
        auto done = what_.scope == query_scope::stream ? read_stream(std::move(**last)) : read_many(std::move(**last));
        if (!done) return unexpected<error>(std::move(done.error()));
        return events_.result();
    }

private:
    /// As many messages are got one by one before a consumer is made, which takes about as long.
    static constexpr std::uint64_t few = 16;

    expected<void, error> read_stream(jetstream_message last) {
        auto end = as_append(server_, std::optional(std::move(last)));
        if (!end) return unexpected<error>(std::move(end.error()));
        stored_append& at = **end;
        if (at.place().version < what_.first) return {};
        if (what_.descending && !server_.is_chained()) {
            const std::uint64_t end_at = std::min(at.message.sequence(), sequence_of(what_.last_position.value));
            return read_many_backwards(std::move(at.message), 1, end_at);
        }
        return what_.descending ? read_stream_backwards(std::move(at)) : read_stream_forwards(std::move(at));
    }
    expected<void, error> read_stream_forwards(stored_append last) {
        const std::uint64_t first = std::max<std::uint64_t>(what_.first, 1);
        if (server_.is_chained() && last.view.version_before() < first) return events_.take(server_, last.message);
        std::uint64_t begin = 1;
        if (first > 1) {
            const auto near = sequence_near(server_, subject_, first, last.place());
            if (!near) return unexpected<error>(near.error());
            begin = *near;
        }
        const std::uint64_t end = last.message.sequence();
        for (std::uint64_t got = 0; got < few && begin < end && !events_.is_over(); ++got) {
            auto next = server_.next(subject_, begin);
            if (!next) return unexpected<error>(std::move(next.error()));
            if (!*next) break;
            begin                                     = (*next)->sequence() + 1;
            const std::optional<append_view> its_view = append_view::of((*next)->body());
            if (auto done = events_.take(server_, **next); !done) return done;
            if (its_view && last.view.index() - its_view->index() > few) break;  // there are many more
        }
        if (events_.is_over() || begin > end) return {};
        if (begin == end) return events_.take(server_, last.message);
        return take_all(begin, end);
    }
    // Along the chain.
    expected<void, error> read_stream_backwards(stored_append from) {
        std::optional<stored_append> at = std::move(from);
        if (what_.last < at->view.version_before()) {
            // The last of the few behind what is wanted.
            auto near = sequence_near(server_, subject_, what_.last + 1, at->place());
            if (!near) return unexpected<error>(std::move(near.error()));
            for (std::uint64_t next = *near;;) {
                auto found = as_append(server_, server_.next(subject_, next));
                if (!found) return unexpected<error>(std::move(found.error()));
                if (!*found) break;
                at   = std::move(**found);
                next = at->message.sequence() + 1;
                if (at->place().version > what_.last) break;
            }
        }
        while (at) {
            if (auto done = events_.take(server_, at->message); !done) return done;
            const std::uint64_t before = at->view.sequence_before();
            if (before == 0 || events_.is_over()) break;
            auto found = as_append(server_, server_.at(before));
            if (!found) return unexpected<error>(std::move(found.error()));
            at = std::move(*found);
        }
        return {};
    }

    expected<void, error> read_many(jetstream_message last) {
        const std::uint64_t begin = std::max<std::uint64_t>(sequence_of(what_.first), 1);
        const std::uint64_t bound = sequence_of(std::min(what_.last, what_.last_position.value));
        const std::uint64_t end   = std::min(last.sequence(), bound);
        if (begin > end) return {};
        if (what_.descending) return read_many_backwards(std::move(last), begin, end);
        if (begin == last.sequence()) return events_.take(server_, last);
        if (what_.scope != query_scope::category && end - begin < few) {
            for (std::uint64_t at = begin; at <= end && !events_.is_over(); ++at) {
                auto got =
                    at == last.sequence() ? expected<std::optional<jetstream_message>, error>(std::move(last)) : server_.at(at);
                if (!got) return unexpected<error>(std::move(got.error()));
                if (!*got || !subjects_.is_of_stream((*got)->subject())) continue;
                if (auto done = events_.take(server_, **got); !done) return done;
            }
            return {};
        }
        return take_all(begin, last.sequence());
    }
    // Window by window, each read forwards, and taken from its end.
    expected<void, error> read_many_backwards(jetstream_message last, std::uint64_t begin, std::uint64_t end) {
        std::uint64_t       behind = end + 1;  // all from here on is done
        const std::uint64_t there  = last.sequence();
        if (end == there) {
            if (auto done = events_.take(server_, last); !done) return done;
            behind = end;
        }
        std::deque<jetstream_message> window;
        for (std::uint64_t size = 32; behind > begin && !events_.is_over();) {
            std::uint64_t from  = behind - std::min(behind - begin, size);
            std::size_t   bytes = 0;
            window.clear();
            auto done = go(from, [&](jetstream_message&& next) -> expected<bool, error> {
                if (next.sequence() >= behind) return false;
                const std::uint64_t at = next.sequence();
                if (is_of_events(next)) {
                    bytes += next.body().size();
                    window.push_back(std::move(next));
                }
                // What is too much is left for the next window.
                while (bytes > 2 * window_bytes && window.size() > 1) {
                    bytes -= window.front().body().size();
                    window.pop_front();
                    from = window.front().sequence();
                }
                return at + 1 < behind && at < there;
            });
            if (!done) return done;
            for (auto each = window.rbegin(); each != window.rend() && !events_.is_over(); ++each)
                if (auto taken = events_.take(server_, *each); !taken) return taken;
            size   = behind - from;  // as many as they were
            behind = from;
            size   = bytes < window_bytes ? size * 2 : std::max<std::uint64_t>(size / 2, 1);
        }
        return {};
    }
    static constexpr std::size_t window_bytes = 1'000'000;

    /// All from one sequence to another, at which there is a message.
    expected<void, error> take_all(std::uint64_t begin, std::uint64_t end) {
        return go(begin, [&](jetstream_message&& next) -> expected<bool, error> {
            const std::uint64_t at = next.sequence();
            if (at > end) return false;
            if (is_of_events(next))
                if (auto done = events_.take(server_, next); !done) return unexpected<error>(std::move(done.error()));
            return at < end && !events_.is_over();
        });
    }
    // Calls `take` for each message until that answers that it was the last one.
    template <class Take>
    expected<void, error> go(std::uint64_t begin, Take&& take) {
        // Without a subject the server need not look which it is.
        const auto     connection = connections_.borrow();
        jetstream_feed feed(connection.server(), is_of_all() ? std::string{} : subject_, begin);
        for (;;) {
            auto next = feed.next();
            if (!next) return unexpected<error>(std::move(next.error()));
            auto more = take(std::move(*next));
            if (!more) return unexpected<error>(std::move(more.error()));
            if (!*more) return {};
        }
    }
    [[nodiscard]] bool is_of_all() const noexcept {
        return what_.scope == query_scope::whole_log || what_.scope == query_scope::tagged;
    }
    [[nodiscard]] bool is_of_events(const jetstream_message& message) const {
        return !is_of_all() || subjects_.is_of_stream(message.subject());
    }

    const jetstream_server&            server_;
    reading_connections&               connections_;
    const jetstream_subjects&          subjects_;
    const query<Unit>&                 what_;
    std::string                        subject_;
    event_taking<Events, Unit, Reader> events_;
};

}  // namespace annals::detail

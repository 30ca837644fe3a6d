// Appending to a log on a NATS server: each append is one message, which the server stores if nothing else came in between.
#pragma once

#include <annals/log/append.hpp>
#include <annals/log/encoded_append.hpp>
#include <annals/log/jetstream/append_record.hpp>
#include <annals/log/jetstream/repeats.hpp>
#include <annals/log/jetstream/schemas.hpp>
#include <annals/log/jetstream/known_streams.hpp>
#include <annals/log/jetstream/times.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace annals::detail {

/// Makes one append. Others to the same stream wait meanwhile, if they are of the same log object.
template <class Events, class Clock>
class one_append {
public:
    one_append(const jetstream_server& server, jetstream_schemas<Events>& schemas, jetstream_times<Clock>& times, remembered_stream& stream,
               std::string_view name, const std::string& subject, expected_version expects, const metadata& about,
               const encoded_append<Events>& encoded, const std::vector<uuid>& ids)
        : server_(server), schemas_(schemas), times_(times), stream_(stream), name_(name), subject_(subject), expects_(expects), about_(about),
          encoded_(encoded), ids_(ids), until_(server.deadline()) {}

    expected<receipt, error> make() {
        if (ids_.size() > most_events_of_append) return refuse(errc::append_too_large, "an append is of a million events at most");
        if (auto done = number_schemas(); !done) return refuse(std::move(done.error()));
        // Of a stream that is to be new, nothing is known, and that is all there is to know.
        bool is_guess = !stream_.is_known && expects_.names_a_version() && expects_.at().value == 0;
        if (is_guess) stream_.last = {};
        bool is_fresh = false;
        for (;;) {
            if (!stream_.is_known && !is_guess) {
                if (auto done = look(); !done) return refuse(std::move(done.error()));
                if (landed_) return *landed_;
                is_fresh = true;
            }
            if (!about_.event_ids.empty() && !is_guess) {
                auto earlier = repeated_appends(server_, subject_, stream_).find(expects_, ids_);
                if (!earlier) return refuse(std::move(earlier.error()));
                if (*earlier) return **earlier;
            }
            if (!expects_.holds(version{stream_.last.version})) {
                if (is_fresh) return refuse(errc::version_conflict, "the stream is not at the expected version");
                stream_.is_known = false;  // others may have appended
                continue;
            }
            const auto sent = send();
            if (!sent) return refuse(std::move(sent.error()));
            if (*sent) return **sent;
            is_guess = is_fresh = false;
        }
    }

private:
    using kind = jetstream_outcome::kind;

    // A receipt; nothing, if it is to be tried again.
    expected<std::optional<receipt>, error> send() {
        const auto time = times_.of(about_);
        if (!time) return unexpected<error>(time.error());
        if (!writer_ || time->stored != time_) {
            time_ = time->stored;
            write();
        }
        const stream_place before = stream_.last;
        writer_->put_behind(before);
        const auto done = server_.store(subject_, writer_->bytes(), {before.sequence, time->last_of_all, id()});
        switch (done.what) {
            case kind::stored: return std::optional(note_stored(done.sequence, before));
            case kind::repeated: uncertain_since_ = stream_place{}; break;
            case kind::conflict: break;
            case kind::refused: {
                error made{done.code, "the server refused the append", {}};
                made.details = done.why;
                return unexpected<error>(std::move(made));
            }
            case kind::unknown: if (!uncertain_since_) uncertain_since_ = before; [[fallthrough]];
            case kind::not_sent:
                if (!server_.wait_before_next(until_)) return unexpected<error>(not_reached(done.why));
                break;
        }
        stream_.is_known = false;
        times_.note_conflict();
        return std::optional<receipt>{};
    }
    receipt note_stored(std::uint64_t sequence, const stream_place& before) {
        const std::uint64_t count = ids_.size();
        stream_.is_known          = true;
        stream_.last              = {before.version + count, sequence, before.index + 1};
        if (before.version == 0) stream_.has_appends = !about_.event_ids.empty();
        if (stream_.has_appends && (before.version == 0 || (!stream_.appends.empty() && stream_.appends.front().place.sequence == before.sequence)))
            stream_.appends.push_front({stream_.last, ids_});
        else
            stream_.has_appends = false, stream_.appends.clear();
        stream_.trim();
        times_.note_stored(about_, time_, sequence);
        return {version{stream_.last.version}, position{position_at(sequence, count - 1)}, count};
    }

    // What the stream is at, and whether this append is there by now.
    expected<void, error> look() {
        auto last = as_append(server_, server_.last(subject_));
        if (!last) {
            if (uncertain_since_ && last.error().code == errc::unreachable) return unexpected<error>(not_reached(last.error().details));
            return unexpected<error>(std::move(last.error()));
        }
        stream_.last = *last ? (*last)->place() : stream_place{};
        if (*last && uncertain_since_) {
            auto found = repeated_appends(server_, subject_, stream_).find_since(*uncertain_since_, **last, ids_);
            if (!found) return unexpected<error>(std::move(found.error()));
            landed_ = std::move(*found);
        }
        stream_.is_known = true;
        return {};
    }

    expected<void, error> number_schemas() {
        numbers_.resize(stored<Events>::size);
        for (const auto& event : encoded_.events()) {
            if (numbers_[event.type]) continue;
            auto number = schemas_.number_of(event.type);
            if (!number) return unexpected<error>(std::move(number.error()));
            numbers_[event.type] = *number;
        }
        return {};
    }
    void write() {
        const auto& events = encoded_.events();
        writer_.emplace(events.size(), time_, encoded_.about(), events.back().end);
        for (std::size_t i = 0; i < events.size(); ++i) writer_->add(*numbers_[events[i].type], ids_[i], encoded_.payload(events[i]));
    }
    // In a cluster, two attempts could both be found good before one of them is stored: the server is to know them by their id.
    // A single server compares and stores in one step.
    [[nodiscard]] std::string id() const {
        if (!server_.is_replicated()) return {};
        static constexpr char digits[] = "0123456789abcdef";
        std::string           made     = subject_ + "/";
        for (const std::uint8_t byte : ids_.front().bytes) made.append({digits[byte >> 4U], digits[byte & 15U]});
        return made;
    }

    [[nodiscard]] error not_reached(std::string why) const {
        error made = uncertain_since_ ? error{errc::durability_unknown, "the server did not answer: the append may be there, or come", {}}
                                      : error{errc::unreachable, "the server does not answer: nothing was written", {}};
        made.details = std::move(why);
        return made;
    }
    unexpected<error> refuse(errc code, std::string_view reason) const { return refuse(error{code, reason, {}}); }
    unexpected<error> refuse(error made) const {
        made.stream = name_;
        made.actual = version{stream_.is_known ? stream_.last.version : 0};
        if (made.path.empty() && made.code == errc::unreachable) made.path = server_.url();
        return unexpected<error>(std::move(made));
    }

    const jetstream_server&                   server_;
    jetstream_schemas<Events>&                schemas_;
    jetstream_times<Clock>&                   times_;
    remembered_stream&                        stream_;
    std::string_view                          name_;
    const std::string&                        subject_;
    expected_version                          expects_;
    const metadata&                           about_;
    const encoded_append<Events>&             encoded_;
    const std::vector<uuid>&                  ids_;
    jetstream_server::clock::time_point       until_;
    std::vector<std::optional<std::uint16_t>> numbers_;
    std::optional<append_writer>              writer_;
    std::optional<std::int64_t>               time_;
    std::optional<stream_place>               uncertain_since_;  // an attempt may have landed behind it
    std::optional<receipt>                    landed_;
};

}  // namespace annals::detail

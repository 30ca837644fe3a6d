// Appending to a log on a NATS server: each append is one message, which the server stores if nothing else came in between.
#pragma once

#include <annals/log/append.hpp>
#include <annals/log/encoded_append.hpp>
#include <annals/log/jetstream/append_record.hpp>
#include <annals/log/jetstream/known_streams.hpp>
#include <annals/log/jetstream/repeats.hpp>
#include <annals/log/jetstream/schemas.hpp>
#include <annals/log/jetstream/times.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace annals::detail {

/// What is to be appended, and where.
template <class Events>
struct append_order {
    std::string                        stream;
    std::string                        subject;
    std::shared_ptr<remembered_stream> known;
    expected_version                   expects;
    metadata                           about;
    encoded_append<Events>             encoded;
    std::vector<uuid>                  ids;  // one for each event
};

/// Makes one append, whose stream's turn the caller has. Refers to the order.
template <class Events, class Clock>
class one_append {
public:
    one_append(const jetstream_server& server, jetstream_schemas<Events>& schemas, jetstream_times<Clock>& times,
               const append_order<Events>& order, jetstream_server::clock::time_point until)
        : server_(server), schemas_(schemas), times_(times), order_(order), stream_(*order.known), until_(until) {}

    /// All of it.
    expected<receipt, error> make() {
        for (;;) {
            auto there = prepare();
            if (!there) return unexpected<error>(std::move(there.error()));
            if (*there) return **there;
            auto done = conclude(server_.store(order_.subject, message(), conditions_, until_));
            if (!done) return unexpected<error>(std::move(done.error()));
            if (*done) return **done;
        }
    }

    /// Finds out what is to be sent. A receipt, if it is there already.
    expected<std::optional<receipt>, error> prepare() {
        if (order_.ids.size() > most_events_of_append)
            return refuse(errc::append_too_large, "an append is of a million events at most");
        if (auto done = number_schemas(); !done) return refuse(std::move(done.error()));
        const auto& expects = order_.expects;
        // Of a stream that is to be new, nothing is known, and that is all there is to know.
        bool is_guess = !has_tried_ && !stream_.is_known && expects.names_a_version() && expects.at().value == 0;
        bool is_fresh = false;
        if (is_guess) stream_.last = {};
        for (;;) {
            if (!stream_.is_known && !is_guess) {
                if (auto done = look(); !done) return refuse(std::move(done.error()));
                if (landed_) return landed_;
                is_fresh = true;
            }
            if (!order_.about.event_ids.empty() && !is_guess) {
                auto earlier = repeated_appends(server_, order_.subject, stream_, until_).find(expects, order_.ids);
                if (!earlier) return refuse(std::move(earlier.error()));
                if (*earlier) return *earlier;
            }
            if (expects.holds(version{stream_.last.version})) break;
            if (is_fresh) return refuse(errc::version_conflict, "the stream is not at the expected version");
            stream_.is_known = false;  // others may have appended
        }
        const auto time = times_.of(order_.about, until_);
        if (!time) return refuse(time.error());
        if (!writer_ || time->stored != time_) {
            time_ = time->stored;
            write();
        }
        before_ = stream_.last;
        writer_->put_behind(before_);
        conditions_ = {before_.sequence, time->last_of_all, id()};
        has_tried_  = true;
        return std::optional<receipt>{};
    }
    [[nodiscard]] std::span<const std::byte> message() const noexcept { return writer_->bytes(); }
    /// It was sent. If it has to be sent again, it is made again.
    void                                      forget_message() noexcept { writer_.reset(); }
    [[nodiscard]] const jetstream_conditions& conditions() const noexcept { return conditions_; }

    /// What became of what was sent: a receipt; nothing, if it is to be prepared again.
    expected<std::optional<receipt>, error> conclude(const jetstream_outcome& sent) {
        switch (sent.what) {
            case kind::stored: return std::optional(note_stored(sent.sequence));
            case kind::repeated:
                // This append, or another one that began with the same id.
                stream_.is_known = false;
                if (auto there = as_append(server_, server_.at(sent.sequence, until_)); there && *there) {
                    if ((*there)->view.ids() == order_.ids)
                        return std::optional(repeated_appends::receipt_of({(*there)->place(), order_.ids}));
                    return refuse(errc::duplicate_event, "some of the event ids were appended before, but not as this batch");
                }
                uncertain_since_ = stream_place{};
                if (!server_.wait_before_next(until_)) return refuse(not_reached({}));
                break;
            case kind::conflict:
                if (jetstream_server::clock::now() > until_)
                    return refuse(not_reached("others were first, time and again"));
                break;
            case kind::refused: {
                error made{sent.code, "the server refused the append", {}};
                made.details = sent.why;
                return refuse(std::move(made));
            }
            case kind::lost:
                if (!uncertain_since_) uncertain_since_ = before_;
                if (!server_.wait_for_connection(until_)) return refuse(not_reached(sent.why));
                break;
            case kind::unknown:
                if (!uncertain_since_) uncertain_since_ = before_;
                [[fallthrough]];
            case kind::not_sent:
                if (!server_.wait_before_next(until_)) return refuse(not_reached(sent.why));
                break;
        }
        stream_.is_known = false;
        times_.note_conflict();
        return std::optional<receipt>{};
    }

private:
    using kind = jetstream_outcome::kind;

    receipt note_stored(std::uint64_t sequence) {
        const std::uint64_t count = order_.ids.size();
        // Of a later one it may be known already, if the turn was given to others while this one was under way.
        if (sequence > stream_.last.sequence) {
            stream_.is_known = true;
            stream_.last     = {before_.version + count, sequence, before_.index + 1};
            stream_.remember(before_, order_.about.event_ids.empty(), order_.ids);
        }
        times_.note_stored(order_.about, time_, sequence);
        return {version{before_.version + count}, position{position_at(sequence, count - 1)}, count};
    }

    // What the stream is at, and whether this append is there by now.
    expected<void, error> look() {
        auto last = as_append(server_, server_.last(order_.subject, until_));
        if (!last) return unexpected<error>(std::move(last.error()));
        stream_.last = *last ? (*last)->place() : stream_place{};
        if (*last && uncertain_since_) {
            const repeated_appends earlier(server_, order_.subject, stream_, until_);
            auto                   found = earlier.find_since(*uncertain_since_, **last, order_.ids);
            if (!found) return unexpected<error>(std::move(found.error()));
            landed_ = std::move(*found);
        }
        stream_.is_known = true;
        return {};
    }

    expected<void, error> number_schemas() {
        numbers_.resize(stored<Events>::size);
        for (const auto& event : order_.encoded.events()) {
            if (numbers_[event.type]) continue;
            auto number = schemas_.number_of(event.type, until_);
            if (!number) return unexpected<error>(std::move(number.error()));
            numbers_[event.type] = *number;
        }
        return {};
    }
    void write() {
        const auto& events = order_.encoded.events();
        writer_.emplace(events.size(), time_, order_.encoded.about(), events.back().end);
        for (std::size_t i = 0; i < events.size(); ++i)
            writer_->add(*numbers_[events[i].type], order_.ids[i], order_.encoded.payload(events[i]));
    }
    // In a cluster, two attempts could both be found good before one of them is stored: the server is to know them by their id.
    // A single server compares and stores in one step.
    [[nodiscard]] std::string id() const {
        if (!server_.is_replicated()) return {};
        static constexpr char digits[] = "0123456789abcdef";
        std::string           made     = order_.subject + "/";
        for (const std::uint8_t byte : order_.ids.front().bytes) made.append({digits[byte >> 4U], digits[byte & 15U]});
        return made;
    }

    [[nodiscard]] error not_reached(std::string why) const {
        error made   = uncertain_since_
                           ? error{errc::durability_unknown, "the server did not answer: the append may be there, or come", {}}
                           : error{errc::unreachable, "the server does not answer: nothing was written", {}};
        made.details = std::move(why);
        return made;
    }
    unexpected<error> refuse(errc code, std::string_view reason) const { return refuse(error{code, reason, {}}); }
    unexpected<error> refuse(error made) const {
        // Whatever was the matter with a later attempt, an earlier one may come yet; unless something else came in its place.
        if (uncertain_since_ && made.code != errc::version_conflict && made.code != errc::duplicate_event &&
            made.code != errc::durability_unknown)
            made = not_reached(made.message());
        made.stream = order_.stream;
        made.actual = version{stream_.is_known ? stream_.last.version : 0};
        if (made.path.empty() && made.code == errc::unreachable) made.path = server_.place();
        return unexpected<error>(std::move(made));
    }

    const jetstream_server&                   server_;
    jetstream_schemas<Events>&                schemas_;
    jetstream_times<Clock>&                   times_;
    const append_order<Events>&               order_;
    remembered_stream&                        stream_;
    jetstream_server::clock::time_point       until_;
    std::vector<std::optional<std::uint16_t>> numbers_;
    std::optional<append_writer>              writer_;
    std::optional<std::int64_t>               time_;
    stream_place                              before_;
    jetstream_conditions                      conditions_;
    bool                                      has_tried_ = false;
    std::optional<stream_place>               uncertain_since_;  // an attempt may have landed behind it
    std::optional<receipt>                    landed_;
};

}  // namespace annals::detail

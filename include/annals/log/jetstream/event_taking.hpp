// The events of an append, handed to a reader.
#pragma once

#include <annals/log/encoded_append.hpp>
#include <annals/log/jetstream/schemas.hpp>
#include <annals/log/jetstream/streams.hpp>
#include <annals/log/jetstream/subjects.hpp>
#include <annals/log/query.hpp>
#include <annals/log/tagged.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace annals::detail {

/// Hands the events of appends to a reader, as far as a query selects them, and counts them.
template <class Events, class Unit, class Reader>
class event_taking {
public:
    event_taking(jetstream_schemas<Events>& schemas, const jetstream_subjects& subjects, const query<Unit>& what,
                 Reader& reader)
        : schemas_(schemas), subjects_(subjects), what_(what), reader_(reader), how_(schemas.how()) {}

    [[nodiscard]] const read_result& result() const noexcept { return result_; }
    [[nodiscard]] bool               is_over() const noexcept { return is_over_ || result_.count == what_.most; }

    /// Takes the events of one append. Throws what a handler throws.
    expected<void, error> take(const jetstream_server& in, const jetstream_message& message) {
        const auto view = append_view::of(message.body());
        if (!view) return damaged_append(in, message.sequence());
        message_ = &message;
        view_    = &*view;
        time_    = view->time().value_or(message.time());
        stream_.reset();
        has_annotations_ = false;
        if (time_ > what_.last_time.nanoseconds) {
            is_over_ = !what_.descending && time_ - far_behind > what_.last_time.nanoseconds;
            return {};
        }
        const bool done = what_.descending ? take_backwards() : take_forwards();
        if (!done) return damaged_append(in, message.sequence());
        if (failure_) return unexpected<error>(std::move(*failure_));
        return {};
    }

private:
    // Clocks of several writers may differ, if it is their clocks that count: what is a day later ends a reading.
    static constexpr std::int64_t far_behind = 86'400'000'000'000;

    // False if the bytes are wrong.
    bool take_forwards() {
        append_view::event each;
        std::size_t        from  = view_->first();
        const auto         count = view_->count();
        for (std::uint64_t place = 0; place < count && !is_over() && !failure_; ++place) {
            if (!view_->take(from, each)) return false;
            if (!hand_over(place, each)) return false;
        }
        return true;
    }
    bool take_backwards() {
        places_.clear();
        append_view::event each;
        std::size_t        from = view_->first();
        for (auto left = view_->count(); left != 0; --left) {
            places_.push_back(from);
            if (!view_->take(from, each)) return false;
        }
        for (std::size_t place = places_.size(); place-- > 0 && !is_over() && !failure_;) {
            from = places_[place];
            if (!view_->take(from, each) || !hand_over(place, each)) return false;
        }
        return true;
    }

    // False if the bytes are wrong.
    bool hand_over(std::uint64_t place, const append_view::event& event) {
        const std::uint64_t version  = view_->version_before() + place + 1;
        const std::uint64_t position = position_at(message_->sequence(), place);
        const std::uint64_t number   = what_.scope == query_scope::stream ? version : position;
        if (number < what_.first) {
            is_over_ = is_over_ || what_.descending;
            return true;
        }
        if (number > what_.last || position > what_.last_position.value) {
            is_over_ = is_over_ || !what_.descending;
            return true;
        }
        if (event.schema >= how_->count() && !look_again(event.schema)) return true;
        const auto& known = how_->entries();
        if (event.schema >= known.size() || known[event.schema].type == schema_readers<Events>::none) return false;
        const auto where = [&] { return context_of(version, position, event); };
        if constexpr (has_tagged_events<flat<Events>>)
            if (what_.scope == query_scope::tagged) {
                bool found    = false;
                auto matching = reader_of_any_tagged(found, what_.name);
                if (!how_->reader(event.schema).read(event.payload, matching, where, room_)) return false;
                if (!found) return true;
            }
        if (!how_->reader(event.schema).read(event.payload, reader_, where, room_)) return false;
        ++result_.count;
        result_.version  = annals::version{version};
        result_.position = annals::position{position};
        return true;
    }
    // Others may have announced schemas.
    bool look_again(std::size_t schema) {
        auto now = schemas_.how_with(schema);
        if (now)
            how_ = std::move(*now);
        else
            failure_ = std::move(now.error());
        return !failure_;
    }
    context context_of(std::uint64_t version, std::uint64_t position, const append_view::event& event) {
        if (!stream_)
            stream_ = what_.scope == query_scope::stream ? std::string{what_.name}
                                                         : subjects_.stream_of(message_->subject()).value_or(std::string{});
        if (!std::exchange(has_annotations_, true)) {
            about_ = {};
            annotations_.show(view_->about(), about_);
        }
        context made         = about_;
        made.stream          = *stream_;
        made.version         = annals::version{version};
        made.position        = annals::position{position};
        made.first_of_append = annals::position{position_at(message_->sequence(), 0)};
        made.time            = timestamp{time_};
        std::memcpy(made.id.bytes, event.id, sizeof made.id.bytes);
        return made;
    }

    jetstream_schemas<Events>&                  schemas_;
    const jetstream_subjects&                   subjects_;
    const query<Unit>&                          what_;
    Reader&                                     reader_;
    typename jetstream_schemas<Events>::readers how_;
    read_result                                 result_;
    bool                                        is_over_ = false;
    std::optional<error>                        failure_;
    std::vector<std::byte>                      room_;
    std::vector<std::size_t>                    places_;
    // Of the append that is taken.
    const jetstream_message*   message_ = nullptr;
    const append_view*         view_    = nullptr;
    std::int64_t               time_    = 0;
    std::optional<std::string> stream_;
    bool                       has_annotations_ = false;
    context                    about_;
    decoded_annotations        annotations_;
};

}  // namespace annals::detail

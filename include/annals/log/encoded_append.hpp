// An append as logs store it that hand it on to an engine.
#pragma once

#include <annals/codec/binary.hpp>
#include <annals/log/annotations_record.hpp>
#include <annals/log/append.hpp>
#include <annals/log/error.hpp>
#include <annals/log/event_log.hpp>
#include <annals/log/historic.hpp>
#include <annals/log/tagged.hpp>
#include <annals/model/expected.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace annals::detail {

/// The events of an append, encoded, with their tags and what was said about them. Made outside of any lock.
template <class Events>
class encoded_append {
public:
    struct event {
        std::size_t              type;  // its place in `stored<Events>`
        std::size_t              begin, end;
        std::vector<std::string> tags{};
    };

    /// Errors: `invalid_stream_name`, `nothing_to_append`, `invalid_metadata`, `invalid_event`. Throws what an event's encoding
    /// throws.
    template <class Batch>
    static expected<encoded_append, error> make(std::string_view stream, const metadata& about, Batch& batch) {
        const auto refuse = [&](errc code, std::string_view reason) {
            return unexpected<error>(error{code, reason, std::string{stream}});
        };
        const std::uint64_t count = batch.size();
        if (stream.empty()) return refuse(errc::invalid_stream_name, "a stream needs a name");
        if (count == 0) return refuse(errc::nothing_to_append, "an append needs at least one event");
        if (!ids_fit(about.event_ids, count))
            return refuse(errc::invalid_metadata, "event_ids must be distinct, not nil, and one for each event");
        encoded_append made;
        made.events_.reserve(count);
        batch.for_each([&](auto&& each) { made.add(event_to_append(each)); });
        if (made.failure_) {
            error refused{errc::invalid_event, "an event holds a value that cannot be stored", std::string{stream}};
            refused.details = std::move(*made.failure_);
            return unexpected<error>(std::move(refused));
        }
        if (!says_nothing(about) &&
            !encode(annotations_record{about.correlation, about.causation, about.actor, about.values}, made.about_))
            return refuse(errc::invalid_metadata, "the metadata is too long");
        return made;
    }

    [[nodiscard]] const std::vector<event>&  events() const noexcept { return events_; }
    [[nodiscard]] std::span<const std::byte> payload(const event& of) const {
        return std::span(bytes_).subspan(of.begin, of.end - of.begin);
    }
    /// Of all events together.
    [[nodiscard]] std::size_t size_in_bytes() const noexcept { return bytes_.size(); }
    /// An `annotations_record`; empty if nothing was said.
    [[nodiscard]] std::span<const std::byte> about() const noexcept { return about_; }

private:
    template <class E>
    void add(const E& given) {
        const std::size_t at   = bytes_.size();
        const auto        done = encode(given, bytes_);
        if (!done) {
            if (!failure_) failure_ = std::string{event_name<E>()} + ": " + done.error().message();
            return;
        }
        events_.push_back({index_in<stored<Events>, E>, at, bytes_.size()});
        for_each_stored_tag<Events>(given, [&](std::string_view tag) {
            auto& tags = events_.back().tags;
            if (std::find(tags.begin(), tags.end(), tag) == tags.end()) tags.emplace_back(tag);
        });
    }

    std::vector<event>         events_;
    std::vector<std::byte>     bytes_;
    std::vector<std::byte>     about_;
    std::optional<std::string> failure_;
};

/// What was said about an append, decoded for contexts.
class decoded_annotations {
public:
    /// The context refers to it until the next call.
    void show(std::span<const std::byte> about, context& in) {
        values_.clear();
        if (about.empty()) return;
        auto said = decode<annotations_record>(about);
        said_     = said ? std::move(*said) : annotations_record{};
        for (const key_value& each : said_.values) values_.push_back({each.key, each.value});
        in.correlation = said_.correlation;
        in.causation   = said_.causation;
        in.actor       = said_.actor;
        in.values      = key_values_view{values_.data(), values_.size()};
    }

private:
    annotations_record          said_;
    std::vector<key_value_view> values_;
};

}  // namespace annals::detail

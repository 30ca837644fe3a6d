// The events that the log conformance suite appends: of a fixed size, with text in them, of an older shape, and empty.
#pragma once

#include <annals/model/events.hpp>
#include <annals/model/revisions.hpp>
#include <annals/schema/tags.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace annals {

namespace conformance {

struct placed {
    std::int64_t x;
    std::int64_t y;
};
struct weighed_v1 {
    std::int32_t grams;
};
struct weighed {
    std::int64_t milligrams;

    using tags = annals::tags<&weighed::milligrams>;
};
inline weighed upcast(const weighed_v1& older) { return {std::int64_t{1000} * older.grams}; }
struct named {
    std::string text;
};
struct labelled {
    std::vector<std::string>    labels;
    std::optional<std::int32_t> rank;

    using tags = annals::tags<&labelled::rank>;
};
struct emptied {};

}  // namespace conformance

/// What a log under test holds: `make_log()` makes a log of these.
using conformance_events = events<conformance::placed, revisions<conformance::weighed_v1, conformance::weighed>,
                                  conformance::named, conformance::labelled, conformance::emptied>;

namespace conformance {

using any_event = conformance_events::variant;

// Texts that are equal if the events are.
inline std::string text_of(const placed& event) { return "placed " + std::to_string(event.x) + ' ' + std::to_string(event.y); }
inline std::string text_of(const weighed& event) { return "weighed " + std::to_string(event.milligrams); }
inline std::string text_of(const named& event) { return "named " + event.text; }
inline std::string text_of(const labelled& event) {
    std::string text = "labelled " + (event.rank ? std::to_string(*event.rank) : std::string{"without a rank"});
    for (const std::string& label : event.labels)
        text.append(1, ' ').append(std::to_string(label.size())).append(1, ':').append(label);
    return text;
}
inline std::string text_of(const emptied&) { return "emptied"; }

/// A projection of plain values, to which the order matters. Logs may fold such a one in registers.
struct trace {
    using events = conformance_events;

    std::uint64_t value = 0;

    void apply(const placed& event) {
        mix(static_cast<std::uint64_t>(event.x));
        mix(static_cast<std::uint64_t>(event.y));
    }
    void apply(const weighed& event) { mix(static_cast<std::uint64_t>(event.milligrams) + 1); }
    void apply(const named& event) { mix(event.text.size() + 2); }
    void apply(const labelled& event) { mix(event.labels.size() + 3); }
    void apply(const emptied&) { mix(4); }

private:
    void mix(std::uint64_t more) { value = (value ^ more) * 0x100000001b3; }
};

}  // namespace conformance
}  // namespace annals

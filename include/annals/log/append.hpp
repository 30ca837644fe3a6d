// What an append takes beside its events, and what it answers.
#pragma once

#include <annals/model/context.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace annals {

/// What an appender expects of a stream: exactly a version, or one of the constants below.
class expected_version {
public:
    enum class kind { any, none, some, exact };

    /// Expects exactly `at`; `version{0}` is the same as `no_stream`.
    constexpr expected_version(version at) : kind_(at.value == 0 ? kind::none : kind::exact), at_(at) {}
    constexpr explicit expected_version(kind which) : kind_(which) {}

    /// True if a stream at version `now` is as expected.
    [[nodiscard]] constexpr bool holds(version now) const noexcept {
        switch (kind_) {
            case kind::any: return true;
            case kind::none: return now.value == 0;
            case kind::some: return now.value != 0;
            case kind::exact: return now == at_;
        }
        return false;
    }
    /// True if it names one version, be it 0.
    [[nodiscard]] constexpr bool names_a_version() const noexcept { return kind_ == kind::none || kind_ == kind::exact; }
    /// That version.
    [[nodiscard]] constexpr version at() const noexcept { return at_; }

private:
    kind    kind_;
    version at_{};
};

/// Appends whatever the stream's version is.
inline constexpr expected_version any_version{expected_version::kind::any};
/// Appends only if the stream has no events.
inline constexpr expected_version no_stream{expected_version::kind::none};
/// Appends only if the stream has events.
inline constexpr expected_version stream_exists{expected_version::kind::some};

/// A free entry of metadata.
struct key_value {
    std::string key;
    std::string value;
};

/// What is stored with the events of one append. Everything is optional.
struct metadata {
    std::vector<uuid>      event_ids{};    // one for each event, in their order; without any, the log makes them
    uuid                   correlation{};  // the conversation that the events belong to
    uuid                   causation{};    // the message that caused them
    std::string            actor{};        // who did it
    std::vector<key_value> values{};       // anything else
    /// When it happened, for imports: stored in place of the clock's time. If it is before the time of the log's last event,
    /// that time is stored, for events are in the order of their times.
    std::optional<timestamp> time{};
};

/// What an append answers.
struct receipt {
    annals::version  version{};   // of the last event written; the stream's version if there was nothing to write
    annals::position position{};  // of the last event written; 0 if there was nothing to write
    std::uint64_t    count = 0;   // how many events were written

    friend constexpr bool operator==(const receipt&, const receipt&) = default;
};

namespace detail {

// True if no id stands there twice. A table of places with linear probing; the last eight bytes of the ids that are in use
// are random.
inline bool are_distinct(const std::vector<uuid>& ids) {
    std::vector<std::size_t> places(ids.size() * 2 + 1);  // one more than the place in `ids`; 0 is free
    for (std::size_t i = 0; i < ids.size(); ++i) {
        std::size_t hash = 0;
        for (std::size_t byte = 8; byte < 16; ++byte) hash = hash << 8U | ids[i].bytes[byte];
        std::size_t at = hash % places.size();
        for (; places[at] != 0; at = (at + 1) % places.size())
            if (ids[places[at] - 1] == ids[i]) return false;
        places[at] = i + 1;
    }
    return true;
}

/// True if there are no ids, or one for each of `count` events, none of them nil or repeated.
inline bool ids_fit(const std::vector<uuid>& ids, std::size_t count) {
    if (ids.empty()) return true;
    if (ids.size() != count) return false;
    for (const uuid& id : ids)
        if (id.is_nil()) return false;
    return count == 1 || are_distinct(ids);
}

}  // namespace detail

}  // namespace annals

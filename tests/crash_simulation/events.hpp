// What the simulated logs hold, and where their times and ids come from: all of it follows from a seed.
#pragma once

#include <annals/model/context.hpp>
#include <annals/model/events.hpp>
#include <annals/schema/tags.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace crash_simulation {

struct counted {
    std::int64_t number;

    friend bool operator==(const counted&, const counted&) = default;
};
struct noted {
    std::string text;

    friend bool operator==(const noted&, const noted&) = default;
};
struct listed {
    std::vector<std::int32_t> numbers;
    std::string               name;

    using tags = annals::tags<&listed::numbers>;

    friend bool operator==(const listed&, const listed&) = default;
};

using log_events = annals::events<counted, noted, listed>;
using any_event  = log_events::variant;

/// What a truncation leaves.
struct summary {
    std::uint64_t number;
    std::string   text;
};

/// A clock that stands where it was put.
struct still_clock {
    const std::int64_t* now = nullptr;

    annals::timestamp operator()() const { return annals::timestamp{now ? *now : 0}; }
};
/// Gives the id that was put there.
struct given_id {
    const annals::uuid* next = nullptr;

    annals::uuid operator()() const { return next ? *next : annals::uuid{}; }
};

/// An id that nobody else has. Its last two bytes are 0, so that a log can count up from it.
inline annals::uuid id_of(std::uint64_t number) {
    annals::uuid id;
    id.bytes[6] = 0x70;
    id.bytes[8] = 0x80;
    for (std::size_t i = 9; i < 14; ++i, number >>= 8U) id.bytes[i] = static_cast<std::uint8_t>(number);
    return id;
}
inline annals::uuid id_behind(annals::uuid id, std::uint64_t count) {
    id.bytes[14] = static_cast<std::uint8_t>(count >> 8U);
    id.bytes[15] = static_cast<std::uint8_t>(count);
    return id;
}

/// Who does an append that says so; nobody if the number is 0.
inline std::string actor_of(std::uint64_t number) { return number == 0 ? std::string{} : "actor " + std::to_string(number); }

/// Salts and the ids of logs come from the system's entropy; in this program that follows from a seed, too.
void seed_entropy(std::uint64_t seed);

}  // namespace crash_simulation

// What must be in a log: a plain model of all that was acknowledged.
#pragma once

#include "crash_simulation/events.hpp"

#include <annals/log/query.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace crash_simulation {

/// A promise of the log that was broken.
struct broken : std::runtime_error {
    using std::runtime_error::runtime_error;
};

struct known_event {
    std::size_t   stream  = 0;
    std::uint64_t version = 0;
    std::int64_t  time    = 0;
    annals::uuid  id;
    std::uint64_t about  = 0;      // what its annotations are made of; 0 if it has none
    bool          begins = false;  // the first of its append
    any_event     event;
};

struct known_stream {
    std::string   name;
    std::uint64_t version = 0;
    bool          ended   = false;
    std::uint64_t first   = 1;  // what is before was dropped
    std::uint64_t most    = annals::unlimited;

    [[nodiscard]] std::uint64_t first_visible() const { return most < version ? std::max(first, version - most + 1) : first; }
};

/// What an operation does to a log, if it does it.
struct effect {
    std::vector<known_event>                            events;  // an append
    std::optional<std::pair<std::size_t, known_stream>> rule;    // what a stream becomes
    std::int64_t                                        time = std::numeric_limits<std::int64_t>::min();  // of the rule
    std::uint64_t truncated_before = 0;  // the position that was asked for; 0 if nothing was truncated
    std::uint64_t snapshot         = 0;  // its number
};

class model {
public:
    std::vector<known_event>  events;  // by position, from 1
    std::vector<known_stream> streams;
    std::uint64_t             first_position = 1;
    std::uint64_t             snapshot       = 0;  // the number of the last one
    std::uint64_t             snapshot_first = 0;  // the position that it was made for

    [[nodiscard]] std::int64_t last_time() const {
        return events.empty() ? rule_time_ : std::max(rule_time_, events.back().time);
    }
    [[nodiscard]] bool shows(std::size_t index) const {
        return index + 1 >= first_position && events[index].version >= streams[events[index].stream].first_visible();
    }
    /// The first version of a stream that can be read.
    [[nodiscard]] std::uint64_t first_readable(std::size_t stream) const {
        std::uint64_t first = streams[stream].first_visible();
        for (std::size_t i = 0; i + 1 < first_position && i < events.size(); ++i)
            if (events[i].stream == stream) first = std::max(first, events[i].version + 1);
        return first;
    }

    /// A truncation also says which position is the first now.
    void apply(const effect& done, std::uint64_t first_now = 0) {
        for (const known_event& each : done.events) {
            streams[each.stream].version = each.version;
            events.push_back(each);
        }
        if (done.rule) {
            streams[done.rule->first] = done.rule->second;
            rule_time_                = std::max(rule_time_, done.time);
        }
        if (done.truncated_before != 0) {
            first_position = first_now;
            snapshot       = done.snapshot;
            snapshot_first = done.truncated_before;
        }
    }

    /// Takes the last events away, which must be whole appends.
    void roll_back_to(std::size_t count) {
        if (count < events.size() && !events[count].begins) throw broken("a part of an append is there");
        while (events.size() > count) {
            --streams[events.back().stream].version;
            events.pop_back();
        }
    }

private:
    std::int64_t rule_time_ = std::numeric_limits<std::int64_t>::min();
};

}  // namespace crash_simulation

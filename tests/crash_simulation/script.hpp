// What is done to a log, one operation after the other, as a seed has it.
#pragma once

#include "crash_simulation/events.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace crash_simulation {

struct share {
    std::size_t            stream;
    std::vector<any_event> events;
};

struct operation {
    enum class kind {
        append,    // also to several streams at once
        conflict,  // an append that expects the wrong version
        repeat,    // the last append that gave ids, again
        end_stream,
        drop_events,
        truncate,
        copy,
        compress,
        reopen,  // closes the log, and opens it again
        look,    // at all of it, through the open log and a new one that only reads
        follow,  // opens a log that only reads and stays open
        verify,
        sync,
    };

    kind               what = kind::append;
    std::vector<share> shares;
    bool               names_version = false;  // expects an exact version
    bool               gives_ids     = false;
    bool               is_annotated  = false;
    std::int64_t       later         = 0;  // what the clock goes on by, or back
    std::uint64_t      chance        = 0;  // for what depends on how the log is then
};

struct script {
    std::uint64_t            seed         = 0;
    std::uint64_t            segment_size = 0;
    bool                     when_written = false;  // appends are acknowledged before they are durable
    std::vector<std::string> streams;
    std::vector<operation>   operations;
};

/// A script of so many operations. Each kind is in it, if it is long enough.
script make_script(std::uint64_t seed, std::size_t length);
/// One of many small appends to few streams, which have milestones then.
script make_busy_script(std::uint64_t seed);

const char* name_of(operation::kind what);

}  // namespace crash_simulation

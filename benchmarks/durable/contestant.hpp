// What a contestant of the durable log's benchmarks is. Each one has a file of its own.
#pragma once

#include "events.hpp"

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

/// A stream has a name, by which this library knows it. The others are given a number, which is less to store and to find.
struct stream_key {
    std::string   name;
    std::uint64_t number;
};

enum class purpose {
    appends,  // an append is synced before it is answered; streams can be found, and their versions are checked
    replay,   // filled by one thread without any sync if it can be, and read from the first event to the last; no versions
};

struct opening {
    std::string           directory;  // exists, and is the contestant's own
    warehouse::event_size size;
    purpose               use;
};

/// A store of events. `append` may be called by several threads, if it was opened for appends.
class contestant {
public:
    virtual ~contestant() = default;

    /// Appends to a stream, all or nothing. False, and nothing is written, if the stream is not at `version`.
    virtual bool append(const stream_key& stream, std::uint64_t version, const warehouse::batch& events) = 0;

    /// How many events it holds; it looks it up.
    virtual std::uint64_t count() = 0;

    /// Folds all events, in the order of their positions.
    virtual warehouse::tally replay() = 0;
};

using contestant_pointer = std::unique_ptr<contestant>;

contestant_pointer open_annals(const opening& how);
contestant_pointer open_memory_log(const opening& how);  // durable it is not: what a replay takes when no file is read
contestant_pointer open_raw_file(const opening& how);    // no log either: what the disk takes
contestant_pointer open_sqlite(const opening& how);
contestant_pointer open_lmdb(const opening& how);
contestant_pointer open_rocksdb(const opening& how);

/// Ends the program: a figure of what does not work would say nothing.
[[noreturn]] inline void give_up(std::string_view who, std::string_view why) {
    std::fprintf(stderr, "%.*s: %.*s\n", static_cast<int>(who.size()), who.data(), static_cast<int>(why.size()), why.data());
    std::exit(1);
}

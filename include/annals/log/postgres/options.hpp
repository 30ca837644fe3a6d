// How a log in PostgreSQL behaves.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>

namespace annals {

/// How a `postgres_log` is opened.
struct postgres_log_options {
    /// The schema that the log's tables are in. It is made if it is not there.
    std::string schema = "annals";
    /// How long the log tries to reach a server that is away, and an append waits for others, before the answer is
    /// `unreachable` or `locked`: a millisecond to a day. A server that says nothing for twice as long is as good as gone.
    std::chrono::milliseconds patience{10'000};
    /// How many connections are kept for readers. More are made while more read at a time, a handler that reads included.
    std::size_t connections = 4;
    /// When an append is acknowledged: if it is durable, or as soon as it is written (synchronous_commit = off: the last ones
    /// may be gone after a crash of the server, also such as were read before, but the log is whole).
    bool durable = true;
};

}  // namespace annals

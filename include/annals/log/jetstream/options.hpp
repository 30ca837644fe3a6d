// How a log on a NATS server is opened.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace annals {

/// How a `jetstream_log` is opened.
struct jetstream_log_options {
    /// The name of the JetStream stream that holds the log, and the first word of all of its subjects: letters, digits, `-`
    /// and `_`.
    std::string name = "annals";
    /// On how many servers of a cluster the log is kept, if it is made now: 1, 3 or 5.
    int replicas = 1;
    /// How long whatever is asked of the server may take, with all attempts and reconnects, before it is `unreachable`.
    std::chrono::milliseconds patience{5000};
    /// The largest append in bytes, if the log is made now; 0 for what the server allows at most (a megabyte, usually).
    std::int32_t largest_append = 0;
    /// How many streams' versions this log object remembers. An append to one of them takes one round trip, to others two.
    /// Where appends come with ids it remembers those of a stream's last 1024 events, too, at some hundred bytes for each
    /// append.
    std::size_t remembered_streams = 100'000;

    /// Who connects, unless the URL says so: a name and a password, a token, or a file of credentials (a JWT and a seed).
    std::string user{}, password{}, token{}, credentials{};
    /// Files for TLS: whom to trust, and with what to be trusted. With any of them, or with `tls://`, a connection is
    /// encrypted, to a server whose certificate names the host of the URL, or there is none.
    std::string certificate_authorities{}, certificate{}, key{};
};

}  // namespace annals

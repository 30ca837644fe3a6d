// A message that is to be stored: on what conditions, and what became of it.
#pragma once

#include <annals/log/error.hpp>

#include <cstdint>
#include <string>

namespace annals::detail {

/// What became of a message that was sent to be stored.
struct jetstream_outcome {
    enum class kind {
        stored,    // at `sequence`
        repeated,  // it was stored before, at `sequence`
        conflict,  // something else is the last on its subject
        refused,   // by the server, which says why
        not_sent,  // nobody has got it
        unknown,   // it may be stored now, or later
        lost       // the same, and the connection is another one by now
    };

    kind          what     = kind::unknown;
    std::uint64_t sequence = 0;
    std::string   why{};
    errc          code = errc::io_failed;  // if it was refused
};

/// What a message is stored on the condition of, beside the last one on its subject.
struct jetstream_conditions {
    std::uint64_t last_on_subject = 0;  // its sequence; 0 if there must be none
    std::uint64_t last_of_all     = 0;  // 0 for any
    std::string   id{};                 // by which the server knows what it has got already, for a while; may be empty
};

}  // namespace annals::detail

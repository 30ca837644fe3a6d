// The process that appends until it is killed, and the one that reads meanwhile.
#pragma once

#include "crash/book.hpp"
#include "crash/process.hpp"

#include <cstdint>
#include <string>

namespace crash {

/// What a writer says to its parent.
struct said {
    enum what : std::uint32_t { opened, acknowledged, closing, closed };

    std::uint32_t kind     = opened;
    std::uint32_t thread   = 0;
    std::uint64_t sequence = 0;
    whereabouts   where{};
    std::uint32_t was_repeated = 0;  // the append was there already, and was recognised
};

/// How a log is opened, and what is done in it, by this number.
annals::file_log_options options_of(std::uint64_t luck);

/// Appends one of the appends; ends the process if that is refused. The answer has no version of a shared stream's if there
/// is nothing for it, and so on.
whereabouts append(log_type& log, const append_plan& plan);

/// Opens the log, repeats what nobody knows of, appends in several threads, closes after a while, and begins anew, until it is
/// killed. `known` is what the parent has read.
int write_until_killed(const std::string& directory, book known, std::uint64_t luck, const pipe_end& parent);

/// What a reader found, at its end.
struct observed {
    std::uint64_t observations = 0;  // how often it looked
    std::uint64_t growths      = 0;  // how often there was more
    std::uint64_t whole        = 0;  // how often it read all from the beginning
    std::uint64_t position     = 0;
    std::uint64_t hash         = 0;
};

/// Follows the log from its first moment until the other end of `end` is closed.
int read_until_told(const std::string& directory, std::uint64_t seed, const pipe_end& end, const pipe_end& answer);

}  // namespace crash

// What a log answers when it cannot do what it was asked.
#pragma once

#include <annals/model/context.hpp>

#include <cstring>
#include <string>
#include <string_view>

namespace annals {

enum class errc {
    version_conflict,     // the stream is not at the expected version: load, decide and try again
    condition_failed,     // something came that the append was to be the first to know: read, decide and try again
    duplicate_event,      // some of the ids were appended before, but not as this very batch
    invalid_stream_name,  // empty
    invalid_metadata,     // event ids that are nil, repeated, or not one for each event
    nothing_to_append,    // no event was given
    incompatible_schema,  // what is stored does not fit the types; the details say what differs and what to write
    damaged,              // what is stored is not what was written; the details say where
    invalid_event,        // an event holds a value that cannot be stored; the details say which
    stream_ended,         // the stream was ended: nothing is ever appended to it again
    append_too_large,     // the events of one append are more than the log takes at once
    out_of_range,         // what was asked for is not, or no longer, in the log
    read_only,            // the log was opened for reading
    locked,               // another process, or another log object, has it open for writing; the details say who
    no_such_log,          // there is no log at this place
    unsupported,          // the log was written by a newer version, or needs what this one was built without
    unreachable,          // the server does not answer, or the connection was lost: nothing was written
    disk_full,            // there is no room: nothing was written, and the log goes on when there is
    io_failed,            // the system refused; the reason is the system's
    durability_unknown,   // written, but not known to be durable: whether it is there is seen when the log is opened again
    log_failed,           // an earlier write failed, so nothing more is written: close the log and open it again
};

/// The code as a word, such as `version_conflict`.
[[nodiscard]] constexpr std::string_view to_string(errc code) noexcept {
    switch (code) {
        case errc::version_conflict: return "version_conflict";
        case errc::condition_failed: return "condition_failed";
        case errc::duplicate_event: return "duplicate_event";
        case errc::invalid_stream_name: return "invalid_stream_name";
        case errc::invalid_metadata: return "invalid_metadata";
        case errc::nothing_to_append: return "nothing_to_append";
        case errc::incompatible_schema: return "incompatible_schema";
        case errc::damaged: return "damaged";
        case errc::invalid_event: return "invalid_event";
        case errc::stream_ended: return "stream_ended";
        case errc::append_too_large: return "append_too_large";
        case errc::out_of_range: return "out_of_range";
        case errc::read_only: return "read_only";
        case errc::locked: return "locked";
        case errc::no_such_log: return "no_such_log";
        case errc::unsupported: return "unsupported";
        case errc::unreachable: return "unreachable";
        case errc::disk_full: return "disk_full";
        case errc::io_failed: return "io_failed";
        case errc::durability_unknown: return "durability_unknown";
        case errc::log_failed: return "log_failed";
    }
    return "unknown";
}

/// A log's error: what, where and why. Nothing was written, unless the code is `durability_unknown`.
struct error {
    errc             code{};
    std::string_view reason;          // for people; static text
    std::string      stream;          // the stream that was asked for
    annals::version  actual{};        // the version that the stream is at
    std::string      details{};       // more lines for people, if there is more to say
    std::string      path{};          // the file, if it is about one
    annals::position position{};      // of the event that it is about, or of the next one behind what is still good; 0 if none
    int              system_code{};   // the system's reason (`errno`), if it gave one

    /// One line for people, and the details below it.
    [[nodiscard]] std::string message() const {
        std::string text{to_string(code)};
        if (!stream.empty())
            text.append(": stream ").append(stream).append(" at version ").append(std::to_string(actual.value));
        if (!path.empty()) text.append(": ").append(path);
        if (position.value != 0) text.append(" at position ").append(std::to_string(position.value));
        text.append(": ").append(reason);
        if (system_code != 0) text.append(": ").append(std::strerror(system_code));
        if (!details.empty()) text.append("\n").append(details);
        return text;
    }
};

}  // namespace annals

// What a log answers when it cannot do what it was asked.
#pragma once

#include <annals/model/context.hpp>

#include <string>
#include <string_view>

namespace annals {

enum class errc {
    version_conflict,     // the stream is not at the expected version: load, decide and try again
    duplicate_event,      // some of the ids were appended before, but not as this very batch
    invalid_stream_name,  // empty
    invalid_metadata,     // event ids that are nil, repeated, or not one for each event
    nothing_to_append,    // no event was given
    incompatible_schema,  // what is stored does not fit the types; the details say what differs and what to write
    damaged,              // what is stored is not what was written; the details say where
};

/// The code as a word, such as `version_conflict`.
[[nodiscard]] constexpr std::string_view to_string(errc code) noexcept {
    switch (code) {
        case errc::version_conflict: return "version_conflict";
        case errc::duplicate_event: return "duplicate_event";
        case errc::invalid_stream_name: return "invalid_stream_name";
        case errc::invalid_metadata: return "invalid_metadata";
        case errc::nothing_to_append: return "nothing_to_append";
        case errc::incompatible_schema: return "incompatible_schema";
        case errc::damaged: return "damaged";
    }
    return "unknown";
}

/// A log's error: what, where and why. Nothing was written.
struct error {
    errc             code{};
    std::string_view reason;     // for people; static text
    std::string      stream;     // the stream that was asked for
    annals::version  actual{};   // the version that the stream is at
    std::string      details{};  // more lines for people, if there is more to say

    /// One line for people, and the details below it.
    [[nodiscard]] std::string message() const {
        std::string text{to_string(code)};
        if (!stream.empty())
            text.append(": stream ").append(stream).append(" at version ").append(std::to_string(actual.value));
        text.append(": ").append(reason);
        if (!details.empty()) text.append("\n").append(details);
        return text;
    }
};

}  // namespace annals

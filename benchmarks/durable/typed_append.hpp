// How a log of this library is appended to, be it in memory or in files.
#pragma once

#include "contestant.hpp"

#include <variant>
#include <vector>

/// One event is appended as itself, several as a range.
template <class Log, class Variant>
bool append_typed(Log& log, const stream_key& stream, std::uint64_t version, const std::vector<Variant>& events) {
    const annals::expected_version expects =
        version == 0 ? annals::expected_version{annals::no_stream} : annals::version{version};
    const auto done =
        events.size() == 1
            ? std::visit([&](const auto& event) { return log.append(stream.name, expects, event); }, events.front())
            : log.append(stream.name, expects, events);
    if (!done && done.error().code != annals::errc::version_conflict) give_up("annals", done.error().message());
    return done.has_value();
}

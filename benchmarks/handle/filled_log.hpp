// A memory log with streams of one length.
#pragma once

#include "contestant.hpp"

#include <cstdlib>
#include <memory>

template <class Log>
std::shared_ptr<Log> filled_log(filling how) {
    const auto log = std::make_shared<Log>();
    for (std::size_t version = 1; version <= how.length; ++version)
        for (std::size_t stream = 0; stream < how.streams; ++stream)
            account::event_number(version, [&](const auto& event) {
                if (!log->append("account-" + id_of(stream), annals::any_version, event)) std::abort();
            });
    return log;
}

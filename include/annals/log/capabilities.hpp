// What some logs can do, and others cannot: whoever asks it of one that cannot is told which can, before the program runs.
#pragma once

#include <annals/log/append_to.hpp>
#include <annals/log/event_log.hpp>
#include <annals/model/context.hpp>

namespace annals {

/// A log that appends to several streams in one step: `log.append([metadata,] append_to(stream, expected, events...)...)`.
template <class Log>
concept multi_stream_log = event_log<Log> && requires { requires Log::appends_to_several_streams; };

/// A log that gives back the room of its beginning: `log.truncate_before(position, state)`.
template <class Log>
concept truncatable_log = event_log<Log> && requires { requires Log::can_be_truncated; };

/// Mistake: an append to several streams, on a log that appends to one.
template <class Log>
struct log_that_appends_to_one_stream {
    static consteval void explain() {
        static_assert(detail::never<Log>,
                      "annals: use a log that appends to several streams in one step, file_log; or append to one, and let a process "
                      "do the rest");
    }
};
/// Mistake: a log is to be truncated that keeps all.
template <class Log>
struct log_that_is_never_truncated {
    static consteval void explain() {
        static_assert(detail::never<Log>, "annals: use a log that can be truncated, file_log");
    }
};

}  // namespace annals

// The log that a place names, on whatever engine: the one line that another engine needs.
//
//     memory                        forgotten with the program
//     sqlite:FILE                   one file, which SQLite's tools read
//     postgresql://USER@HOST/NAME   any of libpq's connection strings
//     nats://HOST:PORT/NAME         NATS JetStream, the log of that name; `annals` without one
//     anything else                 a directory
#pragma once

#include <annals/log/any_log.hpp>
#include <annals/log/file_log.hpp>
#include <annals/log/memory_log.hpp>
#if EXAMPLES_WITH_SQLITE
#include <annals/log/sqlite_log.hpp>
#endif
#if EXAMPLES_WITH_POSTGRES
#include <annals/log/postgres_log.hpp>
#endif
#if EXAMPLES_WITH_NATS
#include <annals/log/jetstream_log.hpp>
#endif

#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace examples {

/// What the log is for: to read it, beside the program that writes it; or to write, so that an append returns when it is
/// durable, or, for what can be done again, as soon as it survives the end of this program.
enum class use { reading, writing, quick_writing };

namespace detail {

template <class Log>
Log opened(annals::expected<Log, annals::error> log) {
    if (!log) throw std::runtime_error("the log cannot be opened: " + log.error().message());
    return std::move(*log);
}
[[noreturn]] inline void refuse(const std::string& place, std::string_view why) {
    throw std::runtime_error("the log cannot be at `" + place + "`: " + std::string{why});
}

}  // namespace detail

[[nodiscard]] inline bool is_directory_place(std::string_view place) {
    return place != "memory" && !place.starts_with("sqlite:") && !place.starts_with("postgres:") &&
           !place.starts_with("postgresql:") && !place.starts_with("nats:");
}

/// Opens the log, and makes it if it is not there. Throws std::runtime_error, if that cannot be, and says why.
template <annals::list Events>
[[nodiscard]] annals::any_log<Events> log_at(const std::string& place, use what_for = use::writing) {
    using any = annals::any_log<Events>;
    if (place == "memory") return any(std::in_place_type<annals::memory_log<Events>>);
    if (place.starts_with("sqlite:")) {
#if EXAMPLES_WITH_SQLITE
        annals::sqlite_log_options options;
        options.durable = what_for != use::quick_writing;
        return any(detail::opened(annals::sqlite_log<Events>::open(place.substr(7), options)));
#else
        detail::refuse(place, "this program was built without libsqlite3");
#endif
    }
    if (place.starts_with("postgres:") || place.starts_with("postgresql:")) {
#if EXAMPLES_WITH_POSTGRES
        annals::postgres_log_options options;
        options.durable = what_for != use::quick_writing;
        return any(detail::opened(annals::postgres_log<Events>::open(place, options)));
#else
        detail::refuse(place, "this program was built without libpq");
#endif
    }
    if (place.starts_with("nats:")) {
        if constexpr (any::finds_tags)
            detail::refuse(place, "its events have tags, and NATS JetStream does not append on a condition");
        else {
#if EXAMPLES_WITH_NATS
            annals::jetstream_log_options options;
            const std::size_t             slash = place.find('/', place.find("://") + 3);
            if (slash != std::string::npos && slash + 1 != place.size()) options.name = place.substr(slash + 1);
            return any(detail::opened(annals::jetstream_log<Events>::open(place.substr(0, slash), options)));
#else
            detail::refuse(place, "this program was built without libnats");
#endif
        }
    }
    annals::file_log_options options;
    if (what_for == use::reading) return any(detail::opened(annals::file_log<Events>::open_read_only(place)));
    if (what_for == use::quick_writing) options.acknowledge = annals::acknowledge::when_written;
    return any(detail::opened(annals::file_log<Events>::open(place, options)));
}

}  // namespace examples

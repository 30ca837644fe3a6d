// A log on each engine that is here.
#pragma once

#include "support/temporary_directory.hpp"
#if ANNALS_TESTS_WITH_POSTGRES
#include "support/postgres_server.hpp"
#endif
#if ANNALS_TESTS_WITH_JETSTREAM
#include "support/nats_server.hpp"
#endif

#include <annals/log/any_log.hpp>
#include <annals/log/file_log.hpp>
#include <annals/log/memory_log.hpp>
#include <annals/testing/log_conformance/events.hpp>
#if ANNALS_TESTS_WITH_SQLITE
#include <annals/log/sqlite_log.hpp>
#endif
#if ANNALS_TESTS_WITH_POSTGRES
#include <annals/log/postgres_log.hpp>
#endif
#if ANNALS_TESTS_WITH_JETSTREAM
#include <annals/log/jetstream_log.hpp>
#endif

#include <functional>
#include <stdexcept>
#include <string>
#include <utility>

namespace engines {

using events = annals::conformance_events;
using any    = annals::any_log<events>;

template <class Log>
struct contestant {
    std::string          name;
    bool                 has_conditions;
    Log                  log;
    std::function<Log()> open{};  // again; empty for a log that ends with its object

    void reopen() {
        if (!open) return;
        // A log that is open locks its files.
        if constexpr (std::is_same_v<Log, any>) log = any(std::in_place_type<annals::memory_log<events>>);
        log = open();
    }
};

template <class Log>
Log opened(annals::expected<Log, annals::error> log) {
    if (!log) throw std::runtime_error(log.error().message());
    return std::move(*log);
}

/// Each is made anew, and empty.
class logs {
public:
    contestant<any> memory() { return {"memory", true, any(std::in_place_type<annals::memory_log<events>>)}; }

    template <class Function>
    void for_each(Function&& call) {
        try_one("file", call, [at = fresh("files")] {
            annals::file_log_options options;
            options.acknowledge = annals::acknowledge::when_written;
            return any(opened(annals::file_log<events>::open(at, options)));
        });
#if ANNALS_TESTS_WITH_SQLITE
        try_one("sqlite", call, [at = fresh("log.db")] {
            annals::sqlite_log_options options;
            options.durable = false;
            return any(opened(annals::sqlite_log<events>::open(at, options)));
        });
#endif
#if ANNALS_TESTS_WITH_POSTGRES
        try_one("postgres", call, [schema = "s" + std::to_string(next())] {
            annals::postgres_log_options options;
            options.schema = schema;
            return any(opened(annals::postgres_log<events>::open(support::shared_postgres_server().connection(), options)));
        });
#endif
#if ANNALS_TESTS_WITH_JETSTREAM
        using jetstream = annals::jetstream_log<events>;
        const auto open = [name = "s" + std::to_string(next())] {
            annals::jetstream_log_options options;
            options.name = name;
            return opened(jetstream::open(server().url(), options));
        };
        contestant<jetstream> nats{"nats", false, open(), open};
        call(nats);
#endif
    }

private:
    template <class Function, class Open>
    void try_one(const char* name, Function& call, Open open) {
        contestant<any> one{name, true, open(), open};
        call(one);
    }
#if ANNALS_TESTS_WITH_JETSTREAM
    static const support::nats_server& server() {
        static const support::nats_server running;
        return running;
    }
#endif
    static int next() {
        static int count = 0;
        return ++count;
    }
    std::string fresh(const std::string& name) { return directory_ / (std::to_string(next()) + name); }

    support::temporary_directory directory_;
};

}  // namespace engines

// An open file log with the types of its events.
#pragma once

#include <annals/log/file/buffer_pool.hpp>
#include <annals/log/file/event_writing.hpp>
#include <annals/log/file/file_store.hpp>
#include <annals/log/file/log_reading.hpp>

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace annals::detail {

/// What of a file log stays where it is when the log is moved.
template <class Events, class Clock, class IdGenerator, file_system Files>
struct open_log {
    std::unique_ptr<file_store<Files>>            store;
    std::unique_ptr<written_schemas<Events>>      schemas;
    buffer_pool                                   buffers;
    Clock                                         clock;
    IdGenerator                                   make_id;
    std::mutex                                    mutex;  // guards what follows
    std::shared_ptr<const schema_readers<Events>> readers;
    std::uint64_t                                 times_looked = 1;  // at the log, when they were made

    /// The log as a query sees it now.
    template <class Unit>
    expected<reading_place<Events, Files>, error> place_of(const query<Unit>& what) {
        if (auto done = store->refresh(); !done) return unexpected<error>(std::move(done.error()));
        reading_place<Events, Files> from;
        std::vector<schema_record>   fresh;
        std::uint64_t                now = 0;
        {
            auto&                 state = store->state();
            const std::lock_guard lock(state.mutex);
            const std::lock_guard here(mutex);
            from.view    = state.view_now(what.scope != query_scope::stream);
            from.readers = readers;
            if (what.scope == query_scope::stream) {
                const std::uint32_t number = state.index.streams.find(what.name);
                if (number != stream_table::none) {
                    from.stream = state.index.streams[number];
                    trim(from, what.name, state.index.rule_of(number).first_of(from.stream.version));
                }
            } else
                for (const auto& [number, rule] : state.index.rules)
                    trim(from, state.index.streams.name(number), rule.first_of(state.index.streams[number].version));
            now = state.times_looked;
            if (!readers || times_looked != now || readers->count() != state.index.schemas.size()) fresh = state.index.schemas;
        }
        if (fresh.empty() && from.readers) return from;
        auto made = schema_readers<Events>::make(fresh, store->directory());
        if (!made) return unexpected<error>(std::move(made.error()));
        from.readers = std::make_shared<const schema_readers<Events>>(std::move(*made));
        const std::lock_guard here(mutex);
        readers      = from.readers;
        times_looked = now;
        return from;
    }

private:
    static void trim(reading_place<Events, Files>& from, std::string_view stream, std::uint64_t first) {
        if (first > 1) from.trimmed.emplace(std::string{stream}, first);
    }
};

}  // namespace annals::detail

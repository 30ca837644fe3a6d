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
    using share = typename event_writer<Events>::share;

    std::unique_ptr<file_store<Files>>            store;
    std::unique_ptr<written_schemas<Events>>      schemas;
    buffer_pool                                   buffers;
    Clock                                         clock;
    IdGenerator                                   make_id;
    std::mutex                                    mutex;  // guards what follows
    std::shared_ptr<const schema_readers<Events>> readers;
    std::uint64_t                                 times_looked = 1;  // at the log, when they were made
    paused_readings<Files>                        paused;

    /// The log as a query sees it now.
    template <class Unit>
    expected<reading_place<Events, Files>, error> place_of(const query<Unit>& what) {
        if (auto done = store->refresh(); !done) return unexpected<error>(std::move(done.error()));
        seen_log seen;
        {
            const std::lock_guard lock(store->state().mutex);
            seen = look(what);
        }
        return with_readers(std::move(seen));
    }
    /// The same, with the log's lock held, in a log that this process writes.
    template <class Unit>
    expected<reading_place<Events, Files>, error> place_in_locked(const query<Unit>& what) {
        return with_readers(look(what));
    }

    /// Remembers where a reading ended.
    void keep(const paused_reading<Files>& ended) {
        const std::lock_guard here(mutex);
        paused.keep(ended);
    }

private:
    struct seen_log {
        reading_place<Events, Files> from;
        std::vector<schema_record>   fresh;  // if there are schemas that the readers do not know
        std::uint64_t                now = 0;
    };

    // With the log's lock held.
    template <class Unit>
    seen_log look(const query<Unit>& what) {
        seen_log              seen;
        auto&                 state = store->state();
        const std::lock_guard here(mutex);
        auto&                 from = seen.from;
        from.readers               = readers;
        seen.now                   = state.times_looked;
        if (!readers || times_looked != seen.now || readers->count() != state.index.schemas.size()) seen.fresh = state.index.schemas;
        const bool is_tagged = what.scope == query_scope::tagged;
        const bool is_walked = what.scope == query_scope::stream || (is_tagged && seen.fresh.empty() && readers && !readers->has_other_tags());
        from.view            = state.view_now(!is_walked);
        from.goes_through    = !is_walked;
        if (what.scope == query_scope::stream) {
            const std::uint32_t number = state.index.streams.find(stream_key(what.name));
            if (number == stream_table::none) return seen;
            from.stream = state.index.streams[number];
            trim(from, what.name, state.index.rule_of(number).first_of(from.stream.version));
            return seen;
        }
        if (is_tagged) {
            look_for_rarest(state.index.streams, what.name, from);
        } else if (const auto* const known = paused.find(what.first); known && !what.descending) {
            from.paused    = *known;
            from.paused_in = known->in.lock();
        }
        for (const auto& [number, rule] : state.index.rules)
            trim(from, name_of_key(state.index.streams.name(number)), rule.first_of(state.index.streams[number].version));
        return seen;
    }
    // Of the tags of a set, the one that the fewest frames have; no frames, if one of them is nowhere.
    static void look_for_rarest(const stream_table& streams, std::string_view tags, reading_place<Events, Files>& from) {
        const bool all = for_each_tag_in(tags, [&](std::string_view tag) {
            const std::string   key    = key_of_tag(tag);
            const std::uint32_t number = streams.find(key);
            if (number == stream_table::none) return false;
            if (from.tag.empty() || streams[number].version < from.stream.version) {
                from.tag    = key;
                from.stream = streams[number];
            }
            return true;
        });
        if (!all) from.stream = {};
    }
    expected<reading_place<Events, Files>, error> with_readers(seen_log seen) {
        if (seen.fresh.empty() && seen.from.readers) return std::move(seen.from);
        auto made = schema_readers<Events>::make(seen.fresh, store->directory());
        if (!made) return unexpected<error>(std::move(made.error()));
        seen.from.readers = std::make_shared<const schema_readers<Events>>(std::move(*made));
        const std::lock_guard here(mutex);
        readers      = seen.from.readers;
        times_looked = seen.now;
        return std::move(seen.from);
    }

    static void trim(reading_place<Events, Files>& from, std::string_view stream, std::uint64_t first) {
        if (first > 1) from.trimmed.emplace(std::string{stream}, first);
    }
};

}  // namespace annals::detail

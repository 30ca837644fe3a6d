// Whether the condition of an append holds in a file log, with all that waits to be written.
#pragma once

#include <annals/log/file/open_log.hpp>
#include <annals/log/tagged.hpp>

#include <string_view>
#include <type_traits>
#include <utility>

namespace annals::detail {

/// Whether something that is not yet written may carry all tags of a set. With the log's lock held.
template <file_system Files>
bool may_wait_with(file_store<Files>& store, std::string_view tags, bool goes_through) {
    if (tags.empty() || goes_through) return store.has_pending();
    return for_each_tag_in(tags, [&](std::string_view tag) {
        const std::uint32_t number = store.state().index.streams.find(key_of_tag(tag));
        return number != stream_table::none && store.is_pending(number);
    });
}

/// Asks, with the log's lock held, whether something came that a decision should have read: true if nothing did, false if that
/// is not known before what waits is written, or the error `condition_failed`. What is not yet durable decides nothing.
template <class Events, class Clock, class IdGenerator, file_system Files, class Condition>
expected<bool, error> is_unchanged(open_log<Events, Clock, IdGenerator, Files>& log,
                                   const Condition& condition) {
    bool must_wait = false;
    auto done      = check_condition(condition, {}, [&](const log_query& what, auto& reader) -> expected<read_result, error> {
        const auto from = log.place_in_locked(what);
        if (!from) return unexpected<error>(from.error());
        using reader_type = std::remove_reference_t<decltype(reader)>;
        auto read         = log_reading<Events, Files, position, reader_type>(*from, what, reader).run();
        must_wait         = must_wait || may_wait_with(*log.store, what.name, from->goes_through);
        return read;
    });
    if (!done) return unexpected<error>(std::move(done.error()));
    return !must_wait;
}

}  // namespace annals::detail

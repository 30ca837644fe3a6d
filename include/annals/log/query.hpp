// What to read: one stream, a category, what carries tags, or the whole log; from, to, how many, in which direction, until
// when.
#pragma once

#include <annals/model/context.hpp>

#include <cstdint>
#include <limits>
#include <string_view>

namespace annals {

enum class query_scope { stream, category, whole_log, tagged };

inline constexpr std::uint64_t unlimited = std::numeric_limits<std::uint64_t>::max();

/// A query. `Unit` is what it counts in: `version` for a stream, `position` otherwise. Each of its functions returns the
/// query with one more restriction. It refers to the name that it was made with.
template <class Unit>
struct query {
    query_scope      scope = query_scope::whole_log;
    std::string_view name;
    std::uint64_t    first         = 1;
    std::uint64_t    last          = unlimited;
    std::uint64_t    most          = unlimited;
    bool             descending    = false;
    position         last_position = position{unlimited};
    timestamp        last_time     = timestamp{std::numeric_limits<std::int64_t>::max()};

    /// Nothing before `start`. Read backwards, this is where reading ends.
    [[nodiscard]] constexpr query from(Unit start) const { return with(&query::first, start.value); }
    /// Nothing behind `end`, which itself is included. Read backwards, this is where reading begins.
    [[nodiscard]] constexpr query to(Unit end) const { return with(&query::last, end.value); }
    /// At most `count` events of those that the query selects, whether or not the reader handles them.
    [[nodiscard]] constexpr query limit(std::uint64_t count) const { return with(&query::most, count); }
    /// The last event first.
    [[nodiscard]] constexpr query backwards() const { return with(&query::descending, true); }
    /// Nothing behind `end` in the whole log, which itself is included.
    [[nodiscard]] constexpr query until(position end) const { return with(&query::last_position, end); }
    /// Nothing that the log accepted later than `end`.
    [[nodiscard]] constexpr query until(timestamp end) const { return with(&query::last_time, end); }

private:
    template <class Value>
    constexpr query with(Value query::*field, Value value) const {
        query changed  = *this;
        changed.*field = value;
        return changed;
    }
};

using stream_query = query<version>;
using log_query    = query<position>;

/// The events of one stream, in the order of their versions.
[[nodiscard]] constexpr stream_query stream(std::string_view name) {
    stream_query query;
    query.scope = query_scope::stream;
    query.name  = name;
    return query;
}

/// The events of all streams of one category (`account` for `account-bob`), in the order of their positions.
[[nodiscard]] constexpr log_query category(std::string_view name) {
    log_query query;
    query.scope = query_scope::category;
    query.name  = name;
    return query;
}

/// The events that carry all tags of a set (schema/tags.hpp), in the order of their positions: `tagged(tag_set("course", id))`.
/// Of no tags: all events.
[[nodiscard]] constexpr log_query tagged(std::string_view tags) {
    log_query query;
    query.scope = tags.empty() ? query_scope::whole_log : query_scope::tagged;
    query.name  = tags;
    return query;
}

/// All events, in the order of their positions.
[[nodiscard]] constexpr log_query whole_log() {
    return {};
}

/// The category of a stream: its name up to the first `-`, or all of it.
[[nodiscard]] constexpr std::string_view category_of(std::string_view stream) noexcept {
    return stream.substr(0, stream.find('-'));
}
/// What is behind that `-`: `bob` of `account-bob`, the id of an aggregate. Nothing if there is none.
[[nodiscard]] constexpr std::string_view id_of(std::string_view stream) noexcept {
    stream.remove_prefix(category_of(stream).size());
    return stream.substr(stream.empty() ? 0 : 1);
}

/// What a read answers, when it is through.
struct read_result {
    std::uint64_t    count = 0;   // how many events the query selected, handled or not
    annals::version  version{};   // of the last event selected; 0 if none was
    annals::position position{};  // of the last event selected; 0 if none was
};

}  // namespace annals

// Reading a log in a database.
#pragma once

#include <annals/log/encoded_append.hpp>
#include <annals/log/query.hpp>
#include <annals/log/schemas/schema_readers.hpp>
#include <annals/log/sqlite/tables.hpp>
#include <annals/log/tagged.hpp>
#include <annals/model/takes_context.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace annals::detail {

/// The columns of each reading, as far as it has them: each one costs time for each event.
enum sqlite_column : int {
    column_schema,
    column_payload,
    column_position,
    column_version,
    column_time,
    column_id,
    column_about,
    column_stream,
    column_append
};

enum class sqlite_columns { of_events, with_position, with_context };

/// Which events of those that a query selects a statement answers.
enum class sqlite_part {
    all,
    last,  // one: where it stands
    at     // one: where the event behind so many (`?6`) stands
};

/// The statement that a query is, with `?1` to `?6` for its name, first, last, last position, last time, and limit, as far as
/// it has them; and more for the tags behind the first. Everything that a user gave is bound, and not pasted.
template <class Unit>
std::string sqlite_statement_of(const query<Unit>& what, bool goes_through, sqlite_columns columns,
                                sqlite_part part = sqlite_part::all) {
    const query<Unit> all;
    const char*       counted = what.scope == query_scope::stream ? "e.version" : "e.position";
    std::string       sql     = "SELECT ";
    std::string       conditions;
    const auto        also = [&](std::string_view condition) {
        conditions.append(conditions.empty() ? " WHERE " : " AND ").append(condition);
    };
    sql += part != sqlite_part::all ? "e.position, e.version" : "e.schema, e.payload";
    if (part == sqlite_part::all && columns != sqlite_columns::of_events) sql += ", e.position";
    if (part == sqlite_part::all && columns == sqlite_columns::with_context)
        sql += ", e.version, e.time, e.id, e.about, e.stream, e.append";
    if (what.scope == query_scope::tagged && !goes_through) {
        counted = "t.position";
        sql += " FROM tags t JOIN events e ON e.position = t.position";
        also("t.tag = ?1");
        int  place    = 7;
        bool is_first = true;
        for_each_tag_in(what.name, [&](std::string_view) {
            if (!std::exchange(is_first, false))
                also("EXISTS (SELECT 1 FROM tags WHERE tag = ?" + std::to_string(place++) + " AND position = t.position)");
            return true;
        });
    } else
        sql += " FROM events e";
    if (what.scope == query_scope::stream) also("e.stream = (SELECT number FROM streams WHERE name = ?1)");
    if (what.scope == query_scope::category) also("e.category = (SELECT number FROM categories WHERE name = ?1)");
    if (what.first > 1) also(std::string{counted} + " >= ?2");
    if (what.last != all.last) also(std::string{counted} + " <= ?3");
    if (what.last_position != all.last_position) also("e.position <= ?4");
    if (what.last_time != all.last_time) also("e.time <= ?5");
    const bool descends = what.descending != (part == sqlite_part::last);
    sql.append(conditions).append(" ORDER BY ").append(counted).append(descends ? " DESC" : "");
    if (part == sqlite_part::last) return sql.append(" LIMIT 1");
    if (part == sqlite_part::at) return sql.append(" LIMIT 1 OFFSET ?6");
    return what.most != unlimited && !goes_through ? sql.append(" LIMIT ?6") : sql;
}

/// Which columns a reading needs, of whose events' contexts are asked for or not. Where the last event that a query selects is
/// found as fast as the first one, positions need not be read on the way.
template <class Unit>
sqlite_columns sqlite_columns_for(const query<Unit>& what, bool takes_context) {
    const query<Unit> all;
    if (takes_context) return sqlite_columns::with_context;
    const bool ends_fast = what.scope != query_scope::tagged && what.most == unlimited &&
                           what.last_position == all.last_position && what.last_time == all.last_time;
    return ends_fast ? sqlite_columns::of_events : sqlite_columns::with_position;
}

/// A connection for readers, with what it has prepared and looked up.
class sqlite_reader {
public:
    explicit sqlite_reader(sqlite_connection in) : in_(std::move(in)) {}

    [[nodiscard]] sqlite_connection& connection() noexcept { return in_; }

    /// One that is not in use, for a handler may ask the same as the reading that calls it.
    expected<sqlite_statement*, error> prepared(std::string sql) {
        for (auto [at, end] = statements_.equal_range(sql); at != end; ++at)
            if (!at->second.is_in_use()) return &at->second;
        auto made = in_.prepare(sql);
        if (!made) return unexpected<error>(std::move(made.error()));
        return &statements_.emplace(std::move(sql), std::move(*made))->second;
    }
    /// The name of a stream; empty if that cannot be read.
    std::string_view stream_name(std::int64_t number) {
        const auto found = streams_.find(number);
        if (found != streams_.end()) return found->second;
        auto asked = prepared("SELECT name FROM streams WHERE number = ?1");
        if (!asked) return {};
        const sqlite_use use(**asked);
        (*asked)->bind(1, number);
        if ((*asked)->step() != SQLITE_ROW) return {};
        return streams_.emplace(number, std::string{(*asked)->text(0)}).first->second;
    }

private:
    sqlite_connection                             in_;
    std::multimap<std::string, sqlite_statement>  statements_;
    std::unordered_map<std::int64_t, std::string> streams_;
};

/// A moment of the database, as long as it lives: schemas and events are then of one time.
class sqlite_moment {
public:
    static expected<sqlite_moment, error> begin(sqlite_reader& in) {
        auto begun = in.prepared("BEGIN"), ended = in.prepared("COMMIT");
        if (!begun) return unexpected<error>(std::move(begun.error()));
        if (!ended) return unexpected<error>(std::move(ended.error()));
        const sqlite_use use(**begun);
        if (const int code = (*begun)->step(); code != SQLITE_DONE)
            return unexpected<error>(in.connection().failure(code, "the log cannot be read"));
        return sqlite_moment(*ended);
    }
    sqlite_moment(sqlite_moment&& other) noexcept : end_(std::exchange(other.end_, nullptr)) {}
    sqlite_moment& operator=(sqlite_moment&&) = delete;
    ~sqlite_moment() {
        if (!end_) return;
        const sqlite_use use(*end_);
        (void)end_->step();
    }

private:
    explicit sqlite_moment(sqlite_statement* end) : end_(end) {}

    sqlite_statement* end_;
};

/// One reading.
template <class Events, class Unit, class Reader>
class sqlite_reading {
public:
    sqlite_reading(sqlite_reader& in, const schema_readers<Events>& how, const query<Unit>& what, Reader& reader)
        : in_(in),
          how_(how),
          what_(what),
          reader_(reader),
          goes_through_(what.scope == query_scope::tagged && how.has_other_tags()),
          columns_(sqlite_columns_for(what, takes_context<Events, Reader>)) {}

    /// Throws what a handler throws.
    expected<read_result, error> run() {
        if (what_.most == 0) return result_;
        auto asked = in_.prepared(sqlite_statement_of(what_, goes_through_, columns_));
        if (!asked) return unexpected<error>(std::move(asked.error()));
        sqlite_statement& rows = **asked;
        const sqlite_use  use(rows);
        bind(rows, what_.most);
        int code = rows.step();
        for (; code == SQLITE_ROW; code = rows.step()) {
            if (!take(rows)) return damaged(rows);
            if (result_.count == what_.most) return finished();
        }
        if (code != SQLITE_DONE) return unexpected<error>(in_.connection().failure(code, "the log cannot be read"));
        return finished();
    }

private:
    void bind(sqlite_statement& rows, std::uint64_t limit) {
        int place = 7;
        if (what_.scope == query_scope::tagged && !goes_through_) {
            bool is_first = true;
            for_each_tag_in(what_.name, [&](std::string_view tag) {
                rows.bind(std::exchange(is_first, false) ? 1 : place++, tag);
                return true;
            });
        } else
            rows.bind(1, what_.name);
        rows.bind(2, what_.first);
        rows.bind(3, what_.last);
        rows.bind(4, what_.last_position.value);
        rows.bind(5, what_.last_time.nanoseconds);
        rows.bind(6, limit);
    }

    bool take(const sqlite_statement& row) {
        const auto  schema = row.count(column_schema);
        const auto& known  = how_.entries();
        if (schema >= known.size() || known[schema].type == schema_readers<Events>::none) return false;
        const auto where = [&] { return context_of(row); };
        if constexpr (has_tagged_events<flat<Events>>)
            if (goes_through_) {
                bool found    = false;
                auto matching = reader_of_any_tagged(found, what_.name);
                if (!how_.reader(schema).read(row.bytes(column_payload), matching, where, room_)) return false;
                if (!found) return true;
            }
        if (!how_.reader(schema).read(row.bytes(column_payload), reader_, where, room_)) return false;
        ++result_.count;
        if (columns_ != sqlite_columns::of_events) result_.position = position{row.count(column_position)};
        return true;
    }
    // Where the last event stands.
    expected<read_result, error> finished() {
        if (result_.count == 0) return result_;
        const bool is_known = columns_ != sqlite_columns::of_events;
        auto       asked    = in_.prepared(is_known ? "SELECT position, version FROM events WHERE position = ?1"
                                                    : sqlite_statement_of(what_, goes_through_, columns_, sqlite_part::last));
        if (!asked) return unexpected<error>(std::move(asked.error()));
        sqlite_statement& row = **asked;
        const sqlite_use  use(row);
        if (is_known)
            row.bind(1, result_.position.value);
        else
            bind(row, unlimited);
        if (const int code = row.step(); code != SQLITE_ROW)
            return unexpected<error>(in_.connection().failure(code, "the log cannot be read"));
        result_.position = position{row.count(0)};
        result_.version  = version{row.count(1)};
        return result_;
    }
    // Says at which event, if that can be found out.
    unexpected<error> damaged(const sqlite_statement& row) {
        const auto  schema = row.count(column_schema);
        const auto& known  = how_.entries();
        error       made{errc::damaged,
                   schema >= known.size() || known[schema].type == schema_readers<Events>::none
                             ? "an event is of a schema that the log does not have"
                             : "an event's bytes are none of its schema",
                   {},
                   {},
                   {},
                   in_.connection().path()};
        if (columns_ != sqlite_columns::of_events)
            made.position = position{row.count(column_position)};
        else if (auto asked = in_.prepared(sqlite_statement_of(what_, goes_through_, columns_, sqlite_part::at))) {
            const sqlite_use use(**asked);
            bind(**asked, result_.count);
            if ((*asked)->step() == SQLITE_ROW) made.position = position{(*asked)->count(0)};
        }
        return unexpected<error>(std::move(made));
    }
    context context_of(const sqlite_statement& row) {
        context made;
        made.stream          = what_.scope == query_scope::stream ? what_.name : in_.stream_name(row.number(column_stream));
        made.version         = version{row.count(column_version)};
        made.position        = position{row.count(column_position)};
        made.time            = timestamp{row.number(column_time)};
        made.id              = row.id(column_id);
        made.first_of_append = position{row.count(column_append)};
        annotations_.show(row.bytes(column_about), made);
        return made;
    }

    sqlite_reader&                in_;
    const schema_readers<Events>& how_;
    const query<Unit>&            what_;
    Reader&                       reader_;
    bool                          goes_through_;
    sqlite_columns                columns_;
    read_result                   result_;
    std::vector<std::byte>        room_;
    decoded_annotations           annotations_;
};

}  // namespace annals::detail

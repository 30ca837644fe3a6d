// Reading a log in a database.
#pragma once

#include <annals/log/encoded_append.hpp>
#include <annals/log/query.hpp>
#include <annals/log/schemas/schema_readers.hpp>
#include <annals/log/sqlite/tables.hpp>
#include <annals/log/tagged.hpp>

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

/// The columns of each reading.
enum sqlite_column : int {
    column_position,
    column_version,
    column_schema,
    column_time,
    column_id,
    column_about,
    column_payload,
    column_stream,
    column_append
};

/// The statement that a query is, with `?1` to `?6` for its name, first, last, last position, last time, and limit, as far as
/// it has them; and more for the tags behind the first. Everything that a user gave is bound, and not pasted.
template <class Unit>
std::string sqlite_statement_of(const query<Unit>& what, bool goes_through) {
    const query<Unit> all;
    const char*       counted = what.scope == query_scope::stream ? "e.version" : "e.position";
    std::string       sql     = "SELECT e.position, e.version, e.schema, e.time, e.id, e.about, e.payload, e.stream, e.append FROM ";
    std::string       conditions;
    const auto        also = [&](std::string_view condition) {
        conditions.append(conditions.empty() ? " WHERE " : " AND ").append(condition);
    };
    if (what.scope == query_scope::tagged && !goes_through) {
        counted = "t.position";
        sql += "tags t JOIN events e ON e.position = t.position";
        also("t.tag = ?1");
        int  place    = 7;
        bool is_first = true;
        for_each_tag_in(what.name, [&](std::string_view) {
            if (!std::exchange(is_first, false))
                also("EXISTS (SELECT 1 FROM tags WHERE tag = ?" + std::to_string(place++) + " AND position = t.position)");
            return true;
        });
    } else
        sql += "events e";
    if (what.scope == query_scope::stream) also("e.stream = (SELECT number FROM streams WHERE name = ?1)");
    if (what.scope == query_scope::category) also("e.category = (SELECT number FROM categories WHERE name = ?1)");
    if (what.first > 1) also(std::string{counted} + " >= ?2");
    if (what.last != all.last) also(std::string{counted} + " <= ?3");
    if (what.last_position != all.last_position) also("e.position <= ?4");
    if (what.last_time != all.last_time) also("e.time <= ?5");
    sql.append(conditions).append(" ORDER BY ").append(counted).append(what.descending ? " DESC" : "");
    return what.most != unlimited && !goes_through ? sql.append(" LIMIT ?6") : sql;
}

/// A connection for readers, with what it has prepared and looked up.
class sqlite_reader {
public:
    explicit sqlite_reader(sqlite_connection in) : in_(std::move(in)) {}

    [[nodiscard]] sqlite_connection& connection() noexcept { return in_; }

    expected<sqlite_statement*, error> prepared(std::string sql) {
        auto found = statements_.find(sql);
        if (found == statements_.end()) {
            auto made = in_.prepare(sql);
            if (!made) return unexpected<error>(std::move(made.error()));
            found = statements_.emplace(std::move(sql), std::move(*made)).first;
        }
        return &found->second;
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
    std::map<std::string, sqlite_statement>       statements_;
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
          goes_through_(what.scope == query_scope::tagged && how.has_other_tags()) {}

    /// Throws what a handler throws.
    expected<read_result, error> run() {
        if (what_.most == 0) return result_;
        auto asked = in_.prepared(sqlite_statement_of(what_, goes_through_));
        if (!asked) return unexpected<error>(std::move(asked.error()));
        sqlite_statement& rows = **asked;
        const sqlite_use  use(rows);
        bind(rows);
        int code = rows.step();
        for (; code == SQLITE_ROW; code = rows.step()) {
            if (auto done = take(rows); !done) return unexpected<error>(std::move(done.error()));
            if (result_.count == what_.most) return result_;
        }
        if (code != SQLITE_DONE) return unexpected<error>(in_.connection().failure(code, "the log cannot be read"));
        return result_;
    }

private:
    void bind(sqlite_statement& rows) {
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
        rows.bind(6, what_.most);
    }

    expected<void, error> take(const sqlite_statement& row) {
        const auto  schema = row.count(column_schema);
        const auto& known  = how_.entries();
        if (schema >= known.size() || known[schema].type == schema_readers<Events>::none)
            return damaged(row, "an event is of a schema that the log does not have");
        const auto where = [&] { return context_of(row); };
        if constexpr (has_tagged_events<flat<Events>>)
            if (goes_through_) {
                bool found    = false;
                auto matching = reader_of_any_tagged(found, what_.name);
                if (!how_.reader(schema).read(row.bytes(column_payload), matching, where, room_))
                    return damaged(row, "an event's bytes are none of its schema");
                if (!found) return {};
            }
        if (!how_.reader(schema).read(row.bytes(column_payload), reader_, where, room_))
            return damaged(row, "an event's bytes are none of its schema");
        ++result_.count;
        result_.version  = version{row.count(column_version)};
        result_.position = position{row.count(column_position)};
        return {};
    }
    expected<void, error> damaged(const sqlite_statement& row, std::string_view what) const {
        error made{errc::damaged, what, {}, {}, {}, in_.connection().path()};
        made.position = position{row.count(column_position)};
        return unexpected<error>(std::move(made));
    }
    context context_of(const sqlite_statement& row) {
        context made;
        made.stream   = what_.scope == query_scope::stream ? what_.name : in_.stream_name(row.number(column_stream));
        made.version  = version{row.count(column_version)};
        made.position = position{row.count(column_position)};
        made.time     = timestamp{row.number(column_time)};
        made.id       = row.id(column_id);
        made.first_of_append = position{row.count(column_append)};
        annotations_.show(row.bytes(column_about), made);
        return made;
    }

    sqlite_reader&                in_;
    const schema_readers<Events>& how_;
    const query<Unit>&            what_;
    Reader&                       reader_;
    bool                          goes_through_;
    read_result                   result_;
    std::vector<std::byte>        room_;
    decoded_annotations           annotations_;
};

}  // namespace annals::detail

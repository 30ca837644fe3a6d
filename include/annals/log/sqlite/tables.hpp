// What is in the database of a log.
#pragma once

#include <annals/log/schemas/schema_record.hpp>
#include <annals/log/sqlite/database.hpp>

#include <cstdint>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

namespace annals::detail {

/// PRAGMA application_id: says that the database is a log. The letters `anls`.
inline constexpr std::int64_t sqlite_application = 0x616e6c73;
/// Positions are gapless: they are counted by the one transaction that may write at a time. `append` is the position of the
/// first event of the same append; `about` the encoded annotations of that (codec/encode.hpp), if something was said; `payload`
/// the event in the encoding of its schema. `places` is how far read models are. `time` is nanoseconds of UTC since 1970.
///
/// The steps from each format to the next; PRAGMA user_version says how many of them a log has taken. What was released is not
/// changed any more.
inline constexpr const char* sqlite_steps[] = {
    R"(
CREATE TABLE schemas (number INTEGER PRIMARY KEY, name TEXT NOT NULL, text TEXT NOT NULL, UNIQUE (name, text)) STRICT;
CREATE TABLE categories (number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE streams (number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, category INTEGER NOT NULL REFERENCES categories,
                      version INTEGER NOT NULL) STRICT;
CREATE TABLE events (position INTEGER PRIMARY KEY, stream INTEGER NOT NULL REFERENCES streams, version INTEGER NOT NULL,
                     category INTEGER NOT NULL REFERENCES categories, schema INTEGER NOT NULL REFERENCES schemas, append INTEGER NOT NULL,
                     time INTEGER NOT NULL, id BLOB NOT NULL, about BLOB, payload BLOB NOT NULL) STRICT;
CREATE UNIQUE INDEX events_of_streams ON events (stream, version);
CREATE INDEX events_of_categories ON events (category);
CREATE TABLE places (name TEXT PRIMARY KEY, position INTEGER NOT NULL) STRICT;
CREATE TABLE tags (tag TEXT NOT NULL, position INTEGER NOT NULL REFERENCES events, PRIMARY KEY (tag, position)) STRICT, WITHOUT ROWID;
)",
    // `json` is for tools, and null where nobody asked for it; `readable` is for people.
    R"(
ALTER TABLE events ADD COLUMN json TEXT;
CREATE VIEW readable AS SELECT e.position, s.name AS stream, e.version, k.name AS event,
                               datetime(e.time / 1000000000, 'unixepoch') AS time, e.json
                        FROM events e JOIN streams s ON s.number = e.stream JOIN schemas k ON k.number = e.schema;
)"};
inline constexpr std::int64_t sqlite_format = std::size(sqlite_steps);

/// A number that a pragma answers, or a query of one row; 0 if there is none.
inline expected<std::int64_t, error> sqlite_number(sqlite_connection& in, const char* sql) {
    auto asked = in.prepare(sql);
    if (!asked) return unexpected<error>(std::move(asked.error()));
    const int code = asked->step();
    if (code != SQLITE_ROW && code != SQLITE_DONE) return unexpected<error>(in.failure(code, "the database cannot be read"));
    return code == SQLITE_ROW ? asked->number(0) : 0;
}

/// Makes the tables if the database is empty, or makes of older ones what they are now. Errors: `no_such_log`, if there is
/// something else in it; `unsupported`, if it is of a later format.
inline expected<void, error> make_tables(sqlite_connection& in) {
    return in.transact([&]() -> expected<void, error> {
        const auto refuse = [&](errc code, std::string_view why) {
            return unexpected<error>(error{code, why, {}, {}, {}, in.path()});
        };
        const auto application = sqlite_number(in, "PRAGMA application_id");
        if (!application) return unexpected<error>(application.error());
        const auto version = sqlite_number(in, "PRAGMA user_version");
        if (!version) return unexpected<error>(version.error());
        const auto tables = sqlite_number(in, "SELECT count(*) FROM sqlite_master");
        if (!tables) return unexpected<error>(tables.error());
        if (*application != sqlite_application && (*application != 0 || *version != 0 || *tables != 0))
            return refuse(errc::no_such_log, "the database holds something else");
        if (*version < 0 || *version > sqlite_format)
            return refuse(errc::unsupported, "the log was written by a newer version");
        if (*version == sqlite_format) return {};
        for (std::int64_t step = *version; step < sqlite_format; ++step)
            if (auto done = in.execute(sqlite_steps[step]); !done) return done;
        const std::string marks = "PRAGMA application_id = " + std::to_string(sqlite_application) +
                                  "; PRAGMA user_version = " + std::to_string(sqlite_format);
        return in.execute(marks.c_str());
    });
}

inline expected<std::vector<schema_record>, error> schemas_in(sqlite_connection& in) {
    auto asked = in.prepare("SELECT number, name, text FROM schemas ORDER BY number");
    if (!asked) return unexpected<error>(std::move(asked.error()));
    std::vector<schema_record> all;
    int                        code = asked->step();
    for (; code == SQLITE_ROW; code = asked->step())
        all.push_back({static_cast<std::uint16_t>(asked->number(0)), std::string{asked->text(1)}, std::string{asked->text(2)}});
    if (code != SQLITE_DONE) return unexpected<error>(in.failure(code, "the log's schemas cannot be read"));
    return all;
}

}  // namespace annals::detail

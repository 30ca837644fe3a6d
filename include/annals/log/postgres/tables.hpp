// What is in the schema of a log, and the functions that append to it. All of it is made in steps: a log that an older version
// of this library made gets the steps that it has not had.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace annals::detail {

/// The classes of advisory locks; the key is a hash of the schema's name. The letters `anls` to `anlx`.
enum postgres_lock : std::int32_t {
    lock_of_writers   = 0x616e6c73,  // held from before a position is counted until the transaction has ended
    lock_of_listeners = 0x616e6c74,  // held, shared, by each session that listens
    lock_of_making    = 0x616e6c75,
    lock_of_places    = 0x616e6c76,
    lock_of_sessions  = 0x616e6c77,  // held by each session of the log's, with the server's number of it for a key
    lock_of_order     = 0x616e6c78   // held by each transaction that another one goes ahead of, with a key of its own
};

/// The tables. Rows are only ever added, to all but `places`: no row is ever dead, so no transaction elsewhere that is open for
/// long, and keeps dead rows from being cleaned away, makes an append slower. `nth` counts from 0 within an append; `about` is
/// an encoded annotations_record, if something was said; `payload` the event in the encoding of its schema; `time` nanoseconds
/// of UTC since 1970. Names may have any bytes; those of texts in an own encoding.
inline constexpr std::string_view postgres_tables = R"(
CREATE TABLE {s}.annals_format (number integer NOT NULL);
CREATE TABLE {s}.schemas (number smallint PRIMARY KEY, name text NOT NULL, text text NOT NULL);
CREATE TABLE {s}.categories (number integer PRIMARY KEY, name bytea NOT NULL UNIQUE);
CREATE TABLE {s}.streams (number bigint PRIMARY KEY, name bytea NOT NULL UNIQUE, category integer NOT NULL);
CREATE TABLE {s}.events (position bigint PRIMARY KEY, stream bigint NOT NULL, version bigint NOT NULL, time bigint NOT NULL,
                         category integer NOT NULL, nth integer NOT NULL, schema smallint NOT NULL, id uuid NOT NULL,
                         about bytea, payload bytea NOT NULL);
CREATE UNIQUE INDEX events_of_streams ON {s}.events (stream, version);
CREATE INDEX events_of_categories ON {s}.events (category, position);
CREATE INDEX events_by_id ON {s}.events (id);
CREATE TABLE {s}.tags (tag bytea NOT NULL, position bigint NOT NULL, PRIMARY KEY (tag, position));
CREATE TABLE {s}.places (name bytea PRIMARY KEY, position bigint NOT NULL);
CREATE VIEW {s}.readable AS
    SELECT e.position, encode(s.name, 'escape') AS stream, e.version, k.name AS event,
           to_timestamp(e.time / 1e9) AS time, e.id, e.about, e.payload
    FROM {s}.events e JOIN {s}.streams s ON s.number = e.stream JOIN {s}.schemas k ON k.number = e.schema;
COMMENT ON VIEW {s}.readable IS 'The events of an annals log, for people';
)";

/// Why positions have no gaps, and no reader misses one: Whoever appends takes the lock of writers first, and counts on from
/// the last position that it sees then. It sees all that those before it wrote: each statement of a VOLATILE function takes a
/// snapshot of its own under READ COMMITTED, so those behind the lock are younger than the lock, and a transaction is visible
/// to new snapshots before its locks are released (CommitTransaction in access/transam/xact.c: RecordTransactionCommit makes it
/// durable, ProcArrayEndTransaction visible, and only then ResourceOwnerRelease lets go of locks). So transactions become
/// visible in the order of their positions, and a snapshot with an event has all before it. What is rolled back leaves no gap,
/// for its positions are counted again. Other people's transactions, however long they are open, matter to no one: no reader
/// asks who is running.
///
/// Transactions may go ahead without that lock (adding.hpp): they write behind what their own process has not committed yet, in
/// another session. What they go behind holds a lock of its own to its end. They wait for that, and then see, in a statement of
/// its own, whether the event before their first one is there, known by its id: if not, they fail. So transactions become
/// visible in the same order; and if anybody else has written there instead, or is about to, positions are unique. Who meets
/// such rows waits for them, and begins again; a process that finds that others want to append stops going ahead for a while.
///
/// The status is 0 if nothing is in the way of an append, 1 for one that is known (with its receipt), 2 if the version is not
/// the expected one, 3 if some of the ids are known. `expectation` is a version, or -1 for any, -2 for some.
inline constexpr std::string_view postgres_decision     = R"(
    IF pg_advisory_xact_lock({w}, {k}) IS NULL THEN NULL; END IF;
    SELECT s.number, s.category,
           (SELECT e.version FROM {s}.events e WHERE e.stream = s.number ORDER BY e.stream DESC, e.version DESC LIMIT 1)
        INTO stream_number, category_number, at_version FROM {s}.streams s WHERE s.name = stream_name;
    IF stream_number IS NULL THEN
        at_version := 0;
    ELSIF recognise THEN
        SELECT e.position - e.nth INTO known_first
            FROM {s}.events e WHERE e.id = ANY (ids) AND e.stream = stream_number LIMIT 1;
        IF known_first IS NOT NULL THEN
            SELECT array_agg(e.id ORDER BY e.position), max(e.position), max(e.version)
                INTO known_ids, known_position, known_version FROM {s}.events e
                WHERE e.position >= known_first AND e.position <= known_first + amount AND e.position - e.nth = known_first;
            IF known_ids = ids THEN RETURN ARRAY[1, known_version, known_position]; END IF;
            RETURN ARRAY[3, at_version, 0];
        END IF;
    END IF;
    IF (expectation >= 0 AND expectation <> at_version) OR (expectation = -2 AND at_version = 0) THEN
        RETURN ARRAY[2, at_version, 0];
    END IF;
    SELECT e.position, e.time INTO head, last_time FROM {s}.events e ORDER BY e.position DESC LIMIT 1;
    IF head IS NULL THEN head := 0; last_time := given_time; END IF;
    IF last_time < given_time THEN last_time := given_time; END IF;
    IF stream_number IS NULL THEN
        SELECT c.number INTO category_number FROM {s}.categories c WHERE c.name = category_name;
        IF category_number IS NULL THEN
            SELECT coalesce(max(c.number), 0) + 1 INTO category_number FROM {s}.categories c;
            INSERT INTO {s}.categories VALUES (category_number, category_name);
        END IF;
        SELECT coalesce(max(s.number), 0) + 1 INTO stream_number FROM {s}.streams s;
        INSERT INTO {s}.streams VALUES (stream_number, stream_name, category_number);
    END IF;
)";
inline constexpr std::string_view postgres_declarations = R"(
DECLARE
    stream_number bigint; category_number integer; at_version bigint; head bigint; last_time bigint;
    known_first bigint; known_position bigint; known_version bigint; known_ids uuid[]; amount integer := cardinality(ids);
BEGIN
)";
/// Wakes other processes, if one listens: NOTIFY has all who commit with one wait for each other, in the whole cluster. Whoever
/// begins to listen later looks at the log behind that, and sees this append, for it waits for this lock.
inline constexpr std::string_view postgres_ring = R"(
    IF NOT pg_try_advisory_xact_lock({l}, {k}) THEN PERFORM pg_notify('{n}', ''); END IF;
)";

/// The same for one event without tags, at the least cost there is: if the position is not the next one any more, it is taken,
/// and nothing is written. Not behind another one in the same transaction, which may have found that: a position that is free
/// is no proof then.
inline constexpr std::string_view postgres_insert = R"(
INSERT INTO {s}.events
VALUES (CASE WHEN pg_advisory_xact_lock({w}, {k}) IS NOT NULL THEN $1 END, $2, $3, $4, $5, 0, $6, $7, $8, $9)
ON CONFLICT (position) DO NOTHING
RETURNING pg_try_advisory_xact_lock({l}, {k}) OR pg_notify('{n}', '') IS NOT NULL)";

inline std::string postgres_functions() {
    std::string made;
    made.append(R"(
CREATE FUNCTION {s}.append_1(stream_name bytea, category_name bytea, expectation bigint, given_time bigint, recognise boolean,
                             ids uuid[], schemas bigint[], payloads bytea[], about bytea, tags bytea[], tagged bigint[])
RETURNS bigint[] LANGUAGE plpgsql AS $annals_body$)")
        .append(postgres_declarations)
        .append(postgres_decision)
        .append(R"(
    IF amount = 1 THEN
        INSERT INTO {s}.events VALUES (head + 1, stream_number, at_version + 1, last_time, category_number, 0, schemas[1], ids[1],
                                       about, payloads[1]);
    ELSE
        INSERT INTO {s}.events
            SELECT head + u.n, stream_number, at_version + u.n, last_time, category_number, u.n - 1, u.schema, u.id, about,
                   u.payload
            FROM unnest(ids, schemas, payloads) WITH ORDINALITY AS u (id, schema, payload, n);
    END IF;
    IF cardinality(tags) <> 0 THEN
        INSERT INTO {s}.tags SELECT u.tag, head + u.n FROM unnest(tags, tagged) AS u (tag, n);
    END IF;)")
        .append(postgres_ring)
        .append(R"(
    RETURN ARRAY[0, at_version + amount, head + amount, stream_number, category_number, last_time];
END $annals_body$;
-- The same if nothing came behind a position that may be in the way of a condition: 4 if something did, 5 if there are schemas
-- that the appender does not know.
CREATE FUNCTION {s}.append_if_1(stream_name bytea, category_name bytea, expectation bigint, given_time bigint, recognise boolean,
                                ids uuid[], schemas bigint[], payloads bytea[], about bytea, tags bytea[], tagged bigint[],
                                after bigint, known_schemas bigint, wanted bigint[], condition_tags bytea[], lists bigint[])
RETURNS bigint[] LANGUAGE plpgsql AS $annals_body$
DECLARE
    all_tags bytea[]; is_found boolean;
BEGIN
    IF pg_advisory_xact_lock({w}, {k}) IS NULL THEN NULL; END IF;
    IF (SELECT count(*) FROM {s}.schemas) <> known_schemas THEN RETURN ARRAY[5, 0, 0]; END IF;
    FOR turn IN 1 .. cardinality(wanted) LOOP
        all_tags := ARRAY(SELECT u.tag FROM unnest(condition_tags, lists) AS u (tag, list) WHERE u.list = turn);
        IF cardinality(all_tags) = 0 THEN
            is_found := EXISTS (SELECT FROM {s}.events e WHERE e.position > after AND (wanted[turn] >> e.schema) & 1 = 1);
        ELSE
            is_found := EXISTS (SELECT FROM {s}.tags t JOIN {s}.events e ON e.position = t.position
                                WHERE t.tag = all_tags[1] AND t.position > after AND (wanted[turn] >> e.schema) & 1 = 1
                                    AND NOT EXISTS (SELECT FROM unnest(all_tags) AS w (tag)
                                                    WHERE NOT EXISTS (SELECT FROM {s}.tags x
                                                                      WHERE x.tag = w.tag AND x.position = t.position)));
        END IF;
        IF is_found THEN RETURN ARRAY[4, 0, 0]; END IF;
    END LOOP;
    RETURN {s}.append_1(stream_name, category_name, expectation, given_time, recognise, ids, schemas, payloads, about, tags, tagged);
END $annals_body$;
CREATE FUNCTION {s}.begin_append_1(stream_name bytea, category_name bytea, expectation bigint, given_time bigint,
                                   recognise boolean, ids uuid[])
RETURNS bigint[] LANGUAGE plpgsql AS $annals_body$)")
        .append(postgres_declarations)
        .append(postgres_decision)
        .append(postgres_ring)
        .append(R"(
    RETURN ARRAY[0, at_version, head, stream_number, category_number, last_time];
END $annals_body$;
CREATE FUNCTION {s}.schema_number_1(schema_name text, schema_text text) RETURNS bigint LANGUAGE plpgsql AS $annals_body$
DECLARE
    found smallint;
BEGIN
    PERFORM pg_advisory_xact_lock({w}, {k});
    SELECT k.number INTO found FROM {s}.schemas k WHERE k.name = schema_name AND k.text = schema_text;
    IF found IS NULL THEN
        SELECT coalesce(max(k.number), -1) + 1 INTO found FROM {s}.schemas k;
        INSERT INTO {s}.schemas VALUES (found, schema_name, schema_text);
    END IF;
    RETURN found;
END $annals_body$;
-- The last position at a time, for positions have no gaps, and times do not go back.
CREATE FUNCTION {s}.position_at_1(moment bigint) RETURNS bigint LANGUAGE plpgsql STABLE AS $annals_body$
DECLARE
    low bigint := 0; high bigint; middle bigint; found bigint;
BEGIN
    SELECT e.position INTO high FROM {s}.events e ORDER BY e.position DESC LIMIT 1;
    IF high IS NULL THEN RETURN 0; END IF;
    WHILE low < high LOOP
        middle := low + (high - low + 1) / 2;
        SELECT e.time INTO found FROM {s}.events e WHERE e.position = middle;
        IF found <= moment THEN low := middle; ELSE high := middle - 1; END IF;
    END LOOP;
    RETURN low;
END $annals_body$;
)");
    return made;
}

/// What brings a log from each format to the next, beginning with nothing at all.
inline std::array<std::string, 2> postgres_steps() { return {std::string{postgres_tables}, postgres_functions()}; }

}  // namespace annals::detail

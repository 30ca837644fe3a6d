// Appending to a log in a database: each append is one transaction.
#pragma once

#include <annals/log/append.hpp>
#include <annals/log/encoded_append.hpp>
#include <annals/log/query.hpp>
#include <annals/log/schemas/written_schemas.hpp>
#include <annals/log/sqlite/reading.hpp>
#include <annals/log/sqlite/tables.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace annals::detail {

/// The one connection that writes. For one thread at a time.
template <class Events>
class sqlite_writer {
public:
    static expected<sqlite_writer, error> make(sqlite_connection in) {
        sqlite_writer made(std::move(in));
        for (std::size_t i = 0; i < texts.size(); ++i) {
            auto statement = made.in_.connection().prepare(texts[i]);
            if (!statement) return unexpected<error>(std::move(statement.error()));
            made.statements_[i] = std::move(*statement);
        }
        return made;
    }

    /// Calls `work()` in a transaction, which answers if what was changed is to be committed; else it is undone. Throws what
    /// `work` throws; nothing has happened then.
    template <class Work>
    expected<void, error> in_transaction(Work&& work) {
        if (auto done = run(begin); !done) return done;
        rollback unless_committed{*this};
        if (!work()) return {};
        if (auto done = run(commit); !done) {
            // What SQLite could not sync may be on the disk or not.
            if (done.error().code == errc::io_failed) done.error().code = errc::durability_unknown;
            return done;
        }
        unless_committed.is_over = true;
        return {};
    }

    /// False if one was begun and has failed as a whole.
    [[nodiscard]] bool is_in_transaction() { return in_.connection().is_in_transaction(); }

    struct known_stream {
        std::int64_t  number   = 0;  // 0 if there is none
        std::int64_t  category = 0;
        std::uint64_t version  = 0;
    };
    expected<known_stream, error> find(std::string_view stream) {
        known_stream     found;
        auto&            asked = statements_[find_stream];
        const sqlite_use use(asked);
        asked.bind(1, stream);
        const int code = asked.step();
        if (code == SQLITE_ROW) found = {asked.number(0), asked.number(1), asked.count(2)};
        if (code != SQLITE_ROW && code != SQLITE_DONE) return unexpected<error>(failure(code));
        return found;
    }

    /// What was appended with these ids before: a receipt; nothing, if they are new; or `duplicate_event`.
    expected<std::optional<receipt>, error> find_ids(const known_stream& stream, expected_version expects,
                                                     const std::vector<uuid>& ids) {
        if (expects.names_a_version() && expects.at().value < stream.version) {
            const auto at = same_append(stream, expects.at().value + 1, ids);
            if (!at || *at) return at;
        }
        auto&         asked = statements_[last_ids];
        std::uint64_t first = 0;
        {
            const sqlite_use use(asked);
            asked.bind(1, stream.number);
            int code = asked.step();
            for (; code == SQLITE_ROW && first == 0; code = asked.step())
                if (std::find(ids.begin(), ids.end(), asked.id(1)) != ids.end()) first = asked.count(0);
            if (first == 0 && code != SQLITE_DONE) return unexpected<error>(failure(code));
        }
        if (first == 0) return std::nullopt;
        auto known = same_append_at(first, ids);
        if (!known) return known;
        if (!*known)
            return unexpected<error>(error{errc::duplicate_event,
                                           "some of the event ids were appended before, but not as this batch",
                                           {},
                                           version{stream.version}});
        return known;
    }

    /// `json` is empty, or one text for each event.
    template <class Clock, class IdGenerator>
    expected<receipt, error> write(std::string_view name, known_stream stream, const metadata& about,
                                   const encoded_append<Events>& batch, const std::vector<std::string>& json, Clock& clock,
                                   IdGenerator& make_id) {
        const auto last = last_event();
        if (!last) return unexpected<error>(last.error());
        const std::uint64_t before = last->first;
        const std::int64_t  time   = std::max((about.time ? *about.time : clock()).nanoseconds, last->second);
        if (stream.number == 0)
            if (auto done = add_stream(name, stream); !done) return unexpected<error>(std::move(done.error()));
        std::uint64_t at     = 0;
        auto&         insert = statements_[add_event];
        // What is the same for all of them stays bound.
        insert.bind(2, stream.number);
        insert.bind(4, stream.category);
        insert.bind(6, before + 1);
        insert.bind(7, time);
        batch.about().empty() ? insert.bind_nothing(9) : insert.bind(9, batch.about());
        if (json.empty()) insert.bind_nothing(11);
        for (const auto& event : batch.events()) {
            ++at;
            const auto schema = number_of(event.type);
            if (!schema) return unexpected<error>(schema.error());
            const uuid       id = about.event_ids.empty() ? make_id() : about.event_ids[at - 1];
            const sqlite_use use(insert);
            insert.bind(1, before + at);
            insert.bind(3, stream.version + at);
            insert.bind(5, *schema);
            insert.bind(8, std::as_bytes(std::span(id.bytes)));
            insert.bind(10, batch.payload(event));
            if (!json.empty()) insert.bind(11, std::string_view(json[at - 1]));
            if (const int code = insert.step(); code != SQLITE_DONE) return unexpected<error>(failure(code));
            for (const std::string& tag : event.tags) {
                auto&            insert_tag = statements_[add_tag];
                const sqlite_use use_too(insert_tag);
                insert_tag.bind(1, std::string_view(tag));
                insert_tag.bind(2, before + at);
                if (const int code = insert_tag.step(); code != SQLITE_DONE) return unexpected<error>(failure(code));
            }
        }
        auto&            update = statements_[move_stream];
        const sqlite_use use(update);
        update.bind(1, stream.number);
        update.bind(2, stream.version + at);
        if (const int code = update.step(); code != SQLITE_DONE) return unexpected<error>(failure(code));
        return receipt{version{stream.version + at}, position{before + at}, at};
    }

    [[nodiscard]] sqlite_reader& reader() noexcept { return in_; }

private:
    enum statement : std::size_t {
        begin,
        commit,
        undo,
        find_stream,
        add_category,
        find_category,
        add_stream_row,
        move_stream,
        find_last,
        add_event,
        add_tag,
        last_ids,
        append_behind,
        ids_of_append,
        find_schema,
        add_schema,
        statement_count
    };
    static constexpr std::array<std::string_view, statement_count> texts = {
        "BEGIN IMMEDIATE",
        "COMMIT",
        "ROLLBACK",
        "SELECT number, category, version FROM streams WHERE name = ?1",
        "INSERT OR IGNORE INTO categories (name) VALUES (?1)",
        "SELECT number FROM categories WHERE name = ?1",
        "INSERT INTO streams (name, category, version) VALUES (?1, ?2, 0)",
        "UPDATE streams SET version = ?2 WHERE number = ?1",
        "SELECT position, time FROM events ORDER BY position DESC LIMIT 1",
        ("INSERT INTO events (position, stream, version, category, schema, append, time, id, about, payload, json) "
         "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"),
        "INSERT INTO tags (tag, position) VALUES (?1, ?2)",
        "SELECT append, id FROM events WHERE stream = ?1 ORDER BY version DESC LIMIT 1024",
        "SELECT append FROM events WHERE stream = ?1 AND version = ?2 AND append = position",
        "SELECT position, version, id FROM events WHERE position BETWEEN ?1 AND ?1 + ?2 AND append = ?1 ORDER BY position",
        "SELECT number FROM schemas WHERE name = ?1 AND text = ?2",
        "INSERT INTO schemas (number, name, text) VALUES ((SELECT coalesce(max(number), -1) + 1 FROM schemas), ?1, ?2)"};

    struct rollback {
        sqlite_writer& writer;
        bool           is_over = false;

        ~rollback() {
            if (is_over) return;
            if (writer.is_in_transaction()) (void)writer.run(undo);
            writer.numbers_.assign(writer.numbers_.size(), std::nullopt);  // some may not be there any more
        }
    };

    explicit sqlite_writer(sqlite_connection in) : in_(std::move(in)) {}

    [[nodiscard]] error   failure(int code) { return in_.connection().failure(code, "the database refused"); }
    expected<void, error> run(statement which) {
        auto&            asked = statements_[which];
        const sqlite_use use(asked);
        const int        code = asked.step();
        if (code != SQLITE_DONE) return unexpected<error>(failure(code));
        return {};
    }
    expected<std::pair<std::uint64_t, std::int64_t>, error> last_event() {
        auto&            asked = statements_[find_last];
        const sqlite_use use(asked);
        const int        code = asked.step();
        if (code == SQLITE_DONE) return std::pair<std::uint64_t, std::int64_t>{0, std::numeric_limits<std::int64_t>::min()};
        if (code != SQLITE_ROW) return unexpected<error>(failure(code));
        return std::pair<std::uint64_t, std::int64_t>{asked.count(0), asked.number(1)};
    }
    expected<void, error> add_stream(std::string_view name, known_stream& stream) {
        const std::string_view category = category_of(name);
        {
            auto&            insert = statements_[add_category];
            const sqlite_use use(insert);
            insert.bind(1, category);
            if (const int code = insert.step(); code != SQLITE_DONE) return unexpected<error>(failure(code));
        }
        {
            auto&            asked = statements_[find_category];
            const sqlite_use use(asked);
            asked.bind(1, category);
            if (const int code = asked.step(); code != SQLITE_ROW) return unexpected<error>(failure(code));
            stream.category = asked.number(0);
        }
        auto&            insert = statements_[add_stream_row];
        const sqlite_use use(insert);
        insert.bind(1, name);
        insert.bind(2, stream.category);
        if (const int code = insert.step(); code != SQLITE_DONE) return unexpected<error>(failure(code));
        stream.number = in_.connection().last_row();
        return {};
    }
    // Other processes may have announced schemas, too: numbers are those of the database.
    expected<std::int64_t, error> number_of(std::size_t type) {
        if (numbers_[type]) return *numbers_[type];
        const schema_record& schema = schemas_.at(type);
        for (const statement which : {find_schema, add_schema, find_schema}) {
            auto&            asked = statements_[which];
            const sqlite_use use(asked);
            asked.bind(1, std::string_view(schema.name));
            asked.bind(2, std::string_view(schema.text));
            const int code = asked.step();
            if (code == SQLITE_ROW) {
                numbers_[type] = asked.number(0);
                return *numbers_[type];
            }
            if (code != SQLITE_DONE) return unexpected<error>(failure(code));
        }
        return unexpected<error>(error{errc::damaged, "a schema cannot be announced", {}});
    }

    // Whether an append begins at a version, and has just these ids.
    expected<std::optional<receipt>, error> same_append(const known_stream& stream, std::uint64_t version,
                                                        const std::vector<uuid>& ids) {
        std::uint64_t first = 0;
        {
            auto&            asked = statements_[append_behind];
            const sqlite_use use(asked);
            asked.bind(1, stream.number);
            asked.bind(2, version);
            const int code = asked.step();
            if (code == SQLITE_DONE) return std::nullopt;
            if (code != SQLITE_ROW) return unexpected<error>(failure(code));
            first = asked.count(0);
        }
        return same_append_at(first, ids);
    }
    expected<std::optional<receipt>, error> same_append_at(std::uint64_t first, const std::vector<uuid>& ids) {
        auto&            asked = statements_[ids_of_append];
        const sqlite_use use(asked);
        asked.bind(1, first);
        asked.bind(2, std::uint64_t{ids.size()});  // one more than there are ids, if there is one
        receipt made;
        int     code = asked.step();
        for (; code == SQLITE_ROW; code = asked.step()) {
            if (made.count == ids.size() || asked.id(2) != ids[made.count]) return std::nullopt;
            made = receipt{version{asked.count(1)}, position{asked.count(0)}, made.count + 1};
        }
        if (code != SQLITE_DONE) return unexpected<error>(failure(code));
        return made.count == ids.size() ? std::optional<receipt>(made) : std::nullopt;
    }

    sqlite_reader                                 in_;  // which reads for conditions, too
    std::array<sqlite_statement, statement_count> statements_;
    written_schemas<Events>                       schemas_{{}};
    std::vector<std::optional<std::int64_t>>      numbers_ = std::vector<std::optional<std::int64_t>>(stored<Events>::size);
};

}  // namespace annals::detail

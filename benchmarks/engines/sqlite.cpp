// SQLite under this library beside SQLite alone: see measure.cpp for the arguments. The one that is alone has the tables of the
// log, and fills each column of them. Its threads take turns with one connection that writes, for SQLite lets one write at a
// time and threads that wait in it sleep too long; each reads with a connection of its own. All statements are prepared once.
// Both are durable when an append is acknowledged (write-ahead log, synchronous=FULL), and leave other processes in.
#include "annals_store.hpp"

#include <annals/log/sqlite_log.hpp>

#include <cstring>
#include <mutex>

#include <sqlite3.h>

namespace {

using log_type = annals::sqlite_log<warehouse::small_events>;
using engines::give_up;

log_type open_log(const std::string& place) {
    auto log = log_type::open(place + "/log.db");
    if (!log) give_up("annals", log.error().message());
    return std::move(*log);
}

struct closes {
    void operator()(sqlite3* db) const { sqlite3_close(db); }
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};

sqlite3_int64 number(std::uint64_t value) { return static_cast<sqlite3_int64>(value); }

class connection {
public:
    explicit connection(const std::string& place) {
        sqlite3* db = nullptr;
        if (sqlite3_open_v2((place + "/log.db").c_str(), &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr) !=
            SQLITE_OK)
            give_up("sqlite", "cannot be opened");
        db_.reset(db);
        sqlite3_busy_timeout(db, 5000);
        // What the log asks for, too.
        run("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
    }
    using statement = std::unique_ptr<sqlite3_stmt, closes>;

    void check(bool good) const {
        if (!good) give_up("sqlite", sqlite3_errmsg(db_.get()));
    }
    void run(const char* text) { check(sqlite3_exec(db_.get(), text, nullptr, nullptr, nullptr) == SQLITE_OK); }
    [[nodiscard]] statement prepare(const char* text) {
        sqlite3_stmt* prepared = nullptr;
        check(sqlite3_prepare_v3(db_.get(), text, -1, SQLITE_PREPARE_PERSISTENT, &prepared, nullptr) == SQLITE_OK);
        return statement(prepared);
    }
    /// For what answers nothing.
    void step(const statement& what) const {
        check(sqlite3_step(what.get()) == SQLITE_DONE);
        sqlite3_reset(what.get());
    }
    [[nodiscard]] sqlite3_int64 last_row() const { return sqlite3_last_insert_rowid(db_.get()); }

private:
    std::unique_ptr<sqlite3, closes> db_;
};

/// The connection that writes.
class writer {
public:
    explicit writer(const std::string& place) : db_(place) {}

    void append(const std::string& stream, std::uint64_t version, const warehouse::batch& events) {
        const std::lock_guard turn(turn_);
        db_.step(begin_);
        sqlite3_int64 number_of_stream = 0, category = 0;
        std::uint64_t now = 0;
        bind(find_, 1, stream);
        if (sqlite3_step(find_.get()) == SQLITE_ROW) {
            number_of_stream = sqlite3_column_int64(find_.get(), 0);
            category         = sqlite3_column_int64(find_.get(), 1);
            now              = static_cast<std::uint64_t>(sqlite3_column_int64(find_.get(), 2));
        }
        sqlite3_reset(find_.get());
        if (now != version) give_up("sqlite", "refused, though the version is right");
        db_.check(sqlite3_step(head_.get()) == SQLITE_ROW);
        const sqlite3_int64 before = sqlite3_column_int64(head_.get(), 0);
        sqlite3_reset(head_.get());
        if (number_of_stream == 0) {
            category         = category_number(stream.substr(0, stream.find('-')));
            number_of_stream = add_stream(stream, category);
        }
        const sqlite3_int64 time   = annals::utc_clock{}().nanoseconds;
        sqlite3_int64       at     = before;
        sqlite3_stmt* const insert = insert_.get();
        sqlite3_bind_int64(insert, 2, number_of_stream);
        sqlite3_bind_int64(insert, 4, category);
        sqlite3_bind_int64(insert, 6, before + 1);
        sqlite3_bind_int64(insert, 7, time);
        for (const warehouse::stored_event& event : events.bytes()) {
            const annals::uuid id = make_id_();
            sqlite3_bind_int64(insert, 1, ++at);
            sqlite3_bind_int64(insert, 3, number(++version));
            sqlite3_bind_int64(insert, 5, number(event.type));
            sqlite3_bind_blob(insert, 8, id.bytes, sizeof id.bytes, SQLITE_STATIC);
            sqlite3_bind_blob(insert, 9, event.bytes.data(), static_cast<int>(event.bytes.size()), SQLITE_STATIC);
            db_.step(insert_);
        }
        sqlite3_bind_int64(move_.get(), 1, number_of_stream);
        sqlite3_bind_int64(move_.get(), 2, number(version));
        db_.step(move_);
        db_.step(commit_);
    }

private:
    using statement = connection::statement;

    static void bind(const statement& to, int place, const std::string& text) {
        sqlite3_bind_text(to.get(), place, text.data(), static_cast<int>(text.size()), SQLITE_STATIC);
    }
    sqlite3_int64 category_number(const std::string& name) {
        bind(add_category_, 1, name);
        db_.step(add_category_);
        bind(category_, 1, name);
        db_.check(sqlite3_step(category_.get()) == SQLITE_ROW);
        const sqlite3_int64 found = sqlite3_column_int64(category_.get(), 0);
        sqlite3_reset(category_.get());
        return found;
    }
    sqlite3_int64 add_stream(const std::string& name, sqlite3_int64 category) {
        bind(add_stream_, 1, name);
        sqlite3_bind_int64(add_stream_.get(), 2, category);
        db_.step(add_stream_);
        return db_.last_row();
    }

    std::mutex                turn_;
    annals::uuid_v7_generator make_id_;
    connection                db_;
    statement                 begin_  = db_.prepare("BEGIN IMMEDIATE");
    statement                 commit_ = db_.prepare("COMMIT");
    statement                 find_   = db_.prepare("SELECT number, category, version FROM streams WHERE name = ?");
    statement                 head_   = db_.prepare("SELECT max(position) FROM events");
    statement                 insert_ = db_.prepare(
                        "INSERT INTO events (position, stream, version, category, schema, append, time, id, payload) "
                                        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)");
    statement move_         = db_.prepare("UPDATE streams SET version = ?2 WHERE number = ?1");
    statement add_category_ = db_.prepare("INSERT OR IGNORE INTO categories (name) VALUES (?)");
    statement category_     = db_.prepare("SELECT number FROM categories WHERE name = ?");
    statement add_stream_   = db_.prepare("INSERT INTO streams (name, category, version) VALUES (?, ?, 0)");
};

class sqlite_store : public engines::store {
public:
    explicit sqlite_store(const std::string& place) : place_(place), writer_((make_tables(place), place)) {}

    std::unique_ptr<engines::client> connect() override { return std::make_unique<end>(place_, writer_); }

private:
    class end : public engines::client {
    public:
        end(const std::string& place, writer& to) : writer_(to), db_(place) {}

        void append(const std::string& stream, std::uint64_t version, const warehouse::batch& events) override {
            writer_.append(stream, version, events);
        }
        warehouse::tally replay() override {
            warehouse::tally    state;
            sqlite3_stmt* const rows  = all_.get();
            int                 found = 0;
            while ((found = sqlite3_step(rows)) == SQLITE_ROW)
                warehouse::apply_stored(state, static_cast<std::uint64_t>(sqlite3_column_int64(rows, 0)),
                                        static_cast<const std::byte*>(sqlite3_column_blob(rows, 1)));
            db_.check(found == SQLITE_DONE);
            sqlite3_reset(rows);
            return state;
        }

    private:
        writer&               writer_;
        connection            db_;
        connection::statement all_ = db_.prepare("SELECT schema, payload FROM events ORDER BY position");
    };

    /// The tables are the log's, and so are the numbers of the schemas: one event of each type comes first.
    static void make_tables(const std::string& place) {
        auto log = open_log(place);
        if (log.head()->value != 0) return;
        warehouse::random_numbers random;
        warehouse::batch          first;
        first.fill(8, [&](std::size_t i) { return warehouse::random_small_event(i, random); });
        engines::append_events(log, "first", 0, first);
    }

    std::string place_;
    writer      writer_;
};

}  // namespace

int main(int argc, char** argv) {
    return engines::measure(
        {"sqlite",
         [](const std::string& place) { return std::make_unique<engines::shared_log_store<log_type>>(open_log(place)); },
         [](const std::string& place) { return std::make_unique<sqlite_store>(place); }},
        argc, argv);
}

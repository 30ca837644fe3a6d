// SQLite: a table of events in the order of their positions, and an index that finds a stream's versions and lets none come
// twice. A write-ahead log that is synced at each commit; one transaction for each append; all statements are prepared; one
// connection that threads take in turn, which has the files to itself and so need not lock them each time.
#include "contestant.hpp"

#include <sqlite3.h>

#include <mutex>

namespace {

struct closes {
    void operator()(sqlite3* db) const { sqlite3_close(db); }
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};

using connection = std::unique_ptr<sqlite3, closes>;
using statement  = std::unique_ptr<sqlite3_stmt, closes>;

sqlite3_int64 number(std::uint64_t value) {
    return static_cast<sqlite3_int64>(value);
}

class sqlite_contestant : public contestant {
public:
    explicit sqlite_contestant(const opening& how)
        : db_(connect(how.directory + "/log.sqlite")), checks_versions_(how.use == purpose::appends) {
        if (checks_versions_) {
            run("pragma locking_mode = exclusive");
            run("pragma journal_mode = wal");
            run("pragma synchronous = full");
        } else {
            run("pragma journal_mode = off");
            run("pragma synchronous = off");
            run("pragma mmap_size = 0x7fff0000");
        }
        run("create table if not exists events (position integer primary key, stream integer not null, version integer not "
            "null, type integer not null, payload blob not null)");
        if (checks_versions_) run("create unique index if not exists versions on events (stream, version)");
        begin_   = prepare("begin immediate");
        commit_  = prepare("commit");
        version_ = prepare("select max(version) from events where stream = ?");
        insert_  = prepare("insert into events (stream, version, type, payload) values (?, ?, ?, ?)");
        count_   = prepare("select max(position) from events");
        all_     = prepare("select type, payload from events order by position");
    }

    bool append(const stream_key& stream, std::uint64_t version, const warehouse::batch& events) override {
        const std::lock_guard turn(turn_);
        step(begin_);
        const bool fits = !checks_versions_ || version_of(stream) == version;
        if (fits)
            for (const warehouse::stored_event& event : events.bytes()) {
                sqlite3_bind_int64(insert_.get(), 1, number(stream.number));
                sqlite3_bind_int64(insert_.get(), 2, number(++version));
                sqlite3_bind_int64(insert_.get(), 3, number(event.type));
                sqlite3_bind_blob(insert_.get(), 4, event.bytes.data(), static_cast<int>(event.bytes.size()), SQLITE_STATIC);
                step(insert_);
            }
        step(commit_);
        return fits;
    }

    std::uint64_t count() override { return asked(count_); }

    warehouse::tally replay() override {
        warehouse::tally state;
        int              found = 0;
        while ((found = sqlite3_step(all_.get())) == SQLITE_ROW)
            apply_stored(state, static_cast<std::uint64_t>(sqlite3_column_int64(all_.get(), 0)),
                         static_cast<const std::byte*>(sqlite3_column_blob(all_.get(), 1)));
        check(found == SQLITE_DONE);
        sqlite3_reset(all_.get());
        return state;
    }

private:
    static connection connect(const std::string& path) {
        sqlite3* db = nullptr;
        if (sqlite3_open_v2(path.c_str(), &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr) !=
            SQLITE_OK)
            give_up("sqlite", "cannot be opened");
        return connection(db);
    }

    void check(bool good) const {
        if (!good) give_up("sqlite", sqlite3_errmsg(db_.get()));
    }
    void run(const char* text) { check(sqlite3_exec(db_.get(), text, nullptr, nullptr, nullptr) == SQLITE_OK); }

    statement prepare(const char* text) {
        sqlite3_stmt* prepared = nullptr;
        check(sqlite3_prepare_v3(db_.get(), text, -1, SQLITE_PREPARE_PERSISTENT, &prepared, nullptr) == SQLITE_OK);
        return statement(prepared);
    }
    void step(const statement& what) {
        check(sqlite3_step(what.get()) == SQLITE_DONE);
        sqlite3_reset(what.get());
    }
    std::uint64_t asked(const statement& what) {
        check(sqlite3_step(what.get()) == SQLITE_ROW);
        const auto answer = static_cast<std::uint64_t>(sqlite3_column_int64(what.get(), 0));
        sqlite3_reset(what.get());
        return answer;
    }
    std::uint64_t version_of(const stream_key& stream) {
        sqlite3_bind_int64(version_.get(), 1, number(stream.number));
        return asked(version_);
    }

    std::mutex turn_;
    connection db_;
    bool       checks_versions_;
    statement  begin_, commit_, version_, insert_, count_, all_;
};

}  // namespace

contestant_pointer open_sqlite(const opening& how) {
    return std::make_unique<sqlite_contestant>(how);
}

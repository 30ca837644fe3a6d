// SQLite's C interface, with owners and errors as values.
#pragma once

#include <annals/log/error.hpp>
#include <annals/model/context.hpp>
#include <annals/model/expected.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include <sqlite3.h>

namespace annals::detail {

/// A prepared statement, for one thread at a time. Values are bound by their place, from 1; results read by theirs, from 0.
/// What was bound stays with the caller until the statement is reset.
class sqlite_statement {
public:
    sqlite_statement() = default;
    explicit sqlite_statement(sqlite3_stmt* made) : made_(made) {}

    void bind(int place, std::int64_t value) { (void)sqlite3_bind_int64(made_.get(), place, value); }
    void bind(int place, std::uint64_t value) {
        constexpr auto most = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
        bind(place, static_cast<std::int64_t>(value < most ? value : most));
    }
    /// Names may have any bytes: SQLite keeps and compares them as they are.
    void bind(int place, std::string_view text) {
        (void)sqlite3_bind_text64(made_.get(), place, text.empty() ? "" : text.data(), text.size(), SQLITE_STATIC, SQLITE_UTF8);
    }
    void bind(int place, std::span<const std::byte> bytes) {
        (void)sqlite3_bind_blob64(made_.get(), place, bytes.empty() ? static_cast<const void*>("") : bytes.data(), bytes.size(),
                                  SQLITE_STATIC);
    }
    void bind_nothing(int place) { (void)sqlite3_bind_null(made_.get(), place); }

    /// SQLITE_ROW if there is a row, SQLITE_DONE if there is none, else an error's number.
    int  step() { return sqlite3_step(made_.get()); }
    void reset() { (void)sqlite3_reset(made_.get()); }
    /// Whether it is between its first step and its last, and not reset.
    [[nodiscard]] bool is_in_use() const { return sqlite3_stmt_busy(made_.get()) != 0; }

    [[nodiscard]] std::int64_t  number(int column) const { return sqlite3_column_int64(made_.get(), column); }
    [[nodiscard]] std::uint64_t count(int column) const { return static_cast<std::uint64_t>(number(column)); }
    [[nodiscard]] bool          is_nothing(int column) const { return sqlite3_column_type(made_.get(), column) == SQLITE_NULL; }
    /// Until the next step. The column is looked up once and not for each of the two: on a connection for one thread at a time
    /// a value is as protected as it ever is.
    [[nodiscard]] std::span<const std::byte> bytes(int column) const {
        sqlite3_value* const value = sqlite3_column_value(made_.get(), column);
        const auto* const    data  = static_cast<const std::byte*>(sqlite3_value_blob(value));
        return {data, static_cast<std::size_t>(sqlite3_value_bytes(value))};
    }
    [[nodiscard]] std::string_view text(int column) const {
        const auto all = bytes(column);
        return {reinterpret_cast<const char*>(all.data()), all.size()};
    }
    [[nodiscard]] uuid id(int column) const {
        uuid       id;
        const auto all = bytes(column);
        if (all.size() == sizeof(id.bytes)) std::memcpy(id.bytes, all.data(), sizeof(id.bytes));
        return id;
    }

private:
    struct finalize {
        void operator()(sqlite3_stmt* made) const { (void)sqlite3_finalize(made); }
    };
    std::unique_ptr<sqlite3_stmt, finalize> made_;
};

/// Resets a statement when it goes: it holds a part of the database fast until then.
class sqlite_use {
public:
    explicit sqlite_use(sqlite_statement& statement) : statement_(statement) {}
    sqlite_use(const sqlite_use&)            = delete;
    sqlite_use& operator=(const sqlite_use&) = delete;
    ~sqlite_use() { statement_.reset(); }

private:
    sqlite_statement& statement_;
};

/// A connection, for one thread at a time.
class sqlite_connection {
public:
    /// `flags` are those of sqlite3_open_v2. Waits up to `patience` milliseconds for other processes.
    static expected<sqlite_connection, error> open(const std::string& path, int flags, int patience) {
        sqlite3*          raw  = nullptr;
        const int         code = sqlite3_open_v2(path.c_str(), &raw, flags | SQLITE_OPEN_NOMUTEX, nullptr);
        sqlite_connection made(raw, path);
        if (code != SQLITE_OK) return unexpected<error>(made.failure(code, "the database cannot be opened"));
        (void)sqlite3_extended_result_codes(raw, 1);
        (void)sqlite3_busy_timeout(raw, patience);
        return made;
    }

    expected<void, error> execute(const char* sql, std::string_view reason = "the database refused") {
        const int code = sqlite3_exec(raw_.get(), sql, nullptr, nullptr, nullptr);
        if (code != SQLITE_OK) return unexpected<error>(failure(code, reason));
        return {};
    }
    /// Has `work()` done in a transaction of its own, which is committed if that answers no error.
    template <class Work>
    expected<void, error> transact(Work&& work) {
        if (auto done = execute("BEGIN IMMEDIATE"); !done) return done;
        const undo unless_done{*this};
        auto       done = work();
        return done ? execute("COMMIT") : done;
    }
    /// For a statement that is used again and again.
    expected<sqlite_statement, error> prepare(std::string_view sql) {
        sqlite3_stmt* made = nullptr;
        const int     code =
            sqlite3_prepare_v3(raw_.get(), sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT, &made, nullptr);
        if (code != SQLITE_OK) return unexpected<error>(failure(code, "the database is not as it should be"));
        return sqlite_statement(made);
    }

    /// An error of SQLite's as one of the log's.
    [[nodiscard]] error failure(int code, std::string_view reason) const {
        error made;
        switch (code & 0xff) {
            case SQLITE_FULL: made.code = errc::disk_full; break;
            case SQLITE_BUSY:
            case SQLITE_LOCKED: made.code = errc::locked; break;
            case SQLITE_CORRUPT: made.code = errc::damaged; break;
            case SQLITE_NOTADB: made.code = errc::no_such_log; break;
            case SQLITE_READONLY: made.code = errc::read_only; break;
            case SQLITE_TOOBIG: made.code = errc::append_too_large; break;
            default: made.code = errc::io_failed;
        }
        made.reason  = reason;
        made.path    = path_;
        made.details = raw_ ? sqlite3_errmsg(raw_.get()) : sqlite3_errstr(code);
        return made;
    }
    [[nodiscard]] std::int64_t last_row() const { return sqlite3_last_insert_rowid(raw_.get()); }
    /// Whether a transaction is open.
    [[nodiscard]] bool               is_in_transaction() const { return sqlite3_get_autocommit(raw_.get()) == 0; }
    [[nodiscard]] const std::string& path() const noexcept { return path_; }
    [[nodiscard]] sqlite3*           raw() const noexcept { return raw_.get(); }

private:
    struct undo {
        sqlite_connection& in;
        ~undo() {
            if (in.is_in_transaction()) (void)in.execute("ROLLBACK");
        }
    };
    struct close {
        void operator()(sqlite3* raw) const { (void)sqlite3_close_v2(raw); }
    };

    sqlite_connection(sqlite3* raw, std::string path) : raw_(raw), path_(std::move(path)) {}

    std::unique_ptr<sqlite3, close> raw_;
    std::string                     path_;
};

}  // namespace annals::detail

// The user's own SQL, in a transaction of the log's.
#pragma once

#include <annals/log/sqlite/database.hpp>
#include <annals/log/sqlite/reading.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace annals {

/// A row of an answer, there until the next one. Columns are counted from 0.
class sqlite_row {
public:
    explicit sqlite_row(const detail::sqlite_statement& at) : at_(at) {}

    [[nodiscard]] std::int64_t               number(int column) const { return at_.number(column); }
    [[nodiscard]] std::string_view           text(int column) const { return at_.text(column); }
    [[nodiscard]] std::span<const std::byte> bytes(int column) const { return at_.bytes(column); }
    [[nodiscard]] bool                       is_nothing(int column) const { return at_.is_nothing(column); }

private:
    const detail::sqlite_statement& at_;
};

/// What handlers are given that keep tables up to date in the log's database: see `table_read_model`. Statements are prepared
/// once. Values (integers, texts, bytes, UUIDs, optional ones) are bound to `?1`, `?2`, …: put none into the SQL itself. The
/// first failure is kept: nothing more is done then, and all of the transaction is undone.
class sqlite_transaction {
public:
    explicit sqlite_transaction(detail::sqlite_reader& in) : in_(in) {}
    sqlite_transaction(const sqlite_transaction&)            = delete;
    sqlite_transaction& operator=(const sqlite_transaction&) = delete;

    template <class... Value>
    void execute(std::string_view sql, const Value&... values) {
        query(
            sql, [](const sqlite_row&) {}, values...);
    }
    /// Calls `see(row)` for each row.
    template <std::invocable<const sqlite_row&> See, class... Value>
    void query(std::string_view sql, See&& see, const Value&... values) {
        if (failure_) return;
        auto asked = in_.prepared(std::string{sql});
        if (!asked) {
            failure_ = std::move(asked.error());
            failure_->details.append(": ").append(sql);
            return;
        }
        detail::sqlite_statement& statement = **asked;
        const detail::sqlite_use  use(statement);
        int                       place = 0;
        (bind(statement, ++place, values), ...);
        int code = statement.step();
        for (; code == SQLITE_ROW; code = statement.step()) see(sqlite_row(statement));
        if (code != SQLITE_DONE) {
            failure_ = in_.connection().failure(code, "the database refused a statement");
            failure_->details.append(": ").append(sql);
        }
    }

    /// How far a read model of this name is; nothing if there is none.
    std::optional<position> place_of(std::string_view name) {
        std::optional<position> found;
        query("SELECT position FROM places WHERE name = ?1",
              [&](const sqlite_row& row) { found = position{static_cast<std::uint64_t>(row.number(0))}; }, name);
        return found;
    }
    void set_place(std::string_view name, position at) {
        execute("INSERT INTO places (name, position) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET position = ?2", name,
                at.value);
    }

    [[nodiscard]] const std::optional<error>& failure() const noexcept { return failure_; }

private:
    template <class Value>
    static void bind(detail::sqlite_statement& to, int place, const Value& value) {
        if constexpr (std::is_integral_v<Value>)
            to.bind(place, static_cast<std::int64_t>(value));
        else if constexpr (std::is_same_v<Value, uuid>)
            to.bind(place, std::as_bytes(std::span(value.bytes)));
        else if constexpr (std::is_convertible_v<const Value&, std::string_view>)
            to.bind(place, std::string_view(value));
        else if constexpr (requires { *value, value.has_value(); }) {
            if (value.has_value())
                bind(to, place, *value);
            else
                to.bind_nothing(place);
        } else
            to.bind(place, std::span<const std::byte>(value));
    }

    detail::sqlite_reader& in_;
    std::optional<error>   failure_;
};

}  // namespace annals

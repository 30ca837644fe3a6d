// The user's own SQL, in a transaction of the log's.
#pragma once

#include <annals/log/postgres/session.hpp>

#include <charconv>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace annals {

/// A row of an answer, there until the next one. Columns are counted from 0.
class postgres_row {
public:
    postgres_row(const detail::postgres_result& in, int row) : in_(in), row_(row) {}

    /// Of any type that is written as an integer, such as a sum; 0 if it is none.
    [[nodiscard]] std::int64_t number(int column) const {
        const std::string_view text  = this->text(column);
        std::int64_t           value = 0;
        if (text == "t") return 1;
        (void)std::from_chars(text.data(), text.data() + text.size(), value);
        return value;
    }
    /// A value of any type, as PostgreSQL writes it.
    [[nodiscard]] std::string_view text(int column) const { return in_.text(row_, column); }
    /// Of a bytea.
    [[nodiscard]] std::span<const std::byte> bytes(int column) const {
        std::size_t          length = 0;
        unsigned char* const read =
            PQunescapeBytea(reinterpret_cast<const unsigned char*>(in_.text(row_, column).data()), &length);
        bytes_.assign(reinterpret_cast<const std::byte*>(read), reinterpret_cast<const std::byte*>(read) + length);
        PQfreemem(read);
        return bytes_;
    }
    [[nodiscard]] bool is_nothing(int column) const { return in_.is_nothing(row_, column); }

private:
    const detail::postgres_result& in_;
    int                            row_;
    mutable std::vector<std::byte> bytes_;
};

/// What handlers are given that keep tables up to date in the log's database: see `table_read_model`. Statements are prepared
/// once. Values (numbers, texts, bytes, UUIDs, optional ones) are bound to `$1`, `$2`, …, and take the type of their place:
/// put none into the SQL itself. The first failure is kept: nothing more is done then, and all of the transaction is undone.
class postgres_transaction {
public:
    explicit postgres_transaction(detail::postgres_session& in) : in_(in) {}
    postgres_transaction(const postgres_transaction&)            = delete;
    postgres_transaction& operator=(const postgres_transaction&) = delete;

    template <class... Value>
    void execute(std::string_view sql, const Value&... values) {
        query(
            sql, [](const postgres_row&) {}, values...);
    }
    /// Calls `see(row)` for each row.
    template <std::invocable<const postgres_row&> See, class... Value>
    void query(std::string_view sql, See&& see, const Value&... values) {
        if (failure_) return;
        detail::postgres_values bound;
        (bind(bound, values), ...);
        if (failure_) return;
        auto rows = ask(std::string{sql}, bound);
        if (!rows) {
            failure_ = std::move(rows.error());
            failure_->details.append(": ").append(sql);
            return;
        }
        for (int i = 0; i < rows->rows(); ++i) see(postgres_row(*rows, i));
    }

    /// How far a read model of this name is; nothing if there is none. No one else has this name's place, from now until the
    /// transaction has ended.
    std::optional<position> place_of(std::string_view name) {
        const auto bytes = detail::bytes_of_text(name);
        execute(in_.sql("SELECT pg_advisory_xact_lock({p}, hashtext('{k} ' || encode($1::bytea, 'hex')))"), bytes);
        std::optional<position> found;
        query(
            in_.sql("SELECT position FROM {s}.places WHERE name = $1"),
            [&](const postgres_row& row) { found = position{static_cast<std::uint64_t>(row.number(0))}; }, bytes);
        has_place_ = !failure_;
        return found;
    }
    void set_place(std::string_view name, position at) {
        execute(in_.sql("INSERT INTO {s}.places VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET position = excluded.position"),
                detail::bytes_of_text(name), at.value);
    }

    [[nodiscard]] const std::optional<error>& failure() const noexcept { return failure_; }
    /// Whether doing the same again finds by its place what was done already.
    [[nodiscard]] bool has_place() const noexcept { return has_place_; }

private:
    expected<detail::postgres_result, error> ask(const std::string& sql, const detail::postgres_values& values) {
        constexpr std::string_view reason = "the database refused a statement";
        std::string                key    = "own " + sql;  // and not one of the log's, whose results are in binary
        for (const Oid each : values.types()) key.append(" ").append(std::to_string(each));
        if (in_.statements() >= most_statements) in_.forget_statements();
        const auto name = in_.prepared_as(key, sql, values.types());
        if (!name) return unexpected<error>(name.error());
        if (!in_.send(*name, values, 0)) return unexpected<error>(in_.connection().lost());
        // A statement of the user's may take its time.
        return in_.connection().only_result(detail::postgres_deadline::max(), reason);
    }
    template <class Value>
    void bind(detail::postgres_values& to, const Value& value) {
        if constexpr (std::is_arithmetic_v<Value>) {
            char       digits[40];
            const auto end = [&] {
                if constexpr (std::is_same_v<Value, bool>)
                    return std::to_chars(digits, digits + sizeof(digits), value ? 1 : 0).ptr;
                else
                    return std::to_chars(digits, digits + sizeof(digits), value).ptr;
            }();
            to.add_written({digits, static_cast<std::size_t>(end - digits)});
        } else if constexpr (std::is_same_v<Value, uuid>)
            to.add(value);
        else if constexpr (std::is_convertible_v<const Value&, std::string_view>) {
            const std::string_view text = value;
            if (text.find('\0') != text.npos && !failure_)
                failure_ = error{errc::invalid_event, "a text of PostgreSQL has no zero bytes: bind it as bytes", {}};
            to.add_written(text);
        } else if constexpr (requires { *value, value.has_value(); }) {
            if (value.has_value())
                bind(to, *value);
            else
                to.add_nothing(detail::postgres_any);
        } else
            to.add(std::span<const std::byte>(value));
    }

    static constexpr std::size_t most_statements = 500;

    detail::postgres_session& in_;
    std::optional<error>      failure_;
    bool                      has_place_ = false;
};

}  // namespace annals

// Events as PostgreSQL sends them: as the rows of a result, or as a stream of bytes.
#pragma once

#include <annals/log/postgres/session.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace annals::detail {

/// A row of `postgres_columns`; its bytes are there until the next one.
struct postgres_event_row {
    std::int64_t               position = 0, version = 0, time = 0, nth = 0, schema = 0, stream = 0, category = 0;
    uuid                       id{};
    std::span<const std::byte> about{}, payload{};
};

inline postgres_event_row row_of(const postgres_result& rows, int row) {
    return {rows.number(row, 0), rows.number(row, 1), rows.number(row, 2),         rows.number(row, 3), rows.number(row, 4),
            rows.number(row, 5), rows.number(row, 6), uuid_of(rows.bytes(row, 7)), rows.bytes(row, 8),  rows.bytes(row, 9)};
}

/// What a COPY's rows have.
enum class postgres_row_shape { full, bare, bare_with_position };

/// The rows of a COPY, one by one as they come: no more than one is held. For a session that does nothing else meanwhile.
class postgres_copy_out {
public:
    static expected<postgres_copy_out, error> begin(postgres_session& in, const std::string& sql, postgres_row_shape shape) {
        auto begun = in.run(sql);
        if (!begun) return unexpected<error>(std::move(begun.error()));
        if (begun->status() != PGRES_COPY_OUT)
            return unexpected<error>(in.connection().lost("the server does not send what it was asked for"));
        return postgres_copy_out(in, shape);
    }
    postgres_copy_out(postgres_copy_out&& other) noexcept
        : in_(other.in_), shape_(other.shape_), message_(std::exchange(other.message_, nullptr)), is_begun_(other.is_begun_) {}
    postgres_copy_out& operator=(postgres_copy_out&&) = delete;
    ~postgres_copy_out() { PQfreemem(message_); }

    /// The next row, until the next call; none at the end, and behind a failure.
    postgres_event_row* next() {
        auto& connection = in_->connection();
        for (;;) {
            PQfreemem(std::exchange(message_, nullptr));
            const int length = PQgetCopyData(connection.raw(), &message_, 1);
            if (length == 0) {
                if (connection.wait(POLLIN, in_->place().silence()) && PQconsumeInput(connection.raw())) continue;
                failure_ = connection.lost();
                return nullptr;
            }
            if (length < 0) {
                auto done = connection.only_result(in_->place().silence(), "the log cannot be read");
                if (!done) failure_ = std::move(done.error());
                return nullptr;
            }
            const char* at  = message_;
            const char* end = message_ + length;
            if (!std::exchange(is_begun_, true)) at += std::min<std::ptrdiff_t>(header, end - at);
            if (end - at < 2 || big_endian_at<std::int16_t>(at) <= 0) continue;  // the header, or the trailer
            at += 2;
            if (shape_ != postgres_row_shape::bare) row_.position = take<std::int64_t>(at);
            if (shape_ == postgres_row_shape::full) {
                row_.version  = take<std::int64_t>(at);
                row_.time     = take<std::int64_t>(at);
                row_.nth      = take<std::int32_t>(at);
                row_.schema   = take<std::int16_t>(at);
                row_.stream   = take<std::int64_t>(at);
                row_.category = take<std::int32_t>(at);
                row_.id       = uuid_of(take_bytes(at, end));
                row_.about    = take_bytes(at, end);
            } else
                row_.schema = take<std::int16_t>(at);
            row_.payload = take_bytes(at, end);
            return &row_;
        }
    }
    [[nodiscard]] const std::optional<error>& failure() const noexcept { return failure_; }

private:
    static constexpr std::ptrdiff_t header = 19;  // a signature, flags, and no extension

    postgres_copy_out(postgres_session& in, postgres_row_shape shape) : in_(&in), shape_(shape) {}

    // Behind its length, which is known.
    template <class Integer>
    static std::int64_t take(const char*& at) {
        const auto value = big_endian_at<Integer>(at + 4);
        at += 4 + sizeof(Integer);
        return value;
    }
    static std::span<const std::byte> take_bytes(const char*& at, const char* end) {
        if (end - at < 4) return {};
        const auto length = big_endian_at<std::int32_t>(at);
        at += 4;
        if (length <= 0 || end - at < length) return {};
        const auto* const first = reinterpret_cast<const std::byte*>(at);
        at += length;
        return {first, static_cast<std::size_t>(length)};
    }

    postgres_session*    in_;
    postgres_row_shape   shape_;
    char*                message_  = nullptr;
    bool                 is_begun_ = false;
    postgres_event_row   row_;  // made once: what a shape does not have stays as it is
    std::optional<error> failure_{};
};

}  // namespace annals::detail

// Rows on their way into the tables, by COPY.
#pragma once

#include <annals/log/postgres/appending.hpp>
#include <annals/log/postgres/knowledge.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace annals::detail {

/// The rows of an append that goes behind `at`, as COPY takes them in binary.
class postgres_rows {
public:
    postgres_rows(const postgres_append& append, const postgres_target& at) {
        std::int32_t nth = 0;
        for (const auto& each : append.events) {
            put_big_endian(events_, std::int16_t{10});
            put(events_, at.position + nth + 1);
            put(events_, at.stream);
            put(events_, at.version + nth + 1);
            put(events_, at.time);
            put(events_, static_cast<std::int32_t>(at.category));
            put(events_, nth);
            put(events_, static_cast<std::int16_t>(each.schema));
            put(events_, std::as_bytes(std::span(each.id.bytes)));
            if (append.about.empty())
                put_big_endian(events_, std::int32_t{-1});
            else
                put(events_, append.about);
            put(events_, each.payload);
            ++nth;
            for (const std::string& tag : *each.tags) {
                put_big_endian(tags_, std::int16_t{2});
                put(tags_, bytes_of_text(tag));
                put(tags_, at.position + nth);
            }
        }
    }

    /// Copies them, and runs a statement behind that, as one query.
    postgres_outcome copy(postgres_session& in, std::string_view and_then) const {
        auto&            connection = in.connection();
        const auto       silence    = in.place().silence();
        std::string      sql        = "COPY {s}.events FROM STDIN (FORMAT binary);";
        postgres_outcome made;
        const auto       lost = [&](error why) {
            made.results = unexpected<error>(std::move(why));
            return std::move(made);
        };
        if (!tags_.empty()) sql += "COPY {s}.tags FROM STDIN (FORMAT binary);";
        if (!PQsendQuery(connection.raw(), in.sql(sql.append(and_then)).c_str())) return lost(connection.lost());
        for (bool is_begun = false;;) {
            auto next = connection.next_result(silence);
            if (!next) return lost(std::move(next.error()));
            if (!*next) return made;
            if (next->status() != PGRES_COPY_IN) {
                made.results->push_back(std::move(*next));
                continue;
            }
            const auto& rows = std::exchange(is_begun, true) ? tags_ : events_;
            made.is_sent     = tags_.empty() || &rows == &tags_;
            if (!send(connection, rows, silence)) return lost(connection.lost());
        }
    }

private:
    template <std::integral Integer>
    static void put(std::vector<char>& to, Integer value) {
        put_big_endian(to, static_cast<std::int32_t>(sizeof(value)));
        put_big_endian(to, value);
    }
    static void put(std::vector<char>& to, std::span<const std::byte> bytes) {
        put_big_endian(to, static_cast<std::int32_t>(bytes.size()));
        put_bytes(to, bytes);
    }

    // Between a signature and a trailer, a part at a time: libpq holds what the server has not taken.
    static bool send(postgres_connection& connection, std::span<const char> rows, postgres_deadline until) {
        static constexpr std::string_view signature{"PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0", 19}, trailer{"\377\377", 2};
        static constexpr std::size_t      most        = std::size_t{1} << 18U;
        const auto                        until_taken = [&](auto&& give) {
            int done = 0;
            while ((done = give()) == 0)
                if (!connection.wait(POLLOUT, until)) return false;
            return done > 0;
        };
        const auto put_part = [&](std::span<const char> part) {
            return until_taken([&] { return PQputCopyData(connection.raw(), part.data(), static_cast<int>(part.size())); });
        };
        if (!put_part(signature)) return false;
        for (; !rows.empty(); rows = rows.subspan(std::min(most, rows.size())))
            if (!put_part(rows.first(std::min(most, rows.size())))) return false;
        return put_part(trailer) && until_taken([&] { return PQputCopyEnd(connection.raw(), nullptr); });
    }

    std::vector<char> events_, tags_;
};

}  // namespace annals::detail

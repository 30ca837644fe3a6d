// What a query is in SQL. Everything that a user gave is bound, and never pasted; but numbers are, where nothing can be bound.
#pragma once

#include <annals/log/postgres/binary.hpp>
#include <annals/log/query.hpp>
#include <annals/log/tagged.hpp>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

namespace annals::detail {

/// What is left to be read of a query: `first` to `last` in versions or positions, nothing behind `last_position`.
struct postgres_selection {
    query_scope      scope{};
    std::string_view name;
    bool             descending = false;
    std::int64_t     first = 1, last = 0, last_position = 0;
    std::uint64_t    most = 0;

    template <class Unit>
    static postgres_selection of(const query<Unit>& what) {
        return {what.scope,
                what.name,
                what.descending,
                as_bigint(std::max<std::uint64_t>(what.first, 1)),
                as_bigint(what.last),
                as_bigint(what.last_position.value),
                what.most};
    }
    [[nodiscard]] bool         counts_versions() const { return scope == query_scope::stream; }
    [[nodiscard]] bool         is_empty() const { return most == 0 || first > last_wanted(); }
    [[nodiscard]] std::int64_t last_wanted() const { return counts_versions() ? last : std::min(last, last_position); }
    /// An event was read.
    void pass(std::int64_t number) {
        if (descending)
            last = number - 1;
        else
            first = number + 1;
        if (most != unlimited) --most;
    }
};

/// The columns of each reading, in this order; and the last position of the log, if it was asked for.
inline constexpr std::string_view postgres_columns =
    "e.position, e.version, e.time, e.nth, e.schema, e.stream, e.category, e.id, e.about, e.payload";

/// A statement for some rows, and its values. Comparisons of rows are the bounds of an index as it is walked: no statistics, or
/// lack of them, has PostgreSQL look elsewhere.
struct postgres_page {
    std::string     sql;
    postgres_values values;

    postgres_page(const postgres_selection& what, std::uint64_t rows, bool with_moment) {
        const char* const order = what.descending ? " DESC" : "";
        sql.append("SELECT ").append(postgres_columns);
        if (with_moment) sql.append(", (SELECT max(position) FROM {s}.events)");
        values.add(what.first);
        values.add(what.last_wanted());
        values.add(std::min(rows, what.most));
        const auto between = [&](std::string_view key, std::string_view column, std::string_view is) {
            sql.append(" WHERE (").append(key).append(", ").append(column).append(") >= (").append(is).append(", $1) AND (");
            sql.append(key).append(", ").append(column).append(") <= (").append(is).append(", $2)");
        };
        switch (what.scope) {
            case query_scope::stream:
                sql.append(" FROM {s}.events e");
                between("e.stream", "e.version", "(SELECT number FROM {s}.streams WHERE name = $4)");
                sql.append(" AND e.position <= $5 ORDER BY e.stream").append(order).append(", e.version");
                values.add(bytes_of_text(what.name));
                values.add(what.last_position);
                break;
            case query_scope::category:
                sql.append(" FROM {s}.events e");
                between("e.category", "e.position", "(SELECT number FROM {s}.categories WHERE name = $4)");
                sql.append(" ORDER BY e.category").append(order).append(", e.position");
                values.add(bytes_of_text(what.name));
                break;
            case query_scope::whole_log:
                sql.append(" FROM {s}.events e WHERE e.position >= $1 AND e.position <= $2 ORDER BY e.position");
                break;
            case query_scope::tagged: {
                sql.append(" FROM {s}.tags t JOIN {s}.events e ON e.position = t.position");
                between("t.tag", "t.position", "$4");
                int place = 4;
                for_each_tag_in(what.name, [&](std::string_view tag) {
                    if (place != 4)
                        sql.append(" AND EXISTS (SELECT 1 FROM {s}.tags x WHERE x.tag = $")
                            .append(std::to_string(place))
                            .append(" AND x.position = t.position)");
                    values.add(bytes_of_text(tag));
                    ++place;
                    return true;
                });
                sql.append(" ORDER BY t.tag").append(order).append(", t.position");
            }
        }
        sql.append(order).append(" LIMIT $3");
    }
};

/// For readers that take no contexts: all that is not known from the order. Positions and versions have no gaps.
inline constexpr std::string_view postgres_bare_columns               = "e.schema, e.payload",
                                  postgres_bare_columns_of_categories = "e.position, e.schema, e.payload";

/// The same as a COPY, which takes no values: the stream or the category by its number. Not for tags, and of the whole log no
/// more rows than there are within the bounds.
inline std::string postgres_copy(const postgres_selection& what, std::int64_t number, std::uint64_t rows, bool is_bare) {
    const auto        digits = [](std::int64_t value) { return std::to_string(value); };
    const char* const order  = what.descending ? " DESC" : "";
    std::string       sql    = "COPY (SELECT ";
    sql.append(!is_bare                              ? postgres_columns
               : what.scope == query_scope::category ? postgres_bare_columns_of_categories
                                                     : postgres_bare_columns);
    sql.append(" FROM {s}.events e WHERE ");
    if (what.scope == query_scope::whole_log) {
        // Positions have no gaps, and bounds cost the server less than a count of rows does.
        const auto far  = static_cast<std::int64_t>(rows) - 1;
        const auto from = what.descending ? what.last_wanted() - far : what.first;
        sql.append("e.position >= ").append(digits(from)).append(" AND e.position <= ").append(digits(from + far));
        sql.append(" ORDER BY e.position").append(order);
    } else {
        const std::string key    = what.counts_versions() ? "e.stream" : "e.category",
                          column = what.counts_versions() ? "e.version" : "e.position";
        sql.append("(" + key + ", " + column + ") >= (" + digits(number) + ", " + digits(what.first) + ") AND (");
        sql.append(key + ", " + column + ") <= (" + digits(number) + ", " + digits(what.last_wanted()) + ")");
        if (what.counts_versions()) sql.append(" AND e.position <= ").append(digits(what.last_position));
        sql.append(" ORDER BY " + key + order + ", " + column).append(order).append(" LIMIT ").append(std::to_string(rows));
    }
    return sql.append(") TO STDOUT (FORMAT binary)");
}

}  // namespace annals::detail

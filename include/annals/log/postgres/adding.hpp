// Appends whose outcome is foreseen, for nobody else has appended: no statement looks anything up for them.
#pragma once

#include <annals/log/postgres/appending.hpp>
#include <annals/log/postgres/knowledge.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace annals::detail {

/// Such an append, and what it goes behind.
struct postgres_foreseen {
    postgres_append* append;
    postgres_target  at;
};

/// Adds appends, one behind the other. They may `go_ahead` of what they go behind, if that is on its way: what is true by then
/// is seen to by `postgres_end_ahead`.
inline postgres_statement add(const std::vector<postgres_foreseen>& all, bool go_ahead) {
    const auto& first = all.front();
    const auto& event = first.append->events.front();
    if (all.size() == 1 && first.append->events.size() == 1 && event.tags->empty() && !go_ahead) {
        postgres_statement made{postgres_insert};
        for (const std::int64_t each :
             {first.at.position + 1, first.at.stream, first.at.version + 1, first.at.time, first.at.category, event.schema})
            made.values.add(each);
        made.values.add(event.id);
        made.values.add_bytes_or_nothing(first.append->about);
        made.values.add(event.payload);
        return made;
    }
    struct row {
        const postgres_foreseen*  of;
        const postgres_new_event* event;
        std::int64_t              nth;
    };
    std::vector<row>                                       rows;
    std::vector<std::pair<std::string_view, std::int64_t>> tags;
    for (const auto& each : all) {
        std::int64_t nth = 0;
        for (const auto& one : each.append->events) {
            rows.push_back({&each, &one, nth++});
            for (const std::string& tag : *one.tags) tags.emplace_back(tag, static_cast<std::int64_t>(rows.size()));
        }
    }
    postgres_statement made{"SELECT {s}.add_2($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)"};
    auto&              values = made.values;
    values.add(go_ahead);
    values.add(first.at.position);
    const auto add_numbers = [&](auto value_of) {
        values.add_array(postgres_array_of_bigint, postgres_bigint, rows.size(),
                         [&](std::vector<char>& to, std::size_t i) { put_big_endian(to, value_of(rows[i])); });
    };
    add_numbers([](const row& each) { return each.of->at.stream; });
    add_numbers([](const row& each) { return each.of->at.version + each.nth + 1; });
    add_numbers([](const row& each) { return each.of->at.time; });
    add_numbers([](const row& each) { return each.of->at.category; });
    add_numbers([](const row& each) { return each.nth; });
    add_numbers([](const row& each) { return each.event->schema; });
    values.add_array(postgres_array_of_uuid, postgres_uuid, rows.size(), [&](std::vector<char>& to, std::size_t i) {
        put_bytes(to, std::as_bytes(std::span(rows[i].event->id.bytes)));
    });
    values.add_array(
        postgres_array_of_bytes, postgres_bytes, rows.size(),
        [&](std::vector<char>& to, std::size_t i) { put_bytes(to, rows[i].of->append->about); },
        [&](std::size_t i) { return rows[i].of->append->about.empty(); });
    values.add_array(postgres_array_of_bytes, postgres_bytes, rows.size(),
                     [&](std::vector<char>& to, std::size_t i) { put_bytes(to, rows[i].event->payload); });
    add_tags(values, tags);
    return made;
}
/// Whether `add` did so, by what its statement says. It did if the last position was theirs to go behind.
inline bool is_added(const postgres_statement& by, const postgres_result& said) {
    return said.rows() == 1 && (by.sql == postgres_insert || said.number(0, 0) != 0);
}

/// Ends a transaction that went ahead, when what it goes behind was committed: fails if that is not so here, which may be
/// another server by now. Says whether nobody else wants to append.
inline postgres_statement end_ahead(const std::vector<postgres_foreseen>& all) {
    postgres_statement made{
        "SELECT pg_try_advisory_xact_lock({w}, {k}),"
        " 1 / (SELECT count(*) FROM {s}.events WHERE position = $1),"
        " pg_try_advisory_xact_lock({l}, {k}) OR pg_notify('{n}', '') IS NOT NULL"};
    made.values.add(all.front().at.position);
    return made;
}

}  // namespace annals::detail

// Appends whose outcome is foreseen, for nobody else has appended: no statement looks anything up for them.
#pragma once

#include <annals/log/postgres/appending.hpp>
#include <annals/log/postgres/knowledge.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace annals::detail {

/// Such an append, and what it goes behind: the id is that of the event there.
struct postgres_foreseen {
    postgres_append* append;
    postgres_target  at;
    uuid             behind;
};

/// Statements that add appends, one behind the other: all of them if the last event is the one that the first goes behind, and
/// else none; or without a look, if they go ahead of it.
class postgres_addition {
public:
    postgres_addition(const std::vector<postgres_foreseen>& all, bool goes_ahead) : goes_ahead_(goes_ahead) {
        for (std::size_t at = 0; at < all.size();) {
            std::size_t end = at + 1;
            if (all[at].append->events.size() < enough)
                while (end < all.size() && all[end].append->events.size() < enough) ++end;
            const std::span<const postgres_foreseen> some(all.data() + at, end - at);
            if (some.size() == 1)
                add_one(some.front());
            else
                add_all(some);
            add_tags_of(some);
            at = end;
        }
    }
    [[nodiscard]] std::vector<postgres_statement> take() && { return std::move(made_); }

private:
    static constexpr std::size_t enough = 8;  // events of an append for a statement of its own

    // Of one append: its arrays are short.
    void add_one(const postgres_foreseen& one) {
        auto& values =
            begin(one,
                  "INSERT INTO {s}.events SELECT $2 + u.n, $4, $5 + u.n, $6, $7, u.n - 1, u.schema, u.id, $8, u.payload"
                  " FROM unnest($9, $10, $11) WITH ORDINALITY AS u (schema, id, payload, n)"
                  " WHERE $1 OR (EXISTS (SELECT FROM {s}.events WHERE position = $2 AND id = $3)"
                  " AND NOT EXISTS (SELECT FROM {s}.events WHERE position = $2 + 1))");
        const auto& events = one.append->events;
        for (const std::int64_t each : {one.at.stream, one.at.version, one.at.time, one.at.category}) values.add(each);
        values.add_bytes_or_nothing(one.append->about);
        values.add_array(postgres_array_of_bigint, postgres_bigint, events.size(),
                         [&](std::vector<char>& to, std::size_t i) { put_big_endian(to, events[i].schema); });
        add_ids_and_payloads(values, events.size(), [&](std::size_t i) -> const postgres_new_event& { return events[i]; });
    }
    void add_all(std::span<const postgres_foreseen> some) {
        struct row {
            const postgres_foreseen*  of;
            const postgres_new_event* event;
            std::int64_t              nth;
        };
        std::vector<row> rows;
        for (const auto& each : some) {
            std::int64_t nth = 0;
            for (const auto& event : each.append->events) rows.push_back({&each, &event, nth++});
        }
        auto&      values = begin(some.front(),
                                  "INSERT INTO {s}.events SELECT $2 + u.n, u.stream, u.version, u.time, u.category, u.nth,"
                                       " u.schema, u.id, u.about, u.payload FROM unnest($4, $5, $6, $7, $8, $9, $10, $11, $12)"
                                       " WITH ORDINALITY AS"
                                       " u (stream, version, time, category, nth, schema, about, id, payload, n)"
                                       " WHERE $1 OR (EXISTS (SELECT FROM {s}.events WHERE position = $2 AND id = $3)"
                                       " AND NOT EXISTS (SELECT FROM {s}.events WHERE position = $2 + 1))");
        const auto add    = [&](auto value_of) {
            values.add_array(postgres_array_of_bigint, postgres_bigint, rows.size(),
                                [&](std::vector<char>& to, std::size_t i) { put_big_endian(to, value_of(rows[i])); });
        };
        add([](const row& each) { return each.of->at.stream; });
        add([](const row& each) { return each.of->at.version + each.nth + 1; });
        add([](const row& each) { return each.of->at.time; });
        add([](const row& each) { return each.of->at.category; });
        add([](const row& each) { return each.nth; });
        add([](const row& each) { return each.event->schema; });
        values.add_array(
            postgres_array_of_bytes, postgres_bytes, rows.size(),
            [&](std::vector<char>& to, std::size_t i) { put_bytes(to, rows[i].of->append->about); },
            [&](std::size_t i) { return rows[i].of->append->about.empty(); });
        add_ids_and_payloads(values, rows.size(), [&](std::size_t i) -> const postgres_new_event& { return *rows[i].event; });
    }
    // Behind the events, if these were added.
    void add_tags_of(std::span<const postgres_foreseen> some) {
        std::vector<std::pair<std::string_view, std::int64_t>> tags;
        std::int64_t                                           nth = 0;
        for (const auto& each : some)
            for (const auto& event : each.append->events) {
                ++nth;
                for (const std::string& tag : *event.tags) tags.emplace_back(tag, nth);
            }
        if (tags.empty()) return;
        const postgres_foreseen itself{some.front().append, some.front().at, some.front().append->events.front().id};
        add_tags(begin(itself,
                       "INSERT INTO {s}.tags SELECT u.tag, $2 + u.n FROM unnest($4, $5) AS u (tag, n)"
                       " WHERE $1 OR EXISTS (SELECT FROM {s}.events WHERE position = $2 + 1 AND id = $3)"),
                 tags);
    }
    template <class EventAt>
    static void add_ids_and_payloads(postgres_values& values, std::size_t count, EventAt&& event_at) {
        values.add_array(postgres_array_of_uuid, postgres_uuid, count, [&](std::vector<char>& to, std::size_t i) {
            put_bytes(to, std::as_bytes(std::span(event_at(i).id.bytes)));
        });
        values.add_array(postgres_array_of_bytes, postgres_bytes, count,
                         [&](std::vector<char>& to, std::size_t i) { put_bytes(to, event_at(i).payload); });
    }
    // With the values of `$1` to `$3`.
    postgres_values& begin(const postgres_foreseen& first, std::string_view sql) {
        made_.push_back({sql});
        made_.back().values.add(goes_ahead_);
        made_.back().values.add(first.at.position);
        made_.back().values.add(first.behind);
        return made_.back().values;
    }

    std::vector<postgres_statement> made_;
    bool                            goes_ahead_;
};

/// Whether it did add, by what its first statement says.
inline bool is_added(const postgres_result& said) { return std::string_view(PQcmdTuples(said.raw())) != "0"; }

/// Adds one event without tags, at the least cost there is, if it is the only one to be appended.
inline bool is_single(const std::vector<postgres_foreseen>& all) {
    return all.size() == 1 && all.front().append->events.size() == 1 && all.front().append->events.front().tags->empty();
}
inline postgres_statement insert_of(const postgres_foreseen& single) {
    const auto&        event = single.append->events.front();
    const auto&        at    = single.at;
    postgres_statement made{postgres_insert};
    for (const std::int64_t each : {at.position + 1, at.stream, at.version + 1, at.time, at.category, event.schema})
        made.values.add(each);
    made.values.add(event.id);
    made.values.add_bytes_or_nothing(single.append->about);
    made.values.add(event.payload);
    return made;
}

/// A transaction that adds appends. `order` is its key among locks of order. If it may be followed by one that goes ahead, the
/// server says at once when the first statement is done: not before, for who holds the lock of writers may wait for that one.
inline std::vector<postgres_statement> transaction_that_adds(const std::vector<postgres_foreseen>& all, std::int32_t order,
                                                             bool may_be_followed) {
    auto               made = postgres_addition(all, false).take();
    postgres_statement first{
        "SELECT pg_advisory_xact_lock({w}, {k}), pg_advisory_xact_lock({o}, $1),"
        " pg_try_advisory_xact_lock({l}, {k}) OR pg_notify('{n}', '') IS NOT NULL"};
    first.values.add_integer(order);
    first.is_awaited = may_be_followed;
    made.insert(made.begin(), std::move(first));
    return made;
}
/// One that goes ahead of what has the key before its own. Whoever else is in its way is no business of its own, and might wait
/// for it. What it goes behind may be lost with its server, and this one be another: so it is looked for by its id. The last
/// statement says whether nobody holds the lock of writers or wants it: what it goes behind may do so still, if that did not go
/// ahead itself.
inline std::vector<postgres_statement> transaction_that_goes_ahead(const std::vector<postgres_foreseen>& all,
                                                                   std::int32_t order, std::chrono::milliseconds patience,
                                                                   bool is_timed) {
    auto               made = postgres_addition(all, true).take();
    postgres_statement first{"SELECT set_config('lock_timeout', '10', true), pg_advisory_xact_lock({o}, $1)"};
    first.values.add_integer(order);
    made.back().is_awaited = is_timed;
    made.insert(made.begin(), std::move(first));
    made.push_back({"SELECT set_config('lock_timeout', $1, true), pg_advisory_xact_lock_shared({o}, $2)"});
    made.back().values.add_text(std::to_string(patience.count()));
    made.back().values.add_integer(static_cast<std::int32_t>(static_cast<std::uint32_t>(order) - 1));
    made.push_back(
        {"SELECT pg_try_advisory_xact_lock_shared({w}, {k}), 1 / (SELECT count(*) FROM {s}.events WHERE position = $1 AND id = "
         "$2),"
         " pg_try_advisory_xact_lock({l}, {k}) OR pg_notify('{n}', '') IS NOT NULL",
         {},
         is_timed});
    made.back().values.add(all.front().at.position);
    made.back().values.add(all.front().behind);
    return made;
}

}  // namespace annals::detail

// Events as JSON beside their bytes, for tools that know no schemas.
#pragma once

#include <annals/log/schemas/tagged_schemas.hpp>
#include <annals/log/sqlite/tables.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace annals {

/// The JSON text of an event's bytes. Called by several threads at once.
using sqlite_json_printer = std::function<std::string(std::span<const std::byte> payload)>;
/// Makes the printer for events of a schema, of its text. One is `sqlite_json` (annals/log/sqlite_json.hpp).
using sqlite_json_maker = sqlite_json_printer (*)(std::string_view schema);

namespace detail {

/// Gives a JSON text to each event that was appended without one. Others may append meanwhile: what is done at once is little.
inline expected<void, error> fill_json_column(sqlite_connection& in, sqlite_json_maker make) {
    if (auto done = in.execute("CREATE INDEX IF NOT EXISTS events_without_json ON events (position) WHERE json IS NULL"); !done)
        return done;
    auto open = in.prepare(
        "SELECT e.position, e.schema, e.payload, s.text FROM events e LEFT JOIN schemas s ON s.number = e.schema "
        "WHERE e.json IS NULL ORDER BY e.position LIMIT 1000");
    auto change = in.prepare("UPDATE events SET json = ?2 WHERE position = ?1");
    if (!open) return unexpected<error>(std::move(open.error()));
    if (!change) return unexpected<error>(std::move(change.error()));
    std::map<std::int64_t, sqlite_json_printer>       printers;  // by the schema's number
    std::vector<std::pair<std::int64_t, std::string>> texts;     // by the event's position
    const auto                                        fill_some = [&]() -> expected<void, error> {
        texts.clear();
        {
            const sqlite_use use(*open);
            int              code = open->step();
            for (; code == SQLITE_ROW; code = open->step()) {
                auto& print = printers[open->number(1)];
                if (!print) print = make(text_without_tags(open->text(3)));
                texts.emplace_back(open->number(0), print(open->bytes(2)));
            }
            if (code != SQLITE_DONE) return unexpected<error>(in.failure(code, "the log cannot be read"));
        }
        for (const auto& [at, text] : texts) {
            const sqlite_use use(*change);
            change->bind(1, at);
            change->bind(2, std::string_view(text));
            if (const int code = change->step(); code != SQLITE_DONE)
                return unexpected<error>(in.failure(code, "the database refused"));
        }
        return {};
    };
    do {
        if (auto done = in.transact(fill_some); !done) return done;
    } while (!texts.empty());
    return {};
}

}  // namespace detail
}  // namespace annals

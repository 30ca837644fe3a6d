// How the tables of a log in PostgreSQL are made, and brought to another format.
#pragma once

#include <annals/log/postgres/session.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>

namespace annals::detail {

/// Makes what is not there, and brings what an older version made to the format of this one. Errors: `no_such_log`, if
/// something else is in the schema, which is not changed; `unsupported`, if a newer version made it.
inline expected<void, error> make_tables(postgres_session& in, std::span<const std::string> steps) {
    const auto format_of = [&]() -> expected<std::int64_t, error> {  // 0 if there is nothing
        postgres_values name;
        name.add_text(in.place().options.schema);
        auto found = in.connection().run(
            "SELECT (SELECT count(*) FROM pg_catalog.pg_class c WHERE c.relnamespace = n.oid AND c.relname = 'annals_format'),"
            " (SELECT count(*) FROM pg_catalog.pg_class c WHERE c.relnamespace = n.oid) +"
            " (SELECT count(*) FROM pg_catalog.pg_proc p WHERE p.pronamespace = n.oid)"
            " FROM pg_catalog.pg_namespace n WHERE n.nspname = $1",
            name, in.place().silence(), "the database cannot be read");
        if (!found) return unexpected<error>(std::move(found.error()));
        if (found->rows() == 0) return -1;
        if (found->number(0, 0) == 0) {
            if (found->number(0, 1) == 0) return 0;
            return unexpected<error>(
                error{errc::no_such_log, "the schema holds something else", {}, {}, {}, in.connection().path()});
        }
        auto number = in.connection().run(in.sql("SELECT max(number) FROM {s}.annals_format"), postgres_values{},
                                          in.place().silence(), "the log's format cannot be read");
        if (!number) return unexpected<error>(std::move(number.error()));
        if (number->number(0, 0) > static_cast<std::int64_t>(steps.size()))
            return unexpected<error>(
                error{errc::unsupported, "the log was written by a newer version", {}, {}, {}, in.connection().path()});
        return number->number(0, 0);
    };
    auto format = format_of();
    if (!format) return unexpected<error>(std::move(format.error()));
    if (*format == static_cast<std::int64_t>(steps.size())) return {};
    // Under a lock, in one transaction, and after another look. Durable in any case, for whoever has the log open counts on it.
    const std::string begin = "BEGIN; SELECT pg_advisory_xact_lock({m}, {k}), set_config('synchronous_commit', " +
                              std::string{postgres_durable} + ", true)";
    if (auto done = in.run(begin, "the log cannot be made"); !done) return unexpected<error>(std::move(done.error()));
    const auto finish = [&](expected<void, error> done) {
        if (!done && !in.is_lost()) (void)in.run("ROLLBACK");
        return done;
    };
    format = format_of();
    if (!format) return finish(unexpected<error>(std::move(format.error())));
    std::string all;
    if (*format < 0) all.append("CREATE SCHEMA {s};");
    for (std::size_t at = *format < 0 ? 0 : static_cast<std::size_t>(*format); at < steps.size(); ++at) all.append(steps[at]);
    all.append("DELETE FROM {s}.annals_format; INSERT INTO {s}.annals_format VALUES (" + std::to_string(steps.size()) +
               "); COMMIT");
    if (auto done = in.run(all, "the log cannot be made"); !done) return finish(unexpected<error>(std::move(done.error())));
    return {};
}

}  // namespace annals::detail

// The numbers that a log in PostgreSQL has for the schemas of types.
#pragma once

#include <annals/log/postgres/library.hpp>
#include <annals/log/postgres/session.hpp>
#include <annals/log/postgres/writer.hpp>
#include <annals/log/schemas/schema_record.hpp>
#include <annals/log/schemas/written_schemas.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace annals::detail {

/// Looked up once, by the session that appends, and again when the library says that they may not be right any more. For one
/// thread at a time.
template <class Events>
class postgres_numbers {
public:
    postgres_numbers(postgres_library<Events>& library, postgres_writer& writer) : library_(library), writer_(writer) {}

    /// Of a type's schema, which is announced if it is not yet.
    expected<std::int64_t, error> of(std::size_t type) {
        if (const auto now = library_.replacements().load(); std::exchange(replacements_, now) != now)
            numbers_.assign(stored<Events>::size, std::nullopt);
        auto& number = numbers_[type];
        if (number) return *number;
        schema_record   schema = schemas_.at(type);
        postgres_values values;
        values.add_text(schema.name);
        values.add_text(schema.text);
        // Durable in any case, for it is not announced again: not even for events that come after a crash.
        const std::string announce =
            "SELECT {s}.schema_number_1($1, $2), set_config('synchronous_commit', " + std::string{postgres_durable} + ", true)";
        auto made = writer_.alone([&](postgres_session& in) -> expected<std::int64_t, error> {
            auto said = in.run(announce, values, "a schema cannot be announced");
            if (!said) return unexpected<error>(std::move(said.error()));
            schema.number = static_cast<std::uint16_t>(said->number(0, 0));
            library_.count_on(schema);
            return said->number(0, 0);
        });
        if (made) number = *made;
        return made;
    }

private:
    postgres_library<Events>&                library_;
    postgres_writer&                         writer_;
    written_schemas<Events>                  schemas_{{}};
    std::vector<std::optional<std::int64_t>> numbers_      = std::vector<std::optional<std::int64_t>>(stored<Events>::size);
    std::uint64_t                            replacements_ = 0;
};

}  // namespace annals::detail

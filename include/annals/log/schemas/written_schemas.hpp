// Which numbers the schemas of a log's events have.
#pragma once

#include <annals/log/event_log.hpp>
#include <annals/log/schemas/schema_record.hpp>
#include <annals/log/schemas/tagged_schemas.hpp>
#include <annals/schema/schemas_of.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace annals::detail {

/// The list of a log that stores its events' schemas.
template <class Events>
using list_with_schemas =
    checked_list<Events, decltype(first_mistake<decltype(judge_schemas<Events>()), decltype(judge_log<Events>())>())>;

/// The numbers that a log's schemas have, or will have once they are announced.
template <class Events>
class written_schemas {
public:
    explicit written_schemas(const std::vector<schema_record>& in_log) {
        constexpr const auto& mine = schemas_of<Events>;
        std::uint16_t         next = 0;
        for (const schema_record& each : in_log)
            if (each.number >= next) next = static_cast<std::uint16_t>(each.number + 1U);
        records_.reserve(mine.size());
        const std::vector<std::string> texts = texts_of(stored<Events>{});
        for (std::size_t i = 0; i < mine.size(); ++i) {
            schema_record record{0, std::string{mine[i].name}, texts[i]};
            bool          is_there = false;
            for (const schema_record& each : in_log)
                if (each.name == record.name && each.text == record.text) {
                    record.number = each.number;
                    is_there      = true;
                }
            if (!is_there) record.number = next++;
            records_.push_back(std::move(record));
        }
    }

    template <class E>
    [[nodiscard]] const schema_record& of() const {
        return records_[index_in<stored<Events>, E>];
    }

    /// By the place in `stored<Events>`.
    [[nodiscard]] const schema_record& at(std::size_t type) const { return records_[type]; }

    /// What a log says of each of its schemas, in the order of `stored<Events>`.
    template <class... E>
    static std::vector<std::string> texts_of(events<E...>) {
        std::vector<std::string> texts;
        (texts.push_back(text_with_tags<Events, E>(schemas_of<Events>[texts.size()].text)), ...);
        return texts;
    }

private:
    std::vector<schema_record> records_;  // in the order of `stored<Events>`
};

}  // namespace annals::detail

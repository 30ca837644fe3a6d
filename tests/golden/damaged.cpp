// Records with a bit flipped, and records that were cut off, are errors or other values; never anything else.
#include "catch.hpp"
#include "golden/corpus.hpp"
#include "golden/examples.hpp"
#include "support/same_bits.hpp"

#include <annals/codec/binary.hpp>
#include <annals/codec/byte_walker.hpp>
#include <annals/codec/json_of_record.hpp>
#include <annals/codec/transcoder.hpp>
#include <annals/model/event.hpp>
#include <annals/schema/parse_schema.hpp>

#include <cstddef>
#include <filesystem>
#include <string_view>
#include <type_traits>
#include <utility>

namespace {

const std::filesystem::path folder = std::filesystem::path(ANNALS_GOLDEN) / "every_field";

template <class E>
annals::description schema_of() {
    return *annals::parse_schema(golden::read_text(folder / golden::schema_file(annals::event_name<E>())));
}
template <class E, class Visit>
void each_damaged_record(const Visit& visit) {
    constexpr std::string_view name = annals::event_name<E>();
    for (std::size_t number = 0; exists(folder / golden::record_file(name, number)); ++number) {
        CAPTURE(name, number);
        golden::each_damage(golden::read_bytes(folder / golden::record_file(name, number)), visit);
    }
}

// The same schema, but with the fields in the opposite order, so that a plan has something to do.
annals::description with_fields_reversed(annals::description schema) {
    auto& fields = schema.types[0].parts;
    for (std::size_t i = 0; i < fields.size() / 2; ++i) std::swap(fields[i], fields[fields.size() - 1 - i]);
    return schema;
}

}  // namespace

TEMPLATE_LIST_TEST_CASE("a damaged golden record is an error, or an event that can be encoded as long", "", every::events) {
    std::size_t wrong = 0;
    each_damaged_record<TestType>([&](const golden::bytes& record) {
        if (const auto event = annals::decode<TestType>(record)) {
            golden::bytes again;
            const bool    done = annals::encode(*event, again).has_value();
            const auto    same = annals::decode<TestType>(again);
            if (!done || again.size() != record.size() || !same || !support::same_bits(*same, *event)) ++wrong;
        } else if (event.error().place > record.size())
            ++wrong;
    });
    CHECK(wrong == 0);
}

TEMPLATE_LIST_TEST_CASE("a damaged golden record that is an event is one for those without its type too", "", every::events) {
    const annals::description        schema = schema_of<TestType>();
    const annals::detail::transcoder there(schema, with_fields_reversed(schema), {});
    const annals::detail::transcoder back(with_fields_reversed(schema), schema, {});
    std::size_t                      wrong = 0;
    golden::bytes                    other, again;
    each_damaged_record<TestType>([&](const golden::bytes& record) {
        const bool                  is_event = annals::decode<TestType>(record).has_value();
        annals::detail::byte_walker walker(schema, record);
        const bool                  passed = walker.skip(0) && walker.left() == 0;
        const auto                  json   = annals::json_of_record(schema, record);
        if (is_event && !passed) ++wrong;
        if (is_event && !json) ++wrong;
        if (json && !passed) ++wrong;

        const auto done = there(record, other);
        if (done.has_value() != passed) ++wrong;
        if (done && (!back(other, again) || again != record)) ++wrong;
        if (!done && done.error().place > record.size()) ++wrong;
    });
    CHECK(wrong == 0);
}

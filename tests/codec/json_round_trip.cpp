// Every event is what it was after it has been JSON, and its schema and bytes make the same JSON.
#include "catch.hpp"
#include "support/every_field.hpp"
#include "support/same_bits.hpp"

#include <annals/codec/binary.hpp>
#include <annals/codec/json.hpp>
#include <annals/codec/json_of_record.hpp>
#include <annals/schema/parse_schema.hpp>
#include <annals/schema/schema_text.hpp>
#include <annals/testing/arbitrary.hpp>

#include <boost/json.hpp>

#include <cstddef>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <vector>

namespace {

using support::same_bits;

template <class E>
annals::description described() {
    auto schema = annals::parse_schema(annals::schema_text<E>);
    if (!schema) throw std::runtime_error("no schema");
    return *std::move(schema);
}

}  // namespace

TEMPLATE_LIST_TEST_CASE("an event comes back from its JSON, as a value and as text", "", every::events) {
    CHECK(annals::for_all<TestType>(
        [](const TestType& event) {
            const auto json       = annals::to_json(event);
            const auto text       = annals::json_text(event);
            const auto from_value = annals::from_json<TestType>(json);
            const auto from_text  = annals::from_json_text<TestType>(text);
            if (!from_value || !from_text || text != boost::json::serialize(json)) return false;
            // All that are not a number are one in JSON.
            const bool has_none = text.find("\"NaN\"") != text.npos;
            return same_bits(*from_value, *from_text) && (has_none || same_bits(*from_value, event));
        },
        {.seed = 11, .runs = 100}));
}

TEMPLATE_LIST_TEST_CASE("an event's schema and bytes make the JSON that the event makes", "", every::events) {
    const annals::description schema = described<TestType>();
    CHECK(annals::for_all<TestType>(
        [&](const TestType& event) {
            std::vector<std::byte> bytes;
            if (!annals::encode(event, bytes)) return false;
            const auto json = annals::json_of_record(schema, bytes);
            return json && boost::json::serialize(*json) == annals::json_text(event);
        },
        {.seed = 12, .runs = 100}));
}

TEMPLATE_LIST_TEST_CASE("bytes of which the schema makes no JSON are those that are not decoded either", "", every::events) {
    const annals::description schema = described<TestType>();
    CHECK(annals::for_all<TestType>(
        [&](const TestType& event) {
            std::vector<std::byte> bytes;
            if (!annals::encode(event, bytes)) return false;
            // In memory of its own, so that a sanitizer sees what is read behind its end.
            for (std::size_t length = 0; length < bytes.size(); ++length)
                if (annals::json_of_record(schema, std::vector<std::byte>(bytes.data(), bytes.data() + length))) return false;
            for (std::size_t i = 0; i < bytes.size(); ++i)
                for (int bit = 0; bit < 8; bit += 3) {
                    std::vector<std::byte> damaged = bytes;
                    damaged[i] ^= static_cast<std::byte>(1 << bit);
                    const auto json    = annals::json_of_record(schema, damaged);
                    const auto decoded = annals::decode<TestType>(damaged);
                    // What a type of one's own refuses, or a time cannot hold, the schema does not know of; nor that 0 is -0,
                    // or that an enum is of bool.
                    const bool has_enum_of_bool = std::is_same_v<TestType, every::choices_made>;
                    const bool alike            = json.has_value() == decoded.has_value() ||
                                       (json && (decoded.error().code == annals::codec_errc::refused ||
                                                 decoded.error().code == annals::codec_errc::out_of_range ||
                                                 decoded.error().code == annals::codec_errc::duplicate_key ||
                                                 (has_enum_of_bool && decoded.error().code == annals::codec_errc::no_bool)));
                    if (!alike) return false;
                }
            bytes.push_back(std::byte{0});
            return !annals::json_of_record(schema, bytes).has_value();
        },
        {.seed = 13, .runs = 6, .size = 3}));
}

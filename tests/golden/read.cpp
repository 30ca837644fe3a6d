// What was once encoded is decoded today as what it was, by every compiler and standard library.
#include "catch.hpp"
#include "golden/corpus.hpp"
#include "golden/examples.hpp"
#include "support/same_bits.hpp"

#include <annals/codec/binary.hpp>
#include <annals/codec/json.hpp>
#include <annals/codec/json_of_record.hpp>
#include <annals/model/event.hpp>
#include <annals/schema/parse_schema.hpp>
#include <annals/schema/schema_text.hpp>

#include <cstddef>
#include <filesystem>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace {

const std::filesystem::path folder = std::filesystem::path(ANNALS_GOLDEN) / "every_field";

// Where hashed containers stand in an order of their own, which differs from library to library.
template <class E>
constexpr bool has_order = !annals::contains<annals::events<every::sets_gathered, every::maps_drawn>, E>;

std::string json_in(const std::string& file) {
    std::string text = golden::read_text(folder / file);
    text.pop_back();
    return text;
}

}  // namespace

TEMPLATE_LIST_TEST_CASE("a golden record is decoded as what was encoded, and encoded as it was", "", every::events) {
    constexpr std::string_view name   = annals::event_name<TestType>();
    std::size_t                number = 0;
    for (const TestType& expected : golden::examples<TestType>()) {
        CAPTURE(name, number);
        const golden::bytes record = golden::read_bytes(folder / golden::record_file(name, number++));
        const auto          event  = annals::decode<TestType>(record);
        if (!event) FAIL(event.error().message());
        CHECK(support::same_bits(*event, expected));
        golden::bytes again;
        REQUIRE(annals::encode(expected, again).has_value());
        CHECK(again.size() == record.size());
        if constexpr (has_order<TestType>) CHECK(again == record);
    }
    CHECK_FALSE(exists(folder / golden::record_file(name, number)));
}

TEMPLATE_LIST_TEST_CASE("a golden schema is that of the event today", "", every::events) {
    const std::string text = golden::read_text(folder / golden::schema_file(annals::event_name<TestType>()));
    CHECK(text == annals::schema_text<TestType>);
    CHECK(annals::fingerprint_of(text) == annals::fingerprint<TestType>);
    CHECK(annals::parse_schema(text).has_value());
}

TEMPLATE_LIST_TEST_CASE("a golden record has the JSON that it had, with its type and without", "", every::events) {
    constexpr std::string_view name   = annals::event_name<TestType>();
    const auto                 schema = annals::parse_schema(golden::read_text(folder / golden::schema_file(name)));
    REQUIRE(schema.has_value());
    std::size_t number = 0;
    for (const TestType& expected : golden::examples<TestType>()) {
        CAPTURE(name, number);
        const std::string json = json_in(golden::json_file(name, number));
        const auto untyped = annals::json_of_record(*schema, golden::read_bytes(folder / golden::record_file(name, number)));
        const auto back    = annals::from_json_text<TestType>(json);
        if constexpr (has_order<TestType>) CHECK(annals::json_text(expected) == json);
        REQUIRE(untyped.has_value());
        CHECK(boost::json::serialize(*untyped) == json);
        if (!back) FAIL(back.error().message());
        CHECK(support::same_bits(*back, expected));
        ++number;
    }
}

TEST_CASE("no event is missing in the corpus, and nothing else is in it") {
    std::set<std::string> expected, found;
    const auto            expect = [&]<class... E>(annals::events<E...>) {
        const auto one = [&](std::string_view name, std::size_t count) {
            expected.insert(golden::schema_file(name));
            for (std::size_t i = 0; i < count; ++i) {
                expected.insert(golden::record_file(name, i));
                expected.insert(golden::json_file(name, i));
            }
        };
        (one(annals::event_name<E>(), golden::examples<E>().size()), ...);
    };
    expect(every::events{});
    for (const auto& file : std::filesystem::directory_iterator(folder)) found.insert(file.path().filename().string());
    CHECK(found == expected);
}

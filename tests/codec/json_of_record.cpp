// The JSON of records whose types are not known, and of bytes that are no records.
#include "catch.hpp"

#include <annals/codec/binary.hpp>
#include <annals/codec/json.hpp>
#include <annals/codec/json_of_record.hpp>
#include <annals/schema/parse_schema.hpp>
#include <annals/schema/schema_text.hpp>

#include <boost/json.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace shipping {

enum class care : std::uint8_t { usual, fragile };
struct box {
    std::uint16_t grams = 0;
};
struct crate {
    std::vector<box> boxes;
};
struct shipped {
    static constexpr std::string_view event_name = "parcel-shipped";

    annals::uuid                        id;
    std::variant<box, crate>            what;
    care                                how = care::usual;
    std::map<std::string, std::int64_t> fees;
    std::optional<std::optional<char>>  mark;
    std::chrono::sys_seconds            at;
    std::set<std::int8_t>               zones;
    double                              distance = 0;
};
struct nested {
    static constexpr std::string_view event_name = "nested-thing";

    std::vector<std::variant<box, nested>> parts;
};

}  // namespace shipping

namespace {

using namespace shipping;

std::vector<std::byte> bytes(std::initializer_list<int> values) {
    std::vector<std::byte> made;
    for (const int value : values) made.push_back(static_cast<std::byte>(value));
    return made;
}
template <class E>
std::string record_text(const E& event) {
    std::vector<std::byte> encoding;
    if (!annals::encode(event, encoding)) return "not encoded";
    const auto json = annals::json_of_record(*annals::parse_schema(annals::schema_text<E>), encoding);
    return json ? boost::json::serialize(*json) : json.error().message();
}
std::string text_of(std::string_view schema, std::initializer_list<int> values) {
    const auto described = annals::parse_schema(schema);
    if (!described) return "no schema";
    const auto json = annals::json_of_record(*described, bytes(values));
    return json ? boost::json::serialize(*json) : json.error().message();
}

}  // namespace

TEST_CASE("a record is printed without its type as it is with it") {
    using namespace std::chrono;
    const shipped event{{},
                        crate{{{5}, {6}}},
                        care::fragile,
                        {{"tax", -5}},
                        std::optional<char>{'x'},
                        sys_seconds(seconds(1715000000)),
                        {-1, 2},
                        1.5};
    CHECK(record_text(event) == annals::json_text(event));
    CHECK(
        record_text(event) ==
        R"({"id":"00000000-0000-0000-0000-000000000000","what":{"crate":{"boxes":[{"grams":5},{"grams":6}]}},"how":"fragile",)"
        R"("fees":{"tax":-5},"mark":["x"],"at":"2024-05-06T12:53:20Z","zones":[-1,2],"distance":1.5E0})");
    const nested deep{{box{1}, nested{{nested{}}}}};
    CHECK(record_text(deep) == annals::json_text(deep));
    CHECK(record_text(deep) == R"({"parts":[{"box":{"grams":1}},{"nested-thing":{"parts":[{"nested-thing":{"parts":[]}}]}}]})");
}

TEST_CASE("numbers of every width are those that were stored") {
    CHECK(text_of("e{a:i8,b:u8,c:i16,d:u16}", {0xff, 0xff, 0xfe, 0xff, 0xfe, 0xff}) == R"({"a":-1,"b":255,"c":-2,"d":65534})");
    CHECK(text_of("e{a:i32,b:u32}", {0, 0, 0, 0x80, 0, 0, 0, 0x80}) == R"({"a":-2147483648,"b":2147483648})");
    CHECK(text_of("e{a:i64,b:u64}", {0, 0, 0, 0, 0, 0, 0, 0x80, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}) ==
          R"({"a":-9223372036854775808,"b":18446744073709551615})");
    CHECK(text_of("e{a:f32}", {0, 0, 0xc0, 0x7f}) == R"({"a":"NaN"})");
    CHECK(text_of("e{a:char,b:char}", {0x41, 0xff}) == R"({"a":"A","b":-1})");
    CHECK(text_of("e{a:enum x:i8{low=-1},b:enum x:u8{}}", {0xff, 0xff}) == R"({"a":"low","b":255})");
    CHECK(text_of("e{a:duration<i64,1/3>}", {7, 0, 0, 0, 0, 0, 0, 0}) == R"({"a":7})");
    CHECK(text_of("e{a:time<i64,1/3>}", {7, 0, 0, 0, 0, 0, 0, 0}) == R"({"a":7})");
    CHECK(text_of("e{a:time<i64,1/10000>}", {7, 0, 0, 0, 0, 0, 0, 0}) == R"({"a":"1970-01-01T00:00:00.0007Z"})");
    CHECK(text_of("e{a:time<i64,9223372036854775807/1>}", {1, 0, 0, 0, 0, 0, 0, 0}) == R"({"a":1})");
    CHECK(text_of("e{a:time<u64,1/1>}", {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}) == R"({"a":18446744073709551615})");
}

TEST_CASE("a map of texts that are no UTF-8 is a list of pairs") {
    CHECK(text_of("e{a:map<string,bool>}", {2, 0, 0, 0, 1, 0, 0, 0, 'a', 1, 1, 0, 0, 0, 'b', 0}) ==
          R"({"a":{"a":true,"b":false}})");
    CHECK(text_of("e{a:map<string,bool>}", {2, 0, 0, 0, 1, 0, 0, 0, 'a', 1, 1, 0, 0, 0, 0xff, 0}) ==
          R"({"a":[["a",true],[{"hex":"ff"},false]]})");
    CHECK(text_of("e{a:map<u8,bool>}", {1, 0, 0, 0, 7, 1}) == R"({"a":[[7,true]]})");
}

TEST_CASE("bytes that are no record are refused where they go wrong") {
    CHECK(text_of("e{a:bool}", {2}) == "no_bool at byte 1: a bool or the flag of an optional is neither 0 nor 1");
    CHECK(text_of("e{a:bool}", {}).starts_with("too_short at byte 0"));
    CHECK(text_of("e{a:bool}", {1, 0}).starts_with("left_over at byte 1"));
    CHECK(text_of("e{a:variant<bool,i8>}", {2, 0}).starts_with("no_alternative at byte 1"));
    CHECK(text_of("e{a:list<i8>}", {0xff, 0xff, 0xff, 0xff, 0}).starts_with("too_short at byte 4"));
    CHECK(text_of("e{a:list<x{}>}", {2, 0, 0, 0, 0, 0}) == R"({"a":[{},{}]})");
    CHECK(text_of("e{a:list<x{}>}", {2, 0, 0, 0, 0, 1}).starts_with("no_bool at byte 6"));
    CHECK(text_of("e{a:string}", {2, 0, 0, 0, 'a'}).starts_with("too_short at byte 4"));
    CHECK(text_of("e{a:set<i8>}", {2, 0, 0, 0, 5, 5}).starts_with("duplicate_key at byte 6"));
    CHECK(text_of("e{a:map<i8,i8>}", {2, 0, 0, 0, 5, 1, 5, 2}).starts_with("duplicate_key at byte 8"));
    CHECK(text_of("e{a:map<string,i8>}", {2, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 2}).starts_with("duplicate_key at byte 13"));
    CHECK(text_of("e{a:array<i8,3>}", {1, 2}).starts_with("too_short"));
}

TEST_CASE("neither a schema nor bytes go on without end") {
    std::vector<std::byte> deep;
    for (int i = 0; i < 65; ++i) deep.insert(deep.end(), {std::byte{1}, std::byte{0}, std::byte{0}, std::byte{0}});
    deep.insert(deep.end(), 4, std::byte{0});
    const auto lists = annals::json_of_record(*annals::parse_schema("e{a:list<^0>}"), deep);
    REQUIRE_FALSE(lists.has_value());
    CHECK(lists.error().code == annals::codec_errc::nested_too_deep);

    const auto options =
        annals::json_of_record(*annals::parse_schema("e{a:optional<^0>}"), std::vector<std::byte>(100000, std::byte{1}));
    REQUIRE_FALSE(options.has_value());
    CHECK(options.error().code == annals::codec_errc::nested_too_deep);

    annals::description many;
    many.types.resize(3);
    many.types[0].parts = {{"a", 1}};
    many.types[1].kind  = annals::field_kind::array;
    many.types[1].count = std::uint64_t{1} << 60U;
    many.types[1].parts = {{"", 2}};
    CHECK(annals::json_of_record(many, {}).error().code == annals::codec_errc::too_long);
}

// Records of one schema become records of another, byte by byte.
#include "catch.hpp"

#include <annals/codec/transcoder.hpp>
#include <annals/schema/parse_schema.hpp>

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using bytes = std::vector<std::byte>;

bytes of(std::initializer_list<int> values) {
    bytes made;
    for (const int each : values) made.push_back(static_cast<std::byte>(each));
    return made;
}
annals::description schema(std::string_view text) {
    auto parsed = annals::parse_schema(text);
    if (!parsed) FAIL(parsed.error().message(text));
    return *std::move(parsed);
}

// The record in the other schema, as numbers, or why there is none.
std::string converted(std::string_view stored, std::string_view current, const bytes& record,
                      annals::detail::encoded_defaults defaults = {}) {
    const annals::detail::transcoder plan(schema(stored), schema(current), std::move(defaults));
    bytes                            out(7, std::byte{0xaa});
    const auto                       done = plan(record, out);
    if (!done) return done.error().message();
    std::string text;
    for (const std::byte each : out) text.append(text.empty() ? "" : " ").append(std::to_string(std::to_integer<int>(each)));
    return text;
}

}  // namespace

TEST_CASE("what is the same is copied") {
    constexpr auto event = "e{a:i8,b:list<string>,c:variant<i8,bool>,d:p{x:u16}}";
    CHECK(converted(event, event, of({1, 1, 0, 0, 0, 2, 0, 0, 0, 'h', 'i', 1, 1, 5, 6})) ==
          "1 1 0 0 0 2 0 0 0 104 105 1 1 5 6");
    CHECK(converted("e{}", "e{}", {}).empty());
    // Names of the event, of structs, of enums and of their enumerators are nothing that is stored.
    CHECK(converted("e{a:p{x:i8},b:enum c:u8{x=1}}", "f{a:q{x:i8},b:enum d:u8{y=2}}", of({1, 2})) == "1 2");
}

TEST_CASE("fields are put into their new order, wherever they end") {
    CHECK(converted("e{a:i8,b:string,c:i8}", "e{c:i8,b:string,a:i8}", of({1, 1, 0, 0, 0, 'x', 3})) == "3 1 0 0 0 120 1");
    CHECK(converted("e{a:optional<i8>,b:list<i8>}", "e{b:list<i8>,a:optional<i8>}", of({1, 9, 1, 0, 0, 0, 7})) ==
          "1 0 0 0 7 1 9");
    CHECK(converted("e{l:list<p{x:i8,y:i8}>}", "e{l:list<p{y:i8,x:i8}>}", of({2, 0, 0, 0, 1, 2, 3, 4})) == "2 0 0 0 2 1 4 3");
}

TEST_CASE("a new field's default is put where the field is, in each value of its struct") {
    const annals::detail::encoded_defaults defaults{{0, {{}, of({7, 8})}}, {2, {of({9}), {}}}};
    CHECK(converted("e{l:list<p{x:i8}>}", "e{l:list<p{n:i8,x:i8}>,m:i16}", of({2, 0, 0, 0, 1, 2}), defaults) ==
          "2 0 0 0 9 1 9 2 7 8");
    CHECK(converted("e{l:list<p{x:i8}>}", "e{l:list<p{n:i8,x:i8}>,m:i16}", of({0, 0, 0, 0}), defaults) == "0 0 0 0 7 8");
}

TEST_CASE("numbers are widened with their sign") {
    CHECK(converted("e{a:i8}", "e{a:i16}", of({0x80})) == "128 255");
    CHECK(converted("e{a:i8}", "e{a:i64}", of({0xff})) == "255 255 255 255 255 255 255 255");
    CHECK(converted("e{a:i32}", "e{a:i64}", of({0xff, 0xff, 0xff, 0x7f})) == "255 255 255 127 0 0 0 0");
    CHECK(converted("e{a:u8}", "e{a:i16}", of({0xff})) == "255 0");
    CHECK(converted("e{a:u32}", "e{a:i64}", of({0xff, 0xff, 0xff, 0xff})) == "255 255 255 255 0 0 0 0");
    CHECK(converted("e{a:u32}", "e{a:u64}", of({0, 0, 0, 0x80})) == "0 0 0 128 0 0 0 0");
    CHECK(converted("e{a:enum c:i8{}}", "e{a:enum c:i32{}}", of({0xfe})) == "254 255 255 255");
    CHECK(converted("e{a:enum c:u8{}}", "e{a:enum c:u16{}}", of({0xfe})) == "254 0");
    CHECK(converted("e{a:f32}", "e{a:f64}", of({0, 0, 0xc0, 0xbf})) == "0 0 0 0 0 0 248 191");  // -1.5
}

TEST_CASE("a value that became optional is there") {
    CHECK(converted("e{a:i8}", "e{a:optional<i16>}", of({0xff})) == "1 255 255");
    CHECK(converted("e{a:i8}", "e{a:optional<optional<i8>>}", of({5})) == "1 1 5");
    CHECK(converted("e{a:optional<i8>}", "e{a:optional<i16>}", of({0})) == "0");
    CHECK(converted("e{a:optional<i8>}", "e{a:optional<optional<i8>>}", of({1, 5})) == "1 1 5");
    CHECK(converted("e{a:optional<i8>}", "e{a:optional<optional<i8>>}", of({0})) == "0");
    CHECK(converted("e{m:map<i8,string>}", "e{m:map<i8,optional<string>>}", of({1, 0, 0, 0, 5, 0, 0, 0, 0})) ==
          "1 0 0 0 5 1 0 0 0 0");
}

TEST_CASE("containers, arrays, tuples and variants are gone through") {
    CHECK(converted("e{a:array<i8,2>}", "e{a:array<i16,2>}", of({1, 0xff})) == "1 0 255 255");
    CHECK(converted("e{a:tuple<i8,bool>}", "e{a:tuple<i16,bool>}", of({1, 1})) == "1 0 1");
    CHECK(converted("e{a:set<u8>}", "e{a:set<u16>}", of({2, 0, 0, 0, 1, 2})) == "2 0 0 0 1 0 2 0");
    CHECK(converted("e{a:map<u8,i8>}", "e{a:map<u16,i16>}", of({1, 0, 0, 0, 1, 0xff})) == "1 0 0 0 1 0 255 255");
    CHECK(converted("e{a:variant<i8,string>}", "e{a:variant<i16,string,bool>}", of({0, 0xff})) == "0 255 255");
    CHECK(converted("e{a:variant<i8,string>}", "e{a:variant<i16,string,bool>}", of({1, 0, 0, 0, 0})) == "1 0 0 0 0");
}

TEST_CASE("the byte of an element without bytes is there as long as it has none") {
    CHECK(converted("e{a:list<p{}>,b:i8}", "e{a:list<p{}>,b:i16}", of({2, 0, 0, 0, 0, 0, 1})) == "2 0 0 0 0 0 1 0");
    CHECK(converted("e{a:list<p{}>}", "e{a:list<p{n:q{}}>}", of({2, 0, 0, 0, 0, 0}), {{2, {{}}}}) == "2 0 0 0 0 0");
    const annals::detail::encoded_defaults defaults{{2, {of({5})}}};
    CHECK(converted("e{a:list<p{}>}", "e{a:list<p{n:i8}>}", of({2, 0, 0, 0, 0, 0}), defaults) == "2 0 0 0 5 5");
    CHECK(converted("e{a:list<p{}>}", "e{a:list<p{n:i8}>}", of({2, 0, 0, 0, 0, 1}), defaults).starts_with("no_bool at byte"));
    CHECK(converted("e{a:map<p{},q{}>,b:i8}", "e{a:map<p{},q{}>,b:i16}", of({1, 0, 0, 0, 0, 1})) == "1 0 0 0 0 1 0");
}

TEST_CASE("structs that contain themselves are converted in all their depth") {
    CHECK(converted("e{t:t{v:i8,l:list<^0>}}", "e{t:t{l:list<^0>,v:i16}}",
                    of({1, 2, 0, 0, 0, 2, 0, 0, 0, 0, 0xff, 0, 0, 0, 0})) == "2 0 0 0 0 0 0 0 2 0 0 0 0 0 255 255 1 0");
    // Its unrolled form is the same.
    CHECK(converted("e{t:t{v:i8,l:list<u{v:i8,l:list<^0>}>}}", "e{t:t{v:i8,l:list<^0>}}", of({1, 1, 0, 0, 0, 2, 0, 0, 0, 0})) ==
          "1 1 0 0 0 2 0 0 0 0");
}

TEST_CASE("a record that is none is an error at its place") {
    CHECK(converted("e{a:i8,b:i8}", "e{b:i8,a:i16}", of({1})).starts_with("too_short at byte 1"));
    CHECK(converted("e{a:i8}", "e{a:i16}", of({1, 2})).starts_with("left_over at byte 1"));
    CHECK(converted("e{a:bool,b:i8}", "e{b:i8,a:bool}", of({2, 0})).starts_with("no_bool at byte 1"));
    CHECK(converted("e{a:optional<i8>}", "e{a:optional<i16>}", of({2, 0})).starts_with("no_bool at byte 1"));
    CHECK(converted("e{a:variant<i8>}", "e{a:variant<i16,bool>}", of({1, 0})).starts_with("no_alternative at byte 1"));
    CHECK(converted("e{a:list<i8>}", "e{a:list<i16>}", of({255, 255, 255, 255, 0})).starts_with("too_short at byte 4"));
    CHECK(converted("e{a:map<i8,i8>}", "e{a:map<i8,i16>}", of({1, 0, 0, 0, 0})).starts_with("too_short at byte 4"));
    CHECK(converted("e{a:string,b:i8}", "e{a:string,b:i16}", of({5, 0, 0, 0, 'a'})).starts_with("too_short at byte 4"));
    bytes deep;
    for (int i = 0; i < 65; ++i) {
        const bytes one = of({0, 1, 0, 0, 0});
        deep.insert(deep.end(), one.begin(), one.end());
    }
    deep.insert(deep.end(), 5, std::byte{0});
    CHECK(converted("e{t:t{v:i8,l:list<^0>}}", "e{t:t{v:i16,l:list<^0>}}", deep).starts_with("nested_too_deep"));
}

TEST_CASE("what is passed by has an end, whatever the schema says of it") {
    const annals::description   endless = schema("e{a:optional<^0>}");
    const bytes                 record(100000, std::byte{1});
    annals::detail::byte_walker walker(endless, record);
    CHECK_FALSE(walker.skip(0));
    CHECK(walker.error().code == annals::codec_errc::nested_too_deep);
}

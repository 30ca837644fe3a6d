// Schemas read from text, and written again.
#include "catch.hpp"
#include "support/every_field.hpp"

#include <annals/schema/describe.hpp>
#include <annals/schema/description.hpp>
#include <annals/schema/parse_schema.hpp>
#include <annals/schema/schema_text.hpp>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace {

using annals::described_type;
using annals::description;
using annals::field_kind;
using annals::number_kind;
using annals::parse_schema;

description parsed(std::string_view text) {
    const auto schema = parse_schema(text);
    INFO(text);
    INFO((schema ? std::string() : schema.error().message(text)));
    REQUIRE(schema.has_value());
    return *schema;
}
// The type of the only field of an event.
struct field {
    description    schema;
    described_type type;
    std::string    brief;

    explicit field(std::string_view text)
        : schema(parsed("e{f:" + std::string(text) + "}")), type(schema[1]), brief(annals::brief_text(schema, 1)) {
        CHECK(annals::to_text(schema) == "e{f:" + std::string(text) + "}");
        CHECK(schema.event().parts == std::vector<annals::described_part>{{"f", 1}});
    }
};

std::string why_not(std::string_view text) {
    const auto schema = parse_schema(text);
    INFO(text);
    REQUIRE_FALSE(schema.has_value());
    CHECK(schema.error().place <= text.size());
    return std::to_string(schema.error().place) + ": " + schema.error().reason;
}
std::string why_no_field(std::string_view text) { return why_not("e{f:" + std::string(text) + "}"); }

std::string repeated(std::size_t count, std::string_view text) {
    std::string all;
    while (count-- != 0) all += text;
    return all;
}

template <class... E>
std::vector<std::string> texts(annals::events<E...>) {
    return {std::string(annals::schema_text<E>)...};
}

}  // namespace

TEST_CASE("what a schema says is what it said") {
    for (const std::string& text : texts(every::events{})) {
        const description schema = parsed(text);
        CHECK(annals::to_text(schema) == text);
        CHECK(parsed(annals::pretty_text(schema)) == schema);
    }
}

TEST_CASE("each kind of number is known") {
    constexpr std::string_view names[]  = {"i8", "i16", "i32", "i64", "u8", "u16", "u32", "u64", "f32", "f64"};
    constexpr std::size_t      widths[] = {1, 2, 4, 8, 1, 2, 4, 8, 4, 8};
    for (std::size_t i = 0; i < 10; ++i) {
        const field number(names[i]);
        CHECK(number.type.kind == (i < 8 ? field_kind::integer : field_kind::floating));
        CHECK(annals::to_string(number.type.number) == names[i]);
        CHECK(annals::width_of(number.type.number) == widths[i]);
        CHECK(annals::is_unsigned(number.type.number) == (i >= 4 && i < 8));
        CHECK(annals::is_floating(number.type.number) == (i >= 8));
        CHECK(number.type.minimum == widths[i]);
        CHECK(number.brief == names[i]);
    }
}

TEST_CASE("each kind of type is known, and how many bytes it takes at least") {
    CHECK((field("bool").type.kind == field_kind::boolean && field("bool").type.minimum == 1));
    CHECK((field("char").type.kind == field_kind::character && field("char").type.minimum == 1));
    CHECK((field("string").type.kind == field_kind::text && field("string").type.minimum == 4));
    CHECK((field("uuid").type.kind == field_kind::uuid && field("uuid").type.minimum == 16));

    const field optional("optional<i64>");
    CHECK((optional.type.kind == field_kind::optional && optional.type.minimum == 1));
    CHECK(optional.schema[optional.type.parts.at(0).type].number == number_kind::i64);

    const field list("list<list<u16>>");
    CHECK((list.type.kind == field_kind::list && list.type.minimum == 4));
    CHECK((annals::minimum_element(list.schema, list.type) == 4 && annals::minimum_element(list.schema, list.schema[2]) == 2));
    const field set("set<bool>");
    CHECK((set.type.kind == field_kind::set && set.type.minimum == 4 && annals::minimum_element(set.schema, set.type) == 1));
    const field map("map<i64,string>");
    CHECK((map.type.kind == field_kind::map && map.type.minimum == 4 && annals::minimum_element(map.schema, map.type) == 12));
    CHECK((map.schema[map.type.parts.at(0).type].kind == field_kind::integer &&
           map.schema[map.type.parts.at(1).type].kind == field_kind::text));
    const field empties("list<{}>");
    CHECK(annals::minimum_element(empties.schema, empties.type) == 1);

    const field array("array<i32,7>");
    CHECK((array.type.kind == field_kind::array && array.type.count == 7 && array.type.minimum == 28));
    CHECK(field("array<string,0>").type.minimum == 0);
    const field tuple("tuple<u8,string,f64>");
    CHECK((tuple.type.kind == field_kind::tuple && tuple.type.parts.size() == 3 && tuple.type.minimum == 13));
    CHECK(field("tuple<>").type.parts.empty());
    const field variant("variant<i64,monostate{},uuid>");
    CHECK((variant.type.kind == field_kind::variant && variant.type.parts.size() == 3 && variant.type.minimum == 1));
    CHECK(field("variant<i64,i32>").type.minimum == 5);

    const field duration("duration<u64,3600/1>");
    CHECK((duration.type.kind == field_kind::duration && duration.type.number == number_kind::u64));
    CHECK((duration.type.ticks == 3600 && duration.type.per_second == 1 && duration.type.minimum == 8));
    const field time("time<f32,1/1000>");
    CHECK((time.type.kind == field_kind::time && time.type.number == number_kind::f32));
    CHECK((time.type.ticks == 1 && time.type.per_second == 1000 && time.type.minimum == 4));

    const field structure("line{name:string,cents:i64}");
    CHECK((structure.type.kind == field_kind::structure && structure.type.name == "line" && structure.type.minimum == 12));
    CHECK((annals::find_field(structure.type, "cents") == 1u && annals::find_field(structure.type, "cent") == std::nullopt));
    CHECK(field("{width:i8}").type.name.empty());

    const field enumeration("enum kind:i16{low=-32768,none=0,high=32767}");
    CHECK(
        (enumeration.type.kind == field_kind::enumeration && enumeration.type.name == "kind" && enumeration.type.minimum == 2));
    CHECK(enumeration.type.number == number_kind::i16);
    CHECK(enumeration.type.enumerators ==
          std::vector<annals::described_enumerator>{{"low", -32768}, {"none", 0}, {"high", 32767}});
    CHECK(field("enum :u8{}").type.name.empty());
    CHECK(field("enum all:u64{last=18446744073709551615}").type.enumerators.at(0).value == -1);
    CHECK(field("enum all:i64{first=-9223372036854775808}").type.enumerators.at(0).value ==
          std::numeric_limits<std::int64_t>::min());
}

TEST_CASE("a struct may be called like a type, and names may have all letters that C++ allows") {
    for (const char* name : {"string", "list", "i64", "time", "enum-", "caf\xc3\xa9", "_", "a$b"}) {
        const field structure(std::string(name) + "{f:i64}");
        CHECK((structure.type.kind == field_kind::structure && structure.type.name == name));
    }
    CHECK(parsed("order-placed{string:string}").event().name == "order-placed");
    CHECK(parsed("shop.order/placed:2{}").event().name == "shop.order/placed:2");
}

TEST_CASE("types are in the order in which they begin") {
    const description schema = parsed("e{a:list<s{b:bool}>,c:map<string,i8>}");
    std::string       kinds;
    for (std::size_t i = 0; i < schema.types.size(); ++i) kinds += annals::brief_text(schema, i) + "; ";
    CHECK(kinds == "struct e; list<struct s>; struct s; bool; map<string, i8>; string; i8; ");
}

TEST_CASE("a struct that contains its own kind refers back to itself") {
    const description schema = parsed("e{t:tree{left:optional<^0>,all:list<node{up:list<^1>,event:list<^2>}>}}");
    const auto&       tree   = schema[1];
    CHECK(schema[tree.parts[0].type].parts[0].type == 1);
    const auto& node = schema[schema[tree.parts[1].type].parts[0].type];
    CHECK((node.name == "node" && schema[node.parts[0].type].parts[0].type == 1 &&
           schema[node.parts[1].type].parts[0].type == 0));
    CHECK(annals::minimum_element(schema, schema[tree.parts[1].type]) == 8);

    for (const char* way : {"list<^0>", "set<^0>", "optional<^0>", "map<string,^0>", "map<^0,string>", "variant<bool,^0>",
                            "array<^0,0>", "variant<s{t:tuple<^1,i8>},tuple<>>", "list<s{v:variant<^0,bool>}>"})
        CHECK(annals::to_text(parsed("e{f:" + std::string(way) + "}")) == "e{f:" + std::string(way) + "}");

    // Of what refers to what is around it, the smallest value is known as well.
    const description chain = parsed("e{v:variant<uuid,s{again:^1,more:i64}>}");
    CHECK((chain.event().minimum == 17 && chain[3].name == "s" && chain[3].minimum == 25));
}

TEST_CASE("white space, lines and comments may stand between words and signs") {
    const description schema = parsed("e{a:enum k:u8{x=0,y=1},b:array<i64,3>,c:list<^0>,d:time<i64,1/1000>,f:tuple<>}");
    CHECK(parsed(" e { a : enum  k : u8 { x = 0 , y = 1 } , b : array < i64 , 3 > , c : list < ^ 0 > , d : time < i64 , 1 / "
                 "1000 > , f : tuple < > } ") == schema);
    CHECK(parsed("# before\n\te\r\n{a:enum#\n#k\nk:u8{x=0,#,z=9\ny=1},b:array<i64,3>,c:list<^0>,d:time<i64,1/1000>,f:tuple<>}# "
                 "behind") == schema);
    CHECK(why_not("e{a:i 64}") == "4: no type is called 'i'");
    CHECK(why_not("e{a b:i64}") == "4: expected ':'");
}

TEST_CASE("a lock file holds any number of schemas") {
    CHECK(annals::parse_schemas("").value().empty());
    CHECK(annals::parse_schemas("# none\n").value().empty());
    const auto two = annals::parse_schemas("# two\nopened {\n    by: string\n}\n\nclosed {}\n");
    REQUIRE(two.has_value());
    CHECK((two->size() == 2 && annals::to_text((*two)[0]) == "opened{by:string}" && annals::to_text((*two)[1]) == "closed{}"));
    CHECK(annals::parse_schemas("closed{} opened{by}").error().place == 18);
    CHECK(annals::parse_schemas("closed{} ,").error().place == 10);
}

TEST_CASE("for people, what is long has lines") {
    CHECK(annals::pretty_text(parsed("closed{}")) == "closed {}");
    CHECK(annals::pretty_text(parsed(
              "ordered{by:string,kind:enum kind:u8{usual=0,gift=1},none:enum e:u8{},lines:list<line{name:string,price:i64,"
              "parts:map<string,array<u16,3>>,again:list<^0>}>,at:time<i64,1/1000>,paid:variant<card{number:u64,bank:string},"
              "cash{},invoice{to:string,due:duration<i64,86400/1>}>,unnamed:{x:i8},day:enum weekday:u8{monday=0,tuesday=1,"
              "wednesday=2,thursday=3,friday=4,saturday=5}}")) == R"(ordered {
    by: string,
    kind: enum kind: u8 {usual = 0, gift = 1},
    none: enum e: u8 {},
    lines: list<line {name: string, price: i64, parts: map<string, array<u16, 3>>, again: list<^0>}>,
    at: time<i64, 1/1000>,
    paid: variant<
        card {number: u64, bank: string},
        cash {},
        invoice {to: string, due: duration<i64, 86400/1>}
    >,
    unnamed: {x: i8},
    day: enum weekday: u8 {
        monday = 0,
        tuesday = 1,
        wednesday = 2,
        thursday = 3,
        friday = 4,
        saturday = 5
    }
})");
}

TEST_CASE("what is no schema is an error that says where") {
    CHECK(why_not("") == "0: expected the name of an event");
    CHECK(why_not(" # nothing") == "10: expected the name of an event");
    CHECK(why_not("{}") == "0: expected the name of an event");
    CHECK(why_not("e") == "1: expected '{'");
    CHECK(why_not("e{") == "2: expected the name of a field");
    CHECK(why_not("e{}}") == "3: there is something behind the schema");
    CHECK(why_not("e{a}") == "3: expected ':'");
    CHECK(why_not("e{a:}") == "4: expected a type");
    CHECK(why_not("e{a:i64") == "7: expected ',' or '}'");
    CHECK(why_not("e{a:i64,}") == "8: expected the name of a field");
    CHECK(why_not("e{a:i64 b:i64}") == "8: expected ',' or '}'");
    CHECK(why_not("e{a:i64,b:bool,a:i64}") == "15: field 'a' stands twice");
    CHECK(why_no_field("i128") == "4: no type is called 'i128'");
    CHECK(why_no_field("vector<i64>") == "4: no type is called 'vector'");
    CHECK(why_no_field("<i64>") == "4: no type is called ''");
    CHECK(why_no_field("list") == "4: no type is called 'list'");
    CHECK(why_no_field("list<>") == "9: expected a type");
    CHECK(why_no_field("list<i64,i64>") == "12: expected '>'");
    CHECK(why_no_field("map<i64>") == "11: expected ','");
    CHECK(why_no_field("map<i64,i64,i64>") == "15: expected '>'");
    CHECK(why_no_field("tuple<i64,>") == "14: expected a type");
    CHECK(why_no_field("tuple<i64}") == "13: expected ',' or '>'");
    CHECK(why_no_field("variant<>") == "12: expected a type");
    CHECK(why_no_field("array<i64>") == "13: expected ','");
    CHECK(why_no_field("array<i64,>") == "14: expected a number");
    CHECK(why_no_field("array<i64,-1>") == "14: expected a number");
    CHECK(why_no_field("array<i64,01>") == "14: a number begins with zeros");
    CHECK(why_no_field("array<i64,18446744073709551616>") == "14: the number is too large");
    CHECK(parsed("e{f:array<i64,18446744073709551615>}")[1].count == std::numeric_limits<std::uint64_t>::max());
    CHECK(why_no_field("string<") == "4: no type is called 'string'");
    CHECK(parse_schema("e{\n  a: i64,\n  b: int\n}").error().message("e{\n  a: i64,\n  b: int\n}") ==
          "line 3, column 6: no type is called 'int'");
}

TEST_CASE("a duration or time has a number and a ratio that there is") {
    CHECK(why_no_field("duration<i32,1/1>") == "13: expected i64, u64, f32 or f64");
    CHECK(why_no_field("time<bool,1/1>") == "9: expected i64, u64, f32 or f64");
    CHECK(why_no_field("time<i64>") == "12: expected ','");
    CHECK(why_no_field("time<i64,1>") == "14: expected '/'");
    CHECK(why_no_field("time<i64,0/1>") == "13: the ratio is zero");
    CHECK(why_no_field("time<i64,1/0>") == "13: the ratio is zero");
    CHECK(why_no_field("time<i64,2/1000>") == "13: the ratio is not in its lowest terms");
    CHECK(why_no_field("time<i64,9223372036854775808/1>") == "13: the number is too large");
    CHECK(field("time<i64,9223372036854775807/1>").type.ticks == 9223372036854775807u);
}

TEST_CASE("an enum has enumerators that it can have, each once") {
    CHECK(why_no_field("enum k{}") == "10: expected ':'");
    CHECK(why_no_field("enum k:f32{}") == "11: expected an integer");
    CHECK(why_no_field("enum k:bool{}") == "11: expected an integer");
    CHECK(why_no_field("enum k:u8") == "13: expected '{'");
    CHECK(why_no_field("enum k:u8{a}") == "15: expected '='");
    CHECK(why_no_field("enum k:u8{a=}") == "16: expected a number");
    CHECK(why_no_field("enum k:u8{=1}") == "14: expected the name of an enumerator");
    CHECK(why_no_field("enum k:u8{a=1") == "18: expected ',' or '}'");
    CHECK(why_no_field("enum k:u8{a=1,a=2}") == "18: enumerator 'a' stands twice");
    CHECK(why_no_field("enum k:u8{a=1,b=1}") == "21: two enumerators have the same value");
    CHECK(why_no_field("enum k:u8{a=256}") == "16: the number is too large");
    CHECK(why_no_field("enum k:u8{a=-1}") == "16: the value is negative");
    CHECK(why_no_field("enum k:i8{a=-0}") == "17: zero has no sign");
    CHECK(why_no_field("enum k:i8{a=128}") == "16: the number is too large");
    CHECK(why_no_field("enum k:i8{a=-129}") == "17: the number is too large");
    CHECK(field("enum k:i8{a=-128,b=127}").type.enumerators.size() == 2);
    CHECK(why_no_field("enum k:i64{a=9223372036854775808}") == "17: the number is too large");
    CHECK(why_no_field("enum k:i64{a=-9223372036854775809}") == "18: the number is too large");
    CHECK(why_no_field("enum k:u64{a=18446744073709551616}") == "17: the number is too large");
}

TEST_CASE("a reference back has a struct to refer to, and leaves room for values that end") {
    CHECK(why_no_field("list<^1>") == "9: '^' refers to a struct that there is not");
    CHECK(why_no_field("list<^18446744073709551616>") == "10: the number is too large");
    CHECK(why_no_field("list<^>") == "10: expected a number");
    CHECK(why_not("e{a:s{b:i64},c:list<^1>}") == "20: '^' refers to a struct that there is not");
    CHECK(why_no_field("^0") == "0: the struct contains itself, so that a value would have no end");
    for (const char* way : {"tuple<bool,^0>", "array<^0,1>", "s{again:^1}", "variant<^0>", "variant<^0,tuple<^0>>"})
        CHECK(why_no_field(way).find("the struct contains itself") != std::string::npos);
    // Also where it is only one of several.
    CHECK(why_no_field("variant<bool,s{again:^0}>") == "17: the struct contains itself, so that a value would have no end");
}

TEST_CASE("a hostile text takes no more than it is worth") {
    // Nesting has an end, in every kind of type.
    for (const char* open : {"list<", "s{f:", "tuple<", "variant<", "map<i8,", "optional<"}) {
        const std::string close = std::string_view(open).back() == ':' ? "}" : ">";
        CHECK(parse_schema("e{f:" + repeated(63, open) + "bool" + repeated(63, close) + "}").has_value());
        CHECK(why_no_field(repeated(64, open) + "bool" + repeated(64, close))
                  .ends_with(": types are nested more than 64 levels deep"));
        CHECK_FALSE(parse_schema("e{f:" + repeated(100'000, open)).has_value());
    }
    // So has the number of types.
    CHECK(parse_schema("e{f:tuple<" + repeated(65533, "i8,") + "i8>}")->types.size() == 65536);
    CHECK(why_no_field("tuple<" + repeated(65534, "i8,") + "i8>").find("more than 65536 types") != std::string::npos);
    CHECK(parse_schema("e{f:variant<" + repeated(254, "i8,") + "i8>}").has_value());
    CHECK(why_no_field("variant<" + repeated(255, "i8,") + "i8>").find("more than 255 alternatives") != std::string::npos);
    // Sizes do not overflow.
    constexpr auto most = std::numeric_limits<std::size_t>::max();
    CHECK(field("array<array<i64,4294967296>,4294967296>").type.minimum == most - 1);
    CHECK(field("tuple<array<u8,18446744073709551615>,array<u8,18446744073709551615>>").type.minimum == most - 1);
    const field pair("map<array<u8,18446744073709551615>,array<u8,18446744073709551615>>");
    CHECK(annals::minimum_element(pair.schema, pair.type) == most);
    // Nothing is no number of elements.
    CHECK(field("array<{},1023>").type.minimum == 0);
    CHECK(why_no_field("array<{},1024>") == "4: the array has more than 1024 elements without bytes");
    CHECK(why_no_field("list<array<array<{},512>,2>>").find("elements without bytes") != std::string::npos);
    CHECK(why_no_field("array<array<i64,0>,18446744073709551615>").find("elements without bytes") != std::string::npos);
    CHECK(field("array<array<i64,18446744073709551615>,0>").type.minimum == 0);
}

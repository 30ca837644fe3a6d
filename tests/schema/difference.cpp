// How stored schemas differ from current ones.
#include "catch.hpp"

#include <annals/schema/default_values.hpp>
#include <annals/schema/difference.hpp>
#include <annals/schema/parse_schema.hpp>
#include <annals/schema/schema_text.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace {

using annals::description;
using annals::difference_kind;
using annals::parse_schema;
using kinds = std::vector<difference_kind>;

constexpr auto no_defaults  = [](std::size_t, std::size_t) { return false; };
constexpr auto all_defaults = [](std::size_t, std::size_t) { return true; };

std::vector<annals::schema_difference> differences(const std::string& stored, const std::string& current,
                                                   const annals::has_default& defaults = no_defaults) {
    const auto was = parse_schema(stored), is = parse_schema(current);
    INFO(stored + " -> " + current);
    REQUIRE((was.has_value() && is.has_value()));
    return annals::differences_between(*was, *is, defaults);
}
// One difference as a line: what is harmless is said in brackets.
std::string told(const std::string& stored, const std::string& current, const annals::has_default& defaults = no_defaults) {
    std::string text;
    for (const annals::schema_difference& each : differences(stored, current, defaults)) {
        if (!text.empty()) text += '\n';
        text += each.path + " | " + (each.harmless ? "(" + each.sentence + ")" : each.sentence);
    }
    return text;
}
std::string told_of_field(const std::string& stored, const std::string& current) {
    return told("e{f:" + stored + "}", "e{f:" + current + "}");
}
bool fits(const std::string& stored, const std::string& current) {
    return annals::all_harmless(differences("e{f:" + stored + "}", "e{f:" + current + "}"));
}

}  // namespace

TEST_CASE("a schema does not differ from itself, whatever the event is called") {
    for (const char* text : {"e{}",
                             "e{a:i64,b:list<s{c:enum "
                             "k:u8{x=0}}>,d:map<string,optional<^0>>,f:variant<bool,s{g:tuple<i8,char>}>,h:array<u8,3>}"}) {
        CHECK(told(text, text).empty());
        CHECK(told(text, "other" + std::string(text).substr(1)).empty());
    }
}

TEST_CASE("a field that is gone") {
    CHECK(told("e{a:i64,note:string}", "e{a:i64}") == "note | field 'note: string' is gone");
    CHECK(told("e{a:i64,note:list<s{x:i8}>}", "e{a:i64}") == "note | field 'note: list<struct s>' is gone");
    CHECK(differences("e{a:i64}", "e{}")[0].kind == difference_kind::field_gone);
}

TEST_CASE("a field that is new does no harm if it has a default") {
    CHECK(told("e{a:i64}", "e{a:i64,fee:i64}") == "fee | field 'fee: i64' is new and has no default");
    CHECK(told("e{a:i64}", "e{a:i64,fee:i64}", all_defaults) == "fee | (field 'fee: i64' is new and has a default)");
    CHECK(told("e{a:i64}", "e{a:i64,fee:i64}", nullptr) == "fee | field 'fee: i64' is new and has no default");
    // Who knows is asked about the structure's place and the field's.
    std::vector<std::pair<std::size_t, std::size_t>> asked;
    const auto                                       ask = [&](std::size_t structure, std::size_t field) {
        asked.emplace_back(structure, field);
        return field == 2;
    };
    CHECK(told("e{l:list<s{a:i8}>}", "e{l:list<s{b:i8,a:i8,c:i8}>}", ask) ==
          "l[].b | field 'l[].b: i8' is new and has no default\n"
          "l[].c | (field 'l[].c: i8' is new and has a default)");
    CHECK(asked == std::vector<std::pair<std::size_t, std::size_t>>{{2, 0}, {2, 2}});
}

TEST_CASE("a field that may have been renamed") {
    CHECK(told("e{note:string,a:i64}", "e{remark:string,a:i64}") ==
          "note | field 'note: string' is gone; it may have been renamed to 'remark'\n"
          "remark | field 'remark: string' is new and has no default");
    CHECK(told("e{note:string}", "e{remark:i64}") ==
          "note | field 'note: string' is gone\nremark | field 'remark: i64' is new and has no default");
    CHECK(told("e{note:string,a:string}", "e{a:string}") == "note | field 'note: string' is gone");
}

TEST_CASE("fields in another order do no harm") {
    CHECK(told("e{a:i64,b:bool}", "e{b:bool,a:i64}") == " | (the fields stand in another order)");
    CHECK(told("e{s:s{a:i64,b:bool,c:i8}}", "e{s:s{c:i8,a:i64,b:bool}}") == "s | (the fields of 's' stand in another order)");
    CHECK(differences("e{a:i64,b:bool}", "e{n:i8,a:i64,m:i8,b:bool}").size() == 2);
    CHECK(differences("e{a:i64,x:i8,b:bool}", "e{a:i64,b:bool}").size() == 1);
}

TEST_CASE("integers may be widened if no value is lost") {
    const std::string names[] = {"i8", "i16", "i32", "i64", "u8", "u16", "u32", "u64"};
    std::string       widened;
    for (const auto& from : names)
        for (const auto& to : names)
            if (from != to && fits(from, to)) widened += from + ">" + to + " ";
    CHECK(widened ==
          "i8>i16 i8>i32 i8>i64 i16>i32 i16>i64 i32>i64 u8>i16 u8>i32 u8>i64 u8>u16 u8>u32 u8>u64 u16>i32 u16>i64 u16>u32 "
          "u16>u64 u32>i64 u32>u64 ");
    CHECK(told_of_field("i32", "i64") == "f | (field 'f' was i32 and is i64)");
    CHECK(told_of_field("i64", "i32") == "f | field 'f' was i64 and is i32");
    CHECK(told_of_field("i32", "u64") == "f | field 'f' was i32 and is u64");
    CHECK(differences("e{f:i8}", "e{f:i16}")[0].kind == difference_kind::number_widened);
    CHECK(differences("e{f:i16}", "e{f:i8}")[0].kind == difference_kind::type_changed);
}

TEST_CASE("a float may become a double") {
    CHECK(told_of_field("f32", "f64") == "f | (field 'f' was f32 and is f64)");
    for (const auto& [from, to] : {std::pair{"f64", "f32"}, {"i8", "f64"}, {"f32", "i64"}, {"u8", "f32"}})
        CHECK_FALSE(fits(from, to));
}

TEST_CASE("a value may become optional") {
    CHECK(told_of_field("i64", "optional<i64>") == "f | (field 'f' was i64 and is optional<i64>)");
    CHECK(differences("e{f:i64}", "e{f:optional<i64>}")[0].kind == difference_kind::made_optional);
    CHECK(told_of_field("i32", "optional<i64>") == "f | (field 'f' was i32 and is optional<i64>)");
    CHECK(told_of_field("i32", "optional<optional<i32>>") == "f | (field 'f' was i32 and is optional<optional<i32>>)");
    CHECK(told_of_field("optional<i32>", "optional<optional<i32>>") == "f | (field 'f' was i32 and is optional<i32>)");
    CHECK(told_of_field("optional<i8>", "optional<i16>") == "f | (field 'f' was i8 and is i16)");
    CHECK(told_of_field("i64", "optional<string>") == "f | field 'f' was i64 and is optional<string>");
    CHECK(told_of_field("optional<i64>", "i64") == "f | field 'f' was optional<i64> and is i64");
    CHECK(told_of_field("s{a:i64}", "optional<s{a:i32}>") ==
          "f | (field 'f' was struct s and is optional<struct s>)\nf.a | field 'f.a' was i64 and is i32");
    CHECK_FALSE(fits("optional<i64>", "optional<i32>"));
}

TEST_CASE("another type is another field") {
    const std::string kinds_of_types[] = {"bool",
                                          "char",
                                          "i8",
                                          "f64",
                                          "string",
                                          "uuid",
                                          "list<i8>",
                                          "set<i8>",
                                          "map<i8,i8>",
                                          "array<i8,1>",
                                          "tuple<i8>",
                                          "variant<i8>",
                                          "duration<i64,1/1>",
                                          "time<i64,1/1>",
                                          "enum k:i8{}",
                                          "s{a:i8}",
                                          "optional<i8>"};
    for (const auto& from : kinds_of_types)
        for (const auto& to : kinds_of_types) {
            INFO(from + " -> " + to);
            CHECK(fits(from, to) == (from == to || (from == "i8" && to == "optional<i8>")));
        }
    CHECK(told_of_field("bool", "s{a:bool}") == "f | field 'f' was bool and is struct s");
    CHECK(told_of_field("{a:bool}", "enum k:u8{}") == "f | field 'f' was struct and is enum k: u8");
}

TEST_CASE("what containers hold is compared, and says where it is") {
    CHECK(told_of_field("list<i64>", "list<i32>") == "f[] | field 'f[]' was i64 and is i32");
    CHECK(told_of_field("set<i32>", "set<i64>") == "f[] | (field 'f[]' was i32 and is i64)");
    CHECK(told_of_field("map<i64,string>", "map<i32,bool>") ==
          "f[key] | field 'f[key]' was i64 and is i32\nf[] | field 'f[]' was string and is bool");
    CHECK(told_of_field("array<i8,3>", "array<i16,3>") == "f[] | (field 'f[]' was i8 and is i16)");
    CHECK(told_of_field("array<i8,3>", "array<i8,4>") == "f | field 'f' was array<i8, 3> and is array<i8, 4>");
    CHECK(told_of_field("tuple<i8,bool>", "tuple<i8,char>") == "f[1] | field 'f[1]' was bool and is char");
    CHECK(told_of_field("tuple<i8>", "tuple<i8,bool>") == "f | field 'f' was tuple<i8> and is tuple<i8, bool>");
    CHECK(told_of_field("list<s{price:i64}>", "list<s{price:i32}>") == "f[].price | field 'f[].price' was i64 and is i32");
    CHECK(told_of_field("optional<s{a:bool,b:i8}>", "optional<s{b:i8}>") == "f.a | field 'f.a: bool' is gone");
    CHECK(told_of_field("map<string,list<s{a:i8}>>", "map<string,list<s{a:i16}>>") ==
          "f[][].a | (field 'f[][].a' was i8 and is i16)");
}

TEST_CASE("durations and times keep their ticks") {
    CHECK(told_of_field("duration<i64,1/1>", "duration<u64,1/1>") ==
          "f | field 'f' was duration<i64, 1/1> and is duration<u64, 1/1>");
    CHECK(told_of_field("time<i64,1/1>", "time<i64,1/1000>") == "f | field 'f' was time<i64, 1/1> and is time<i64, 1/1000>");
    CHECK_FALSE(fits("duration<f32,1/1>", "duration<f64,1/1>"));
    CHECK_FALSE(fits("duration<i64,60/1>", "duration<i64,1/1>"));
    CHECK_FALSE(fits("duration<i64,1/1>", "time<i64,1/1>"));
}

TEST_CASE("an enum may be extended and widened") {
    CHECK(told_of_field("enum k:u8{a=0}", "enum k:u8{a=0,b=1}") == "f | (enumerator 'b' of field 'f' is new)");
    CHECK(told_of_field("enum k:u8{a=0}", "enum k:u16{a=0}") == "f | (field 'f' was enum k: u8 and is enum k: u16)");
    CHECK(told_of_field("enum k:u16{a=0}", "enum k:u8{a=0}") == "f | field 'f' was enum k: u16 and is enum k: u8");
    CHECK(told_of_field("enum k:u8{a=0,b=1}", "enum k:u8{b=1,a=0}").empty());
    CHECK(told_of_field("enum k:u8{savings=1}", "enum k:u8{savings=2}") ==
          "f | enumerator 'savings' of field 'f' was 1 and is 2");
    CHECK(told_of_field("enum k:u64{a=18446744073709551615}", "enum k:u64{a=2}") ==
          "f | enumerator 'a' of field 'f' was 18446744073709551615 and is 2");
    CHECK(told_of_field("enum k:u8{a=0,b=1}", "enum k:u8{a=0}") == "f | enumerator 'b' of field 'f' is gone");
    CHECK(told_of_field("enum k:u8{a=0,b=1}", "enum k:u8{a=0,c=1}") ==
          "f | enumerator 'b' of field 'f' is gone; it may have been renamed to 'c'\n"
          "f | (enumerator 'c' of field 'f' is new)");
    CHECK_FALSE(fits("enum k:u8{a=0,b=1}", "enum k:u8{a=1,b=0}"));
    // Where one side lists none, no more is known than what it is stored as.
    CHECK(told_of_field("enum k:u8{a=0}", "enum k:u8{}").empty());
    CHECK(told_of_field("enum k:u8{}", "enum k:u8{a=0}").empty());
    CHECK_FALSE(fits("enum k:u8{}", "enum k:i8{a=0}"));
}

TEST_CASE("a variant may be extended behind what there is") {
    CHECK(told_of_field("variant<bool,card{}>", "variant<bool,card{},cash{}>") ==
          "f | (alternative 'cash' of field 'f' is new)");
    CHECK(told_of_field("variant<card{}>", "variant<card{},i8>") == "f | (alternative '1' of field 'f' is new)");
    CHECK(told_of_field("variant<card{},cash{}>", "variant<card{}>") == "f | alternative 'cash' of field 'f' is gone");
    CHECK(told_of_field("variant<card{n:i64}>", "variant<card{n:i32}>") == "f.card.n | field 'f.card.n' was i64 and is i32");
    CHECK(told_of_field("variant<bool,i64>", "variant<bool,i32>") == "f.1 | field 'f.1' was i64 and is i32");
    CHECK(told_of_field("variant<bool,i32>", "variant<bool,i64>") == "f.1 | (field 'f.1' was i32 and is i64)");
    // Alternatives that look alike do not change places unnoticed.
    CHECK(told_of_field("variant<card{n:i64},cash{n:i64}>", "variant<cash{n:i64},card{n:i64}>") ==
          "f | alternative 'card' of field 'f' was number 0 and is number 1\n"
          "f | alternative 'cash' of field 'f' was number 1 and is number 0");
    CHECK_FALSE(fits("variant<card{},cash{}>", "variant<cash{}>"));
    CHECK_FALSE(fits("variant<card{},cash{}>", "variant<card{},coin{},cash{}>"));
    CHECK_FALSE(fits("variant<bool,string>", "variant<string,bool>"));
    CHECK(told_of_field("variant<bool,card{}>", "variant<bool,debit{}>") ==
          "f.card | (the type of field 'f.card' was called 'card' and is called 'debit')");
}

TEST_CASE("what a nested type is called does no harm") {
    CHECK(told_of_field("line{a:i8}", "item{a:i8}") == "f | (the type of field 'f' was called 'line' and is called 'item')");
    CHECK(told_of_field("enum k:u8{a=0}", "enum kind:u8{a=0}") ==
          "f | (the type of field 'f' was called 'k' and is called 'kind')");
    CHECK(differences("e{f:list<a{}>}", "e{f:list<b{}>}")[0].kind == difference_kind::type_renamed);
}

TEST_CASE("types that contain their own kind are compared once") {
    CHECK(told_of_field("tree{v:i8,b:list<^0>}", "tree{v:i8,b:list<^0>}").empty());
    CHECK(told_of_field("tree{v:i64,b:list<^0>}", "tree{v:i32,b:list<^0>}") == "f.v | field 'f.v' was i64 and is i32");
    CHECK(told_of_field("tree{v:i8,b:list<^0>}", "tree{v:i8,b:list<^0>,c:i8}") ==
          "f.c | field 'f.c: i8' is new and has no default");
    // One that was unfolded once more is the same; what differs there is told of there.
    CHECK(told_of_field("tree{v:i8,b:list<^0>}", "tree{v:i8,b:list<tree{v:i8,b:list<^0>}>}").empty());
    CHECK(told_of_field("tree{v:i8,b:list<^0>}", "tree{v:i8,b:list<tree{v:bool,b:list<^1>}>}") ==
          "f.b[].v | field 'f.b[].v' was i8 and is bool");
    CHECK(told("e{v:i8,b:list<^0>}", "other{v:bool,b:list<^0>}") == "v | field 'v' was i8 and is bool");
    // Circles of 63 and of 64 steps meet in all pairs, and still end.
    const auto ring = [](std::size_t length) {
        std::string text = "e{f:";
        for (std::size_t i = 0; i < length; ++i) text += i % 2 == 0 ? "s{n:" : "list<";
        return text + "list<^0>" + std::string(length % 2, '}') + [&] {
            std::string close;
            for (std::size_t i = length - length % 2; i-- != 0;) close += i % 2 == 0 ? '}' : '>';
            return close;
        }() + "}";
    };
    CHECK(told(ring(61), ring(57)).empty());
}

namespace {

namespace before {

struct line {
    std::int32_t price;
};
struct cash {};
struct ordered {
    std::vector<line>           lines;
    std::optional<line>         gift;
    std::variant<cash, line>    paid;
    std::map<std::string, line> by_name;
};

}  // namespace before

namespace now {

struct line {
    std::int64_t price;
    std::int64_t count = 1;
    std::string  note;
    bool         is_gift;
};
struct cash {
    std::int8_t coins = 0;
};
struct ordered {
    std::int64_t                discount = 0;
    std::vector<line>           lines;
    std::optional<line>         gift;
    std::variant<cash, line>    paid;
    std::map<std::string, line> by_name;
    std::uint8_t                region;
};

}  // namespace now

}  // namespace

TEST_CASE("defaults are known of an event and of the structs in its fields") {
    const auto  stored  = parse_schema(annals::schema_text<before::ordered>).value();
    const auto  current = parse_schema(annals::schema_text<now::ordered>).value();
    std::string harmful, harmless;
    for (const auto& each : annals::differences_between(stored, current, annals::default_fields::of<now::ordered>(current)))
        (each.harmless ? harmless : harmful) += each.path + " ";
    CHECK(harmful == "region lines[].is_gift gift.is_gift paid.line.is_gift by_name[].is_gift ");
    CHECK(harmless ==
          "discount lines[].count lines[].note gift.count gift.note paid.cash.coins paid.line.count paid.line.note "
          "by_name[].count "
          "by_name[].note lines[].price gift.price paid.line.price by_name[].price ");
}

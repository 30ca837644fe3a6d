// What is said of JSON that is not what was expected, and where it is.
#include "catch.hpp"

#include <annals/codec/json.hpp>
#include <annals/schema/stored_as.hpp>

#include <boost/json.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <list>
#include <map>
#include <optional>
#include <ratio>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

namespace shop {

enum class size : std::uint8_t { small, large };
enum class nothing : std::int8_t {};
struct item {
    std::string name;
    double      price = 0;
};
struct ordered {
    std::uint32_t     customer = 0;
    std::vector<item> items;
};
struct card {
    std::array<std::uint8_t, 2> digits{};
};
struct cash {};
struct tree {
    std::int32_t      value = 0;
    std::vector<tree> branches;
};
struct number {
    std::int32_t value = 0;
};
struct sum;
struct product {
    static constexpr std::string_view event_name = "product-of";

    std::vector<std::variant<number, product>> factors;
};
class percent {
public:
    percent() = default;
    explicit percent(std::int32_t value) : value_(value) {}
    [[nodiscard]] std::int32_t value() const { return value_; }

private:
    std::int32_t value_ = 0;
};

}  // namespace shop

template <>
struct annals::stored_as<shop::percent> {
    using type = std::int32_t;

    static type                         to(const shop::percent& value) { return value.value(); }
    static std::optional<shop::percent> from(const type& stored) {
        return stored >= 0 && stored <= 100 ? std::optional(shop::percent(stored)) : std::nullopt;
    }
};

namespace {

using namespace shop;

template <class T>
std::string error_of(std::string_view text) {
    const auto read = annals::from_json_text<T>(text);
    return read ? "no error" : read.error().message();
}

template <class Rep, class Period>
using system_time = std::chrono::time_point<std::chrono::system_clock, std::chrono::duration<Rep, Period>>;

}  // namespace

TEST_CASE("an error names the place by its whole path") {
    CHECK(error_of<ordered>(R"({"customer":1,"items":[{"name":"","price":1},{"name":"","price":1},{"name":"","price":1},)"
                            R"({"name":"tea","price":"3"}]})") == "$.items[3].price: expected a number");
    CHECK(error_of<ordered>("5") == "$: expected an object");
    CHECK(error_of<ordered>(R"({"customer":1,"items":{}})") == "$.items: expected an array");
    CHECK(error_of<ordered>(R"({"customer":1,"items":[{"name":5,"price":1}]})") == "$.items[0].name: expected a string");
    CHECK(error_of<std::vector<std::vector<int>>>("[[],[1,null]]") == "$[1][1]: expected a number");
    CHECK(error_of<std::map<std::string, int>>(R"({"a b":true})") == R"($["a b"]: expected a number)");
    CHECK(error_of<std::map<std::string, int>>(R"({"a\"\\\n":true})") == R"($["a\"\\\u000a"]: expected a number)");
    CHECK(error_of<std::map<std::string, int>>(R"({"tea":true})") == "$.tea: expected a number");
    const auto read = annals::from_json_text<ordered>("[]");
    REQUIRE_FALSE(read.has_value());
    CHECK(read.error() == annals::json_error{"$", "expected an object"});
}

TEST_CASE("members that are missing or unknown are named") {
    CHECK(error_of<item>("{}") == "$.name: missing");
    CHECK(error_of<item>(R"({"name":"tea"})") == "$.price: missing");
    CHECK(error_of<ordered>(R"({"customer":1,"items":[{"name":"tea"}]})") == "$.items[0].price: missing");
    CHECK(error_of<item>(R"({"name":"tea","price":1,"colour":1})") == "$.colour: there is no such field");
    CHECK(error_of<item>(R"({"Name":"tea","name":"tea","price":1})") == "$.Name: there is no such field");
    CHECK(error_of<cash>(R"({"a-b":1})") == R"($["a-b"]: there is no such field)");
}

TEST_CASE("integers out of range are told with the range") {
    CHECK(error_of<std::int8_t>("128") == "$: expected a number from -128 to 127");
    CHECK(error_of<std::int8_t>("-129") == "$: expected a number from -128 to 127");
    CHECK(error_of<std::uint8_t>("256") == "$: expected a number from 0 to 255");
    CHECK(error_of<std::uint8_t>("-1") == "$: expected a number from 0 to 255");
    CHECK(error_of<std::byte>("256") == "$: expected a number from 0 to 255");
    CHECK(error_of<std::int32_t>("2147483648") == "$: expected a number from -2147483648 to 2147483647");
    CHECK(error_of<std::int64_t>("9223372036854775808") ==
          "$: expected a number from -9223372036854775808 to 9223372036854775807");
    CHECK(error_of<std::int64_t>("-9223372036854775809") ==
          "$: expected a number from -9223372036854775808 to 9223372036854775807");
    CHECK(error_of<std::uint64_t>("-1") == "$: expected a number from 0 to 18446744073709551615");
    CHECK(error_of<std::uint64_t>("18446744073709551616") == "$: expected a number from 0 to 18446744073709551615");
    CHECK(error_of<std::uint32_t>("18446744073709551615") == "$: expected a number from 0 to 4294967295");
    CHECK(error_of<int>("1.5") == "$: expected a whole number");
    CHECK(error_of<std::int64_t>("9007199254740994.0") ==
          "$: expected a number from -9223372036854775808 to 9223372036854775807");
    CHECK(error_of<int>("true") == "$: expected a number");
    CHECK(error_of<int>("null") == "$: expected a number");
}

TEST_CASE("fractions out of range are told") {
    CHECK(error_of<float>("1e39") == "$: expected a number within the range of float");
    CHECK(error_of<double>("1e400") == "$: expected a number within the range of double");
    CHECK(error_of<double>(R"("nan")") == "$: expected a number");
    CHECK(error_of<double>("[]") == "$: expected a number");
}

TEST_CASE("other simple fields are told what they must be") {
    CHECK(error_of<bool>("1") == "$: expected true or false");
    CHECK(error_of<char>(R"("ab")") == "$: expected a string of one ASCII character");
    CHECK(error_of<char>(R"("")") == "$: expected a string of one ASCII character");
    CHECK(error_of<char>(R"("ž")") == "$: expected a string of one ASCII character");
    CHECK(error_of<char>("200") == "$: expected a number from -128 to 127");
    CHECK(error_of<size>(R"("medium")") == "$: expected small, large, or a number from 0 to 255");
    CHECK(error_of<size>("256") == "$: expected small, large, or a number from 0 to 255");
    CHECK(error_of<nothing>("[]") == "$: expected a number from -128 to 127");
    CHECK(error_of<std::string>("5") == "$: expected a string");
    CHECK(error_of<std::string>(R"({"hex":5})") == "$: expected a string");
    CHECK(error_of<std::string>(R"({"hex":"","more":1})") == "$: expected a string");
    CHECK(error_of<std::string>(R"({"hex":"c"})") == "$: expected two hexadecimal digits for each byte");
    CHECK(error_of<std::string>(R"({"hex":"zz"})") == "$: expected two hexadecimal digits for each byte");
    CHECK(error_of<annals::uuid>(R"("00112233-4455-6677-8899-aabbccddeef")") ==
          "$: expected a UUID such as f81d4fae-7dec-11d0-a765-00a0c91e6bf6");
    CHECK(error_of<annals::uuid>(R"("00112233+4455-6677-8899-aabbccddeeff")") ==
          "$: expected a UUID such as f81d4fae-7dec-11d0-a765-00a0c91e6bf6");
    CHECK(error_of<annals::uuid>("null") == "$: expected a UUID such as f81d4fae-7dec-11d0-a765-00a0c91e6bf6");
    CHECK(error_of<percent>("101") == "$: no such value is stored");
    CHECK(error_of<std::map<std::string, percent>>(R"({"a":-1})") == "$.a: no such value is stored");
}

TEST_CASE("times that are none are told") {
    using seconds = system_time<std::int64_t, std::ratio<1>>;
    for (const char* text : {"", "2024-05-06", "2024-05-06T12:53:20", "2024-05-06 12:53:20Z", "2024-05-06T12:53:20Zulu",
                             "2024-13-06T12:53:20Z", "2024-02-30T12:53:20Z", "2023-02-29T12:53:20Z", "2024-05-06T24:00:00Z",
                             "2024-05-06T12:60:00Z", "2016-12-31T23:59:60Z", "2024-05-06T12:53:20.Z", "24-05-06T12:53:20Z",
                             "2024-05-06T12:53:20+2:00", "2024-05-06T12:53:20.0000000001Z", "2024-00-06T12:53:20Z"}) {
        const auto read = annals::from_json<seconds>(boost::json::value(text));
        REQUIRE_FALSE(read.has_value());
        CHECK(read.error().message() == "$: expected a time such as 2024-05-06T07:08:09Z");
    }
    CHECK(error_of<seconds>(R"("2024-05-06T12:53:20.5Z")") ==
          "$: expected a time that is a whole number of steps of 1 s since 1970");
    CHECK(error_of<system_time<std::int64_t, std::milli>>(R"("2024-05-06T12:53:20.0005Z")") ==
          "$: expected a time that is a whole number of steps of 1/1000 s since 1970");
    CHECK(error_of<system_time<std::int32_t, std::ratio<86400>>>(R"("2024-05-06T12:00:00Z")") ==
          "$: expected a time that is a whole number of steps of 86400 s since 1970");
    CHECK(error_of<std::chrono::system_clock::time_point>(R"("2263-01-01T00:00:00Z")") ==
          "$: expected a time from the year 1678 to 2261");
    CHECK(error_of<system_time<std::int16_t, std::ratio<1>>>(R"("2024-05-06T12:53:20Z")") ==
          "$: expected a time within the range of the field");
    CHECK(error_of<system_time<std::uint32_t, std::ratio<1>>>(R"("1969-12-31T23:59:59Z")") ==
          "$: expected a time within the range of the field");
    CHECK(error_of<seconds>("1.5") == "$: expected a whole number");
    CHECK(error_of<std::chrono::duration<std::int8_t>>("128") == "$: expected a number from -128 to 127");
}

TEST_CASE("lists of the wrong length, and what stands in a set or map twice, are told") {
    CHECK(error_of<std::array<int, 3>>("[1,2]") == "$: expected an array of 3");
    CHECK(error_of<std::pair<int, int>>("[1,2,3]") == "$: expected an array of 2");
    CHECK(error_of<std::tuple<int, bool>>("[1,2]") == "$[1]: expected true or false");
    CHECK(error_of<std::set<int>>("[1,2,1]") == "$[2]: stands there twice");
    CHECK(error_of<std::map<int, int>>("[[1,2],[2,2],[1,3]]") == "$[2][0]: the key stands there twice");
    CHECK(error_of<std::map<int, int>>("[[1,2],[2]]") == "$[1]: expected an array of 2");
    CHECK(error_of<std::map<int, int>>("[[1,2],[true,2]]") == "$[1][0]: expected a number");
    CHECK(error_of<std::map<int, int>>("[[1,2],[2,true]]") == "$[1][1]: expected a number");
    CHECK(error_of<std::map<int, int>>("{}") == "$: expected an array");
    CHECK(error_of<std::map<std::string, int>>("5") == "$: expected an object");
    CHECK(error_of<std::map<std::string, int>>(R"([["a",1],["a",2]])") == "$[1][0]: the key stands there twice");
    CHECK(error_of<std::optional<std::optional<int>>>("null") == "$: expected an array");
    CHECK(error_of<std::optional<std::optional<int>>>("[1,2]") == "$: expected an array of no or one element");
    CHECK(error_of<std::optional<std::optional<int>>>("[true]") == "$[0]: expected a number");
    CHECK(error_of<std::vector<bool>>("[true,0]") == "$[1]: expected true or false");
}

TEST_CASE("an alternative that a variant does not have is told, with those that it has") {
    using payment = std::variant<card, cash>;
    CHECK(error_of<payment>(R"({"cheque":{}})") == "$.cheque: expected one of card, cash");
    CHECK(error_of<payment>(R"({"card":{"digits":[1,256]}})") == "$.card.digits[1]: expected a number from 0 to 255");
    CHECK(error_of<payment>(R"({"card":{},"cash":{}})") == "$: expected an object of one member");
    CHECK(error_of<payment>("{}") == "$: expected an object of one member");
    CHECK(error_of<payment>("[0,{}]") == "$: expected an object");
    using number = std::variant<int, bool>;
    CHECK(error_of<number>("[2,5]") == "$[0]: expected a number from 0 to 1");
    CHECK(error_of<number>("[1,5]") == "$[1]: expected true or false");
    CHECK(error_of<number>("[1]") == "$: expected an array of 2");
    CHECK(error_of<number>("5") == "$: expected an array");
}

TEST_CASE("text that is no JSON is told with the byte where it goes wrong") {
    CHECK(error_of<int>("").starts_with("$: "));
    CHECK(error_of<int>("12 x") == "$: extra data at byte 3");
    CHECK(error_of<ordered>(R"({"customer":1,)").starts_with("$: "));
    CHECK(error_of<std::string>("\"\xff\"").starts_with("$: "));
    CHECK(error_of<std::vector<int>>(std::string(100000, '[')).starts_with("$: "));
}

TEST_CASE("what contains itself comes back, down to a depth of 64") {
    const auto grown = [](int depth) {
        tree root{depth, {}};
        for (int i = depth - 1; i > 0; --i) {
            tree next{i, {}};
            next.branches.push_back(std::move(root));
            root = std::move(next);
        }
        return root;
    };
    const auto depth_of = [](const tree& root) {
        int depth = 1;
        for (const tree* at = &root; !at->branches.empty(); at = &at->branches[0]) ++depth;
        return depth;
    };
    CHECK(annals::json_text(grown(2)) == R"({"value":1,"branches":[{"value":2,"branches":[]}]})");
    const auto back = annals::from_json_text<tree>(annals::json_text(grown(64)));
    REQUIRE(back.has_value());
    CHECK(depth_of(*back) == 64);

    // Deeper is null, and is not read.
    std::string expected = "$";
    for (int i = 0; i < 64; ++i) expected += ".branches[0]";
    CHECK(annals::json_text(grown(65)).ends_with("{\"value\":65,\"branches\":null}" + [] {
        std::string end;
        for (int i = 0; i < 64; ++i) end += "]}";
        return end;
    }()));
    CHECK(error_of<tree>(annals::json_text(grown(65))) == expected + ".branches: nested too deep");
    std::string text;
    for (int i = 0; i < 65; ++i) text += R"({"value":1,"branches":[)";
    for (int i = 0; i < 65; ++i) text += "]}";
    CHECK(error_of<tree>(text) == expected + ".branches: nested too deep");
}

TEST_CASE("what contains itself as an alternative of a variant has its stored name there") {
    const product deep{{number{2}, product{{number{3}}}}};
    CHECK(annals::json_text(deep) ==
          R"({"factors":[{"number":{"value":2}},{"product-of":{"factors":[{"number":{"value":3}}]}}]})");
    const auto back = annals::from_json_text<product>(annals::json_text(deep));
    REQUIRE(back.has_value());
    CHECK(annals::json_text(*back) == annals::json_text(deep));
    CHECK(error_of<product>(R"({"factors":[{"sum":{}}]})") == "$.factors[0].sum: expected one of number, product-of");
}

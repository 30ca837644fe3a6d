// What becomes of each kind of field as JSON, and that it comes back.
#include "catch.hpp"

#include <annals/codec/json.hpp>
#include <annals/schema/equal.hpp>
#include <annals/schema/stored_as.hpp>

#include <boost/json.hpp>
#include <boost/uuid/uuid.hpp>

#include <array>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <list>
#include <map>
#include <optional>
#include <random>
#include <ratio>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

namespace library {

template <class T>
struct holding {
    T it;
};

enum class shelf : std::uint8_t { fiction = 1, science = 2, poetry = 64 };
enum class storey : std::int16_t { cellar = -1, ground = 0 };
enum class mask : std::uint64_t { none = 0, highest = std::uint64_t{1} << 63U };
enum class answer : bool { no, yes };

struct book {
    std::string  title;
    std::int32_t pages = 0;
};
struct journal {
    std::string   title;
    std::uint16_t issue = 0;
};
struct empty {};

struct lent {
    static constexpr std::string_view event_name = "book-lent";

    std::uint64_t                      reader = 0;
    book                               what;
    std::vector<book>                  more;
    std::optional<std::string>         note;
    shelf                              from = shelf::fiction;
    std::map<std::string, std::int8_t> marks;
    double                             fee = 0;
};

// A type with an invariant, and one that is a key.
class isbn {
public:
    isbn() = default;
    explicit isbn(std::string digits) : digits_(std::move(digits)) {}
    [[nodiscard]] const std::string& digits() const { return digits_; }

    friend auto operator<=>(const isbn&, const isbn&) = default;

private:
    std::string digits_;
};
class percent {
public:
    percent() = default;
    explicit percent(std::int32_t value) : value_(value) {}
    [[nodiscard]] std::int32_t value() const { return value_; }

    friend bool operator==(const percent&, const percent&) = default;

private:
    std::int32_t value_ = 0;
};
class perhaps {
public:
    std::optional<std::int32_t> value() const { return value_; }
    perhaps() = default;
    explicit perhaps(std::optional<std::int32_t> value) : value_(value) {}

    friend bool operator==(const perhaps&, const perhaps&) = default;

private:
    std::optional<std::int32_t> value_;
};

}  // namespace library

template <>
struct annals::stored_as<library::isbn> {
    using type = std::string;

    static type          to(const library::isbn& value) { return value.digits(); }
    static library::isbn from(const type& stored) { return library::isbn(stored); }
};
template <>
struct annals::stored_as<library::percent> {
    using type = std::int32_t;

    static type                            to(const library::percent& value) { return value.value(); }
    static std::optional<library::percent> from(const type& stored) {
        return stored >= 0 && stored <= 100 ? std::optional(library::percent(stored)) : std::nullopt;
    }
};
template <>
struct annals::stored_as<library::perhaps> {
    using type = std::optional<std::int32_t>;

    static type             to(const library::perhaps& value) { return value.value(); }
    static library::perhaps from(const type& stored) { return library::perhaps(stored); }
};

namespace {

using namespace library;

/// The JSON text of a value; empty if the value does not come back from it, as text or as Boost's value.
template <class T>
std::string text_of(const T& value) {
    const boost::json::value json = annals::to_json(value);
    const std::string        text = annals::json_text(value);
    if (boost::json::serialize(json) != text) return "other text than Boost.JSON's";
    const auto from_value = annals::from_json<T>(json);
    if (!from_value) return from_value.error().message();
    const auto from_text = annals::from_json_text<T>(text);
    if (!from_text) return from_text.error().message();
    if (!annals::equal_fields(*from_value, value) || !annals::equal_fields(*from_text, value))
        return "another value than before";
    return text;
}

template <class T>
std::string field_text(const T& value) {
    const std::string text = text_of(holding<T>{value});
    return text.starts_with("{\"it\":") ? text.substr(6, text.size() - 7) : text;
}

template <class Rep, class Period>
using system_time = std::chrono::time_point<std::chrono::system_clock, std::chrono::duration<Rep, Period>>;

}  // namespace

TEST_CASE("an event is an object of its fields, in their order") {
    CHECK(text_of(lent{7, {"Emma", 474}, {{"Ilias", 900}}, "dog-eared", shelf::poetry, {{"a", -1}}, 2.5}) ==
          R"({"reader":7,"what":{"title":"Emma","pages":474},"more":[{"title":"Ilias","pages":900}],"note":"dog-eared",)"
          R"("from":"poetry","marks":{"a":-1},"fee":2.5E0})");
    CHECK(text_of(empty{}) == "{}");
}

TEST_CASE("integers of every width are numbers, exact to their limits") {
    const auto limits = []<class T>(T) {
        const std::string least = std::to_string(std::numeric_limits<T>::min());
        const std::string most  = std::to_string(std::numeric_limits<T>::max());
        return field_text(std::numeric_limits<T>::min()) == least && field_text(std::numeric_limits<T>::max()) == most;
    };
    CHECK(limits(std::int8_t{}));
    CHECK(limits(std::uint8_t{}));
    CHECK(limits(std::int16_t{}));
    CHECK(limits(std::uint16_t{}));
    CHECK(limits(std::int32_t{}));
    CHECK(limits(std::uint32_t{}));
    CHECK(limits(std::int64_t{}));
    CHECK(limits(std::uint64_t{}));
    CHECK(limits(long{}));
    CHECK(limits(static_cast<unsigned long long>(0)));
    CHECK(field_text(std::int64_t{9007199254740993}) == "9007199254740993");
    CHECK(field_text(std::uint64_t{9223372036854775808u}) == "9223372036854775808");
    CHECK(field_text(std::byte{255}) == "255");
    CHECK(field_text(U'\x10ffff') == "1114111");
    CHECK(field_text(u'x') == "120");
    CHECK(field_text(char8_t{200}) == "200");
}

TEST_CASE("a value is of the kind that Boost's parser would make of its text") {
    const holding<std::vector<std::uint64_t>> numbers{{0, 9223372036854775807u, 9223372036854775808u}};
    const auto                                json   = annals::to_json(numbers);
    const auto                                parsed = boost::json::parse(annals::json_text(numbers));
    for (std::size_t i = 0; i < 3; ++i) CHECK(json.at("it").as_array()[i].kind() == parsed.at("it").as_array()[i].kind());
}

TEST_CASE("truth and letters") {
    CHECK(field_text(true) == "true");
    CHECK(field_text(false) == "false");
    CHECK(field_text('a') == R"("a")");
    CHECK(field_text('"') == R"("\"")");
    CHECK(field_text(' ') == R"(" ")");
    CHECK(field_text('\n') == "10");
    CHECK(field_text('\0') == "0");
    CHECK(field_text('\x7f') == "127");
    CHECK(field_text('\xff') == "-1");
    CHECK(field_text('\x80') == "-128");
}

TEST_CASE("fractions are numbers, and what is none has a name") {
    CHECK(field_text(0.1) == "1E-1");
    CHECK(field_text(-0.0) == "-0E0");
    CHECK(field_text(1e300) == "1E300");
    CHECK(field_text(5e-324) == "5E-324");
    CHECK(field_text(1.7976931348623157e308) == "1.7976931348623157E308");
    CHECK(field_text(0.1F) == "1.0000000149011612E-1");
    CHECK(field_text(std::numeric_limits<float>::max()) == "3.4028234663852886E38");
    CHECK(field_text(std::numeric_limits<double>::infinity()) == R"("Infinity")");
    CHECK(field_text(-std::numeric_limits<float>::infinity()) == R"("-Infinity")");
    CHECK(annals::json_text(std::nan("")) == R"("NaN")");
    CHECK(std::isnan(*annals::from_json_text<double>(R"("NaN")")));
    CHECK(std::isnan(*annals::from_json_text<float>(R"("NaN")")));
    CHECK(std::signbit(*annals::from_json_text<double>("-0.0")));
}

TEST_CASE("each double survives its text") {
    std::mt19937_64 random(7);
    int             wrong = 0;
    for (int i = 0; i < 20000; ++i) {
        const std::uint64_t bits = random();
        double              value{};
        std::memcpy(&value, &bits, sizeof(value));
        if (!std::isfinite(value)) continue;
        const auto back = annals::from_json_text<double>(annals::json_text(value));
        if (!back || *back != value) ++wrong;
    }
    CHECK(wrong == 0);
}

TEST_CASE("a number in text is the double that is nearest to it") {
    const auto read = [](std::string_view text) { return *annals::from_json_text<double>(text); };
    CHECK(read("0.3") == 0.3);
    CHECK(read("-0.3e+2") == -30.0);
    CHECK(read("1E22") == 1e22);
    CHECK(read("1e23") == 1e23);
    CHECK(read("123456789012345678e-5") == 123456789012345678e-5);
    CHECK(read("9007199254740993.0") == 9007199254740992.0);
    CHECK(read("9007199254740993.00001") == 9007199254740994.0);
    CHECK(read("2.2250738585072011e-308") == 2.2250738585072011e-308);
    CHECK(read("0.000000000000000000000000000000000000000000001") == 1e-45);
    CHECK(read("0e999") == 0.0);
    CHECK(read("1e-400") == 0.0);
    std::mt19937_64 random(9);
    int             wrong = 0;
    for (int i = 0; i < 20000; ++i) {
        const std::string text =
            std::to_string(random() % 10000000000000000u) + "e" + std::to_string(static_cast<int>(random() % 50) - 25);
        if (read(text) != std::strtod(text.c_str(), nullptr)) ++wrong;
    }
    CHECK(wrong == 0);
}

TEST_CASE("an enum is its enumerator's name, or the number where none is known") {
    CHECK(field_text(shelf::science) == R"("science")");
    CHECK(field_text(static_cast<shelf>(200)) == "200");
    CHECK(field_text(storey::cellar) == R"("cellar")");
    CHECK(field_text(static_cast<storey>(-300)) == "-300");
    CHECK(field_text(mask::highest) == R"("highest")");
    CHECK(field_text(static_cast<mask>(18446744073709551615u)) == "18446744073709551615");
    CHECK(field_text(answer::yes) == R"("yes")");
    CHECK(annals::from_json_text<shelf>("2") == shelf::science);
}

TEST_CASE("text is a string, and bytes that are no UTF-8 are spelled") {
    CHECK(field_text(std::string("tea")) == R"("tea")");
    CHECK(field_text(std::string()) == R"("")");
    CHECK(field_text(std::string("a\"b\\c\n")) == R"("a\"b\\c\n")");
    CHECK(field_text(std::string("a\0b", 3)) == R"("a\u0000b")");
    CHECK(field_text(std::string("Žluťoučký kůň 馬 🐎")) == R"("Žluťoučký kůň 馬 🐎")");
    CHECK(field_text(std::string("\xff")) == R"({"hex":"ff"})");
    CHECK(field_text(std::string("\xc3")) == R"({"hex":"c3"})");
    CHECK(field_text(std::string("12345678\xc3(")) == R"({"hex":"3132333435363738c328"})");
    CHECK(field_text(std::string("\xed\xa0\x80")) == R"({"hex":"eda080"})");        // a surrogate
    CHECK(field_text(std::string("\xc0\x80")) == R"({"hex":"c080"})");              // overlong
    CHECK(field_text(std::string("\xe0\x80\x80")) == R"({"hex":"e08080"})");        // overlong
    CHECK(field_text(std::string("\xf0\x80\x80\x80")) == R"({"hex":"f0808080"})");  // overlong
    CHECK(field_text(std::string("\xf4\x90\x80\x80")) == R"({"hex":"f4908080"})");  // beyond Unicode
    CHECK(field_text(std::string("\xf4\x8f\xbf\xbf")) == "\"\xf4\x8f\xbf\xbf\"");
    CHECK(annals::from_json_text<std::string>(R"({"hex":"FfC3"})") == std::string("\xff\xc3"));
}

TEST_CASE("what our own check takes for UTF-8 is what Boost's parser does") {
    const auto parses = [](const std::string& text) {
        boost::json::error_code trouble;
        boost::json::parse("\"" + text + "\"", trouble);
        return !trouble;
    };
    int different = 0;
    for (unsigned a = 0x80; a < 0x100; ++a)
        for (unsigned b = 0x70; b < 0x100; ++b)
            for (const char* rest : {"", "\x80", "\x80\x80", "\xbf\xbf", "x"}) {
                std::string text{static_cast<char>(a), static_cast<char>(b)};
                text += rest;
                if (annals::detail::is_utf8(text) != parses(text)) ++different;
            }
    CHECK(different == 0);
}

TEST_CASE("an option is null or its value; one in another is a list of no or one") {
    CHECK(field_text(std::optional<int>{}) == "null");
    CHECK(field_text(std::optional<int>{5}) == "5");
    using twice = std::optional<std::optional<int>>;
    CHECK(field_text(twice{}) == "[]");
    CHECK(field_text(twice{std::optional<int>{}}) == "[null]");
    CHECK(field_text(twice{5}) == "[5]");
    using thrice = std::optional<twice>;
    CHECK(field_text(thrice{}) == "null");
    CHECK(field_text(thrice{twice{}}) == "[]");
    CHECK(field_text(thrice{twice{std::optional<int>{}}}) == "[null]");
    CHECK(field_text(std::optional<perhaps>{}) == "[]");
    CHECK(field_text(std::optional<perhaps>{perhaps{}}) == "[null]");
    CHECK(field_text(std::optional<perhaps>{perhaps{5}}) == "[5]");
}

TEST_CASE("lists, sets, arrays and tuples are arrays") {
    CHECK(field_text(std::vector<int>{}) == "[]");
    CHECK(field_text(std::vector<int>{1, 2}) == "[1,2]");
    CHECK(field_text(std::vector<bool>{true, false}) == "[true,false]");
    CHECK(field_text(std::list<std::string>{"a", "b"}) == R"(["a","b"])");
    CHECK(field_text(std::set<int>{2, 1}) == "[1,2]");
    CHECK(field_text(std::array<char, 2>{'a', '\0'}) == R"(["a",0])");
    CHECK(text_of(std::array<std::vector<bool>, 2>{}) == "[[],[]]");
    CHECK(field_text(std::pair<int, std::string>{1, "x"}) == R"([1,"x"])");
    CHECK(field_text(std::tuple<int, bool, book>{1, true, {"Emma", 474}}) == R"([1,true,{"title":"Emma","pages":474}])");
    CHECK(field_text(std::tuple<>{}) == "[]");
    CHECK(field_text(std::vector<empty>(2)) == "[{},{}]");
}

TEST_CASE("a map is an object if its keys are texts, else a list of pairs") {
    CHECK(field_text(std::map<std::string, int>{}) == "{}");
    CHECK(field_text(std::map<std::string, int>{{"tea", 5}, {"", 2}}) == R"({"":2,"tea":5})");
    CHECK(field_text(std::map<std::string, int>{{"\xff", 5}, {"a", 2}}) == R"([["a",2],[{"hex":"ff"},5]])");
    CHECK(field_text(std::map<isbn, int>{{isbn("978"), 5}}) == R"({"978":5})");
    CHECK(field_text(std::map<int, std::string>{{1, "x"}}) == R"([[1,"x"]])");
    CHECK(field_text(std::map<shelf, int>{{shelf::poetry, 1}}) == R"([["poetry",1]])");
    CHECK(field_text(std::unordered_map<std::string, empty>{{"a", {}}}) == R"({"a":{}})");
    CHECK(field_text(std::map<std::string, std::map<std::string, bool>>{{"a", {{"b", true}}}}) == R"({"a":{"b":true}})");
    CHECK(annals::from_json_text<std::map<std::string, int>>(R"([["a",2]])") == std::map<std::string, int>{{"a", 2}});
}

TEST_CASE("a map of many texts is an object of them all") {
    std::map<std::string, int> many;
    for (int i = 0; i < 1000; ++i) many.emplace(std::to_string(i), i);
    const auto json = annals::to_json(many);
    CHECK(json.as_object().size() == 1000);
    CHECK(annals::from_json<std::map<std::string, int>>(json) == many);
}

TEST_CASE("a variant of structs says which by name, another one by number") {
    using item = std::variant<book, journal, std::monostate>;
    CHECK(field_text(item{book{"Emma", 474}}) == R"({"book":{"title":"Emma","pages":474}})");
    CHECK(field_text(item{journal{"Nature", 3}}) == R"({"journal":{"title":"Nature","issue":3}})");
    CHECK(field_text(item{std::monostate{}}) == R"({"monostate":{}})");
    CHECK(field_text(std::variant<int, book>{5}) == "[0,5]");
    CHECK(field_text(std::variant<int, book>{book{"Emma", 474}}) == R"([1,{"title":"Emma","pages":474}])");
    CHECK(field_text(std::variant<int, int>{std::in_place_index<1>, 5}) == "[1,5]");
    // Types made from one template have one name between them.
    CHECK(field_text(std::variant<holding<int>, holding<bool>>{holding<bool>{true}}) == R"([1,{"it":true}])");
    CHECK(field_text(std::vector<item>{book{}, journal{}}) ==
          R"([{"book":{"title":"","pages":0}},{"journal":{"title":"","issue":0}}])");
}

TEST_CASE("an id is text of 36 characters") {
    annals::uuid id;
    for (std::uint8_t i = 0; i < 16; ++i) id.bytes[i] = static_cast<std::uint8_t>(i * 17);
    CHECK(field_text(id) == R"("00112233-4455-6677-8899-aabbccddeeff")");
    CHECK(field_text(static_cast<boost::uuids::uuid>(id)) == R"("00112233-4455-6677-8899-aabbccddeeff")");
    CHECK(annals::from_json_text<annals::uuid>(R"("00112233-4455-6677-8899-AABBCCDDEEFF")") == id);
}

TEST_CASE("a duration is a number of ticks") {
    using namespace std::chrono;
    CHECK(field_text(milliseconds(-5)) == "-5");
    CHECK(field_text(nanoseconds::max()) == "9223372036854775807");
    CHECK(field_text(duration<std::uint64_t>(18446744073709551615u)) == "18446744073709551615");
    CHECK(field_text(duration<double>(0.5)) == "5E-1");
    CHECK(field_text(duration<std::int8_t, std::ratio<1, 3>>(-128)) == "-128");
}

TEST_CASE("a time is RFC 3339 in UTC, with the digits of its tick") {
    using namespace std::chrono;
    CHECK(field_text(system_time<std::int64_t, std::ratio<1>>(seconds(1715000000))) == R"("2024-05-06T12:53:20Z")");
    CHECK(field_text(system_time<std::int64_t, std::milli>(milliseconds(-1))) == R"("1969-12-31T23:59:59.999Z")");
    CHECK(field_text(system_time<std::int64_t, std::deci>(duration<std::int64_t, std::deci>(15))) ==
          R"("1970-01-01T00:00:01.5Z")");
    CHECK(field_text(system_clock::time_point(microseconds(1))) == R"("1970-01-01T00:00:00.000001000Z")");
    CHECK(field_text(system_time<std::int32_t, std::ratio<86400>>(days(19783))) == R"("2024-03-01T00:00:00Z")");
    CHECK(field_text(system_time<std::uint32_t, std::ratio<60>>(duration<std::uint32_t, std::ratio<60>>(1))) ==
          R"("1970-01-01T00:01:00Z")");
    // Finer ticks than milliseconds are stored in nanoseconds, whatever the library's clock counts.
    CHECK(field_text(system_time<std::int64_t, std::micro>(microseconds(1))) == R"("1970-01-01T00:00:00.000001000Z")");
}

TEST_CASE("the first and last time come back") {
    using namespace std::chrono;
    using micros = system_time<std::int64_t, std::micro>;
    CHECK(field_text(system_clock::time_point::min()) == R"("1677-09-21T00:12:43.145224192Z")");
    CHECK(field_text(system_clock::time_point::max()) == R"("2262-04-11T23:47:16.854775807Z")");
    CHECK(field_text(micros::min()) == R"("1677-09-21T00:12:43.145224192Z")");
    CHECK(field_text(micros::max()) == R"("2262-04-11T23:47:16.854775807Z")");
    CHECK(field_text(sys_seconds::min()) == "-9223372036854775808");
    CHECK(field_text(sys_seconds::max()) == "9223372036854775807");
}

TEST_CASE("times that have no such text are numbers of ticks") {
    using namespace std::chrono;
    CHECK(field_text(sys_seconds(seconds(-62167219200))) == R"("0000-01-01T00:00:00Z")");
    CHECK(field_text(sys_seconds(seconds(-62167219201))) == "-62167219201");
    CHECK(field_text(sys_seconds(seconds(253402300799))) == R"("9999-12-31T23:59:59Z")");
    CHECK(field_text(sys_seconds(seconds(253402300800))) == "253402300800");
    CHECK(field_text(system_time<std::uint64_t, std::ratio<1>>(duration<std::uint64_t>(18446744073709551615u))) ==
          "18446744073709551615");
    CHECK(field_text(system_time<std::int64_t, std::micro>(microseconds(9300000000000001))) == "9300000000000001");
}

TEST_CASE("a time may be written with an offset, in small letters and with other digits") {
    using namespace std::chrono;
    const auto read = [](const char* text) { return annals::from_json<sys_time<milliseconds>>(boost::json::value(text)); };
    CHECK(read("2024-05-06T12:53:20.000Z") == sys_time<milliseconds>(seconds(1715000000)));
    CHECK(read("2024-05-06t12:53:20z") == sys_time<milliseconds>(seconds(1715000000)));
    CHECK(read("2024-05-06T14:53:20+02:00") == sys_time<milliseconds>(seconds(1715000000)));
    CHECK(read("2024-05-06T07:23:20.5-05:30") == sys_time<milliseconds>(milliseconds(1715000000500)));
    CHECK(read("2024-05-06T12:53:20.001000000000Z") == sys_time<milliseconds>(milliseconds(1715000000001)));
    CHECK(read("2024-02-29T00:00:00Z") == sys_time<milliseconds>(seconds(1709164800)));
}

TEST_CASE("each day of eight centuries comes back from its date") {
    int wrong = 0;
    for (std::int64_t day = -150000; day < 150000; ++day)
        if (annals::detail::day_of_date(annals::detail::date_of_day(day)) != day) ++wrong;
    CHECK(wrong == 0);
    const auto date = annals::detail::date_of_day(-719528);
    CHECK((date.year == 0 && date.month == 1 && date.day == 1));
}

TEST_CASE("a type of one's own is what it is stored as") {
    CHECK(field_text(percent(50)) == "50");
    CHECK(field_text(isbn("978")) == R"("978")");
    CHECK(field_text(std::vector<perhaps>{perhaps{}, perhaps{5}}) == "[null,5]");
}

TEST_CASE("what is no event is converted too: a state, a list, a number") {
    CHECK(text_of(std::vector<book>{{"Emma", 474}}) == R"([{"title":"Emma","pages":474}])");
    CHECK(text_of(std::int64_t{5}) == "5");
    CHECK(text_of(std::string("x")) == R"("x")");
}

TEST_CASE("fields may stand in any order, and that of an option may be missing") {
    const auto read = annals::from_json_text<lent>(
        R"({"fee":1,"marks":{},"from":"science","more":[],"what":{"pages":1,"title":"Emma"},"reader":18446744073709551615})");
    REQUIRE(read.has_value());
    CHECK(read->reader == 18446744073709551615u);
    CHECK(read->what.title == "Emma");
    CHECK_FALSE(read->note.has_value());
    CHECK(read->from == shelf::science);
    CHECK(annals::from_json_text<holding<perhaps>>("{}")->it == perhaps{});
    CHECK(annals::from_json_text<holding<std::optional<perhaps>>>("{}")->it == std::nullopt);
    CHECK(annals::from_json_text<holding<std::optional<std::optional<int>>>>("{}")->it == std::nullopt);
}

TEST_CASE("numbers with a fraction or an exponent are integers where they are whole") {
    CHECK(annals::from_json_text<int>("1e3") == 1000);
    CHECK(annals::from_json_text<int>("-2.0") == -2);
    CHECK(annals::from_json_text<std::uint64_t>("9007199254740992.0") == 9007199254740992u);
    CHECK(annals::from_json_text<double>("7") == 7.0);
    CHECK(annals::from_json_text<float>("18446744073709551615") == 18446744073709551615.0F);
}

TEST_CASE("JSON is put where the caller says") {
    boost::json::monotonic_resource storage;
    const auto json = annals::to_json(lent{1, {"Emma", 474}, {{"Ilias", 900}}, {}, {}, {{"a", 1}}, 0}, &storage);
    CHECK(json.storage().get() == &storage);
    CHECK(json.at("what").storage().get() == &storage);
    CHECK(json.at("what").at("title").storage().get() == &storage);
    CHECK(json.at("more").at(0).at("title").storage().get() == &storage);
    CHECK(json.at("marks").at("a").storage().get() == &storage);
}

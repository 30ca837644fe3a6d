// Values, printed for people.
#include "catch.hpp"

#include <annals/schema/format.hpp>
#include <annals/schema/print.hpp>
#include <annals/schema/stored_as.hpp>

#include <boost/uuid/uuid.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <ostream>
#include <ratio>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

namespace shop {

struct audited {};
struct sold {
    std::uint32_t article;
    std::int64_t  cents;
};
struct renamed {
    std::string from, to;
};
struct basket {
    std::vector<sold>          items;
    std::optional<std::string> coupon;
    sold                       last;
};
struct price_changed {
    static constexpr std::string_view event_name = "price-changed";
    double                            euros;
};
enum class size { small, large };
enum level : std::uint8_t { low = 1, high = 200 };
enum old_fashioned { first, second };
struct parcel {
    size                        of_size;
    level                       care;
    bool                        is_fragile;
    char                        letter;
    std::int8_t                 shelf;
    std::uint8_t                row;
    std::byte                   raw;
    std::array<std::uint8_t, 3> colour;
};
template <class T>
struct changed {
    T to;
};
struct money {
    std::int64_t         cents;
    friend std::ostream& operator<<(std::ostream& out, const money& value) { return out << value.cents / 100 << " EUR"; }
};
struct paid {
    money amount;
};
class secret {
    [[maybe_unused]] int code_ = 0;
};
struct locked {
    secret with;
};
class weight {
public:
    explicit weight(int grams) : grams_(grams) {}
    [[nodiscard]] int grams() const { return grams_; }

private:
    int grams_;
};
struct weighed {
    weight total;
};
struct handed_over {
    annals::uuid                                                                  by;
    std::chrono::time_point<std::chrono::system_clock, std::chrono::milliseconds> at;
};

}  // namespace shop

template <>
struct annals::stored_as<shop::weight> {
    using type = std::int32_t;

    static type         to(const shop::weight& value) { return value.grams(); }
    static shop::weight from(const type& stored) { return shop::weight(stored); }
};

namespace shop {

template <class Rep, class Period>
using system_time = std::chrono::time_point<std::chrono::system_clock, std::chrono::duration<Rep, Period>>;

}  // namespace shop

namespace {

using namespace shop;

template <class T>
std::string printed(const T& value) {
    std::ostringstream out;
    annals::print(out, value);
    return out.str();
}

}  // namespace

TEST_CASE("a struct is printed with its name and its fields' names") {
    CHECK(printed(audited{}) == "audited{}");
    CHECK(printed(sold{7, -250}) == "sold{article: 7, cents: -250}");
    CHECK(printed(renamed{"tea", "green tea"}) == R"(renamed{from: "tea", to: "green tea"})");
    CHECK(printed(changed<int>{5}) == "changed{to: 5}");
    CHECK(printed(price_changed{2.5}) == "price-changed{euros: 2.5}");
}

TEST_CASE("structs, lists and options inside a struct are printed inwards") {
    CHECK(printed(basket{{}, {}, {1, 2}}) == "basket{items: [], coupon: none, last: sold{article: 1, cents: 2}}");
    CHECK(
        printed(basket{{{1, 2}, {3, 4}}, "WINTER", {}}) ==
        R"(basket{items: [sold{article: 1, cents: 2}, sold{article: 3, cents: 4}], coupon: "WINTER", last: sold{article: 0, cents: 0}})");
    CHECK(printed(changed<changed<std::string>>{{"x"}}) == R"(changed{to: changed{to: "x"}})");
}

TEST_CASE("numbers are numbers, also those of one byte; truth has a word") {
    CHECK(printed(parcel{size::large, high, true, 'a', -3, 65, std::byte{255}, {1, 2, 255}}) ==
          "parcel{of_size: large, care: 200, is_fragile: true, letter: 97, shelf: -3, row: 65, raw: 255, colour: [1, 2, 255]}");
    CHECK(printed(changed<char32_t>{U'a'}) == "changed{to: 97}");
    CHECK(printed(std::tuple<wchar_t, char8_t, char16_t>{L'a', u8'b', u'c'}) == "(97, 98, 99)");
    CHECK(printed(false) == "false");
    CHECK(printed(std::int64_t{-5}) == "-5");
    CHECK(printed(18446744073709551615u) == "18446744073709551615");
}

TEST_CASE("an enum is its enumerator, or its number where none is known") {
    CHECK(printed(size::small) == "small");
    CHECK(printed(static_cast<size>(7)) == "7");
    CHECK(printed(low) == "low");
    CHECK(printed(high) == "200");  // beyond where enumerators are looked for
    CHECK(printed(second) == "1");  // its values depend on its enumerators
    CHECK(printed(std::vector<size>{size::large, size::small}) == "[large, small]");
}

TEST_CASE("text stands in quotes, of whatever type it is") {
    CHECK(printed(std::string("tea")) == R"("tea")");
    CHECK(printed(std::string_view("")) == R"("")");
    CHECK(printed("tea") == R"("tea")");
}

TEST_CASE("containers of every kind are printed in brackets") {
    CHECK(printed(std::vector<int>{1, 2, 3}) == "[1, 2, 3]");
    CHECK(printed(std::vector<bool>{true, false}) == "[true, false]");
    CHECK(printed(std::deque<std::string>{"a", "b"}) == R"(["a", "b"])");
    CHECK(printed(std::set<int>{}) == "[]");
    CHECK(printed(std::map<std::string, int>{{"tea", 5}, {"milk", 2}}) == R"([("milk", 2), ("tea", 5)])");
    CHECK(printed(std::vector<std::vector<int>>{{1}, {}, {2, 3}}) == "[[1], [], [2, 3]]");
}

TEST_CASE("pairs and tuples are printed in parentheses, a variant as what it holds, an empty option as none") {
    CHECK(printed(std::pair<int, std::string>{1, "x"}) == R"((1, "x"))");
    CHECK(printed(std::tuple<>{}) == "()");
    CHECK(printed(std::tuple<int, sold>{1, {2, 3}}) == "(1, sold{article: 2, cents: 3})");
    CHECK(printed(std::variant<int, sold>{sold{2, 3}}) == "sold{article: 2, cents: 3}");
    CHECK(printed(std::variant<int, sold>{4}) == "4");
    CHECK(printed(std::optional<int>{}) == "none");
    CHECK(printed(std::optional<sold>{{2, 3}}) == "sold{article: 2, cents: 3}");
    CHECK(printed(std::optional<bool>{false}) == "false");
}

TEST_CASE("durations have their unit, and times count from their clock's epoch") {
    using namespace std::chrono_literals;
    CHECK(printed(5s) == "5s");
    CHECK(printed(5ms) == "5ms");
    CHECK(printed(-5us) == "-5us");
    CHECK(printed(5ns) == "5ns");
    CHECK(printed(5min) == "5min");
    CHECK(printed(5h) == "5h");
    CHECK(printed(std::chrono::duration<std::int8_t, std::ratio<1, 3>>(65)) == "65[1/3]s");
    CHECK(printed(std::chrono::time_point<std::chrono::steady_clock, std::chrono::seconds>{7s}) == "7s");
}

TEST_CASE("times of the system's clock are moments of UTC") {
    using namespace std::chrono_literals;
    CHECK(printed(system_time<std::int64_t, std::ratio<1>>{7s}) == "1970-01-01T00:00:07Z");
    CHECK(printed(system_time<std::int64_t, std::milli>{-1ms}) == "1969-12-31T23:59:59.999Z");
    CHECK(printed(system_time<std::int64_t, std::micro>{951782399999999us}) == "2000-02-28T23:59:59.999999Z");
    CHECK(printed(system_time<std::int32_t, std::ratio<86400>>{std::chrono::days(11016)}) == "2000-02-29T00:00:00Z");
    CHECK(printed(system_time<std::uint32_t, std::ratio<60>>{}) == "1970-01-01T00:00:00Z");
    CHECK(printed(annals::timestamp(951782400000000001)) == "2000-02-29T00:00:00.000000001Z");
    CHECK(printed(handed_over{{}, system_time<std::int64_t, std::milli>{1ms}}) ==
          "handed_over{by: 00000000-0000-0000-0000-000000000000, at: 1970-01-01T00:00:00.001Z}");
}

TEST_CASE("times that are no moments of a year of four digits are printed since 1970") {
    using namespace std::chrono_literals;
    CHECK(printed(system_time<std::int64_t, std::ratio<1>>{253402300799s}) == "9999-12-31T23:59:59Z");
    CHECK(printed(system_time<std::int64_t, std::ratio<1>>{253402300800s}) == "253402300800s");
    CHECK(printed(system_time<std::uint64_t, std::ratio<1>>{std::chrono::duration<std::uint64_t>(18446744073709551615u)}) ==
          "18446744073709551615s");
    CHECK(printed(system_time<double, std::ratio<1>>{std::chrono::duration<double>(1.5)}) == "1.5s");
    CHECK(printed(system_time<std::int64_t, std::ratio<1, 3>>{}) == "0[1/3]s");
}

TEST_CASE("UUIDs are printed as such, of whatever library they are") {
    annals::uuid id;
    for (std::uint8_t i = 0; i < 16; ++i) id.bytes[i] = static_cast<std::uint8_t>(i * 17);
    CHECK(printed(id) == "00112233-4455-6677-8899-aabbccddeeff");
    CHECK(printed(static_cast<boost::uuids::uuid>(id)) == "00112233-4455-6677-8899-aabbccddeeff");
}

TEST_CASE("a type of one's own is printed as what it is stored as") {
    CHECK(printed(weighed{weight(250)}) == "weighed{total: 250}");
    CHECK(printed(std::vector<weight>{weight(1), weight(2)}) == "[1, 2]");
}

TEST_CASE("an event can be written to a stream, made a text, and formatted") {
    std::ostringstream out;
    out << annals::printed(sold{7, -250}) << '!';
    CHECK(out.str() == "sold{article: 7, cents: -250}!");
    CHECK(annals::to_text(renamed{"tea", "green tea"}) == R"(renamed{from: "tea", to: "green tea"})");
#if defined(__cpp_lib_format)
    const sold one{7, -250};
    CHECK(std::format("{}", annals::printed(one)) == "sold{article: 7, cents: -250}");
    CHECK(std::format("{:>31}", annals::printed(one)) == "  sold{article: 7, cents: -250}");
#endif
}

TEST_CASE("a type that prints itself does so, and one that nobody can print is a question mark") {
    CHECK(printed(paid{{250}}) == "paid{amount: 2 EUR}");
    CHECK(printed(locked{}) == "locked{with: ?}");
    CHECK(printed(std::vector<secret>(2)) == "[?, ?]");
}

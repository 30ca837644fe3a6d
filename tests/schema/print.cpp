// Values, printed for people.
#include "catch.hpp"

#include <annals/schema/print.hpp>

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
struct parcel {
    size                       of_size;
    level                      care;
    bool                       is_fragile;
    char                       letter;
    std::int8_t                shelf;
    std::uint8_t               row;
    std::byte                  raw;
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
    CHECK(printed(basket{{{1, 2}, {3, 4}}, "WINTER", {}}) ==
          R"(basket{items: [sold{article: 1, cents: 2}, sold{article: 3, cents: 4}], coupon: "WINTER", last: sold{article: 0, cents: 0}})");
    CHECK(printed(changed<changed<std::string>>{{"x"}}) == R"(changed{to: changed{to: "x"}})");
}

TEST_CASE("numbers are numbers, also those of one byte; enums are their numbers; truth has a word") {
    CHECK(printed(parcel{size::large, high, true, 'a', -3, 65, std::byte{255}, {1, 2, 255}}) ==
          "parcel{of_size: 1, care: 200, is_fragile: true, letter: 97, shelf: -3, row: 65, raw: 255, colour: [1, 2, 255]}");
    CHECK(printed(changed<char32_t>{U'a'}) == "changed{to: 97}");
    CHECK(printed(std::tuple<wchar_t, char8_t, char16_t>{L'a', u8'b', u'c'}) == "(97, 98, 99)");
    CHECK(printed(false) == "false");
    CHECK(printed(std::int64_t{-5}) == "-5");
    CHECK(printed(18446744073709551615u) == "18446744073709551615");
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
    CHECK(printed(std::chrono::time_point<std::chrono::system_clock, std::chrono::seconds>{7s}) == "7s");
}

TEST_CASE("a type that prints itself does so, and one that nobody can print is a question mark") {
    CHECK(printed(paid{{250}}) == "paid{amount: 2 EUR}");
    CHECK(printed(locked{}) == "locked{with: ?}");
    CHECK(printed(std::vector<secret>(2)) == "[?, ?]");
}

// Arbitrary values reach every corner, follow from the seed alone, and a counterexample is made as simple as it gets.
#include "catch.hpp"
#include "support/every_field.hpp"
#include "support/same_bits.hpp"

#include <annals/schema/enumerators.hpp>
#include <annals/testing/arbitrary.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <list>
#include <map>
#include <numeric>
#include <optional>
#include <set>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

namespace shop {

struct opened {};
struct item_added {
    std::string   sku;
    std::uint32_t count = 0;
};
struct item_removed {
    std::string sku;
};
struct paid {
    std::int64_t cents = 0;
};
using events  = annals::events<opened, item_added, item_removed, paid>;
using history = std::vector<events::variant>;

// Of an order of goods not every value makes sense.
struct quantity {
    int value = 1;
};
struct discount {
    int percent = 5;
};
struct ordered {
    quantity                wanted;
    std::optional<discount> reduced;
};

}  // namespace shop

template <>
struct annals::arbitrary_as<shop::quantity> {
    static shop::quantity make(annals::random_source& random) { return {static_cast<int>(1 + random.below(50))}; }

    static std::vector<shop::quantity> shrink(const shop::quantity& value) {
        return value.value > 1 ? std::vector<shop::quantity>{{1}, {value.value - 1}} : std::vector<shop::quantity>{};
    }
};
template <>
struct annals::arbitrary_as<shop::discount> {
    static shop::discount make(annals::random_source& random) { return {static_cast<int>(5 * (1 + random.below(10)))}; }
};

namespace {

using annals::for_all;
using annals::shrink;

template <class T>
std::vector<T> many(std::size_t count = 3000) {
    annals::random_source random(1);
    std::vector<T>        values;
    for (std::size_t i = 0; i < count; ++i) values.push_back(annals::arbitrary<T>(random));
    return values;
}

template <class T, class Condition>
bool some(const std::vector<T>& values, Condition&& condition) {
    return std::any_of(values.begin(), values.end(), condition);
}

template <class T, class Projection>
auto different(const std::vector<T>& values, Projection&& projection) {
    std::set<std::remove_cvref_t<decltype(projection(values[0]))>> found;
    for (const T& value : values) found.insert(projection(value));
    return found;
}

template <class Integer>
void check_edges() {
    using limits       = std::numeric_limits<Integer>;
    const auto numbers = many<Integer>();
    for (const Integer edge : {limits::min(), limits::max(), Integer{0}, Integer{1}, static_cast<Integer>(limits::max() - 1),
                               static_cast<Integer>(limits::min() + 1), static_cast<Integer>(limits::max() / 2 + 1)})
        CHECK(std::find(numbers.begin(), numbers.end(), edge) != numbers.end());
}

std::size_t depth_of(const every::tree& tree) {
    std::size_t deepest = 0;
    for (const every::tree& branch : tree.branches) deepest = std::max(deepest, depth_of(branch));
    return deepest + 1;
}

template <class T>
std::string text_of(const T& value) {
    std::ostringstream out;
    out << value;
    return out.str();
}

// The simplest counterexample of a property of one value.
template <class T, class Property>
T simplest(Property&& property) {
    const auto verdict = for_all<T>(property, {.seed = 1, .runs = 10'000});
    REQUIRE_FALSE(verdict);
    return std::get<0>(verdict.found->simplest);
}

}  // namespace

TEST_CASE("integers reach the limits and powers of two of each width") {
    check_edges<std::int8_t>();
    check_edges<std::int16_t>();
    check_edges<std::int32_t>();
    check_edges<std::int64_t>();
    check_edges<std::uint8_t>();
    check_edges<std::uint16_t>();
    check_edges<std::uint32_t>();
    check_edges<std::uint64_t>();
    CHECK(different(many<std::byte>(), [](std::byte value) { return value; }).size() > 200);
    CHECK(different(many<bool>(), [](bool value) { return value; }).size() == 2);
    CHECK(different(many<char>(), [](char value) { return value; }).size() > 200);
}

TEMPLATE_TEST_CASE("fractions reach every kind that there is", "", float, double) {
    const auto numbers = many<TestType>();
    CHECK(some(numbers, [](TestType value) { return std::isnan(value); }));
    CHECK(some(numbers, [](TestType value) { return std::isinf(value) && value > 0; }));
    CHECK(some(numbers, [](TestType value) { return std::isinf(value) && value < 0; }));
    CHECK(some(numbers, [](TestType value) { return value == 0 && std::signbit(value); }));
    CHECK(some(numbers, [](TestType value) { return value == 0 && !std::signbit(value); }));
    CHECK(some(numbers, [](TestType value) { return std::fpclassify(value) == FP_SUBNORMAL; }));
    CHECK(some(numbers, [](TestType value) { return value == std::numeric_limits<TestType>::max(); }));
    CHECK(some(numbers, [](TestType value) { return std::isfinite(value) && std::trunc(value) != value && value < -1; }));
}

TEST_CASE("texts are empty and long, of one byte for a letter and of several, with zeros, and no UTF-8 at all") {
    using namespace std::string_view_literals;
    const auto texts = many<std::string>();
    const auto holds = [&](std::string_view part) {
        return some(texts, [&](const std::string& text) { return text.find(part) != text.npos; });
    };
    CHECK(some(texts, [](const std::string& text) { return text.empty(); }));
    CHECK(some(texts, [](const std::string& text) { return text.size() == 1; }));
    CHECK(some(texts, [](const std::string& text) { return text.size() > 100; }));
    CHECK(some(texts, [](const std::string& text) {
        return text.size() > 5 &&
               std::all_of(text.begin(), text.end(), [](char letter) { return letter >= ' ' && letter < 0x7f; });
    }));
    CHECK((holds("\xc3\xa9") && holds("\xe6\xbc\xa2") && holds("\xf0\x9f\x98\x80")));
    CHECK((holds("\0"sv) && holds("\"") && holds("\\") && holds("\n") && holds("\x01")));
    CHECK((holds("\xff") && holds("\xed\xa0\x80") && holds("\xc0\xaf")));
}

TEST_CASE("containers are empty, of one element and of several") {
    const auto check_sizes = [](const auto& containers) {
        const auto sizes = different(containers, [](const auto& container) { return container.size(); });
        CHECK((sizes.count(0) == 1 && sizes.count(1) == 1 && sizes.size() >= 6 && *sizes.rbegin() <= 9));
    };
    check_sizes(many<std::vector<std::int32_t>>());
    check_sizes(many<std::vector<bool>>());
    check_sizes(many<std::list<every::point>>());
    check_sizes(many<std::set<std::int64_t>>());
    check_sizes(many<std::unordered_map<std::string, every::cents>>());
}

TEST_CASE("every enumerator is reached, and numbers that are none; a bool stays one") {
    const auto choices = many<every::choices_made>();
    for (const annals::enumerator& each : annals::enumerators_of<every::level>)
        CHECK(some(choices,
                   [&](const every::choices_made& made) { return static_cast<std::int64_t>(made.of_level) == each.value; }));
    CHECK(some(choices, [](const auto& made) { return annals::enumerator_name(made.of_level).empty(); }));
    CHECK(some(choices, [](const auto& made) { return made.of_rights == every::rights::administer; }));
    CHECK(some(choices, [](const auto& made) { return made.of_mask == every::mask::highest; }));
    CHECK(some(choices, [](const auto& made) { return made.of_side == every::left_side; }));
    CHECK(different(choices, [](const auto& made) { return made.of_answer; }).size() == 2);
    CHECK(different(choices, [](const auto& made) { return made.of_nothing; }).size() > 100);
}

TEST_CASE("every alternative is reached, empty optionals too") {
    const auto ways = many<every::ways_parted>();
    CHECK(different(ways, [](const auto& way) { return way.first.index(); }).size() == 3);
    CHECK(different(ways, [](const auto& way) { return way.of_structs.index(); }).size() == 4);
    CHECK(different(ways, [](const auto& way) { return way.same_twice.index(); }).size() == 2);
    CHECK(different(ways, [](const auto& way) { return way.nested.index(); }).size() == 2);
    CHECK(different(ways, [](const auto& way) { return way.perhaps ? way.perhaps->index() : 2; }).size() == 3);

    const auto options = many<every::options_left>();
    CHECK(different(options, [](const auto& option) { return !option.twice ? 0 : !*option.twice ? 1 : 2; }).size() == 3);
    CHECK(different(options, [](const auto& option) { return option.presence.has_value(); }).size() == 2);
    CHECK(different(many<shop::events::variant>(), [](const auto& event) { return event.index(); }).size() == 4);
}

TEST_CASE("moments lie in our time, and at the ends of theirs") {
    const auto times  = many<every::times_kept>();
    const auto common = [](auto time) {
        return time >= decltype(time)(std::chrono::hours(-613608)) &&
               time.time_since_epoch() < std::chrono::hours(24 * 366 * 131);
    };
    const auto check_times = [&](auto get) {
        using time = std::remove_cvref_t<decltype(get(times[0]))>;
        CHECK(some(times, [&](const auto& each) { return get(each) == time::min(); }));
        CHECK(some(times, [&](const auto& each) { return get(each) == time::max(); }));
        CHECK(std::count_if(times.begin(), times.end(), [&](const auto& each) { return common(get(each)); }) > 1000);
    };
    check_times([](const every::times_kept& each) { return each.at; });
    check_times([](const every::times_kept& each) { return each.at_second; });
    check_times([](const every::times_kept& each) { return each.at_microsecond; });
    CHECK(some(times, [](const auto& each) { return each.ms == std::chrono::milliseconds::min(); }));
    CHECK(some(times, [](const auto& each) { return each.short_minutes.count() == 32767; }));
    CHECK(some(times, [](const auto& each) { return std::isnan(each.fraction.count()); }));

    const auto ids = many<every::ids_given>();
    CHECK(some(ids, [](const auto& each) { return each.id.is_nil(); }));
    CHECK(different(ids, [](const auto& each) { return each.id; }).size() > 1000);
}

TEST_CASE("a value that is stored as another is one that can be") {
    const auto secrets = many<every::secrets_kept>();
    CHECK(different(secrets, [](const auto& secret) { return secret.share.value(); }).size() > 20);
    CHECK(some(secrets, [](const auto& secret) { return secret.between.stored().from < secret.between.stored().to; }));
    CHECK_FALSE(some(secrets, [](const auto& secret) { return secret.between.stored().to < secret.between.stored().from; }));
}

TEST_CASE("a key is equal to itself") {
    for (const auto& set : many<std::set<double>>())
        for (const double key : set) CHECK_FALSE(std::isnan(key));
    CHECK(some(many<std::map<double, double>>(), [](const auto& map) {
        return some(std::vector(map.begin(), map.end()), [](const auto& entry) { return std::isnan(entry.second); });
    }));
}

TEST_CASE("a struct that holds its own kind comes to an end") {
    const auto depths = different(many<every::tree>(), depth_of);
    CHECK((*depths.begin() == 1 && depths.size() >= 4 && *depths.rbegin() <= 6));

    annals::random_source random(1, 0);
    for (int i = 0; i < 100; ++i) {
        const auto grown = annals::arbitrary<every::trees_grown>(random);
        CHECK((grown.oak.branches.empty() && grown.root.files.empty() && grown.root.folders.empty()));
    }
}

TEMPLATE_LIST_TEST_CASE("the same seed makes the same event, another seed another", "", every::events) {
    annals::random_source first(7), second(7), other(8);
    bool                  all_same = true;
    for (int i = 0; i < 20; ++i) {
        const auto made = annals::arbitrary<TestType>(first);
        CHECK(support::same_bits(made, annals::arbitrary<TestType>(second)));
        all_same = support::same_bits(made, annals::arbitrary<TestType>(other)) && all_same;
    }
    CHECK(all_same == std::is_empty_v<TestType>);
}

TEST_CASE("a seed means the same everywhere") {
    // What both standard libraries and all compilers make of it. A change here makes every seed that was noted worthless.
    annals::random_source random(42);
    CHECK(random.next() == 13679457532755275413u);
    CHECK(annals::arbitrary<std::vector<std::int64_t>>(random) ==
          std::vector<std::int64_t>{std::numeric_limits<std::int64_t>::max(), -8796093022209,
                                    std::numeric_limits<std::int64_t>::max(), -36028797018963967});
    CHECK(annals::arbitrary<std::string>(random) == "\xf4\x8f\xbf\xbf y0s</p>");
    CHECK(annals::arbitrary<std::string>(random) == "\xf4\x8f\xbf\xbf\xce\xbb\xed\xa0\x80ktadeposit");
    std::vector<std::uint64_t> bits;
    for (const double number : annals::arbitrary<std::vector<double>>(random))
        bits.push_back(std::bit_cast<std::uint64_t>(number));
    CHECK(bits ==
          std::vector<std::uint64_t>{0xfff0000000000000u, 0x7ff8000000000000u, 0x4040800000000000u, 0xc06e6fc000000000u});
    CHECK(annals::arbitrary<std::set<std::uint8_t>>(random) == std::set<std::uint8_t>{0, 2});
    for (const std::int64_t second : {std::int64_t{1005442622}, std::int64_t{2768897597}, std::int64_t{1223548530}})
        CHECK(annals::arbitrary<std::chrono::sys_seconds>(random).time_since_epoch().count() == second);
    const annals::uuid id = annals::arbitrary<annals::uuid>(random);
    CHECK(+id.bytes[3] == 27);
    CHECK(random.next() == 3141584702306767475u);
}

TEST_CASE("a type of one's own is made as one says") {
    CHECK(for_all<shop::ordered>([](const shop::ordered& order) {
        return order.wanted.value >= 1 && order.wanted.value <= 50 && (!order.reduced || order.reduced->percent % 5 == 0);
    }));
    const auto order =
        simplest<shop::ordered>([](const shop::ordered& each) { return each.wanted.value < 3 || !each.reduced; });
    CHECK(order.wanted.value == 3);
    CHECK(order.reduced->percent >= 5);
    CHECK(shrink(shop::discount{50}).empty());
}

TEST_CASE("simpler numbers are nearer to 0, the nearest first") {
    CHECK(shrink(0).empty());
    CHECK(shrink(100) == std::vector{0, 50, 75, 88, 94, 97, 99});
    CHECK(shrink(-4) == std::vector{0, 4, -2, -3});
    CHECK(shrink(std::numeric_limits<std::int8_t>::min()) ==
          std::vector<std::int8_t>{0, -64, -96, -112, -120, -124, -126, -127});
    CHECK(shrink(std::uint8_t{3}) == std::vector<std::uint8_t>{0, 2});
    CHECK(shrink(true) == std::vector{false});
    CHECK(shrink('x') == std::vector{'a', '0', ' '});
    CHECK(shrink('0') == std::vector{'a'});
    CHECK(shrink(-3.0) == std::vector{0.0, 3.0, -2.0});
    CHECK(shrink(2.75) == std::vector{0.0, 1.0, 2.0, 2.5});
    CHECK(shrink(std::numeric_limits<double>::infinity()) == std::vector{0.0, 1.0, std::numeric_limits<double>::max()});
    CHECK(shrink(every::level::highest) == std::vector{every::level::lowest, every::level::low, every::level::high});
    CHECK(shrink(every::rights::write) == std::vector{every::rights::none, every::rights::read});
    CHECK(shrink(std::chrono::seconds(2)) == std::vector{std::chrono::seconds(0), std::chrono::seconds(1)});
}

TEST_CASE("simpler containers are shorter, then hold what is simpler") {
    using numbers = std::vector<int>;
    CHECK(shrink(numbers{5, 0, 2}) ==
          std::vector<numbers>{{}, {0, 2}, {5, 2}, {5, 0}, {0, 0, 2}, {3, 0, 2}, {4, 0, 2}, {5, 0, 0}, {5, 0, 1}});
    CHECK(shrink(std::string("ab")) == std::vector<std::string>{"", "b", "a", "aa", "aa", "a0", "a "});
    CHECK(shrink(numbers{2, 2}) == std::vector<numbers>{{}, {2}, {2}, {0, 2}, {1, 2}, {2, 0}, {2, 1}, {0, 0}, {1, 1}});
    CHECK(shrink(std::set<int>{1, 2}) == std::vector<std::set<int>>{{}, {2}, {1}, {0, 2}, {1, 0}, {1}});
    CHECK(shrink(std::map<int, bool>{{1, true}}) == std::vector<std::map<int, bool>>{{}, {{0, true}}, {{1, false}}});
    CHECK(shrink(std::vector<bool>{true}) == std::vector<std::vector<bool>>{{}, {false}});
    CHECK(shrink(std::optional(1)) == std::vector<std::optional<int>>{std::nullopt, 0});
    CHECK(shrink(std::pair(1, true)) == std::vector{std::pair(0, true), std::pair(1, false)});
    CHECK(shrink(std::array{1, 0, 1}) == std::vector{std::array{0, 0, 1}, std::array{1, 0, 0}});
    using either = std::variant<std::monostate, int, std::string>;
    CHECK(shrink(either("b")) == std::vector<either>{std::monostate{}, 0, "", "a", "0", " "});
    CHECK(shrink(std::tuple<>()).empty());
}

TEMPLATE_LIST_TEST_CASE("whatever is made simpler ends with the simplest", "", every::events) {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        const auto verdict = for_all<TestType>([](const TestType&) { return false; }, {.seed = seed});
        REQUIRE_FALSE(verdict);
        CHECK(verdict.runs == 1);
        CHECK(shrink(std::get<0>(verdict.found->simplest)).empty());
    }
}

TEST_CASE("classic counterexamples are as simple as they get") {
    using numbers = std::vector<int>;
    CHECK(simplest<numbers>([](const numbers& list) { return list.size() <= 3; }) == numbers{0, 0, 0, 0});
    const auto sum = [](const numbers& list) { return std::accumulate(list.begin(), list.end(), std::int64_t{0}); };
    CHECK(sum(simplest<numbers>([&](const numbers& list) { return sum(list) < 1000; })) == 1000);
    CHECK(simplest<numbers>([](const numbers& list) { return std::is_sorted(list.begin(), list.end()); }) == numbers{0, -1});
    CHECK(simplest<numbers>([](const numbers& list) {
              return std::set<int>(list.begin(), list.end()).size() == list.size();
          }) == numbers{0, 0});
    CHECK(simplest<std::uint64_t>([](std::uint64_t number) { return number < 123'456'789; }) == 123'456'789);
    CHECK(simplest<std::int64_t>([](std::int64_t number) { return number > -1234; }) == -1234);
    CHECK(simplest<double>([](double number) { return !(number > 10.5); }) == 11.0);
    CHECK(std::isnan(simplest<double>([](double number) { return number == number; })));
    CHECK(simplest<std::string>([](const std::string& text) { return text.find('\0') == text.npos; }) == std::string(1, '\0'));
    CHECK(simplest<every::address>([](const every::address& home) { return home.floor != ""; }).street.empty());
    CHECK(depth_of(simplest<every::tree>([](const every::tree& tree) { return depth_of(tree) < 3; })) == 3);

    // A codec that keeps the length of a text in one byte.
    CHECK(simplest<std::string>([](const std::string& text) {
              return text.substr(0, static_cast<std::uint8_t>(text.size())) == text;
          }) == std::string(256, 'a'));
}

TEST_CASE("a property of several values has one counterexample of all") {
    const auto verdict = for_all<std::int64_t, std::int64_t>(
        [](std::int64_t a, std::int64_t b) { return (a < 0) == (b < 0) || a == b; }, {.runs = 10'000});
    REQUIRE_FALSE(verdict);
    CHECK(verdict.found->simplest == std::tuple(std::int64_t{0}, std::int64_t{-1}));
}

TEST_CASE("a history is made shorter, and its events simpler") {
    const auto pays_before_opened = [](const shop::history& history) {
        bool is_open = false;
        for (const auto& event : history) {
            if (std::holds_alternative<shop::opened>(event)) is_open = true;
            if (const auto* payment = std::get_if<shop::paid>(&event); payment && payment->cents > 7 && !is_open) return false;
        }
        return true;
    };
    const auto verdict = for_all<shop::events>(pays_before_opened);
    REQUIRE_FALSE(verdict);
    const shop::history& history = std::get<0>(verdict.found->simplest);
    REQUIRE(history.size() == 1);
    CHECK(std::get<shop::paid>(history[0]).cents == 8);

    annals::random_source random(1);
    std::set<std::size_t> lengths;
    for (int i = 0; i < 1000; ++i) lengths.insert(annals::arbitrary_history<shop::events>(random).size());
    CHECK((*lengths.begin() == 0 && lengths.count(1) == 1 && *lengths.rbegin() == 36));
}

TEST_CASE("a counterexample tells its seed, its simplest form and what was found first") {
    const auto few     = [](const shop::item_added& added) { return added.count < 1000; };
    const auto verdict = for_all<shop::item_added>(few, {.seed = 4, .size = 2});
    REQUIRE_FALSE(verdict);
    CHECK(text_of(verdict) ==
          "\n  does not hold in run 3, which is {.seed = 11553561497916274123, .runs = 1, .size = 2}\n"
          "  simplest counterexample, after 23 steps:\n"
          "    item_added{sku: \"\", count: 1000}\n"
          "  found as:\n"
          "    item_added{sku: \"ee\", count: 268435457}\n");

    const auto again = for_all<shop::item_added>(few, {.seed = 11553561497916274123u, .runs = 1, .size = 2});
    REQUIRE_FALSE(again);
    CHECK(support::same_bits(again.found->original, verdict.found->original));
}

TEST_CASE("a property that throws does not hold, and what it threw is told") {
    const auto verdict = for_all<shop::events>([](const shop::history& history) {
        if (history.size() > 1) throw std::runtime_error("two are too many");
        return true;
    });
    REQUIRE_FALSE(verdict);
    CHECK(text_of(verdict) ==
          "\n  does not hold in run 1, which is {.seed = 1, .runs = 1}\n"
          "  simplest counterexample, after 2 steps:\n"
          "    opened{}\n"
          "    opened{}\n"
          "    throws an exception: two are too many\n"
          "  found as:\n"
          "    item_removed{sku: \"\"}\n"
          "    item_added{sku: \"me\x7f\", count: 4}\n"
          "    opened{}\n"
          "    item_removed{sku: \"\"}\n");
    const auto other = for_all<shop::opened>([](const shop::opened&) -> bool { throw 7; });
    CHECK(text_of(other) ==
          "\n  does not hold in run 1, which is {.seed = 1, .runs = 1}\n"
          "  counterexample:\n"
          "    opened{}\n"
          "    throws what is no std::exception\n");
}

TEST_CASE("a property that holds is asked as often as one says") {
    std::size_t asked   = 0;
    const auto  verdict = for_all<std::string>([&](const std::string&) { return ++asked != 0; }, {.seed = 9, .runs = 123});
    CHECK(verdict);
    CHECK(asked == 123);
    CHECK(text_of(verdict) == "\n  held in 123 runs from seed 9");
}

TEST_CASE("the search for a simpler counterexample ends where one says") {
    std::size_t asked   = 0;
    const auto  verdict = for_all<std::vector<std::string>>([&](const auto& texts) { return ++asked, texts.size() < 2; },
                                                           {.seed = 1, .runs = 100, .size = 8, .most_shrinks = 3});
    REQUIRE_FALSE(verdict);
    CHECK(asked == verdict.runs + 3);
}

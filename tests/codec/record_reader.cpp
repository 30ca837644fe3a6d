// What an older program stored is read as events of today, wherever in an event it differs.
#include "catch.hpp"
#include "codec/then_and_now.hpp"

#include <annals/codec/record_reader.hpp>
#include <annals/model/handlers.hpp>
#include <annals/model/revisions.hpp>
#include <annals/schema/print.hpp>
#include <annals/schema/schema_text.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace {

using bytes = std::vector<std::byte>;

// The events that are read of a record, printed, or why there are none.
template <class Events>
std::string read_record(std::string_view name, std::string_view schema, const bytes& record) {
    const auto how = annals::detail::record_reader<Events>::for_schema(name, schema);
    if (!how) return how.error().message;
    std::string      seen;
    bytes            room(3, std::byte{0xee});
    annals::handlers printing{annals::otherwise([&](const auto& event) { seen += annals::to_text(event); })};
    const auto       done = how->read(
              record, printing, [] { return annals::context{}; }, room);
    return done ? seen : done.error().message();
}
template <class Events, class Old>
std::string read_as(const Old& old) {
    bytes record;
    REQUIRE(annals::encode(old, record).has_value());
    return read_record<Events>(annals::event_name<Old>(), annals::schema_text<Old>, record);
}
template <class New, class Old>
std::string changed_to(const Old& old) {
    return read_as<annals::events<New>>(old);
}
// What becomes of ann.
now::opened opened_today(std::int32_t customer) {
    return {"ann", {"new", "shop"}, customer, true, std::nullopt, std::chrono::sys_seconds(std::chrono::seconds(77))};
}
// True if an event is read as exactly that event.
template <class New, class Old>
bool becomes(const Old& old, const New& expected) {
    const std::string text = annals::to_text(expected);
    INFO(text);
    return changed_to<New>(old) == text;
}

}  // namespace

TEST_CASE("a field that was added takes its default, and fields in another order are found") {
    CHECK(becomes(
        then::opened{-7, "ann"},
        now::opened{"ann", {"new", "shop"}, -7, true, std::nullopt, std::chrono::sys_seconds(std::chrono::seconds(77))}));
}

TEST_CASE("a number that was widened is the same number, at its limits too") {
    using i8  = std::numeric_limits<std::int8_t>;
    using i32 = std::numeric_limits<std::int32_t>;
    CHECK(becomes(then::measured{i8::min(), i32::min(), 255, 0xffffffff, -1.1F, 0xffff},
                  now::measured{-128, -2147483648, 255, 4294967295, -1.1F, 65535}));
    CHECK(becomes(then::measured{i8::max(), i32::max(), 0, 0, -0.0F, 0}, now::measured{127, 2147483647, 0, 0, -0.0, 0}));
    CHECK(becomes(then::measured{-1, -1, 1, 1, std::numeric_limits<float>::infinity(), 1},
                  now::measured{-1, -1, 1, 1, std::numeric_limits<double>::infinity(), 1}));
    CHECK(becomes(then::measured{0, 0, 0, 0, std::numeric_limits<float>::denorm_min(), 0},
                  now::measured{0, 0, 0, 0, std::numeric_limits<float>::denorm_min(), 0}));
}

TEST_CASE("an enum may have got more enumerators, and more room for them") {
    CHECK(becomes(then::painted{then::color::green, then::level::low, {then::color::red, then::color{255}}},
                  now::painted{now::color::green, now::level::low, {now::color::red, now::color{255}}}));
    CHECK(becomes(then::painted{{}, then::level{-128}, {}}, now::painted{{}, now::level{-128}, {}}));
}

TEST_CASE("what became optional is there, within lists and more than once too") {
    CHECK(becomes(then::sent{"", -5, {1, -2}}, now::sent{"", std::optional<std::int64_t>{-5}, {1, -2}}));
}

TEST_CASE("a variant may have got alternatives at its end, and each of them may differ") {
    CHECK(becomes(then::paid{then::cash{}}, now::paid{now::cash{}}));
    CHECK(becomes(then::paid{then::card{-3}}, now::paid{now::card{-3, "nobody"}}));
}

TEST_CASE("a difference is found in whatever it lies") {
    then::drawn old{};
    old.corners      = {{1, 2}, {-3, -4}};
    old.center       = {5, 6};
    old.ends         = {{{7, 8}, {9, 10}}};
    old.marked       = {{11, 12}, std::int8_t{-13}};
    old.numbered     = {{std::int16_t{-14}, {15, 16}}, {std::int16_t{17}, {}}};
    old.named        = {{"a", {{18, 19}}}, {"b", {}}};
    old.layers       = {-20, 0, 20};
    old.either       = std::optional<then::point>({21, 22});
    old.several      = {std::monostate{}, then::point{23, 24}};
    old.deep         = std::optional(std::vector<then::point>{{25, 26}});
    const auto point = [](std::int32_t x, std::int64_t y) { return now::point{-1, y, x}; };
    now::drawn expected{};
    expected.corners  = {point(1, 2), point(-3, -4)};
    expected.center   = point(5, 6);
    expected.ends     = {{point(7, 8), point(9, 10)}};
    expected.marked   = {point(11, 12), -13};
    expected.numbered = {{-14, point(15, 16)}, {17, point(0, 0)}};
    expected.named    = {{"a", {point(18, 19)}}, {"b", {}}};
    expected.layers   = {-20, 0, 20};
    expected.either   = std::optional(point(21, 22));
    expected.several  = {std::monostate{}, point(23, 24)};
    expected.deep     = std::optional(std::vector{point(25, 26)});
    CHECK(becomes(old, expected));

    then::drawn empty{};
    empty.either = std::optional<then::point>{};
    empty.deep   = std::optional<std::vector<then::point>>{};
    now::drawn expected_empty{};
    expected_empty.either = std::optional<now::point>{};
    expected_empty.deep   = std::optional<std::vector<now::point>>{};
    expected_empty.ends   = {{point(0, 0), point(0, 0)}};
    expected_empty.marked = {point(0, 0), 0};
    CHECK(becomes(empty, expected_empty));
    empty.either          = std::int32_t{-7};
    expected_empty.either = std::int64_t{-7};
    CHECK(becomes(empty, expected_empty));
}

TEST_CASE("a struct that contains itself is read in all its depth") {
    const then::grown old{{1, {{2, {{-3, {}}}}, {4, {}}}}};
    const now::grown  expected{{"oak", {{"oak", {{"oak", {}, -3}}, 2}, {"oak", {}, 4}}, 1}};
    CHECK(becomes(old, expected));

    // 64 containers within each other are all there can be.
    then::grown deep{{1, {}}};
    for (int i = 1; i < 64; ++i) {
        then::tree outer{static_cast<std::int8_t>(i), {}};
        outer.branches.push_back(std::move(deep.oak));
        deep.oak = std::move(outer);
    }
    CHECK(changed_to<now::grown>(deep).find("value: 1}") != std::string::npos);
}

TEST_CASE("an element that had no bytes may have got some") {
    const then::marked old{{{}, {}}, {{std::int8_t{3}, {}}}, {{}}, {{}, {}}};
    const now::mark    mark{0x102};
    CHECK(becomes(old, now::marked{{mark, mark}, {{std::int8_t{3}, mark}}, {{mark, mark}}, {{mark, mark}, {mark, mark}}}));
}

namespace renamed {
namespace {
struct coins {};
struct credit_card {
    std::int16_t number;
};
struct position {
    std::int16_t x, y;
};
struct found {
    static constexpr std::string_view event_name = "lost";

    position                           at;
    std::map<std::string, credit_card> cards;
};
}  // namespace
}  // namespace renamed
namespace before_renaming {
namespace {
struct point {
    std::int16_t x, y;
};
struct card {
    std::int16_t number;
};
struct lost {
    point                       at;
    std::map<std::string, card> cards;
};
}  // namespace
}  // namespace before_renaming

TEST_CASE("structs within an event may be called something else, and the event itself keeps its stored name") {
    CHECK(becomes(before_renaming::lost{{1, 2}, {{"ann", {3}}}}, renamed::found{{1, 2}, {{"ann", {3}}}}));
}

namespace several {
namespace {
namespace v1 {
struct paid {
    std::int32_t euros;
};
}  // namespace v1
namespace v2 {
struct paid {
    std::int64_t cents;
    std::string  note;
};
}  // namespace v2
struct paid {
    std::int64_t cents;
    std::int32_t branch;
};
namespace v1 {
v2::paid upcast(const paid& old) { return {std::int64_t{100} * old.euros, "euros"}; }
}  // namespace v1
namespace v2 {
several::paid upcast(const paid& old) { return {old.cents, old.note == "euros" ? 1 : 2}; }
}  // namespace v2
using events = annals::events<annals::revisions<v1::paid, v2::paid, paid>>;

// What was stored, none of which is listed as it was.
namespace a {
struct paid {
    std::int16_t euros;
};
}  // namespace a
namespace b {
struct paid {
    std::int32_t cents;
};
}  // namespace b
namespace c {
struct paid {
    std::int16_t branch;
    std::int16_t cents;
};
}  // namespace c
namespace d {
struct paid {
    std::int32_t francs;
};
}  // namespace d
}  // namespace
}  // namespace several

TEST_CASE("of several revisions the one reads what was stored that differs harmlessly, and least") {
    CHECK(read_as<several::events>(several::v1::paid{3}) == annals::to_text(several::paid{300, 1}));
    CHECK(read_as<several::events>(several::v2::paid{3, ""}) == annals::to_text(several::paid{3, 2}));
    CHECK(read_as<several::events>(several::paid{3, 4}) == annals::to_text(several::paid{3, 4}));
    CHECK(read_as<several::events>(several::a::paid{-3}) == annals::to_text(several::paid{-300, 1}));
    CHECK(read_as<several::events>(several::b::paid{-3}) == annals::to_text(several::paid{-3, 2}));
    CHECK(read_as<several::events>(several::c::paid{5, -6}) == annals::to_text(several::paid{-6, 5}));
    const std::string unread = read_as<several::events>(several::d::paid{3});
    CHECK(unread.find("field 'francs: i32' is gone; it may have been renamed to 'euros'") != std::string::npos);
    CHECK(unread.find("namespace v3 {") != std::string::npos);
}

TEST_CASE("a record that is none of its schema is an error, with a plan as without") {
    const auto read = [](std::size_t length) {
        bytes record;
        REQUIRE(annals::encode(then::opened{1, "ann"}, record).has_value());
        record.resize(length);
        return read_record<annals::events<now::opened>>("opened", annals::schema_text<then::opened>, record);
    };
    CHECK(read(11) == annals::to_text(opened_today(1)));
    CHECK(read(0).starts_with("too_short at byte 0"));
    CHECK(read(10).starts_with("too_short"));
    CHECK(read(12).starts_with("left_over at byte 11"));
}

TEST_CASE("an alternative that there is today was none then") {
    const bytes record{std::byte{2}, {}, {}, {}, {}};
    using events = annals::events<now::paid>;
    CHECK(read_record<events>("paid", annals::schema_text<now::paid>, record) == annals::to_text(now::paid{now::transfer{}}));
    CHECK(read_record<events>("paid", annals::schema_text<then::paid>, record).starts_with("no_alternative at byte 1"));
}

TEST_CASE("only what is the same needs no plan") {
    using reader = annals::detail::record_reader<annals::events<now::opened>>;
    CHECK(reader::for_schema("opened", annals::schema_text<now::opened>)->is_exact());
    CHECK_FALSE(reader::for_schema("opened", annals::schema_text<then::opened>)->is_exact());
}

namespace {
struct counted {
    std::int64_t n;
};
struct other {};
struct only_others {
    using events = annals::events<other>;

    int seen = 0;

    void apply(const other&) { ++seen; }
};
}  // namespace

TEST_CASE("what a reader does not read is not even decoded") {
    using list     = annals::events<counted, other>;
    const auto how = annals::detail::record_reader<list>::for_schema("counted", annals::schema_text<counted>);
    REQUIRE(how.has_value());
    only_others reader;
    bytes       room;
    CHECK(how->read(
                 bytes(3), reader, [] { return annals::context{}; }, room)
              .has_value());
    CHECK(reader.seen == 0);
}

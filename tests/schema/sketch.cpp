// Sketches of old events. `sketched.inc` is what they are: as text that must come out, and as code that must be the event.
#include "catch.hpp"

#include <annals/model/context.hpp>
#include <annals/schema/parse_schema.hpp>
#include <annals/schema/schema_text.hpp>
#include <annals/schema/sketch.hpp>

#include <array>
#include <chrono>
#include <compare>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <optional>
#include <ratio>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <variant>
#include <vector>

namespace {

namespace warehouse {

enum class kind : std::uint8_t { usual, fragile };

struct place {
    std::int32_t row = 0, shelf = 0;
};

// One holds the other, which lists the first.
struct box;
struct pallet {
    std::vector<box> boxes;
};
struct box {
    std::string label;
    pallet      inside;
    place       at;
};
struct place_of_origin {
    std::string country;
};

}  // namespace warehouse

namespace shop {

enum class kind : std::int64_t { least = INT64_MIN, current = -1, savings = 4 };
enum class mask : std::uint64_t { none = 0, highest = std::uint64_t{1} << 63 };
enum class code : std::int16_t { missing = 404, teapot = 418, gone = 410, nothing = -100 };
enum class weekday_of_delivery : std::uint16_t { monday_morning, tuesday_morning, wednesday_morning, thursday_morning, friday };
enum class nothing : std::int32_t {};

struct place {
    std::string street;
};
struct card {
    std::uint64_t number = 0;
    annals::uuid  issuer;
};
struct cash {};

struct ordered {
    static constexpr std::string_view event_name = "order-placed";

    shop::kind                                                          kind{};
    warehouse::kind                                                     handling{};
    shop::mask                                                          mask{};
    code                                                                answer{};
    weekday_of_delivery                                                 day{};
    nothing                                                             reserved{};
    warehouse::box                                                      largest;
    warehouse::pallet                                                   whole;
    shop::place                                                         from;
    std::optional<shop::place>                                          to;
    std::map<warehouse::place, std::vector<warehouse::place_of_origin>> origins;
    std::set<std::tuple<char, bool>>                                    flags;
    std::variant<std::monostate, card, cash, std::string>               paid;
    std::array<std::array<float, 2>, 3>                                 matrix{};
    std::chrono::milliseconds                                           took{};
    std::chrono::duration<double>                                       estimate{};
    std::chrono::duration<std::uint64_t, std::ratio<1, 3>>              thirds{};
    std::chrono::system_clock::time_point                               at{};
    struct {
        std::int8_t width                        = 0;
        enum : std::uint8_t { narrow, wide } how = narrow;
    } without_name;
    std::vector<decltype(without_name)> several;
    std::tuple<>                        end;
};

}  // namespace shop

struct closed {};

}  // namespace

template <>
struct annals::enumerator_range<shop::code> {
    static constexpr int first = -100, last = 500;
};

namespace {

std::string sketched() {
    const auto    beside = std::filesystem::path(__FILE__).parent_path();
    std::ifstream file(beside / "sketched.inc");
    REQUIRE(file.good());
    return {std::istreambuf_iterator<char>(file), {}};
}
template <class E>
annals::description described() {
    const auto schema = annals::parse_schema(annals::schema_text<E>);
    REQUIRE(schema.has_value());
    return *schema;
}

}  // namespace

#include "schema/sketched.inc"

static_assert(annals::schema_text<v17::order_placed> == annals::schema_text<shop::ordered>);
static_assert(annals::fingerprint<v17::order_placed> == annals::fingerprint<shop::ordered>);

TEST_CASE("a sketch is the event that was stored") { CHECK(annals::sketch(described<shop::ordered>(), "v17") == sketched()); }

TEST_CASE("a sketch stands in a namespace") {
    CHECK(annals::sketch(described<closed>()) == "namespace v1 {\n\nstruct closed {};\n\n}  // namespace v1\n");
    CHECK(annals::sketch(*annals::parse_schema("opened{by:string,cents:i64}"), "v2") ==
          "namespace v2 {\n\nstruct opened {\n    std::string  by;\n    std::int64_t cents;\n};\n\n}  // namespace v2\n");
}

TEST_CASE("structs of one name and shape, one in the other, stay apart") {
    // As one they would be `node{next:list<^0>}`.
    CHECK(annals::sketch(*annals::parse_schema("e{n:node{next:list<node{next:list<^1>}>}}")) ==
          "namespace v1 {\n\nstruct node;\nnamespace another_node_1 {\nstruct node {\n    std::vector<v1::node> next;\n};\n"
          "}  // namespace another_node_1\nstruct node {\n    std::vector<v1::another_node_1::node> next;\n};\n"
          "struct e {\n    v1::node n;\n};\n\n}  // namespace v1\n");
}

TEST_CASE("what an event's name holds is text in a sketch, and nothing else") {
    CHECK(annals::sketch(*annals::parse_schema("a\"\\;b{}")) ==
          "namespace v1 {\n\nstruct a___b {\n    static constexpr std::string_view event_name = \"a\\\"\\\\;b\";\n};\n\n}  // "
          "namespace v1\n");
    CHECK(annals::sketch(*annals::parse_schema("2nd{}")).find("struct _2nd {\n    static constexpr") != std::string::npos);
}

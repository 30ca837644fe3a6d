// Which fields have a default.
#include "catch.hpp"
#include "support/every_field.hpp"

#include <annals/schema/default_values.hpp>
#include <annals/schema/parse_schema.hpp>
#include <annals/schema/schema_text.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

namespace {

enum class kind : std::uint8_t { usual, gift };

struct empty {};
struct point {
    std::int32_t x, y;
};
struct known_point {
    std::int32_t x = 0, y = 0;
};
struct half_known {
    std::int32_t x = 0;
    std::int32_t y;
};
struct named {
    std::string name;
};
struct padded {
    std::int8_t  first  = 1;
    std::int64_t second = 2;
    std::int8_t  third  = 3;
};
class with_constructor {
public:
    with_constructor() {}

    [[nodiscard]] std::int32_t value() const { return value_; }

private:
    std::int32_t value_ = 0;
};
class without_value {
public:
    without_value() = default;

    [[nodiscard]] std::int32_t value() const { return value_; }

private:
    std::int32_t value_;
};

}  // namespace

template <>
struct annals::stored_as<with_constructor> {
    using type = known_point;
};
template <>
struct annals::stored_as<without_value> {
    using type = half_known;
};

namespace {

struct nothing_given {
    bool                         truth;
    char                         letter;
    std::int8_t                  i8;
    std::uint16_t                u16;
    std::int64_t                 i64;
    float                        f32;
    double                       f64;
    std::byte                    byte;
    kind                         of_kind;
    std::array<std::int32_t, 3>  array;
    std::array<kind, 1>          kinds;
    std::chrono::seconds         seconds;
    std::chrono::duration<float> fraction;
    point                        where;
    half_known                   half;
    std::array<point, 2>         points;
    std::array<half_known, 2>    halves;
    boost::uuids::uuid           id;
    without_value                hidden;
};
struct all_given {
    bool                         truth   = false;
    char                         letter  = 'a';
    std::int8_t                  i8      = 0;
    std::uint16_t                u16     = 0;
    std::int64_t                 i64     = -1;
    float                        f32     = 0;
    double                       f64     = 0.5;
    std::byte                    byte    = {};
    kind                         of_kind = kind::gift;
    std::array<std::int32_t, 3>  array   = {};
    std::array<kind, 1>          kinds   = {kind::gift};
    std::chrono::seconds         seconds{};
    std::chrono::duration<float> fraction{1};
    point                        where{};
    half_known                   half{};
    std::array<point, 2>         points{};
    std::array<half_known, 2>    halves{};
    boost::uuids::uuid           id{};
    without_value                hidden{};
};
struct self_made {
    std::string                                   text;
    std::optional<std::int32_t>                   optional;
    std::vector<point>                            vector;
    std::deque<std::int8_t>                       deque;
    std::set<std::int8_t>                         set;
    std::map<std::string, point>                  map;
    std::unordered_map<std::string, std::int32_t> hashed;
    std::variant<std::int32_t, std::string>       variant;
    std::pair<std::int32_t, std::string>          pair;
    std::tuple<std::int32_t, bool>                tuple;
    std::tuple<>                                  no_tuple;
    std::chrono::system_clock::time_point         time;
    annals::uuid                                  id;
    annals::version                               version;
    known_point                                   known;
    named                                         name;
    padded                                        loose;
    empty                                         nothing;
    std::monostate                                state;
    std::array<known_point, 2>                    points;
    std::array<std::int32_t, 0>                   none;
    with_constructor                              hidden;
};
// Values that look like the memory in which they are made.
struct disguised {
    std::uint8_t                first  = 0xa5;
    std::uint8_t                second = 0x5a;
    std::uint32_t               third  = 0xa5a5a5a5;
    std::array<std::uint8_t, 2> both   = {0xa5, 0x5a};
};
struct mixed {
    std::int8_t  without;
    std::string  text;
    std::int64_t with = 5;
    std::int8_t  again;
    struct {
        std::int8_t inner = 1;
    } unnamed;
};
struct large {
    std::array<std::int64_t, 2000> numbers;
    std::int8_t                    last = 1;
};
struct aligned {
    alignas(128) std::int64_t number;
    std::int64_t other = 1;
};
// What has a default that cannot be made.
std::string no_text() { throw std::runtime_error("no default"); }
struct text_that_throws {
    std::string text = no_text();
};

std::shared_ptr<int> counted = std::make_shared<int>();
struct counting {
    std::shared_ptr<int> one = counted;
    std::int32_t         two;
};

template <class E>
std::vector<std::string> structs() {
    std::vector<std::string> names;
    annals::for_each_struct<E>(
        [&]<class Struct>(std::type_identity<Struct>) { names.emplace_back(annals::detail::unqualified_name<Struct>()); });
    return names;
}
template <class E>
void check_order() {
    const auto               schema = annals::parse_schema(annals::schema_text<E>).value();
    std::vector<std::string> names;
    std::vector<std::size_t> counts, walked;
    for (const annals::described_type& type : schema.types)
        if (type.kind == annals::field_kind::structure) {
            names.push_back(&type == &schema.types[0] ? std::string(annals::detail::unqualified_name<E>()) : type.name);
            counts.push_back(type.parts.size());
        }
    annals::for_each_struct<E>(
        [&]<class Struct>(std::type_identity<Struct>) { walked.push_back(annals::field_count<Struct>); });
    CHECK(structs<E>() == names);
    CHECK(walked == counts);
}
template <class... E>
void check_orders(annals::events<E...>) {
    (check_order<E>(), ...);
}

using flags = std::vector<bool>;

}  // namespace

TEST_CASE("what has no initialiser has no default") {
    CHECK(annals::fields_with_default<nothing_given>() == flags(annals::field_count<nothing_given>, false));
}

TEST_CASE("an initialiser is a default, whatever the value") {
    CHECK(annals::fields_with_default<all_given>() == flags(annals::field_count<all_given>, true));
    CHECK(annals::fields_with_default<disguised>() == flags(4, true));
}

TEST_CASE("what initialises itself has a default") {
    CHECK(annals::fields_with_default<self_made>() == flags(annals::field_count<self_made>, true));
    CHECK(annals::fields_with_default<empty>().empty());
}

TEST_CASE("each field has its own answer") {
    CHECK(annals::fields_with_default<mixed>() == flags{false, true, true, false, true});
    CHECK(annals::fields_with_default<half_known>() == flags{true, false});
    CHECK(annals::fields_with_default<large>() == flags{false, true});
    CHECK(annals::fields_with_default<aligned>() == flags{false, true});
}

TEST_CASE("whoever asks for defaults leaves nothing behind") {
    CHECK(annals::fields_with_default<counting>() == flags{true, false});
    CHECK(counted.use_count() == 1);
    CHECK_THROWS_AS(annals::fields_with_default<text_that_throws>(), std::runtime_error);
}

TEST_CASE("structs are visited as the schema's text has them") {
    check_orders(every::events{});
    CHECK(structs<every::trees_grown>() ==
          std::vector<std::string>{"trees_grown", "tree", "folder", "file", "name", "monostate", "file", "name"});
}

TEST_CASE("defaults are known by the places of a description") {
    struct holder {
        std::vector<half_known>                          halves;
        std::map<std::string, std::variant<bool, mixed>> mixes;
        with_constructor                                 hidden;
        std::int64_t                                     number;
    };
    const auto  schema   = annals::parse_schema(annals::schema_text<holder>).value();
    const auto  defaults = annals::default_fields::of<holder>(schema);
    std::string known;
    for (std::size_t place = 0; place < schema.types.size(); ++place)
        if (schema[place].kind == annals::field_kind::structure)
            for (std::size_t i = 0; i < schema[place].parts.size(); ++i)
                known += schema[place].name + "." + schema[place].parts[i].name + (defaults(place, i) ? " yes, " : " no, ");
    CHECK(known ==
          "holder.halves yes, holder.mixes yes, holder.hidden yes, holder.number no, half_known.x yes, half_known.y no, "
          "mixed.without no, mixed.text yes, mixed.with yes, mixed.again no, mixed.unnamed yes, .inner yes, known_point.x yes, "
          "known_point.y yes, ");
}

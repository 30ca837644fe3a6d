// Events as an older program stored them, and the same ones today: each differs in harmless ways.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <variant>
#include <vector>

namespace then {
struct opened {
    std::int32_t customer;
    std::string  name;
};
struct measured {
    std::int8_t   a;
    std::int32_t  b;
    std::uint8_t  c;
    std::uint32_t d;
    float         e;
    std::uint16_t f;
};
enum class color : std::uint8_t { red, green = 200 };
enum class level : std::int8_t { low = -5 };
struct painted {
    color              first;
    level              at;
    std::vector<color> others;
};
struct sent {
    std::string               by;
    std::int32_t              grams;
    std::vector<std::int16_t> parts;
};
struct cash {};
struct card {
    std::int16_t number;
};
struct paid {
    std::variant<cash, card> by;
};
struct point {
    std::int16_t x, y;
};
struct drawn {
    std::vector<point>                               corners;
    std::optional<point>                             center;
    std::array<point, 2>                             ends;
    std::tuple<point, std::int8_t>                   marked;
    std::map<std::int16_t, point>                    numbered;
    std::map<std::string, std::vector<point>>        named;
    std::set<std::int8_t>                            layers;
    std::variant<std::int32_t, std::optional<point>> either;
    std::vector<std::variant<std::monostate, point>> several;
    std::optional<std::optional<std::vector<point>>> deep;
};
struct tree {
    std::int8_t       value;
    std::vector<tree> branches;
};
struct grown {
    tree oak;
};
struct mark {};
struct marked {
    std::vector<mark>                   marks;
    std::map<std::int8_t, mark>         by_number;
    std::vector<std::array<mark, 2>>    pairs;
    std::vector<std::tuple<mark, mark>> tuples;
};
}  // namespace then

namespace now {
struct opened {
    std::string                name;
    std::vector<std::string>   tags{"new", "shop"};
    std::int32_t               customer;
    bool                       trusted = true;
    std::optional<std::string> note;
    std::chrono::sys_seconds   at{std::chrono::seconds(77)};
};
struct measured {
    std::int64_t                 a;
    std::int64_t                 b;
    std::int16_t                 c;
    std::int64_t                 d;
    double                       e;
    std::optional<std::uint64_t> f;
};
enum class color : std::uint16_t { red, blue = 7, green = 200, huge = 40000 };
enum class level : std::int64_t { low = -5, high = 5 };
struct painted {
    color              first;
    level              at;
    std::vector<color> others;
};
struct sent {
    std::optional<std::string>                 by;
    std::optional<std::optional<std::int64_t>> grams;
    std::vector<std::optional<std::int32_t>>   parts;
};
struct cash {};
struct card {
    std::int32_t number;
    std::string  name = "nobody";
};
struct transfer {
    std::string from;
};
struct paid {
    std::variant<cash, card, transfer> by;
};
struct point {
    std::int8_t  z = -1;
    std::int64_t y;
    std::int32_t x;
};
struct drawn {
    std::variant<std::int64_t, std::optional<point>, bool> either;
    std::vector<point>                                     corners;
    std::optional<point>                                   center;
    std::array<point, 2>                                   ends;
    std::tuple<point, std::int64_t>                        marked;
    std::map<std::int64_t, point>                          numbered;
    std::map<std::string, std::vector<point>>              named;
    std::set<std::int64_t>                                 layers;
    std::vector<std::variant<std::monostate, point>>       several;
    std::optional<std::optional<std::vector<point>>>       deep;
};
struct tree {
    std::string       kind = "oak";
    std::vector<tree> branches;
    std::int32_t      value;
};
struct grown {
    tree oak;
};
struct mark {
    std::uint16_t where = 0x102;
};
struct marked {
    std::vector<mark>                   marks;
    std::map<std::int8_t, mark>         by_number;
    std::vector<std::array<mark, 2>>    pairs;
    std::vector<std::tuple<mark, mark>> tuples;
};
}  // namespace now

// What the events of every_field.hpp consist of: structs, enums, and types that are stored as others.
#pragma once

#include <annals/schema/stored_as.hpp>

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace every {

// Structs that are fields.
struct empty {
    friend constexpr auto operator<=>(const empty&, const empty&) = default;
};
struct cents {
    std::int64_t value = 0;

    friend constexpr auto operator<=>(const cents&, const cents&) = default;
};
struct name {
    std::string value;

    friend auto operator<=>(const name&, const name&) = default;
};
struct point {
    std::int32_t x = 0;
    std::int32_t y = 0;

    friend constexpr auto operator<=>(const point&, const point&) = default;
};
struct address {
    std::string                street;
    std::optional<std::string> floor;
    point                      place;
};
struct padded {
    bool          first  = false;
    double        second = 0;
    char          third  = 'x';
    std::uint64_t fourth = 0;
};
struct shape {
    std::vector<point>  corners;
    std::optional<name> called;
};

// Structs that hold more of their own kind.
struct tree {
    std::int32_t      value = 0;
    std::vector<tree> branches;
};
struct folder;
struct file {
    name                path;
    std::vector<folder> mounted;
};
struct folder {
    std::list<file>                                 files;
    std::vector<folder>                             folders;
    std::variant<std::monostate, std::vector<file>> trash;
};

// Enums.
enum class color : std::uint8_t { red, green, blue };
enum class level : std::int8_t { lowest = -8, low = -1, high = 1, highest = 100 };
enum class answer : bool { no, yes };
enum class port : std::uint16_t { ssh = 22, http = 80 };
enum class rights : std::uint32_t { none = 0, read = 1, write = 2, administer = 1u << 31 };
enum class distance : std::int64_t { none = 0, far = std::int64_t{1} << 40 };
enum class mask : std::uint64_t { none = 0, highest = std::uint64_t{1} << 63 };
enum class nameless : std::int32_t {};
enum unscoped : std::int16_t { left_side = -1, right_side = 1 };
enum class usual { current, savings };

// Types that keep to themselves what they are made of.
class percent {
public:
    constexpr percent() = default;

    static constexpr std::optional<percent> of(std::int32_t value) {
        if (value < 0 || value > 100) return std::nullopt;
        percent made;
        made.value_ = value;
        return made;
    }
    [[nodiscard]] constexpr std::int32_t value() const { return value_; }

    friend constexpr auto operator<=>(const percent&, const percent&) = default;

private:
    std::int32_t value_ = 0;
};
class temperature {
public:
    constexpr temperature() = default;
    constexpr explicit temperature(double kelvin) : kelvin_(kelvin) {}

    [[nodiscard]] constexpr double kelvin() const { return kelvin_; }

private:
    double kelvin_ = 0;
};
class interval {
public:
    struct ends {
        percent from;
        percent to;
    };

    constexpr interval() = default;

    static constexpr std::optional<interval> of(const ends& stored) {
        if (stored.to < stored.from) return std::nullopt;
        interval made;
        made.ends_ = stored;
        return made;
    }
    [[nodiscard]] constexpr const ends& stored() const { return ends_; }

private:
    ends ends_;
};

}  // namespace every

template <>
struct annals::stored_as<every::percent> {
    using type = std::int32_t;

    static type                          to(const every::percent& value) { return value.value(); }
    static std::optional<every::percent> from(const type& stored) { return every::percent::of(stored); }
};
template <>
struct annals::stored_as<every::temperature> {
    using type = double;

    static type               to(const every::temperature& value) { return value.kelvin(); }
    static every::temperature from(const type& stored) { return every::temperature(stored); }
};
template <>
struct annals::stored_as<every::interval> {
    using type = every::interval::ends;

    static type                           to(const every::interval& value) { return value.stored(); }
    static std::optional<every::interval> from(const type& stored) { return every::interval::of(stored); }
};

template <>
struct std::hash<every::name> {
    std::size_t operator()(const every::name& value) const noexcept { return std::hash<std::string>{}(value.value); }
};

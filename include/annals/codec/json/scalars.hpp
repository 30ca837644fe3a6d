// Values without parts as JSON, and back: what does not depend on the types of events, so that JSON made from a schema and
// bytes is the same as JSON made from a struct. Each `…_from` answers false, with the reason, if the JSON is none.
#pragma once

#include <annals/codec/json/text.hpp>
#include <annals/model/context.hpp>
#include <annals/schema/calendar.hpp>
#include <annals/schema/enumerators.hpp>
#include <annals/schema/uuid_text.hpp>

#include <boost/json.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

namespace annals::detail {

// Of the two kinds of integers that Boost.JSON has, the one that its parser makes of the number.
inline void put_integer(boost::json::value& out, std::int64_t value) { out.emplace_int64() = value; }
inline void put_integer(boost::json::value& out, std::uint64_t value) {
    if (value > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
        out.emplace_uint64() = value;
    else
        out.emplace_int64() = static_cast<std::int64_t>(value);
}

struct integer_range {
    std::int64_t  least = std::numeric_limits<std::int64_t>::min();
    std::uint64_t most  = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());

    [[nodiscard]] std::string text() const {
        return std::string{"from "}.append(std::to_string(least)).append(" to ").append(std::to_string(most));
    }
};

template <class Integer>
inline constexpr integer_range range_of = {static_cast<std::int64_t>(std::numeric_limits<Integer>::min()),
                                           static_cast<std::uint64_t>(std::numeric_limits<Integer>::max())};

[[gnu::noinline, gnu::cold]] inline bool no_such_integer(const boost::json::value& in, const integer_range& range,
                                                         std::string& reason) {
    if (!in.is_number())
        reason = "expected a number";
    else if (in.is_double() && std::floor(in.get_double()) != in.get_double())
        reason = "expected a whole number";
    else
        reason = "expected a number " + range.text();
    return false;
}

/// Reads an integer into the bits of its two's complement. A number with a fraction or exponent, which the parser takes for a
/// double, is one if it is whole and not above 2^53, from where on a double may stand for several.
inline bool integer_from(const boost::json::value& in, const integer_range& range, std::uint64_t& bits, std::string& reason) {
    std::int64_t value = 0;
    if (in.is_int64())
        value = in.get_int64();
    else if (in.is_uint64() && in.get_uint64() > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
        bits = in.get_uint64();
        return bits <= range.most || no_such_integer(in, range, reason);
    } else if (in.is_uint64())
        value = static_cast<std::int64_t>(in.get_uint64());
    else if (in.is_double() && std::fabs(in.get_double()) <= 9007199254740992.0 &&
             std::floor(in.get_double()) == in.get_double())
        value = static_cast<std::int64_t>(in.get_double());
    else
        return no_such_integer(in, range, reason);
    bits = static_cast<std::uint64_t>(value);
    return (value >= range.least && (value < 0 || bits <= range.most)) || no_such_integer(in, range, reason);
}

// A `char`, whose number is one of -128 to 127 on each machine.
inline void put_character(boost::json::value& out, char letter) {
    if (letter >= 0x20 && letter <= 0x7e)
        out.emplace_string().assign(1, letter);
    else
        out.emplace_int64() = static_cast<signed char>(letter);
}
inline bool character_from(const boost::json::value& in, char& letter, std::string& reason) {
    if (const auto* string = in.if_string()) {
        if (string->size() == 1 && static_cast<unsigned char>(string->front()) < 0x80) {
            letter = string->front();
            return true;
        }
        reason = "expected a string of one ASCII character";
        return false;
    }
    std::uint64_t bits = 0;
    if (!integer_from(in, range_of<std::int8_t>, bits, reason)) return false;
    letter = static_cast<char>(bits);
    return true;
}

inline void put_floating(boost::json::value& out, double value) {
    if (std::isfinite(value))
        out.emplace_double() = value;
    else if (std::isnan(value))
        out.emplace_string() = "NaN";
    else
        out.emplace_string() = value > 0 ? "Infinity" : "-Infinity";
}
inline bool floating_from(const boost::json::value& in, double largest, double& value, std::string& reason) {
    if (const auto* string = in.if_string()) {
        const std::string_view text = plain_view(*string);
        if (text == "NaN")
            value = std::numeric_limits<double>::quiet_NaN();
        else if (text == "Infinity")
            value = std::numeric_limits<double>::infinity();
        else if (text == "-Infinity")
            value = -std::numeric_limits<double>::infinity();
        else {
            reason = "expected a number";
            return false;
        }
        return true;
    }
    if (in.is_double())
        value = in.get_double();
    else if (in.is_int64())
        value = static_cast<double>(in.get_int64());
    else if (in.is_uint64())
        value = static_cast<double>(in.get_uint64());
    else {
        reason = "expected a number";
        return false;
    }
    if (std::fabs(value) <= largest) return true;
    reason = largest < 1e100 ? "expected a number within the range of float" : "expected a number within the range of double";
    return false;
}

// An enumerator of a type or of a schema.
template <class Enumerator>
std::string_view name_of(std::int64_t value, const Enumerator* first, const Enumerator* last) noexcept {
    for (; first != last; ++first)
        if (first->value == value) return first->name;
    return {};
}
// The number is what the enum is stored as, in 64 bits.
template <class Integer, class Enumerator>
void put_enumerator(boost::json::value& out, Integer number, const Enumerator* first, const Enumerator* last) {
    if (const auto name = name_of(static_cast<std::int64_t>(number), first, last); !name.empty())
        put_text(out, name);
    else
        put_integer(out, number);
}
[[gnu::noinline, gnu::cold]] inline bool no_such_enumerator(const enumerator* first, const enumerator* last,
                                                            const integer_range& range, std::string& reason) {
    constexpr std::ptrdiff_t most = 12;
    reason                        = "expected ";
    for (const enumerator* each = first; each != last && each - first < most; ++each) reason.append(each->name).append(", ");
    if (last - first > most) reason.append("..., ");
    if (first != last) reason.append("or ");
    reason.append("a number ").append(range.text());
    return false;
}
inline bool enumerator_from(const boost::json::value& in, const enumerator* first, const enumerator* last,
                            const integer_range& range, std::uint64_t& bits, std::string& reason) {
    if (const auto* string = in.if_string()) {
        for (const enumerator* each = first; each != last; ++each)
            if (each->name == plain_view(*string)) {
                bits = static_cast<std::uint64_t>(each->value);
                return true;
            }
    } else if (integer_from(in, range, bits, reason))
        return true;
    return no_such_enumerator(first, last, range, reason);
}

inline void put_uuid(boost::json::value& out, const uuid& id) {
    const uuid_text text = text_of(id);
    out.emplace_string().assign(text.letters, sizeof(text.letters));
}
inline bool uuid_from(const boost::json::value& in, uuid& id, std::string& reason) {
    const auto* const string = in.if_string();
    const auto        read   = string != nullptr ? uuid_from(plain_view(*string)) : std::nullopt;
    if (!read) {
        reason = "expected a UUID such as f81d4fae-7dec-11d0-a765-00a0c91e6bf6";
        return false;
    }
    id = *read;
    return true;
}

// The ticks since 1970 of `count / per_second` seconds.
inline void put_time(boost::json::value& out, std::int64_t ticks, std::uint64_t count, std::uint64_t per_second) {
    if (const auto text = text_of_ticks(ticks, count, per_second))
        out.emplace_string().assign(text->letters, text->size);
    else
        put_integer(out, ticks);
}
inline void put_time(boost::json::value& out, std::uint64_t ticks, std::uint64_t count, std::uint64_t per_second) {
    if (ticks <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
        put_time(out, static_cast<std::int64_t>(ticks), count, per_second);
    else
        put_integer(out, ticks);
}
/// Reads a time that is a text.
inline bool time_from(std::string_view text, std::uint64_t count, std::uint64_t per_second, std::int64_t& ticks,
                      std::string& reason) {
    const auto at = digits_of_tick(count, per_second) < 0 ? std::nullopt : moment_from(text);
    if (!at) {
        reason = digits_of_tick(count, per_second) < 0 ? "expected a number" : "expected a time such as 2024-05-06T07:08:09Z";
        return false;
    }
    const auto read = ticks_at(*at, count, per_second);
    if (!read) {
        reason = "expected a time that is a whole number of steps of ";
        reason.append(std::to_string(count));
        if (per_second != 1) reason.append("/").append(std::to_string(per_second));
        reason.append(" s since 1970");
        if (per_second == 1'000'000'000) reason = "expected a time from the year 1678 to 2261";
        return false;
    }
    ticks = *read;
    return true;
}

}  // namespace annals::detail

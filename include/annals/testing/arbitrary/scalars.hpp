// Arbitrary numbers, texts, moments and ids: those at the edges as often as those in between.
#pragma once

#include <annals/model/context.hpp>
#include <annals/schema/enumerators.hpp>
#include <annals/testing/arbitrary/random_source.hpp>

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <limits>
#include <ratio>
#include <string>
#include <string_view>
#include <type_traits>

namespace annals::detail {

// Everywhere the same number of random numbers is taken, whatever the width: a `long` is one of 32 bits somewhere.
template <class Integer>
constexpr Integer arbitrary_integer(random_source& random) {
    using limits               = std::numeric_limits<Integer>;
    const std::uint64_t choice = random.below(8);
    const std::uint64_t bits   = random.next();
    if (choice < 3) return static_cast<Integer>(bits % (choice == 0 ? 1000 : 10));
    if (choice == 3) return static_cast<Integer>(std::uint64_t{0} - bits % 100);
    if (choice == 4) return static_cast<Integer>(static_cast<std::uint64_t>(limits::max()) - (bits % 4 == 0 ? bits % 3 : 0));
    if (choice == 5) return static_cast<Integer>(static_cast<std::uint64_t>(limits::min()) + (bits % 4 == 0 ? bits % 3 : 0));
    if (choice == 6) {
        const auto power = std::uint64_t{1} << (bits / 8) % (sizeof(Integer) * 8);
        return static_cast<Integer>((bits % 2 == 0 ? power : std::uint64_t{0} - power) + bits / 2 % 3 - 1);
    }
    return static_cast<Integer>(bits);
}

template <class Floating>
Floating arbitrary_floating(random_source& random) {
    using limits               = std::numeric_limits<Floating>;
    using same_width           = std::conditional_t<sizeof(Floating) == 4, std::uint32_t, std::uint64_t>;
    constexpr Floating  odd[]  = {Floating{0},         -Floating{0},       limits::denorm_min(), limits::min(),
                                  limits::max(),       limits::lowest(),   limits::epsilon(),    limits::infinity(),
                                  -limits::infinity(), limits::quiet_NaN()};
    const std::uint64_t choice = random.below(8);
    const std::uint64_t bits   = random.next();
    const auto          made   = [&] {
        if (choice < 2) return static_cast<Floating>(static_cast<std::int64_t>(bits % 201) - 100);
        if (choice < 4) return static_cast<Floating>(static_cast<std::int64_t>(bits % 2'000'001) - 1'000'000) / Floating{1024};
        if (choice == 4) return std::bit_cast<Floating>(static_cast<same_width>(bits));
        return odd[bits % std::size(odd)];
    }();
    return random.makes_key() && made != made ? Floating{0} : made;
}

inline char arbitrary_character(random_source& random) {
    const std::uint64_t choice = random.below(4);
    const std::uint64_t bits   = random.next();
    if (choice < 2) return static_cast<char>('a' + bits % 26);
    return choice == 2 ? static_cast<char>(' ' + bits % 95) : static_cast<char>(bits);
}

inline std::string arbitrary_text(random_source& random) {
    using namespace std::string_view_literals;
    constexpr std::array words{"a"sv, "deposit"sv, "0"sv, " "sv, "\""sv, "\\"sv, "\n"sv, "\x7f"sv, "</p>"sv, "%s"sv};
    // Two, three and four bytes each; a mark that joins the letter before; the last letter that there is.
    constexpr std::array letters{"\xc3\xa9"sv,         "\xce\xbb"sv,  "\xe6\xbc\xa2"sv,
                                 "\xf0\x9f\x98\x80"sv, "e\xcc\x81"sv, "\xf4\x8f\xbf\xbf"sv};
    // A byte behind without the first, a first without those behind, a surrogate, an overlong slash, no byte of UTF-8 at all.
    constexpr std::array broken{"\x80"sv, "\xe6\xbc"sv, "\xed\xa0\x80"sv, "\xc0\xaf"sv, "\xff"sv, "\0"sv, "\x01"sv};

    const std::uint64_t nastiness = random.below(4);
    const std::uint64_t longer    = random.one_in(16) ? 32 : 1;
    std::string         text;
    for (std::uint64_t pieces = random.count() * longer; pieces != 0; --pieces) {
        const std::uint64_t choice = random.below(nastiness + 1);
        const std::uint64_t bits   = random.next();
        if (choice == 2)
            text += letters[bits % letters.size()];
        else if (choice == 3)
            text += broken[bits % broken.size()];
        else if (bits % 2 == 0)
            text += static_cast<char>('a' + bits / 2 % 26);
        else
            text += words[bits / 2 % words.size()];
    }
    return text;
}

template <class Enum>
Enum arbitrary_enumerator(random_source& random) {
    using number               = underlying<Enum>;
    constexpr auto&     known  = enumerators_of<Enum>;
    const std::uint64_t choice = random.below(8);
    if constexpr (known.count != 0)
        if (choice != 0) return static_cast<Enum>(static_cast<number>(known.list[random.below(known.count)].value));
    if constexpr (std::is_same_v<number, bool>)
        return static_cast<Enum>(random.one_in(2));
    else
        return static_cast<Enum>(arbitrary_integer<number>(random));
}

template <class Rep>
Rep arbitrary_ticks(random_source& random) {
    if constexpr (std::is_floating_point_v<Rep>)
        return arbitrary_floating<Rep>(random);
    else
        return arbitrary_integer<Rep>(random);
}

// Times that a log counts in nanoseconds.
template <class Time>
concept counted_finely = std::is_integral_v<typename Time::rep> && std::ratio_less_v<typename Time::period, std::milli>;

// False for the times between the last nanosecond that can be counted and time_point::max(), and before the first one.
template <class Time>
constexpr bool can_be_counted(const Time& time) {
    using tick = std::ratio_divide<typename Time::period, std::nano>;
    if constexpr (!counted_finely<Time>)
        return true;
    else {
        constexpr std::int64_t last  = std::numeric_limits<std::int64_t>::max() / tick::num;
        const auto             ticks = static_cast<std::int64_t>(time.time_since_epoch().count());
        return time == Time::min() || time == Time::max() || (ticks >= -last && ticks <= last);
    }
}

// A moment between 1900 and 2100, or any that a log can hold: it counts nanoseconds where the tick is below a millisecond.
template <class Time>
Time arbitrary_time(random_source& random) {
    using duration = typename Time::duration;
    using ticks    = typename Time::rep;
    using tick     = std::ratio_divide<typename Time::period, std::nano>;
    if constexpr (std::is_floating_point_v<ticks>)
        return Time(duration(arbitrary_floating<ticks>(random)));
    else {
        const std::uint64_t choice  = random.below(8);
        const std::uint64_t bits    = random.next();
        const std::int64_t  counted = arbitrary_integer<std::int64_t>(random);
        if (choice == 0) return Time::min();
        if (choice == 1) return Time::max();
        const std::int64_t second = static_cast<std::int64_t>(bits % 6'311'347'200) - 2'208'988'800;
        const std::int64_t part   = static_cast<std::int64_t>(bits / 6'311'347'200 % 1'000'000'000);
        const auto         moment = second * 1'000'000'000 + (choice < 4 ? 0 : part);
        if constexpr (counted_finely<Time> && tick::den == 1)
            return Time(duration(static_cast<ticks>((choice == 7 ? counted : moment) / tick::num)));
        else if constexpr (tick::den == 1)
            return Time(duration(choice == 7 ? static_cast<ticks>(counted) : static_cast<ticks>(moment / tick::num)));
        else
            return Time(duration(static_cast<ticks>(choice == 7 ? counted : second)));
    }
}

inline uuid arbitrary_uuid(random_source& random) {
    uuid made;
    if (random.one_in(4)) return made;
    for (auto& byte : made.bytes) byte = static_cast<std::uint8_t>(random.below(256));
    return made;
}

}  // namespace annals::detail

// Moments as people and JSON write them: `2024-05-06T07:08:09.123Z` (RFC 3339), of the years 0000 to 9999.
// The calendar's arithmetic is that of Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms"
// (https://howardhinnant.github.io/date_algorithms.html): years begin in March, and 400 of them are an era.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>

namespace annals::detail {

struct date {
    std::int64_t year  = 1970;
    unsigned     month = 1;  // from 1
    unsigned     day   = 1;  // from 1
};

inline constexpr std::int64_t  days_per_era           = 146'097;
inline constexpr std::int64_t  days_before_1970       = 719'468;  // since 0000-03-01
inline constexpr std::int64_t  seconds_per_day        = 86'400;
inline constexpr std::uint32_t nanoseconds_per_second = 1'000'000'000;

constexpr std::int64_t floor_divide(std::int64_t a, std::int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }

constexpr date date_of_day(std::int64_t days_since_1970) {
    const std::int64_t days          = days_since_1970 + days_before_1970;
    const std::int64_t era           = floor_divide(days, days_per_era);
    const auto         day_of_era    = static_cast<unsigned>(days - era * days_per_era);
    const unsigned     year_of_era   = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    const unsigned     day_of_year   = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    const unsigned     month_of_year = (5 * day_of_year + 2) / 153;  // from March, which is 0
    const unsigned     day           = day_of_year - (153 * month_of_year + 2) / 5 + 1;
    const unsigned     month         = month_of_year < 10 ? month_of_year + 3 : month_of_year - 9;
    return {static_cast<std::int64_t>(year_of_era) + era * 400 + (month <= 2 ? 1 : 0), month, day};
}

constexpr std::int64_t day_of_date(const date& at) {
    const std::int64_t year          = at.year - (at.month <= 2 ? 1 : 0);
    const std::int64_t era           = floor_divide(year, 400);
    const auto         year_of_era   = static_cast<unsigned>(year - era * 400);
    const unsigned     month_of_year = at.month > 2 ? at.month - 3 : at.month + 9;
    const unsigned     day_of_year   = (153 * month_of_year + 2) / 5 + at.day - 1;
    const unsigned     day_of_era    = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * days_per_era + static_cast<std::int64_t>(day_of_era) - days_before_1970;
}

/// A moment of UTC.
struct moment {
    std::int64_t  seconds     = 0;  // since 1970-01-01T00:00, rounded down
    std::uint32_t nanoseconds = 0;

    friend constexpr bool operator==(const moment&, const moment&) = default;
};

struct moment_text {
    char        letters[32]{};
    std::size_t size = 0;

    constexpr operator std::string_view() const { return {letters, size}; }

    constexpr void letter(char one) { letters[size++] = one; }
    constexpr void number(std::uint64_t value, int digits) {
        for (int i = digits; i-- != 0; value /= 10)
            letters[size + static_cast<std::size_t>(i)] = static_cast<char>('0' + value % 10);
        size += static_cast<std::size_t>(digits);
    }
};

inline constexpr std::int64_t first_second = -62'167'219'200;  // 0000-01-01T00:00:00Z
inline constexpr std::int64_t last_second  = 253'402'300'799;  // 9999-12-31T23:59:59Z

/// The moment with so many digits behind the second, 0 to 9. Empty for a year that has not four digits.
constexpr std::optional<moment_text> text_of(const moment& at, int digits) {
    if (at.seconds < first_second || at.seconds > last_second) return std::nullopt;
    const std::int64_t day    = floor_divide(at.seconds, seconds_per_day);
    const auto         second = static_cast<std::uint64_t>(at.seconds - day * seconds_per_day);
    const date         on     = date_of_day(day);
    moment_text        text;
    text.number(static_cast<std::uint64_t>(on.year), 4);
    text.letter('-');
    text.number(on.month, 2);
    text.letter('-');
    text.number(on.day, 2);
    text.letter('T');
    text.number(second / 3600, 2);
    text.letter(':');
    text.number(second / 60 % 60, 2);
    text.letter(':');
    text.number(second % 60, 2);
    if (digits > 0) {
        text.letter('.');
        std::uint64_t fraction = at.nanoseconds;
        for (int i = digits; i < 9; ++i) fraction /= 10;
        text.number(fraction, digits);
    }
    text.letter('Z');
    return text;
}

struct moment_parser {
    std::string_view text;
    bool             good = true;

    constexpr bool letter(char lower, char upper) {
        good = good && !text.empty() && (text[0] == lower || text[0] == upper);
        if (good) text.remove_prefix(1);
        return good;
    }
    constexpr bool     next_is(char one) const { return good && !text.empty() && text[0] == one; }
    constexpr bool     next_is_digit() const { return good && !text.empty() && text[0] >= '0' && text[0] <= '9'; }
    constexpr unsigned digit() {
        good                 = next_is_digit();
        const unsigned value = good ? static_cast<unsigned>(text[0] - '0') : 0;
        if (good) text.remove_prefix(1);
        return value;
    }
    constexpr unsigned number(int digits, unsigned least, unsigned most) {
        unsigned value = 0;
        for (int i = 0; i < digits; ++i) value = value * 10 + digit();
        good = good && value >= least && value <= most;
        return value;
    }
    // Up to nanoseconds; finer digits must be 0.
    constexpr std::uint32_t fraction() {
        std::uint32_t value = digit();
        int           count = 1;
        for (; next_is_digit(); ++count) {
            const unsigned next = digit();
            if (count < 9)
                value = value * 10 + next;
            else
                good = good && next == 0;
        }
        for (; count < 9; ++count) value *= 10;
        return value;
    }
};

constexpr unsigned days_in_month(const date& of) {
    constexpr unsigned days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    const bool         leap   = of.year % 4 == 0 && (of.year % 100 != 0 || of.year % 400 == 0);
    return days[of.month - 1] + (of.month == 2 && leap ? 1 : 0);
}

/// Reads a moment, of any offset from UTC. Empty if the text is none, has a leap second, or is finer than a nanosecond.
constexpr std::optional<moment> moment_from(std::string_view text) {
    moment_parser parser{text};
    date          on;
    on.year = parser.number(4, 0, 9999);
    parser.letter('-', '-');
    on.month = parser.number(2, 1, 12);
    parser.letter('-', '-');
    if (!parser.good) return std::nullopt;
    on.day = parser.number(2, 1, days_in_month(on));
    parser.letter('T', 't');
    const unsigned hour = parser.number(2, 0, 23);
    parser.letter(':', ':');
    const unsigned minute = parser.number(2, 0, 59);
    parser.letter(':', ':');
    const unsigned second = parser.number(2, 0, 59);
    moment         at;
    if (parser.next_is('.')) {
        parser.letter('.', '.');
        at.nanoseconds = parser.fraction();
    }
    std::int64_t offset = 0;
    if (parser.next_is('+') || parser.next_is('-')) {
        const std::int64_t sign = parser.next_is('-') ? -1 : 1;
        parser.letter('+', '-');
        const unsigned hours = parser.number(2, 0, 23);
        parser.letter(':', ':');
        const unsigned minutes = parser.number(2, 0, 59);
        offset                 = sign * (static_cast<std::int64_t>(hours) * 3600 + static_cast<std::int64_t>(minutes) * 60);
    } else
        parser.letter('Z', 'z');
    if (!parser.good || !parser.text.empty()) return std::nullopt;
    at.seconds = day_of_date(on) * seconds_per_day + static_cast<std::int64_t>(hour) * 3600 +
                 static_cast<std::int64_t>(minute) * 60 + static_cast<std::int64_t>(second) - offset;
    return at;
}

/// How many digits behind the second a tick of `count / per_second` seconds takes. -1 if ticks do not fall on such digits,
/// so that times that count them have no text.
constexpr int digits_of_tick(std::uint64_t count, std::uint64_t per_second) {
    if (per_second == 1) return 0;
    int digits = 0;
    for (; per_second % 10 == 0; per_second /= 10) ++digits;
    return count == 1 && per_second == 1 && digits <= 9 ? digits : -1;
}

/// The moment after so many ticks, for ticks that have digits. Empty if it is far beyond what has a text.
constexpr std::optional<moment> moment_of_ticks(std::int64_t ticks, std::uint64_t count, std::uint64_t per_second) {
    if (per_second == 1) {
        constexpr std::uint64_t most = 1'000'000'000'000;
        const auto              step = static_cast<std::int64_t>(count < most ? count : most);
        if (ticks > static_cast<std::int64_t>(most) / step || ticks < -static_cast<std::int64_t>(most) / step)
            return std::nullopt;
        return moment{ticks * step, 0};
    }
    const auto         per     = static_cast<std::int64_t>(per_second);
    const std::int64_t seconds = floor_divide(ticks, per);
    // Not `ticks - seconds * per`, which may be more than there is.
    const std::int64_t rest = ticks % per + (ticks % per < 0 ? per : 0);
    return moment{seconds, static_cast<std::uint32_t>(rest * (nanoseconds_per_second / per))};
}

/// The number of ticks at a moment. Empty if it falls between two of them, or there are more than 64 bits of them.
constexpr std::optional<std::int64_t> ticks_at(const moment& at, std::uint64_t count, std::uint64_t per_second) {
    if (per_second == 1) {
        if (count > static_cast<std::uint64_t>(last_second) && at.seconds != 0) return std::nullopt;
        const auto step = static_cast<std::int64_t>(count);
        return at.nanoseconds == 0 && at.seconds % step == 0 ? std::optional(at.seconds / step) : std::nullopt;
    }
    const auto          per  = static_cast<std::int64_t>(per_second);
    const std::uint32_t unit = nanoseconds_per_second / static_cast<std::uint32_t>(per_second);
    if (at.nanoseconds % unit != 0) return std::nullopt;
    // Counted from the second that is nearer to 1970, for the other may be beyond the first tick.
    const bool         before  = at.seconds < 0 && at.nanoseconds != 0;
    const std::int64_t seconds = before ? at.seconds + 1 : at.seconds;
    const std::int64_t rest    = static_cast<std::int64_t>(at.nanoseconds / unit) - (before ? per : 0);
    std::int64_t       ticks   = 0;
    if (__builtin_mul_overflow(seconds, per, &ticks) || __builtin_add_overflow(ticks, rest, &ticks)) return std::nullopt;
    return ticks;
}

/// A time's text, or empty if it has none: of ticks that fall on digits, in a year of four digits.
constexpr std::optional<moment_text> text_of_ticks(std::int64_t ticks, std::uint64_t count, std::uint64_t per_second) {
    const int digits = digits_of_tick(count, per_second);
    if (digits < 0) return std::nullopt;
    const auto at = moment_of_ticks(ticks, count, per_second);
    return at ? text_of(*at, digits) : std::nullopt;
}

}  // namespace annals::detail

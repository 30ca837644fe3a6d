// Appendix: dates as people write them.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace git_history {

namespace detail {

// Takes text from its front. After something was missing, everything is.
struct date_reader {
    std::string_view rest;
    bool             sound = true;

    constexpr bool accept(char wanted) {
        if (rest.empty() || rest.front() != wanted) return false;
        rest.remove_prefix(1);
        return true;
    }
    constexpr void expect(char wanted) { sound = accept(wanted) && sound; }
    constexpr int  number(std::size_t digits, int greatest) {
        int value = 0;
        for (; digits != 0; --digits) {
            if (rest.empty() || rest.front() < '0' || rest.front() > '9') return sound = false, 0;
            value = value * 10 + (rest.front() - '0');
            rest.remove_prefix(1);
        }
        sound = sound && value <= greatest;
        return value;
    }
};

}  // namespace detail

/// Reads `YYYY-MM-DD[THH:MM[:SS]][Z|±HH:MM]` as seconds since 1970. Without a time it is midnight, without a zone UTC.
[[nodiscard]] constexpr std::optional<std::int64_t> parse_date(std::string_view text) {
    detail::date_reader in{text};

    const int year = in.number(4, 9999);
    in.expect('-');
    const int month = in.number(2, 12);
    in.expect('-');
    const int day = in.number(2, 31);

    std::int64_t seconds = 0;
    if (in.accept('T')) {
        seconds = in.number(2, 23) * 3600;
        in.expect(':');
        seconds += in.number(2, 59) * 60;
        if (in.accept(':')) seconds += in.number(2, 59);
    }
    if (!in.accept('Z') && !in.rest.empty()) {
        const bool east = in.accept('+');
        if (!east) in.expect('-');
        int offset = in.number(2, 23) * 3600;
        in.expect(':');
        offset += in.number(2, 59) * 60;
        seconds -= east ? offset : -offset;
    }

    const std::chrono::year_month_day date{std::chrono::year{year}, std::chrono::month{static_cast<unsigned>(month)},
                                           std::chrono::day{static_cast<unsigned>(day)}};
    if (!in.sound || !in.rest.empty() || !date.ok()) return {};
    return std::chrono::sys_days{date}.time_since_epoch().count() * std::int64_t{86400} + seconds;
}

static_assert(parse_date("1970-01-01") == 0);
static_assert(parse_date("2001-09-09T01:46:40Z") == 1'000'000'000);
static_assert(parse_date("2001-09-09T03:46:40+02:00") == 1'000'000'000);
static_assert(parse_date("2001-09-08T20:16:40-05:30") == 1'000'000'000);
static_assert(parse_date("2024-02-29") && !parse_date("2023-02-29"));
static_assert(!parse_date("") && !parse_date("yesterday") && !parse_date("2024-1-1") && !parse_date("2024-01-01T"));
static_assert(!parse_date("2024-01-01T25:00") && !parse_date("2024-01-01T10:00Zulu") && !parse_date("2024-01-01 10:00"));

}  // namespace git_history

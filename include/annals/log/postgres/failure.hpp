// PostgreSQL's errors as the log's.
#pragma once

#include <annals/log/error.hpp>

#include <string>
#include <string_view>
#include <utility>

#include <libpq-fe.h>

namespace annals::detail {

/// Whether it was another transaction's doing, and doing it again may help. What is unique in a log is so by the order of its
/// writers, but for one who went ahead.
inline bool is_bad_luck(std::string_view state) { return state == "40001" || state == "40P01" || state == "23505"; }

/// What an SQLSTATE means for a log. `unreachable` stands for a connection that is lost: what it was asked may have been done.
inline errc errc_of_sqlstate(std::string_view state) {
    const auto begins = [&](std::string_view with) { return state.substr(0, with.size()) == with; };
    if (state.empty() || begins("08") || begins("57P") || state == "25P03") return errc::unreachable;
    if (state == "53100") return errc::disk_full;
    if (state == "25006" || state == "42501") return errc::read_only;  // a standby, or rights that do not suffice
    if (state == "55P03" || is_bad_luck(state)) return errc::locked;
    if (state == "54000") return errc::append_too_large;
    if (state == "42P01" || state == "3F000" || state == "42883" || state == "3D000") return errc::no_such_log;
    if (begins("XX00")) return errc::damaged;
    return errc::io_failed;
}
inline std::string_view sqlstate_of(const PGresult* result) {
    const char* const state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    return state ? state : "";
}

inline std::string without_last_newline(const char* text) {
    std::string made = text ? text : "";
    while (!made.empty() && made.back() == '\n') made.pop_back();
    return made;
}

/// The error that a result is.
inline error failure_of(const PGresult* result, std::string_view reason, const std::string& path) {
    error made;
    made.code    = errc_of_sqlstate(sqlstate_of(result));
    made.reason  = reason;
    made.details = without_last_newline(PQresultErrorMessage(result));
    made.path    = path;
    return made;
}

}  // namespace annals::detail

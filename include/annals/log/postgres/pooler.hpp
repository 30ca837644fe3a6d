// A pooler that stands between a log and its server.
#pragma once

#include <annals/log/postgres/session.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <utility>

namespace annals::detail {

/// Locks, settings, and prepared statements of the log's are there for as long as a session is, so it has to keep its own: one
/// that a pooler gives to somebody else between two transactions, as PgBouncer does with pool_mode = transaction, is found out
/// by another connection that gets it, or by getting another. Costs nothing where there is no pooler. Errors: `unsupported`,
/// and those of a statement.
inline expected<void, error> see_that_it_is_kept(postgres_session& session) {
    if (!session.is_by_pooler()) return {};
    const auto& place = session.place();
    // A pooler that keeps sessions may have no more of them.
    const auto   until  = std::min(place.patience(), std::chrono::steady_clock::now() + std::chrono::seconds(1));
    auto         other  = postgres_connection::open(place.connection_string, until);
    std::int32_t theirs = 0;
    // Twice in a row, for poolers that go round.
    for (int turn = 0; other && turn < 24; ++turn) {
        if (turn % 3 == 0) {
            const auto has = backend_of(*other, until);
            if (!has) break;
            theirs = *has;
            continue;
        }
        const auto mine = backend_of(session.connection(), place.silence());
        if (!mine) return unexpected<error>(mine.error());
        if (*mine == theirs || *mine != session.backend())
            return unexpected<error>(error{errc::unsupported,
                                           "a pooler gives the log's sessions to others between two transactions",
                                           {},
                                           {},
                                           "with PgBouncer, pool_mode = session is needed",
                                           session.connection().path()});
    }
    return {};
}

}  // namespace annals::detail

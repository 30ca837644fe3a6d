// Logs in whose transactions a user's own tables change, too.
#pragma once

#include <annals/log/event_log.hpp>

namespace annals {

/// A log with `in_transaction(work)`, which calls `work(transaction, read)`: `transaction.execute(sql, values…)` and
/// `transaction.query(sql, see, values…)` are for tables beside the log, `read(query, reader)` is the log's, and all of it
/// happens, or nothing.
template <class Log>
concept transactional_log = event_log<Log> && requires { typename Log::transaction; };

/// Mistake: tables are to be kept in the transactions of a log that has none.
template <class Log>
struct log_that_has_no_tables {
    static consteval void explain() {
        static_assert(detail::never<Log>,
                      "annals: use a log in a database, sqlite_log or postgres_log; with any other, a subscription keeps state "
                      "and place together in file_snapshots");
    }
};

}  // namespace annals

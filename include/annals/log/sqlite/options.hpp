// How a log in SQLite is opened.
#pragma once

#include <annals/log/sqlite/json_column.hpp>

namespace annals {

/// How an `sqlite_log` is opened.
struct sqlite_log_options {
    /// When an append is acknowledged: if it survives a power cut (PRAGMA synchronous=FULL), or only the end of the process
    /// (NORMAL: the last appends may be gone then, but the log is whole).
    bool durable = true;
    /// Whether other processes append, too. Then subscriptions look from time to time, for nobody wakes them.
    bool shared = false;
    /// For how many milliseconds an append waits for other processes.
    int patience = 5000;
    /// `annals::sqlite_json` (annals/log/sqlite_json.hpp) keeps JSON beside each event's bytes, in the column `json`, for
    /// `SELECT json_extract(json, '$.cents') FROM readable WHERE event = 'deposited'`. Opening with it makes up for events that
    /// were appended without it, which takes its time, once.
    sqlite_json_maker json = nullptr;
};

}  // namespace annals

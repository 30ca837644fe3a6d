// A connection to a log's schema, and how that is made.
#pragma once

#include <annals/log/postgres/connection.hpp>
#include <annals/log/postgres/options.hpp>
#include <annals/log/postgres/tables.hpp>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace annals::detail {

/// Patience as the server's settings take it, for which none would be for ever.
inline postgres_log_options within_bounds(postgres_log_options options) {
    constexpr std::chrono::milliseconds shortest{1}, longest = std::chrono::hours(24);
    options.patience = std::clamp(options.patience, shortest, longest);
    return options;
}

class postgres_session;

/// Where a log is: what all its sessions have in common.
struct postgres_place {
    std::string          connection_string;
    postgres_log_options options;
    /// Called with each new session, whose server may be another one than that of before.
    std::function<expected<void, error>(postgres_session&)> see{};

    [[nodiscard]] postgres_deadline patience() const { return std::chrono::steady_clock::now() + options.patience; }
    /// For what a server is to answer by itself, once it has waited for others.
    [[nodiscard]] postgres_deadline silence() const {
        return std::chrono::steady_clock::now() + 2 * options.patience + std::chrono::seconds(1);
    }
    /// Of the advisory locks: the same for all who have the log open.
    [[nodiscard]] std::int32_t lock_key() const {
        std::uint32_t hash = 2166136261U;
        for (const char each : options.schema) hash = (hash ^ static_cast<unsigned char>(each)) * 16777619U;
        return static_cast<std::int32_t>(hash);
    }
    [[nodiscard]] std::string channel() const { return "annals_" + std::to_string(static_cast<std::uint32_t>(lock_key())); }
};

/// Of `synchronous_commit`: as it is, if that is durable.
inline constexpr std::string_view postgres_durable =
    "CASE current_setting('synchronous_commit') WHEN 'off' THEN 'on' ELSE current_setting('synchronous_commit') END";

/// SQL as `postgres_session::sql` takes it, with its values.
struct postgres_statement {
    std::string_view sql;
    postgres_values  values{};
    bool             is_awaited = false;  // the server says at once what came of it, and not with what is sent behind it
};

/// What came of several statements: a result for each, one of them perhaps a failure, behind which nothing was done. Errors:
/// `unreachable`, and a statement that the server does not take.
struct postgres_outcome {
    expected<std::vector<postgres_result>, error> results{};
    bool is_sent = false;  // the server may have got all of it, and so may have done it if there is an error

    /// The first failure, or none.
    [[nodiscard]] const postgres_result* failure() const {
        const auto found = std::find_if(results->begin(), results->end(), [](const auto& each) { return each.is_failure(); });
        return found != results->end() ? &*found : nullptr;
    }
};

/// What a session is for.
enum class postgres_use { log, tables };

/// The server's own number of the session that a connection has now.
inline expected<std::int32_t, error> backend_of(postgres_connection& in, postgres_deadline until) {
    auto asked = in.run("SELECT pg_backend_pid()", postgres_values{}, until, "the server does not say which session it is");
    if (!asked) return unexpected<error>(std::move(asked.error()));
    return static_cast<std::int32_t>(asked->number(0, 0));
}

/// A connection to a log, for one thread at a time.
class postgres_session {
public:
    /// Errors: `unreachable`, and what the server refuses.
    static expected<postgres_session, error> open(const postgres_place& place, postgres_use use, postgres_deadline until) {
        auto connection = postgres_connection::open(place.connection_string, until);
        if (!connection) return unexpected<error>(std::move(connection.error()));
        postgres_session made(std::move(*connection), place);
        // What the order of positions rests on does not depend on how a database or a role is set up.
        std::string settings = "SET default_transaction_isolation = 'read committed'; SET lock_timeout = " +
                               std::to_string(place.options.patience.count()) + "; ";
        if (place.options.durable)
            settings += "SELECT set_config('synchronous_commit', " + std::string{postgres_durable} + ", false)";
        else
            settings += "SET synchronous_commit = off";
        // The log's own statements are made for its indexes, also before there are statistics.
        if (use == postgres_use::log)
            settings +=
                "; SELECT pg_advisory_lock(" + std::to_string(lock_of_sessions) + ", pg_backend_pid())" +
                "; SET idle_in_transaction_session_timeout = " + std::to_string(2 * place.options.patience.count() + 1) +
                "; SET statement_timeout = 0; SET plan_cache_mode = force_generic_plan; SET jit = off; SET "
                "max_parallel_workers_per_gather = 0; SET "
                "enable_seqscan = off; "
                "SET enable_bitmapscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off; SET enable_sort = off";
        // What libpq has for it may be a pooler's.
        settings += "; SELECT pg_backend_pid()";
        // A pooler may have no session for it.
        const auto silence = std::min(place.silence(), until + std::chrono::seconds(1));
        auto       done    = made.connection_.run(settings, silence, "the server refuses a setting");
        if (!done) return unexpected<error>(std::move(done.error()));
        const std::string_view number = done->text(0, 0);
        (void)std::from_chars(number.data(), number.data() + number.size(), made.backend_);
        char* const quoted =
            PQescapeIdentifier(made.connection_.raw(), place.options.schema.data(), place.options.schema.size());
        if (!quoted) return unexpected<error>(made.connection_.lost("the name of the schema cannot be used"));
        made.schema_ = quoted;
        PQfreemem(quoted);
        return made;
    }

    [[nodiscard]] postgres_connection&  connection() noexcept { return connection_; }
    [[nodiscard]] const postgres_place& place() const noexcept { return *place_; }
    [[nodiscard]] bool                  is_lost() const { return connection_.is_lost(); }
    /// The number that the server has for it, also when it is lost.
    [[nodiscard]] std::int32_t backend() const noexcept { return backend_; }
    /// Whether there is a pooler in between, which has a number of its own for it.
    [[nodiscard]] bool is_by_pooler() const { return backend_ != PQbackendPID(connection_.raw()); }

    /// SQL with the schema in place of `{s}`, the channel of `{n}`, the key of locks of `{k}`, and their classes of the others.
    [[nodiscard]] std::string sql(std::string_view text) const {
        const auto filled_in = [&](char name) -> std::string {
            switch (name) {
                case 's': return schema_;
                case 'n': return place_->channel();
                case 'k': return std::to_string(place_->lock_key());
                case 'w': return std::to_string(lock_of_writers);
                case 'l': return std::to_string(lock_of_listeners);
                case 'm': return std::to_string(lock_of_making);
                case 'p': return std::to_string(lock_of_places);
                case 'e': return std::to_string(lock_of_sessions);
                case 'o': return std::to_string(lock_of_order);
                default: return {};
            }
        };
        std::string made;
        for (std::size_t at = 0; at < text.size(); ++at) {
            const bool is_name = at + 2 < text.size() && text[at] == '{' && text[at + 2] == '}';
            const auto filled  = is_name ? filled_in(text[at + 1]) : std::string{};
            if (filled.empty())
                made.push_back(text[at]);
            else
                made.append(filled), at += 2;
        }
        return made;
    }

    /// The name of a prepared statement, which is prepared if it is not yet. `text` as for `sql`.
    expected<const char*, error> prepared(std::string_view text, const std::vector<Oid>& types) {
        const auto found = statements_.find(text);
        return found != statements_.end() ? expected<const char*, error>(found->second.c_str())
                                          : prepared_as(text, sql(text), types);
    }
    /// The same of a statement as it is, known by `key`.
    expected<const char*, error> prepared_as(std::string_view key, const std::string& statement,
                                             const std::vector<Oid>& types) {
        const auto found = statements_.find(key);
        if (found != statements_.end()) return found->second.c_str();
        std::string name = "annals_" + std::to_string(++prepared_);
        if (!PQsendPrepare(connection_.raw(), name.c_str(), statement.c_str(), static_cast<int>(types.size()), types.data()))
            return unexpected<error>(connection_.lost());
        if (auto done = connection_.only_result(place_->silence(), "the database refused a statement"); !done)
            return unexpected<error>(std::move(done.error()));
        return statements_.emplace(std::string{key}, std::move(name)).first->second.c_str();
    }
    /// Of statements that are prepared. The server may have some of them for tables that are others by now.
    void forget_statements() {
        statements_.clear();
        (void)connection_.run("DEALLOCATE ALL", place_->silence(), "the database refused to forget");
    }
    [[nodiscard]] std::size_t statements() const noexcept { return statements_.size(); }
    /// Sends a prepared statement; results come in binary, or as texts.
    bool send(const char* name, const postgres_values& values, int format = 1) {
        return values.with([&](int count, const char* const* each, const int* lengths, const int* formats) {
            return PQsendQueryPrepared(connection_.raw(), name, count, each, lengths, formats, format);
        }) != 0;
    }
    expected<postgres_result, error> run(std::string_view text, const postgres_values& values,
                                         std::string_view reason = "the log cannot be read") {
        const auto name = prepared(text, values.types());
        if (!name) return unexpected<error>(name.error());
        if (!send(*name, values)) return unexpected<error>(connection_.lost());
        return connection_.only_result(place_->silence(), reason);
    }
    expected<postgres_result, error> run(std::string_view text, std::string_view reason = "the log cannot be read") {
        return connection_.run(sql(text), place_->silence(), reason);
    }

    /// Runs statements in one go, each if none before it failed: they are committed or undone together, if they are not in a
    /// transaction that was begun. There is a result for each, and one more if it was the commit that failed.
    /// `see(index)` is called when one is done, if that is known before all are.
    template <class See>
    postgres_outcome run_together(const std::vector<postgres_statement>& statements, See&& see) {
        std::vector<const char*> names;
        for (const auto& each : statements) {
            const auto name = prepared(each.sql, each.values.types());
            if (!name) return {unexpected<error>(name.error())};
            names.push_back(*name);
        }
        postgres_outcome made{{}, true};
        made.results->reserve(names.size() + 2);  // what is done is told, also if there is no memory any more
        bool is_sent = PQenterPipelineMode(connection_.raw()) != 0;
        for (std::size_t i = 0; i < names.size(); ++i) {
            is_sent = is_sent && send(names[i], statements[i].values);
            if (statements[i].is_awaited) is_sent = is_sent && PQsendFlushRequest(connection_.raw());
        }
        const auto lost = [&](error why) {
            made.results = unexpected<error>(std::move(why));
            return std::move(made);
        };
        if (!is_sent || !PQpipelineSync(connection_.raw())) return lost(connection_.lost());
        const auto  silence = place_->silence();
        auto&       results = *made.results;
        std::size_t ends    = 0;  // of statements
        while (results.empty() || results.back().status() != PGRES_PIPELINE_SYNC) {
            auto result = connection_.next_result(silence);
            if (!result) return lost(std::move(result.error()));
            if (*result) {
                results.push_back(std::move(*result));
                if (results.size() <= names.size() && !results.back().is_failure()) see(results.size() - 1);
            } else if (++ends > names.size() + 1)
                break;
        }
        const bool is_whole =
            results.size() == names.size() + 1 || (results.size() == names.size() + 2 && results[names.size()].is_failure());
        if (!is_whole || results.back().status() != PGRES_PIPELINE_SYNC || !PQexitPipelineMode(connection_.raw()))
            return lost(connection_.lost("the server's answers are out of step"));
        results.pop_back();
        return made;
    }
    /// Whether it can be used again for something else.
    [[nodiscard]] bool is_idle() const { return !is_lost() && PQtransactionStatus(connection_.raw()) == PQTRANS_IDLE; }

private:
    postgres_session(postgres_connection in, const postgres_place& place) : connection_(std::move(in)), place_(&place) {}

    postgres_connection                             connection_;
    const postgres_place*                           place_;
    std::string                                     schema_;  // quoted
    std::int32_t                                    backend_  = 0;
    std::uint64_t                                   prepared_ = 0;
    std::map<std::string, std::string, std::less<>> statements_;
};

/// Opens a session, again and again while the server is away, until `until`. Errors: `unreachable`, and what the server
/// refuses.
inline expected<postgres_session, error> reach(const postgres_place& place, postgres_use use, postgres_deadline until) {
    auto pause = std::chrono::milliseconds(5);
    for (;;) {
        auto made = postgres_session::open(place, use, until);
        if (made && place.see)
            if (auto seen = place.see(*made); !seen) made = unexpected<error>(std::move(seen.error()));
        if (made || made.error().code != errc::unreachable) return made;
        const auto now = std::chrono::steady_clock::now();
        if (now + pause >= until) return made;
        std::this_thread::sleep_for(pause);
        pause = std::min(2 * pause, std::chrono::milliseconds(200));
    }
}

}  // namespace annals::detail

// libpq with owners, deadlines, and errors as values.
#pragma once

#include <annals/log/postgres/binary.hpp>
#include <annals/log/postgres/failure.hpp>
#include <annals/model/expected.hpp>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include <libpq-fe.h>
#include <poll.h>

namespace annals::detail {

using postgres_deadline = std::chrono::steady_clock::time_point;

/// What a statement answered; or nothing.
class postgres_result {
public:
    postgres_result() = default;
    explicit postgres_result(PGresult* made) : made_(made) {}

    [[nodiscard]] explicit       operator bool() const noexcept { return made_ != nullptr; }
    [[nodiscard]] PGresult*      raw() const noexcept { return made_.get(); }
    [[nodiscard]] ExecStatusType status() const { return PQresultStatus(made_.get()); }
    [[nodiscard]] bool           is_failure() const { return status() == PGRES_FATAL_ERROR || status() == PGRES_BAD_RESPONSE; }
    [[nodiscard]] int            rows() const { return PQntuples(made_.get()); }
    [[nodiscard]] bool           is_nothing(int row, int column) const { return PQgetisnull(made_.get(), row, column) != 0; }
    /// As long as this lives.
    [[nodiscard]] std::span<const std::byte> bytes(int row, int column) const {
        return {reinterpret_cast<const std::byte*>(PQgetvalue(made_.get(), row, column)),
                static_cast<std::size_t>(PQgetlength(made_.get(), row, column))};
    }
    [[nodiscard]] std::string_view text(int row, int column) const {
        return {PQgetvalue(made_.get(), row, column), static_cast<std::size_t>(PQgetlength(made_.get(), row, column))};
    }
    /// An integer of any size that came in binary.
    [[nodiscard]] std::int64_t number(int row, int column) const { return bigint_of(bytes(row, column)); }

private:
    struct clear {
        void operator()(PGresult* made) const { PQclear(made); }
    };
    std::unique_ptr<PGresult, clear> made_;
};

/// A connection, for one thread at a time. No call waits behind a deadline: a server that is silent for too long is as good as
/// gone, and the connection is lost then. But each of several hosts is waited for two seconds at least.
class postgres_connection {
public:
    /// Errors: `unreachable`.
    static expected<postgres_connection, error> open(const std::string& connection_string, postgres_deadline until) {
        // What comes later counts: a user's own name of the application does, this encoding of texts does not give way.
        // Of several servers each is given its time, for the first may say nothing: libpq does that by itself only.
        const auto          hosts = hosts_of(connection_string);
        const auto          left  = std::chrono::duration_cast<std::chrono::seconds>(until - std::chrono::steady_clock::now());
        const std::string   time  = std::to_string(std::clamp<std::int64_t>(left.count() / hosts, 2, 10));
        const char* const   keywords[] = {"fallback_application_name", "connect_timeout", "dbname", "client_encoding", nullptr};
        const char* const   values[]   = {"annals", time.c_str(), connection_string.c_str(), "UTF8", nullptr};
        postgres_connection made(hosts == 1 ? PQconnectStartParams(keywords, values, 1)
                                            : PQconnectdbParams(keywords, values, 1));
        if (!made.raw_) return unexpected<error>(error{errc::io_failed, "there is no memory for a connection", {}});
        PQsetNoticeReceiver(
            made.raw(), [](void*, const PGresult*) {}, nullptr);
        auto wanted = PGRES_POLLING_WRITING;
        while (hosts == 1 && PQstatus(made.raw()) != CONNECTION_BAD) {
            if (!made.wait(wanted == PGRES_POLLING_WRITING ? POLLOUT : POLLIN, until)) break;
            wanted = PQconnectPoll(made.raw());
            if (wanted == PGRES_POLLING_OK) break;
            if (wanted == PGRES_POLLING_FAILED) break;
        }
        made.name();
        if (PQstatus(made.raw()) != CONNECTION_OK) return unexpected<error>(made.lost("the server cannot be reached"));
        (void)PQsetnonblocking(made.raw(), 1);
        return made;
    }

    [[nodiscard]] PGconn*            raw() const noexcept { return raw_.get(); }
    [[nodiscard]] const std::string& path() const noexcept { return path_; }
    [[nodiscard]] bool               is_lost() const { return is_given_up_ || PQstatus(raw_.get()) != CONNECTION_OK; }
    /// Nothing more is asked of it.
    void give_up() { is_given_up_ = true; }

    /// The next result of what was sent; none at the end of a statement's. Errors: `unreachable`. What the server refused is a
    /// result that says so.
    expected<postgres_result, error> next_result(postgres_deadline until) {
        for (;;) {
            const int unsent = PQflush(raw());
            if (unsent < 0) return unexpected<error>(lost());
            if (unsent == 0 && !PQisBusy(raw())) return postgres_result(PQgetResult(raw()));
            if (!wait(static_cast<short>(unsent ? POLLIN | POLLOUT : POLLIN), until)) return unexpected<error>(lost());
            if (!PQconsumeInput(raw())) return unexpected<error>(lost());
        }
    }
    /// The result of one statement that was sent, without a pipeline. An error if it failed.
    expected<postgres_result, error> only_result(postgres_deadline until, std::string_view reason) {
        auto first = next_result(until);
        if (!first) return first;
        if (*first && (first->status() == PGRES_COPY_IN || first->status() == PGRES_COPY_OUT)) return first;
        for (;;) {
            auto next = next_result(until);
            if (!next) return next;
            if (!*next) break;
            *first = std::move(*next);
        }
        if (!*first) return unexpected<error>(lost());
        if (first->is_failure()) return unexpected<error>(failure(*first, reason));
        return first;
    }
    /// Runs statements without values, one behind the other.
    expected<postgres_result, error> run(const std::string& sql, postgres_deadline until, std::string_view reason) {
        if (!PQsendQuery(raw(), sql.c_str())) return unexpected<error>(lost());
        return only_result(until, reason);
    }
    /// Runs a statement that is not used again, with its values. Results are in binary.
    expected<postgres_result, error> run(const std::string& sql, const postgres_values& values, postgres_deadline until,
                                         std::string_view reason) {
        const int sent = values.with([&](int count, const char* const* each, const int* lengths, const int* formats) {
            return PQsendQueryParams(raw(), sql.c_str(), count, values.types().data(), each, lengths, formats, 1);
        });
        if (!sent) return unexpected<error>(lost());
        return only_result(until, reason);
    }

    /// What a result says that is a failure.
    [[nodiscard]] error failure(const postgres_result& result, std::string_view reason) {
        error made = failure_of(result.raw(), reason, path_);
        if (made.code == errc::unreachable) give_up();
        return made;
    }
    /// Gives the connection up.
    [[nodiscard]] error lost(std::string_view reason = "the connection is lost") {
        give_up();
        error made{errc::unreachable, reason, {}};
        made.details = is_late_ ? "the server was silent for too long" : without_last_newline(PQerrorMessage(raw_.get()));
        made.path    = path_;
        return made;
    }
    /// Waits for POLLIN, POLLOUT, or either; false if that took too long.
    bool wait(short what, postgres_deadline until) {
        for (;;) {
            const auto left =
                std::chrono::duration_cast<std::chrono::milliseconds>(until - std::chrono::steady_clock::now()).count();
            pollfd descriptor{PQsocket(raw()), what, 0};
            if (descriptor.fd < 0) return false;
            const int ready = ::poll(&descriptor, 1, static_cast<int>(std::clamp<std::int64_t>(left, 0, 1'000'000)));
            if (ready > 0) return true;
            if (ready < 0 && errno != EINTR) return false;
            if (ready == 0 && left <= 0) {
                is_late_ = true;
                return false;
            }
        }
    }

private:
    struct finish {
        void operator()(PGconn* raw) const { PQfinish(raw); }
    };

    explicit postgres_connection(PGconn* raw) : raw_(raw) {}

    static std::ptrdiff_t hosts_of(const std::string& connection_string) {
        std::ptrdiff_t most = 1;
        const auto     see  = [&](const char* list) {
            const std::string_view names = list ? list : "";
            most                         = std::max(most, 1 + std::count(names.begin(), names.end(), ','));
        };
        PQconninfoOption* const options = PQconninfoParse(connection_string.c_str(), nullptr);
        for (const std::string_view each : {"host", "hostaddr"}) {
            const char* value = std::getenv(each == "host" ? "PGHOST" : "PGHOSTADDR");
            for (const auto* at = options; at && at->keyword; ++at)
                if (each == at->keyword && at->val) value = at->val;
            see(value);
        }
        PQconninfoFree(options);
        return most;
    }
    // Without a password, which `PQconninfo` would have.
    void name() {
        const auto part = [](const char* text) { return std::string_view(text ? text : ""); };
        path_.append(part(PQhost(raw()))).append(":").append(part(PQport(raw()))).append("/").append(part(PQdb(raw())));
    }

    std::unique_ptr<PGconn, finish> raw_;
    std::string                     path_;
    bool                            is_given_up_ = false;
    bool                            is_late_     = false;
};

}  // namespace annals::detail

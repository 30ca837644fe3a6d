// Sessions of a log in PostgreSQL that the client has lost, and the server perhaps not.
#pragma once

#include <annals/log/postgres/session.hpp>

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string_view>
#include <utility>
#include <vector>

namespace annals::detail {

/// The server's numbers of sessions that were lost, and may still do what was sent.
class postgres_lost_sessions {
public:
    postgres_lost_sessions() { numbers_.reserve(most); }

    /// Throws nothing, for others wait for what is done behind it.
    void add(std::int32_t number) noexcept {
        const std::lock_guard lock(mutex_);
        if (numbers_.size() < most) numbers_.push_back(number);
    }
    /// Ends them: what was sent over them is done by then, or never will be. Errors: `locked`, if one does not end, and those
    /// of a statement.
    expected<void, error> end(postgres_session& from) {
        const std::lock_guard lock(mutex_);
        for (; !numbers_.empty(); numbers_.pop_back()) {
            if (numbers_.back() == from.backend()) continue;  // a pooler gave it back, so it is through with what was sent
            postgres_values number;
            number.add_integer(numbers_.back());
            for (const std::string_view sql : {"SELECT pg_terminate_backend(pid) FROM pg_catalog.pg_locks WHERE locktype = "
                                               "'advisory' AND classid = {e} AND objid = $1::bigint AND pid = $1 AND granted",
                                               "SELECT pg_advisory_xact_lock({e}, $1)"})
                if (auto done = from.run(sql, number, "a lost session does not end"); !done)
                    return unexpected<error>(std::move(done.error()));
        }
        return {};
    }

private:
    static constexpr std::size_t most = 4096;  // more than are lost while one is reached and the others are not ended

    std::mutex                mutex_;
    std::vector<std::int32_t> numbers_;
};

}  // namespace annals::detail

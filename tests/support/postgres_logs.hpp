// Logs of a bank in PostgreSQL, and somebody else at the same database.
#pragma once

#include "support/bank.hpp"
#include "support/postgres_server.hpp"

#include <annals/log/postgres_log.hpp>

#include <chrono>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace support {

using bank_log = annals::postgres_log<bank::events>;

/// The name of a schema that is not there.
inline std::string fresh_schema() {
    static int count = 0;
    return "fresh_" + std::to_string(++count);
}

/// A log in a schema.
template <class Log = bank_log>
Log open_postgres(const std::string& schema, const std::string& connection = shared_postgres_server().connection(),
                  std::chrono::milliseconds patience = std::chrono::seconds(20)) {
    annals::postgres_log_options options;
    options.schema   = schema;
    options.patience = patience;
    auto log         = Log::open(connection, options);
    if (!log) throw std::runtime_error(log.error().message());
    return std::move(*log);
}

/// A session of somebody else's, as long as it lives.
class postgres_tool {
public:
    explicit postgres_tool(const std::string& connection = shared_postgres_server().connection())
        : raw_(PQconnectdb(connection.c_str())) {
        PQsetNoticeReceiver(
            raw_, [](void*, const PGresult*) {}, nullptr);
    }
    postgres_tool(const postgres_tool&)            = delete;
    postgres_tool& operator=(const postgres_tool&) = delete;
    ~postgres_tool() { PQfinish(raw_); }

    /// The values of the last statement that has some, one behind the other; or the error.
    std::string operator()(const std::string& sql) {
        PGresult* const result = PQexec(raw_, sql.c_str());
        std::string     answer = PQresultErrorMessage(result);
        for (int row = 0; row < PQntuples(result); ++row)
            for (int column = 0; column < PQnfields(result); ++column)
                answer.append(PQgetvalue(result, row, column)).append("|");
        PQclear(result);
        return answer;
    }

private:
    PGconn* raw_;
};

/// What another process of annals does that appends one event, at its own pace.
inline std::string append_by_hand(const std::string& schema, const std::string& stream) {
    return "SELECT (" + schema + ".append_1('" + stream + "', split_part('" + stream +
           "', '-', 1)::bytea, -1, 0, false, ARRAY[gen_random_uuid()], " + "(SELECT ARRAY[number::bigint] FROM " + schema +
           ".schemas WHERE name = 'deposited'), ARRAY['\\x0100000000000000'::bytea], NULL, '{}', '{}'))[3]";
}

template <class Log>
std::vector<std::uint64_t> positions_in(const Log& log) {
    std::vector<std::uint64_t> all;
    const auto                 read =
        log.read(annals::whole_log(), annals::handlers{annals::otherwise([&](const auto&, const annals::context& where) {
                     all.push_back(where.position.value);
                 })});
    if (!read) throw std::runtime_error(read.error().message());
    return all;
}
inline std::vector<std::uint64_t> up_to(std::uint64_t last) {
    std::vector<std::uint64_t> all;
    for (std::uint64_t i = 1; i <= last; ++i) all.push_back(i);
    return all;
}

}  // namespace support

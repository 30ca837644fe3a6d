// PostgreSQL under this library beside libpq alone: see measure.cpp for the arguments. The one that is alone has the tables and
// the indexes of the log, and fills each column of them, in binary, with prepared statements; what it knows it does not ask
// for: schemas, streams, and the versions of its own, which the unique index checks. One event is an INSERT, more are one of
// arrays or a COPY, whichever is faster; a replay is a COPY of schemas and payloads, in the order of positions. Each client has
// a connection of its own, and the server makes durable together what they commit at the same time. Positions are drawn from a
// sequence: that is as fast as can be, but other than the log's they have gaps, and are not in the order in which events become
// visible.
//
// A server is started beside the files of the benchmark, with a socket of its own, fsync=on and 256 MB of shared_buffers; or
// ANNALS_POSTGRES says where there is one, as libpq takes it.
#include "../../tests/support/postgres_server.hpp"
#include "annals_store.hpp"

#include <annals/log/postgres_log.hpp>

#include <cstring>
#include <map>
#include <optional>

namespace {

using log_type = annals::postgres_log<warehouse::small_events>;
using engines::give_up;
using annals::detail::postgres_values;
using annals::detail::put_big_endian;
using annals::detail::put_bytes;

std::string server;

std::string schema_of(const std::string& place) { return "b_" + std::to_string(std::hash<std::string>{}(place)); }
log_type    open_log(const std::string& place) {
       annals::postgres_log_options options;
       options.schema      = schema_of(place);
       options.connections = 16;  // one for each client
       auto log            = log_type::open(server, options);
       if (!log) give_up("annals", log.error().message());
    return std::move(*log);
}

class connection {
public:
    explicit connection(const std::string& schema) : raw_(PQconnectdb(server.c_str())) {
        if (PQstatus(raw_.get()) != CONNECTION_OK) give_up("postgres", PQerrorMessage(raw_.get()));
        PQsetNoticeReceiver(
            raw_.get(), [](void*, const PGresult*) {}, nullptr);
        run("SET search_path = " + schema +
            "; SET plan_cache_mode = force_generic_plan; SET jit = off; SET enable_seqscan = off");
    }
    [[nodiscard]] PGconn* raw() const { return raw_.get(); }

    std::string run(const std::string& sql) { return checked(PQexec(raw(), sql.c_str())); }
    std::string checked(PGresult* result) {
        const auto status = PQresultStatus(result);
        if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK && status != PGRES_COPY_IN && status != PGRES_COPY_OUT)
            give_up("postgres", PQerrorMessage(raw()));
        std::string first = PQntuples(result) != 0
                                ? std::string(PQgetvalue(result, 0, 0), static_cast<std::size_t>(PQgetlength(result, 0, 0)))
                                : "";
        PQclear(result);
        return first;
    }
    std::string run(const char* name, const postgres_values& values) {
        return values.with([&](int count, const char* const* each, const int* lengths, const int* formats) {
            return checked(PQexecPrepared(raw(), name, count, each, lengths, formats, 1));
        });
    }

private:
    struct finish {
        void operator()(PGconn* raw) const { PQfinish(raw); }
    };
    std::unique_ptr<PGconn, finish> raw_;
};

class postgres_client : public engines::client {
public:
    explicit postgres_client(const std::string& schema) : db_(schema) {
        const Oid types[] = {20, 20, 20, 23, 21, 2950, 17}, arrays[] = {20, 20, 20, 23, 1005, 2951, 1001};
        db_.checked(PQprepare(db_.raw(), "one",
                              "INSERT INTO events (stream, version, time, category, nth, schema, id, payload) VALUES ($1, $2, "
                              "$3, $4, 0, $5, $6, $7)",
                              7, types));
        db_.checked(PQprepare(db_.raw(), "some",
                              "INSERT INTO events (stream, version, time, category, nth, schema, id, payload) SELECT $1, $2 + "
                              "u.n, $3, $4, u.n - 1, u.schema, u.id, u.payload "
                              "FROM unnest($5, $6, $7) WITH ORDINALITY AS u (schema, id, payload, n)",
                              7, arrays));
    }

    void append(const std::string& stream, std::uint64_t version, const warehouse::batch& events) override {
        const auto found = streams_.find(stream);
        const auto known = found != streams_.end() ? found->second : (streams_[stream] = look_up(stream));
        const auto all   = events.bytes();
        const auto time  = annals::utc_clock{}().nanoseconds;
        if (all.size() == 1)
            add_one(known, version, time, all.front());
        else if (all.size() < 500)
            add_some(known, version, time, all);
        else
            copy(known, version, time, all);
    }
    warehouse::tally replay() override {
        warehouse::tally state;
        db_.run("COPY (SELECT schema, payload FROM events ORDER BY position) TO STDOUT (FORMAT binary)");
        char* row      = nullptr;
        bool  is_begun = false;
        for (int length = 0; (length = PQgetCopyData(db_.raw(), &row, 0)) > 0; PQfreemem(row)) {
            const char* const at = row + (std::exchange(is_begun, true) ? 0 : 19);
            if (at + 12 > row + length) continue;  // the trailer
            warehouse::apply_stored(state, static_cast<std::uint64_t>(annals::detail::big_endian_at<std::int16_t>(at + 6)),
                                    reinterpret_cast<const std::byte*>(at + 12));
        }
        db_.checked(PQgetResult(db_.raw()));
        PQclear(PQgetResult(db_.raw()));
        return state;
    }

private:
    struct place {
        std::int64_t number   = 0;
        std::int32_t category = 0;
    };

    place look_up(const std::string& stream) {
        const auto category = stream.substr(0, stream.find('-'));
        db_.run("BEGIN; LOCK TABLE streams; INSERT INTO categories SELECT coalesce(max(number), 0) + 1, '" + category +
                "' FROM categories ON CONFLICT (name) DO NOTHING; INSERT INTO streams SELECT coalesce(max(number), 0) + 1, '" +
                stream + "', (SELECT number FROM categories WHERE name = '" + category + "') FROM streams; COMMIT");
        const std::string found = " FROM streams WHERE name = '" + stream + "'";
        return {std::atoll(db_.run("SELECT number" + found).c_str()), std::atoi(db_.run("SELECT category" + found).c_str())};
    }
    void add_one(const place& at, std::uint64_t version, std::int64_t time, const warehouse::stored_event& event) {
        bytes_.clear();
        const annals::uuid id = make_id_();
        std::size_t        ends[7];
        int                nth = 0;
        const auto         end = [&] { ends[nth++] = bytes_.size(); };
        put_big_endian(bytes_, at.number), end();
        put_big_endian(bytes_, static_cast<std::int64_t>(version + 1)), end();
        put_big_endian(bytes_, time), end();
        put_big_endian(bytes_, at.category), end();
        put_big_endian(bytes_, static_cast<std::int16_t>(event.type)), end();
        put_bytes(bytes_, std::as_bytes(std::span(id.bytes))), end();
        put_bytes(bytes_, event.bytes), end();
        const char* values[7];
        int         lengths[7], formats[7];
        for (int i = 0; i < 7; ++i) {
            const std::size_t begin = i == 0 ? 0 : ends[i - 1];
            values[i]               = bytes_.data() + begin;
            lengths[i]              = static_cast<int>(ends[i] - begin);
            formats[i]              = 1;
        }
        db_.checked(PQexecPrepared(db_.raw(), "one", 7, values, lengths, formats, 1));
    }
    void add_some(const place& at, std::uint64_t version, std::int64_t time, std::span<const warehouse::stored_event> events) {
        postgres_values values;
        values.add(at.number);
        values.add(version);
        values.add(time);
        values.add_integer(at.category);
        values.add_array(1005, 21, events.size(),
                         [&](auto& to, std::size_t i) { put_big_endian(to, static_cast<std::int16_t>(events[i].type)); });
        values.add_array(2951, 2950, events.size(), [&](auto& to, std::size_t) { put_id(to); });
        values.add_array(1001, 17, events.size(), [&](auto& to, std::size_t i) { put_bytes(to, events[i].bytes); });
        db_.run("some", values);
    }
    void copy(const place& at, std::uint64_t version, std::int64_t time, std::span<const warehouse::stored_event> events) {
        db_.run("COPY events (stream, version, time, category, nth, schema, id, payload) FROM STDIN (FORMAT binary)");
        bytes_.assign(
            {'P', 'G', 'C', 'O', 'P', 'Y', '\n', '\377', '\r', '\n', '\0', '\0', '\0', '\0', '\0', '\0', '\0', '\0', '\0'});
        const auto put = [&](auto value) {
            put_big_endian(bytes_, static_cast<std::int32_t>(sizeof(value)));
            put_big_endian(bytes_, value);
        };
        const auto put_all = [&](std::span<const std::byte> bytes) {
            put_big_endian(bytes_, static_cast<std::int32_t>(bytes.size()));
            put_bytes(bytes_, bytes);
        };
        std::int32_t nth = 0;
        for (const auto& each : events) {
            put_big_endian(bytes_, std::int16_t{8});
            put(at.number);
            put(static_cast<std::int64_t>(++version));
            put(time);
            put(at.category);
            put(nth++);
            put(static_cast<std::int16_t>(each.type));
            put_big_endian(bytes_, std::int32_t{16});
            put_id(bytes_);
            put_all(each.bytes);
        }
        put_big_endian(bytes_, std::int16_t{-1});
        if (PQputCopyData(db_.raw(), bytes_.data(), static_cast<int>(bytes_.size())) != 1 ||
            PQputCopyEnd(db_.raw(), nullptr) != 1)
            give_up("postgres", PQerrorMessage(db_.raw()));
        db_.checked(PQgetResult(db_.raw()));
        PQclear(PQgetResult(db_.raw()));
    }

    void put_id(std::vector<char>& to) {
        const annals::uuid id = make_id_();
        put_bytes(to, std::as_bytes(std::span(id.bytes)));
    }

    connection                   db_;
    annals::uuid_v7_generator    make_id_;
    std::map<std::string, place> streams_;
    std::vector<char>            bytes_;
};

class postgres_store : public engines::store {
public:
    /// The tables are the log's, and so are the numbers of the schemas: one event of each type comes first.
    explicit postgres_store(const std::string& place) : schema_(schema_of(place)) {
        auto log = open_log(place);
        if (log.head()->value != 0) return;
        warehouse::random_numbers random;
        warehouse::batch          first;
        first.fill(8, [&](std::size_t i) { return warehouse::random_small_event(i, random); });
        engines::append_events(log, "first", 0, first);
        connection(schema_).run(
            "CREATE SEQUENCE positions CACHE 1 START 9; ALTER TABLE events ALTER position SET DEFAULT nextval('positions')");
    }
    std::unique_ptr<engines::client> connect() override { return std::make_unique<postgres_client>(schema_); }

private:
    std::string schema_;
};

}  // namespace

int main(int argc, char** argv) {
    std::optional<support::postgres_server> own;
    if (const char* const said = std::getenv("ANNALS_POSTGRES"))
        server = said;
    else if (!support::postgres_server::is_there())
        return 77;
    else {
        std::filesystem::path parent = std::filesystem::temp_directory_path();
        for (int i = 1; i < argc; ++i)
            if (std::strncmp(argv[i], "directory=", 10) == 0 && argv[i][10] != '\0') parent = argv[i] + 10;
        own.emplace(parent, std::vector<std::string>{"shared_buffers=256MB", "max_wal_size=4GB"});
        server = own->local_connection();
    }
    return engines::measure(
        {"postgres",
         [](const std::string& place) { return std::make_unique<engines::shared_log_store<log_type>>(open_log(place)); },
         [](const std::string& place) { return std::make_unique<postgres_store>(place); }},
        argc, argv);
}

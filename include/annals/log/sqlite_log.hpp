// A log in an SQLite database: one file, which any SQLite tool reads. Needs libsqlite3.
#pragma once

#include <annals/log/bell.hpp>
#include <annals/log/clock.hpp>
#include <annals/log/front.hpp>
#include <annals/log/sqlite/append_queue.hpp>
#include <annals/log/sqlite/appending.hpp>
#include <annals/log/sqlite/options.hpp>
#include <annals/log/sqlite/reader_pool.hpp>
#include <annals/log/sqlite/reading.hpp>
#include <annals/log/sqlite/transaction.hpp>
#include <annals/log/tagged.hpp>
#include <annals/log/transactional.hpp>

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace annals {

/// A log in an SQLite database. An append is one transaction, which those share that come at the same time: they wait for the
/// disk together. Writers wait for other processes as long as the options say. Readers wait for nobody (write-ahead log), and
/// see what was committed when they began. Threads may append and read at the same time; a handler may append to the log that
/// it reads. The views in a `context`, and an event, are there for the handler's call only. SQLite keeps no checksums: damage
/// to its pages is told, but not a bit that a disk has changed within an event, which may be read as another one.
///
/// `Clock` and `IdGenerator` are called with no arguments, by one thread at a time: any of those that append.
template <list Events, class Clock = utc_clock, class IdGenerator = uuid_v7_generator>
class sqlite_log : public detail::plain_log<sqlite_log<Events, Clock, IdGenerator>, detail::list_with_schemas<Events>> {
    using front         = detail::plain_log<sqlite_log, detail::list_with_schemas<Events>>;
    using accepted_list = typename decltype(front::list_verdict)::accepted;
    static_assert((front::list_verdict.explain(), true));

public:
    using events = typename front::events;

    /// What `in_transaction` gives: a user's own tables change along with the log.
    using transaction = sqlite_transaction;

    /// Opens the log in a database, and makes both if there are none. Errors: `incompatible_schema`; `no_such_log`, if the
    /// database holds something else, which is not changed; `unsupported`; `locked`, `io_failed`, `disk_full`, `damaged`;
    /// `read_only`, if it would have to be changed first.
    [[nodiscard]] static expected<sqlite_log, error> open(const std::string& path, const sqlite_log_options& options = {},
                                                          Clock clock = {}, IdGenerator make_id = {}) {
        auto inner      = std::make_unique<parts>(path, options);
        inner->clock    = std::move(clock);
        inner->make_id  = std::move(make_id);
        auto connection = detail::sqlite_connection::open(path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, options.patience);
        if (!connection) return unexpected<error>(std::move(connection.error()));
        if (auto done = detail::make_tables(*connection); !done) return unexpected<error>(std::move(done.error()));
        const std::string pragmas =
            std::string{"PRAGMA journal_mode = WAL; PRAGMA synchronous = "} + (options.durable ? "FULL" : "NORMAL");
        if (auto done = connection->execute(pragmas.c_str()); !done) return unexpected<error>(std::move(done.error()));
        if (options.json) {
            if (auto done = detail::fill_json_column(*connection, options.json); !done)
                return unexpected<error>(std::move(done.error()));
            for (const auto& each : schemas_of<events>) inner->printers.push_back(options.json(each.text));
        }
        const auto schemas = detail::schemas_in(*connection);
        if (!schemas) return unexpected<error>(schemas.error());
        auto readers = detail::schema_readers<events>::make(*schemas, path);
        if (!readers) return unexpected<error>(std::move(readers.error()));
        inner->readers = std::make_shared<const detail::schema_readers<events>>(std::move(*readers));
        auto writer    = detail::sqlite_writer<events>::make(std::move(*connection));
        if (!writer) return unexpected<error>(std::move(writer.error()));
        inner->writer = std::make_unique<detail::sqlite_writer<events>>(std::move(*writer));
        return sqlite_log(std::move(inner));
    }

    /// Appends events to a stream, all or nothing: `append(stream, expected, [metadata,] events...)`, as to a `memory_log`,
    /// with repeated appends recognised as there. When it returns, the events are durable, if the options say so.
    ///
    /// Errors: `version_conflict`, `duplicate_event`, `invalid_stream_name`, `invalid_metadata`, `invalid_event`,
    /// `nothing_to_append`, `append_too_large`, `locked`, `disk_full`, `read_only`, `io_failed`: nothing was written;
    /// `durability_unknown`.
    /// Throws what allocation, an event's encoding, the clock or the id generator throws; nothing was written then.
    ///
    /// Also on the condition that nothing came that a decision should have read, as to a `memory_log`. Errors:
    /// `condition_failed`, and those above.
    using front::append;

    /// Hands the events that `query` selects to `reader`, as of every log. What the reader does not handle is not decoded.
    /// Throws only what a handler throws; the reader has then seen the events before that one. Errors: `damaged`;
    /// `incompatible_schema`, if another process wrote events of another time; `io_failed`.
    using front::read;

    /// The position of the last event; 0 if there is none.
    [[nodiscard]] expected<position, error> head() const {
        auto borrowed = inner_->idle.borrow();
        if (!borrowed) return unexpected<error>(std::move(borrowed.error()));
        auto asked = borrowed->reader().prepared("SELECT coalesce(max(position), 0) FROM events");
        if (!asked) return unexpected<error>(std::move(asked.error()));
        const detail::sqlite_use use(**asked);
        const int                code = (*asked)->step();
        if (code != SQLITE_ROW)
            return unexpected<error>(borrowed->reader().connection().failure(code, "the log cannot be read"));
        return position{(*asked)->count(0)};
    }

    /// Calls `work(transaction, read)` in a transaction that may write, for tables of the user's own beside the log:
    /// `read(query, reader)` is the log's, in the same transaction. It is committed if `work` returns and nothing failed;
    /// appends wait meanwhile, so `work` itself must not append. Throws what `work` throws; nothing was changed then.
    template <class Work>
    expected<void, error> in_transaction(Work&& work) {
        const std::lock_guard turn(inner_->writing);
        auto&                 in = inner_->writer->reader();
        std::optional<error>  failure;
        auto                  done = inner_->writer->in_transaction([&] {
            expected<read_result, error> got;
            sqlite_transaction           open(in);
            work(open, [&](const auto& what, auto&& reader) -> const expected<read_result, error>& {
                if (auto now = got ? read_with(in, what, reader) : got; got) got = std::move(now);
                return got;
            });
            if (!got)
                failure = std::move(got.error());
            else if (open.failure())
                failure = *open.failure();
            return !failure;
        });
        if (failure) return unexpected<error>(std::move(*failure));
        return done;
    }

    /// Rung behind each append. Null if the log is shared: where another process writes, nobody rings.
    [[nodiscard]] bell* appended() const noexcept { return inner_->options.shared ? nullptr : &inner_->appended; }

private:
    friend detail::log_access;

    struct parts {
        parts(const std::string& path, const sqlite_log_options& how) : options(how), idle(path, how.patience) {}

        sqlite_log_options                                    options;
        Clock                                                 clock;
        IdGenerator                                           make_id;
        bell                                                  appended;
        detail::sqlite_readers                                idle;
        detail::append_queue                                  queue;
        std::mutex                                            writing;  // guards the writer, the clock and the ids
        std::unique_ptr<detail::sqlite_writer<events>>        writer;
        std::vector<sqlite_json_printer>                      printers;  // by the type, if there is to be JSON
        std::mutex                                            mutex;     // guards what follows
        std::shared_ptr<const detail::schema_readers<events>> readers;
    };

    explicit sqlite_log(std::unique_ptr<parts> inner) : inner_(std::move(inner)) {}

    template <class Unit, class Reader>
    expected<read_result, error> read_selected(const query<Unit>& what, Reader& reader) const {
        auto borrowed = inner_->idle.borrow();
        if (!borrowed) return unexpected<error>(std::move(borrowed.error()));
        const auto now = detail::sqlite_moment::begin(borrowed->reader());
        if (!now) return unexpected<error>(now.error());
        return read_with(borrowed->reader(), what, reader);
    }
    template <class Unit, class Reader>
    expected<read_result, error> read_with(detail::sqlite_reader& in, const query<Unit>& what, Reader& reader) const {
        const auto how = readers_for(in);
        if (!how) return unexpected<error>(how.error());
        return detail::sqlite_reading<events, Unit, Reader>(in, **how, what, reader).run();
    }
    // How the schemas are read that the log has by now.
    expected<std::shared_ptr<const detail::schema_readers<events>>, error> readers_for(detail::sqlite_reader& in) const {
        auto asked = in.prepared("SELECT count(*) FROM schemas");
        if (!asked) return unexpected<error>(std::move(asked.error()));
        std::uint64_t count = 0;
        {
            const detail::sqlite_use use(**asked);
            const int                code = (*asked)->step();
            if (code != SQLITE_ROW) return unexpected<error>(in.connection().failure(code, "the log cannot be read"));
            count = (*asked)->count(0);
        }
        {
            const std::lock_guard lock(inner_->mutex);
            if (inner_->readers->count() == count) return inner_->readers;
        }
        const auto schemas = detail::schemas_in(in.connection());
        if (!schemas) return unexpected<error>(schemas.error());
        auto made = detail::schema_readers<events>::make(*schemas, in.connection().path());
        if (!made) return unexpected<error>(std::move(made.error()));
        auto shared = std::make_shared<const detail::schema_readers<events>>(std::move(*made));
        if (&in == &inner_->writer->reader()) return shared;  // which sees what may be undone
        const std::lock_guard lock(inner_->mutex);
        return inner_->readers = shared;
    }

    template <class Condition, class Batch>
    expected<receipt, error> append_batch(std::string_view stream, expected_version expects, const Condition& condition,
                                          const metadata& about, Batch& batch) {
        const auto encoded = detail::encoded_append<events>::make(stream, about, batch);
        if (!encoded) return unexpected<error>(encoded.error());

        std::vector<std::string> json;
        if (!inner_->printers.empty())
            for (const auto& event : encoded->events()) json.push_back(inner_->printers[event.type](encoded->payload(event)));

        const auto decide = [&](const auto& begins_to_write) -> expected<receipt, error> {
            auto&      writer = *inner_->writer;
            const auto known  = writer.find(stream);
            if (!known) return unexpected<error>(known.error());
            if (known->number != 0 && !about.event_ids.empty()) {
                const auto earlier = writer.find_ids(*known, expects, about.event_ids);
                if (!earlier) return unexpected<error>(earlier.error());
                if (*earlier) return **earlier;
            }
            if (!expects.holds(version{known->version}))
                return unexpected<error>(error{errc::version_conflict, "the stream is not at the expected version",
                                               std::string{stream}, version{known->version}});
            // Within the transaction, so that nothing comes in between.
            if constexpr (detail::is_append_condition<Condition>)
                if (auto done = detail::check_condition(
                        condition, stream, [&](const auto& what, auto& reader) { return read_with(writer.reader(), what, reader); });
                    !done)
                    return unexpected<error>(std::move(done.error()));
            begins_to_write();
            return writer.write(stream, *known, about, *encoded, json, inner_->clock, inner_->make_id);
        };
        decided_append<decltype(decide)> mine(encoded->size_in_bytes(), decide);
        auto made = inner_->queue.append(mine, inner_->writing, *inner_->writer);
        if (!made && made.error().stream.empty()) made.error().stream = stream;
        if (made) inner_->appended.ring();
        return made;
    }
    template <class Decide>
    class decided_append : public detail::waiting_append {
    public:
        decided_append(std::size_t bytes, const Decide& decide) : waiting_append(bytes), decide_(decide) {}

    private:
        expected<receipt, error> write() override {
            return decide_([&] { begins_to_write(); });
        }

        const Decide& decide_;
    };

    std::unique_ptr<parts> inner_;
};

}  // namespace annals

// A log in PostgreSQL, for any number of processes. Needs libpq.
#pragma once

#include <annals/log/bell.hpp>
#include <annals/log/clock.hpp>
#include <annals/log/encoded_append.hpp>
#include <annals/log/front.hpp>
#include <annals/log/postgres/condition.hpp>
#include <annals/log/postgres/library.hpp>
#include <annals/log/postgres/listening.hpp>
#include <annals/log/postgres/making.hpp>
#include <annals/log/postgres/numbers.hpp>
#include <annals/log/postgres/options.hpp>
#include <annals/log/postgres/pooler.hpp>
#include <annals/log/postgres/reading.hpp>
#include <annals/log/postgres/transaction.hpp>
#include <annals/log/postgres/writer.hpp>
#include <annals/log/tagged.hpp>
#include <annals/log/transactional.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace annals {

/// A log in a schema of a PostgreSQL database. Any number of processes append to it and read it; positions have no gaps, and
/// events become visible in their order. Appends of threads of one process share transactions: one commit makes all durable
/// that waited for the one before; what is much is written over two connections at a time, and committed in its order. Readers
/// wait for nobody, and see what was committed when they began. Threads may append and read at the same time; a handler may
/// append to the log that it reads. The views in a `context`, and an event, are there for the handler's call only.
///
/// A connection that is lost is made anew, and what was asked is asked again, without doing it twice: readings go on where they
/// were, and an append is recognised that was committed just before. Only if the server stays away for longer than the options
/// say, the answer is `unreachable`, or `durability_unknown` if an append was on its way. The server may be another one then:
/// if it lacks the last appends, as a standby that came late does, the log is what it has, and goes on from there.
///
/// A pooler in between has to let each client keep its session: PgBouncer with pool_mode = session does. The log is not opened,
/// `unsupported`, where one is seen to give sessions to others between two transactions.
///
/// `Clock` and `IdGenerator` are called with no arguments, by one thread at a time.
template <list Events, class Clock = utc_clock, class IdGenerator = uuid_v7_generator>
class postgres_log : public detail::plain_log<postgres_log<Events, Clock, IdGenerator>, detail::list_with_schemas<Events>> {
    using front         = detail::plain_log<postgres_log, detail::list_with_schemas<Events>>;
    using accepted_list = typename decltype(front::list_verdict)::accepted;
    static_assert((front::list_verdict.explain(), true));

public:
    using events = typename front::events;

    /// What `in_transaction` gives: a user's own tables change along with the log.
    using transaction = postgres_transaction;

    /// Opens the log in a database, and makes its schema and its tables if there are none. `connection` is as libpq takes it:
    /// `postgresql://user@host/database?sslmode=verify-full`, `host=… dbname=…`, or empty for what PGHOST and the like say.
    /// Errors: `incompatible_schema`; `no_such_log`, if the schema holds something else, which is not changed; `unsupported`;
    /// `unreachable`, `locked`, `read_only`, `io_failed`, `disk_full`.
    [[nodiscard]] static expected<postgres_log, error> open(const std::string&          connection,
                                                            const postgres_log_options& options = {}, Clock clock = {},
                                                            IdGenerator make_id = {}) {
        auto inner     = std::make_unique<parts>(detail::postgres_place{connection, detail::within_bounds(options)});
        inner->clock   = std::move(clock);
        inner->make_id = std::move(make_id);
        auto session   = detail::reach(inner->place, detail::postgres_use::log, inner->place.patience());
        if (!session) return unexpected<error>(std::move(session.error()));
        if (auto kept = detail::see_that_it_is_kept(*session); !kept) return unexpected<error>(std::move(kept.error()));
        if (auto done = detail::make_tables(*session, detail::postgres_steps()); !done)
            return unexpected<error>(std::move(done.error()));
        if (auto known = inner->library.look_for_schemas(*session); !known) return unexpected<error>(std::move(known.error()));
        inner->writer.begin_with(std::move(*session));
        return postgres_log(std::move(inner));
    }

    /// Appends events to a stream, all or nothing: `append(stream, expected, [metadata,] events...)`, as to a `memory_log`,
    /// with repeated appends recognised as there. When it returns, the events are durable, if the options say so.
    ///
    /// Errors: `version_conflict`, `duplicate_event`, `invalid_stream_name`, `invalid_metadata`, `invalid_event`,
    /// `nothing_to_append`, `append_too_large`, `locked`, `read_only`, `disk_full`, `unreachable`, `io_failed`: nothing was
    /// written; `durability_unknown`.
    /// Throws what allocation, an event's encoding, the clock or the id generator throws; nothing was written then.
    ///
    /// Also on the condition that nothing came that a decision should have read, as to a `memory_log`. Errors:
    /// `condition_failed`, and those above.
    using front::append;

    /// Hands the events that `query` selects to `reader`, as of every log. What the reader does not handle is not decoded.
    /// Throws only what a handler throws; the reader has then seen the events before that one. Errors: `damaged`;
    /// `incompatible_schema`, if another process wrote events of another time; `unreachable`, `io_failed`.
    using front::read;

    /// The position of the last event; 0 if there is none.
    [[nodiscard]] expected<position, error> head() const {
        return inner_->library.pool.with_session([](detail::postgres_session& in) -> expected<position, error> {
            auto asked = in.run("SELECT coalesce(max(position), 0) FROM {s}.events", detail::postgres_values{});
            if (!asked) return unexpected<error>(std::move(asked.error()));
            return position{static_cast<std::uint64_t>(asked->number(0, 0))};
        });
    }

    /// Calls `work(transaction, read)` in a transaction (READ COMMITTED), for tables of the user's own beside the log:
    /// `read(query, reader)` is the log's, in the same transaction. It is committed if `work` returns and nothing failed. If
    /// the connection is lost meanwhile, or the transaction is in another's way, all of it is undone and `work` called again;
    /// also if it is lost while it commits, when the work had a place (`place_of`), by which it knows what was done. If it had
    /// none, that is `durability_unknown`. Throws what `work` throws; nothing was changed then.
    template <class Work>
    expected<void, error> in_transaction(Work&& work) {
        std::optional<detail::postgres_deadline> until;  // from the first failure on, for the work may take long
        auto&                                    pool    = inner_->library.pool;
        auto                                     session = pool.borrow(detail::postgres_use::tables);
        for (;;) {
            if (!session) return unexpected<error>(std::move(session.error()));
            auto       ended   = once_in_transaction(**session, work);
            const bool is_lost = (*session)->is_lost();
            if (ended || ended.error().code == errc::durability_unknown) return ended;
            const bool is_luck = is_lost || ended.error().code == errc::unreachable || ended.error().code == errc::locked;
            if (!until) until = inner_->place.patience();
            if (!is_luck || std::chrono::steady_clock::now() >= *until) return ended;
            if (is_lost) session = pool.borrow_new(detail::postgres_use::tables);
        }
    }

    /// Rung behind each append, those of other processes included, and once a second.
    [[nodiscard]] bell* appended() const {
        std::call_once(inner_->listening, [&] { inner_->listener.emplace(inner_->place, inner_->appended); });
        return &inner_->appended;
    }

private:
    friend detail::log_access;

    struct parts {
        explicit parts(detail::postgres_place where) : place(std::move(where)) {
            place.see = [this](detail::postgres_session& in) { return library.see(in); };
        }

        detail::postgres_place                   place;
        Clock                                    clock;
        IdGenerator                              make_id;
        std::mutex                               mutex;  // guards the clock, the ids, and the numbers
        detail::postgres_library<events>         library{place};
        detail::postgres_writer                  writer{place};
        detail::postgres_numbers<events>         numbers{library, writer};
        bell                                     appended;
        std::once_flag                           listening;
        std::optional<detail::postgres_listener> listener;  // goes first
    };

    explicit postgres_log(std::unique_ptr<parts> inner) : inner_(std::move(inner)) {}

    template <class Unit, class Reader>
    expected<read_result, error> read_selected(const query<Unit>& what, Reader& reader) const {
        return detail::postgres_reading<events, Unit, Reader>(inner_->library, what, reader).run();
    }
    template <class Work>
    expected<void, error> once_in_transaction(detail::postgres_session& in, Work& work) {
        if (auto begun = in.run("BEGIN"); !begun) return unexpected<error>(std::move(begun.error()));
        expected<read_result, error> got;
        postgres_transaction         open(in);
        work(open, [&](const auto& what, auto&& reader) -> const expected<read_result, error>& {
            using reading = decltype(detail::postgres_reading(inner_->library, what, reader));
            if (auto now = got ? reading(inner_->library, what, reader).run_in(in) : got; got) got = std::move(now);
            return got;
        });
        const auto fail = [&](const error& why) {
            if (!in.is_lost()) (void)in.run("ROLLBACK");
            if (!in.is_lost()) in.forget_statements();
            return unexpected<error>(why);
        };
        if (!got) return fail(got.error());
        if (open.failure()) return fail(*open.failure());
        auto ended = in.run("COMMIT", "the database refused to commit");
        if (ended) return {};
        if (in.is_lost() && !open.has_place()) ended.error().code = errc::durability_unknown;
        return fail(ended.error());
    }

    template <class Condition, class Batch>
    expected<receipt, error> append_batch(std::string_view stream, expected_version expects, const Condition& condition,
                                          const metadata& about, Batch& batch) {
        const auto encoded = detail::encoded_append<events>::make(stream, about, batch);
        if (!encoded) return unexpected<error>(encoded.error());
        if (stream.size() > longest_name)
            return unexpected<error>(
                error{errc::invalid_stream_name, "a stream's name has at most 2000 bytes", std::string{stream}});
        for (const auto& each : encoded->events())
            if (each.end - each.begin > largest_event)
                return unexpected<error>(error{errc::append_too_large, "an event has at most a gigabyte", std::string{stream}});

        auto ids  = about.event_ids;
        auto time = about.time;
        for (bool may_be_there = false;;) {  // again only if the server was replaced
            const std::uint64_t       replaced = inner_->library.replacements();
            std::vector<std::int64_t> schemas;
            {
                const std::lock_guard lock(inner_->mutex);
                for (const auto& each : encoded->events()) {
                    auto number = inner_->numbers.of(each.type);
                    if (!number && may_be_there) number.error().code = errc::durability_unknown;
                    if (!number) return unexpected<error>(std::move(number.error()));
                    schemas.push_back(*number);
                    if (about.event_ids.empty() && ids.size() < schemas.size()) ids.push_back(inner_->make_id());
                }
                if (!time) time = inner_->clock();
            }
            auto mine = detail::append_of(stream, expects, time->nanoseconds, about, ids, schemas, *encoded);

            [[maybe_unused]] detail::postgres_condition by_server;
            if constexpr (detail::is_append_condition<Condition>) {
                by_server            = detail::postgres_condition::of<events>(condition, *inner_->library.readers());
                mine.condition       = &by_server;
                mine.is_alone        = !by_server.is_usable;
                mine.finds_the_truth = by_server.is_exact && !mine.has_ids;
                mine.looks_first     = true;
                mine.check           = [&](detail::postgres_session& in) { return check(condition, stream, in); };
            }
            mine.replacements  = &inner_->library.replacements();
            mine.were_replaced = replaced;
            mine.may_be_there  = may_be_there;
            mine.looks_first   = mine.looks_first || may_be_there;
            auto made          = inner_->writer.append(mine);
            if (made) inner_->appended.ring();
            if (!mine.is_to_make_anew) return made;
            may_be_there = mine.may_be_there;
        }
    }
    // Within the transaction, so that nothing comes in between.
    template <class Condition>
    expected<void, error> check(const Condition& condition, std::string_view stream, detail::postgres_session& in) {
        return detail::check_condition(condition, stream, [&](const auto& what, auto& reader) {
            using reading = decltype(detail::postgres_reading(inner_->library, what, reader));
            return reading(inner_->library, what, reader).run_in(in);
        });
    }

    static constexpr std::size_t longest_name  = 2000;           // what an index takes
    static constexpr std::size_t largest_event = 1'000'000'000;  // what a column takes

    std::unique_ptr<parts> inner_;
};

}  // namespace annals

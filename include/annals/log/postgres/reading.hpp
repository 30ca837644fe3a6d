// Reading a log in PostgreSQL.
#pragma once

#include <annals/log/encoded_append.hpp>
#include <annals/log/postgres/library.hpp>
#include <annals/log/postgres/rows.hpp>
#include <annals/log/postgres/selection.hpp>
#include <annals/log/query.hpp>
#include <annals/log/tagged.hpp>
#include <annals/model/takes_context.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <type_traits>
#include <unordered_map>
#include <utility>
#include <vector>

namespace annals::detail {

/// One reading: a few rows at first, and if there are more, the rest as it comes. What was appended stays as it is, and a later
/// event has a later position: so all that is read up to the last position at one moment is the log of that moment, however
/// many statements it takes. No transaction is open for as long as a handler likes, and a reading whose connection is lost goes
/// on where it was with another.
template <class Events, class Unit, class Reader>
class postgres_reading {
public:
    postgres_reading(postgres_library<Events>& library, const query<Unit>& what, Reader& reader)
        : library_(library), what_(what), reader_(reader), left_(postgres_selection::of(what)) {}

    /// With sessions of the pool. Throws what a handler throws.
    expected<read_result, error> run() {
        auto session = library_.pool.borrow();
        auto until   = library_.pool.place().patience();
        for (;;) {
            if (!session) return unexpected<error>(std::move(session.error()));
            const auto before = result_.count;
            auto       done   = attempt(**session);
            if (done || !(*session)->is_lost() || is_broken_) return done;
            if (result_.count != before) until = library_.pool.place().patience();
            if (std::chrono::steady_clock::now() >= until) return done;
            session = library_.pool.borrow_new();
            // The server may be another one.
            if (is_prepared_) how_ = library_.readers();
            has_moment_ = false;
            names_.clear();
        }
    }
    /// In a session that may be in a transaction, and that handlers may use, too: rows come in parts, and it is free while they
    /// are handed out.
    expected<read_result, error> run_in(postgres_session& in) {
        in_parts_ = true;
        return attempt(in);
    }

private:
    static constexpr bool          with_context = takes_context<Events, std::remove_reference_t<Reader>>;
    static constexpr std::uint64_t few = 256, many = 2048, least_copied = 8192, most_copied = std::uint64_t{1} << 22U;

    expected<read_result, error> attempt(postgres_session& in) {
        try {
            return read_on(in);
        } catch (name_trouble& trouble) {
            is_broken_ = true;
            return unexpected<error>(std::move(trouble.why));
        }
    }

    // Thrown and caught here: nothing is handed to a handler without the name of its stream.
    struct name_trouble {
        error why;
    };

    expected<read_result, error> read_on(postgres_session& in) {
        if (!is_prepared_) {
            if (auto done = prepare(in); !done) return unexpected<error>(std::move(done.error()));
            is_prepared_ = true;
        }
        bool is_short = true;
        while (!left_.is_empty()) {
            const bool by_copy = !is_short && !in_parts_ && left_.scope != query_scope::tagged;
            const auto rows    = is_short ? few : by_copy ? copied_ : many;
            const auto wanted  = std::min(rows, left_.most);
            const auto got     = by_copy ? copy(in, rows) : page(in, rows);
            if (!got) return unexpected<error>(got.error());
            if (*got < wanted) break;
            is_short = false;
        }
        if (auto done = complete(in); !done) return unexpected<error>(std::move(done.error()));
        return result_;
    }
    expected<void, error> prepare(postgres_session& in) {
        how_ = library_.readers();
        if (what_.scope == query_scope::tagged) {
            // Whether all of them have the tags that the types have now.
            auto how = library_.look_for_schemas(in);
            if (!how) return unexpected<error>(std::move(how.error()));
            how_          = std::move(*how);
            goes_through_ = how_->has_other_tags();
            if (goes_through_) {
                left_.scope = query_scope::whole_log;
                left_.most  = what_.most == 0 ? 0 : unlimited;
                in_parts_   = in_parts_ || what_.most != unlimited;  // for it ends when enough are found
            }
        }
        if (what_.last_time == query<Unit>{}.last_time) return {};
        postgres_values values;
        values.add(what_.last_time.nanoseconds);
        auto found = in.run("SELECT {s}.position_at_1($1)", values);
        if (!found) return unexpected<error>(std::move(found.error()));
        left_.last_position = std::min(left_.last_position, found->number(0, 0));
        return {};
    }

    expected<std::uint64_t, error> page(postgres_session& in, std::uint64_t rows) {
        const bool          wants_moment = !left_.descending && !has_moment_ && left_.most > rows;
        const postgres_page asked(left_, rows, wants_moment);
        auto                got = in.run(asked.sql, asked.values);
        if (!got) return unexpected<error>(std::move(got.error()));
        if (wants_moment && got->rows() != 0) {
            left_.last_position = std::min(left_.last_position, got->number(0, 10));
            has_moment_         = true;
        }
        free_ = &in;
        for (int i = 0; i < got->rows() && left_.most != 0; ++i)
            if (auto done = take(row_of(*got, i)); !done) return unexpected<error>(std::move(done.error()));
        return static_cast<std::uint64_t>(got->rows());
    }
    // As many rows as that, or fewer at the end.
    expected<std::uint64_t, error> copy(postgres_session& in, std::uint64_t rows) {
        const bool is_whole = left_.scope == query_scope::whole_log;
        if (is_whole) rows = std::min(rows, static_cast<std::uint64_t>(left_.last_wanted() - left_.first) + 1);
        rows              = std::min(rows, left_.most);
        const auto shape  = with_context                           ? postgres_row_shape::full
                            : left_.scope == query_scope::category ? postgres_row_shape::bare_with_position
                                                                   : postgres_row_shape::bare;
        auto       coming = postgres_copy_out::begin(in, postgres_copy(left_, number_, rows, !with_context), shape);
        if (!coming) return unexpected<error>(std::move(coming.error()));
        free_            = nullptr;
        is_bare_         = !with_context;
        const auto begun = std::chrono::steady_clock::now();
        for (std::uint64_t count = 0;; ++count) {
            postgres_event_row* const row = coming->next();
            if (!row) {
                if (coming->failure()) return unexpected<error>(*coming->failure());
                if (is_whole && count != rows) return unexpected<error>(error{errc::damaged, "positions are missing", {}});
                // A statement for a time that nobody else minds, whatever the handlers do.
                const bool was_quick = std::chrono::steady_clock::now() - begun < std::chrono::milliseconds(200);
                copied_              = was_quick ? std::min(copied_ * 4, most_copied) : std::max(copied_ / 2, least_copied);
                return count;
            }
            if (shape == postgres_row_shape::bare) {
                auto& counted = is_whole ? row->position : row->version;
                counted       = left_.descending ? left_.last_wanted() : left_.first;
            }
            if (auto done = take(*row); !done) return unexpected<error>(std::move(done.error()));
        }
    }
    // Where the last one is, of those that came without.
    expected<void, error> complete(postgres_session& in) {
        if (!is_bare_ || result_.count == 0) return {};
        const bool      is_stream = what_.scope == query_scope::stream;
        postgres_values values;
        values.add(is_stream ? result_.version.value : result_.position.value);
        if (is_stream) values.add(number_);
        auto found = in.run(is_stream ? "SELECT position, version FROM {s}.events WHERE version = $1 AND stream = $2"
                                      : "SELECT position, version FROM {s}.events WHERE position = $1",
                            values);
        if (!found) return unexpected<error>(std::move(found.error()));
        if (found->rows() != 1) return unexpected<error>(error{errc::damaged, "an event is not there any more", {}});
        result_.position = position{static_cast<std::uint64_t>(found->number(0, 0))};
        result_.version  = version{static_cast<std::uint64_t>(found->number(0, 1))};
        is_bare_         = false;
        return {};
    }

    expected<void, error> take(const postgres_event_row& row) {
        const auto schema = static_cast<std::size_t>(row.schema);
        if (!knows(schema))
            if (auto done = look_for_schemas(); !done) return done;
        if (!knows(schema)) return damaged(row, "an event is of a schema that the log does not have");
        if (row.stream != 0) number_ = what_.scope == query_scope::stream ? row.stream : row.category;
        const auto where = [&] { return context_of(row); };
        bool       found = true;
        if constexpr (has_tagged_events<flat<Events>>)
            if (goes_through_) {
                found         = false;
                auto matching = reader_of_any_tagged(found, what_.name);
                if (!how_->reader(schema).read(row.payload, matching, where, room_))
                    return damaged(row, "an event's bytes are none of its schema");
            }
        if (found && !how_->reader(schema).read(row.payload, reader_, where, room_))
            return damaged(row, "an event's bytes are none of its schema");
        left_.pass(left_.counts_versions() ? row.version : row.position);
        if (!found) return {};
        ++result_.count;
        result_.version  = version{static_cast<std::uint64_t>(row.version)};
        result_.position = position{static_cast<std::uint64_t>(row.position)};
        if (goes_through_ && result_.count == what_.most) left_.most = 0;
        return {};
    }
    [[nodiscard]] bool knows(std::size_t schema) const {
        return how_ && schema < how_->entries().size() && how_->entries()[schema].type != schema_readers<Events>::none;
    }
    // In another session, for this one is busy.
    expected<void, error> look_for_schemas() {
        auto how = library_.pool.with_session([&](postgres_session& other) { return library_.look_for_schemas(other); });
        if (!how) return unexpected<error>(std::move(how.error()));
        how_ = std::move(*how);
        return {};
    }
    expected<void, error> damaged(const postgres_event_row& row, std::string_view what) {
        is_broken_ = true;
        error made{errc::damaged, what, {}};
        made.position = position{static_cast<std::uint64_t>(row.position)};
        return unexpected<error>(std::move(made));
    }

    context context_of(const postgres_event_row& row) {
        context made;
        made.stream          = what_.scope == query_scope::stream ? what_.name : name_of(row.stream);
        made.version         = version{static_cast<std::uint64_t>(row.version)};
        made.position        = position{static_cast<std::uint64_t>(row.position)};
        made.first_of_append = position{static_cast<std::uint64_t>(row.position - row.nth)};
        made.time            = timestamp{row.time};
        made.id              = row.id;
        annotations_.show(row.about, made);
        return made;
    }
    std::string_view name_of(std::int64_t number) {
        auto found = names_.find(number);
        if (found != names_.end()) return found->second;
        const auto look = [&](postgres_session& in) { return library_.look_up_names(in, number, names_); };
        auto       done = free_ ? look(*free_) : library_.pool.with_session(look);
        if (!done && free_) done = library_.pool.with_session(look);
        if (!done) throw name_trouble{std::move(done.error())};
        found = names_.find(number);
        if (found == names_.end())
            throw name_trouble{error{errc::damaged, "an event is of a stream that the log does not have", {}}};
        return found->second;
    }

    postgres_library<Events>&                          library_;
    const query<Unit>&                                 what_;
    Reader&                                            reader_;
    postgres_selection                                 left_;
    typename postgres_library<Events>::readers_pointer how_;
    read_result                                        result_;
    postgres_session*                                  free_        = nullptr;  // that this reads in, if it is not busy
    std::uint64_t                                      copied_      = least_copied;
    std::int64_t                                       number_      = 0;  // of the stream, or the category
    bool                                               is_prepared_ = false, has_moment_ = false, goes_through_ = false;
    bool                                               is_broken_ = false, is_bare_ = false, in_parts_ = false;
    std::unordered_map<std::int64_t, std::string>      names_;
    std::vector<std::byte>                             room_;
    decoded_annotations                                annotations_;
};

}  // namespace annals::detail

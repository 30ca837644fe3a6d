// The durable log: a directory of files, which nobody needs to serve. FORMAT.md in file/ says what is in them.
#pragma once

#include <annals/log/clock.hpp>
#include <annals/log/file/appending.hpp>
#include <annals/log/file/compressing.hpp>
#include <annals/log/file/condition.hpp>
#include <annals/log/file/maintenance.hpp>
#include <annals/log/file/open_log.hpp>
#include <annals/log/file/options.hpp>
#include <annals/log/file/posix_files.hpp>
#include <annals/log/file/retention.hpp>
#include <annals/log/file/salvage.hpp>
#include <annals/log/front.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace annals {

/// A log in a directory. An append is there completely or not at all, and by default it survives a power cut once it is
/// acknowledged. One log object at a time, in whatever process, has it open for writing; any number have it open for reading,
/// and see whole and durable appends. Threads may append and read at the same time; a handler may append to the log that it
/// reads. The views in a `context`, and an event that is read in place, are there for the handler's call only.
///
/// After a write or sync that failed, who waits is told `durability_unknown`, and nothing more is written: close the log, and
/// open it again. Reading goes on.
///
/// `Clock` and `IdGenerator` are called with no arguments, by one thread at a time, once for each append: the ids of its
/// events, if they are not given, are counted up from one. `Files` is what it asks of the system.
template <list Events, class Clock = utc_clock, class IdGenerator = uuid_v7_generator, file_system Files = posix_files>
class file_log
    : public detail::log_that_appends<file_log<Events, Clock, IdGenerator, Files>, detail::list_with_schemas<Events>> {
    using front         = detail::log_that_appends<file_log, detail::list_with_schemas<Events>>;
    using accepted_list = typename decltype(front::list_verdict)::accepted;
    static_assert((front::list_verdict.explain(), true));

public:
    using events = typename front::events;

    static constexpr bool appends_to_several_streams = true, can_be_truncated = true;

    /// Opens the log in a directory for writing, and makes both if there are none. After a crash it comes back with all that
    /// was acknowledged. Errors: `locked`, with who has it; `damaged`, if something that was acknowledged is not as it was
    /// written: nothing is changed then; `incompatible_schema`, neither; `unsupported`; `no_such_log`, if the directory holds
    /// something else; `io_failed`, `disk_full`.
    [[nodiscard]] static expected<file_log, error> open(std::string directory, const file_log_options& options = {}, Clock clock = {},
                                                        IdGenerator make_id = {}, Files files = {}) {
        const std::string path = directory;
        auto store = detail::file_store<Files>::open(std::move(directory), options, std::move(files), [&](const auto& schemas) {
            const auto readers = detail::schema_readers<events>::make(schemas, path);
            return readers ? expected<void, error>{} : unexpected<error>(readers.error());
        });
        if (!store) return unexpected<error>(std::move(store.error()));
        return with(std::move(*store), std::move(clock), std::move(make_id));
    }

    /// Opens a log for reading, also one that another process writes, that is damaged, or on a medium that cannot be written.
    /// Errors: `no_such_log`, `incompatible_schema`, `unsupported`, `io_failed`.
    [[nodiscard]] static expected<file_log, error> open_read_only(std::string directory, Files files = {}) {
        auto store = detail::file_store<Files>::open_read_only(std::move(directory), std::move(files));
        if (!store) return unexpected<error>(std::move(store.error()));
        return with(std::move(*store), Clock{}, IdGenerator{});
    }

    /// Saves what can be saved of a damaged log into a new one, whose directory is made for it: every append that is still as
    /// it was written, with its positions, versions, ids and times. What is missing is answered, and recorded in the new log.
    /// The damaged one is not changed. Snapshots of truncations are not saved. Errors: `io_failed` if the directory is there
    /// already, `no_such_log`.
    [[nodiscard]] static expected<salvaged_log, error> salvage(const std::string& damaged, const std::string& directory,
                                                               Files files = {}) {
        return detail::salvage_into(directory, damaged, files);
    }

    /// Appends events to a stream, all or nothing: `append(stream, expected, [metadata,] events...)`, as to a `memory_log`.
    /// When it returns, the events are durable (see `acknowledge`), and readers see them. Repeated appends are recognised by
    /// `metadata::event_ids`, as those of a `memory_log`, also if the log was closed in between.
    ///
    /// Errors: `version_conflict`, `duplicate_event`, `invalid_stream_name`, `invalid_metadata`, `invalid_event`,
    /// `nothing_to_append`, `append_too_large`, `stream_ended`, `read_only`, `disk_full`, `io_failed`: nothing was written,
    /// and the log goes on; `durability_unknown`; `log_failed`. Throws what allocation, an event's encoding, the clock or the
    /// id generator throws; nothing was written then.
    ///
    /// Also on the condition that nothing came that a decision should have read, as to a `memory_log`. Errors:
    /// `condition_failed`, and those above.
    using front::append;

    /// Appends to several streams at once, all or nothing: `append([metadata,] append_to(stream, expected, events...)...)`.
    /// The event ids are one for each event, in the order of the streams; a repetition is recognised if all of it is the same.
    /// Answers a receipt for each stream. Errors as above; also `invalid_stream_name` if a stream stands there twice.
    template <class... Share>
        requires(sizeof...(Share) > 0 && (detail::is_stream_append<Share> && ...))
    [[nodiscard]] expected<std::array<receipt, sizeof...(Share)>, error> append(const metadata& about, Share... shares) {
        constexpr auto verdict          = detail::judge_shares<events, Share...>();
        using accepted [[maybe_unused]] = typename decltype(verdict)::accepted;
        verdict.explain();
        if constexpr (!detail::is_sound<decltype(verdict)>)
            return std::array<receipt, sizeof...(Share)>{};
        else
            return detail::append_to_each(*inner_, about, std::move(shares)...);
    }
    template <class... Share>
        requires(sizeof...(Share) > 0 && (detail::is_stream_append<Share> && ...))
    [[nodiscard]] expected<std::array<receipt, sizeof...(Share)>, error> append(Share... shares) {
        return append(metadata{}, std::move(shares)...);
    }

    /// The same for a number of streams that is known at run time only, as `append_to(stream, expected, range of variants)`
    /// each.
    template <class... Given>
    [[nodiscard]] expected<std::vector<receipt>, error> append(const metadata& about, const std::vector<stream_append<Given...>>& shares) {
        constexpr auto verdict          = detail::judge_given<events, std::remove_cvref_t<Given>...>();
        using accepted [[maybe_unused]] = typename decltype(verdict)::accepted;
        verdict.explain();
        if constexpr (!detail::is_sound<decltype(verdict)>)
            return std::vector<receipt>{};
        else
            return detail::append_to_many(*inner_, about, shares);
    }

    /// Hands the events that `query` selects to `reader`, as of every log. What the reader does not handle is not decoded, and
    /// where a whole block holds nothing else, not read. All that is read is checked; an append that is read in pieces, one
    /// going on where another ended, with the first of them. Throws only what a handler throws; the reader has then seen the
    /// events before that one. Errors: `damaged`, when the reader has seen what lies before; `out_of_range`, if what is asked
    /// for was truncated; `incompatible_schema`, if the process that writes is of another time.
    using front::read;

    /// The position of the last event; 0 if there is none.
    [[nodiscard]] expected<position, error> head() const {
        if (auto done = inner_->store->refresh(); !done) return unexpected<error>(std::move(done.error()));
        const std::lock_guard lock(inner_->store->state().mutex);
        return position{inner_->store->state().index.end.position - 1};
    }

    /// Rung behind each append. Null if the log is open for reading only: where another process writes, nobody rings.
    [[nodiscard]] bell* appended() const noexcept { return inner_->store->is_writable() ? &inner_->store->state().appended : nullptr; }

    /// Ends a stream: nothing is ever appended to it again. Durable when it returns. Answers the stream's last version. Errors:
    /// `version_conflict`, and those of the disk. A stream that has ended can be ended again.
    [[nodiscard]] expected<version, error> end_stream(std::string_view stream, expected_version expects = any_version) {
        const auto last = decide_about(stream, expects, [](detail::rule_record& rule, const detail::stream_state&) { rule.ended = true; });
        if (!last) return unexpected<error>(last.error());
        const std::lock_guard lock(inner_->store->state().mutex);
        const auto&           streams = inner_->store->state().index.streams;
        return version{streams[streams.find(detail::stream_key(stream))].version};
    }

    /// Drops a part of a stream's past: no reading shows it again. Durable when it returns. Answers the first version that is
    /// still read, or the one that comes next if there is none. The bytes go with `truncate_before`. Errors: those of the disk.
    [[nodiscard]] expected<version, error> drop_events(std::string_view stream, const retention& keep) {
        std::uint64_t first = keep.before.value;
        if (keep.older_than.nanoseconds != std::numeric_limits<std::int64_t>::min()) {
            const auto older = read(annals::stream(stream).until(timestamp{keep.older_than.nanoseconds - 1}),
                                    handlers{otherwise([](const auto&) {})});
            if (!older) return unexpected<error>(older.error());
            first = std::max(first, older->version.value + 1);
        }
        return decide_about(stream, any_version, [&](detail::rule_record& rule, const detail::stream_state& state) {
            const std::uint64_t behind = state.version + 1;
            rule.first_version = std::max({rule.first_version, detail::stream_rule{rule.first_version, rule.most}.first_of(state.version),
                                           std::min(first, behind)});
            rule.most          = std::min(rule.most, keep.most);
        });
    }

    /// Gives back the room of what lies before a position, as far as whole files hold nothing else. `snapshot` is the state
    /// that all events before that position come to: any struct that can be stored. It is durable before anything is removed,
    /// and `snapshot_of` gives it back. Event ids from before it are forgotten, too: an append of that time is not recognised
    /// any more. Answers the first position that is still there: reading from before it is an error. Errors: `out_of_range` if
    /// the position is not in the log, and those of the disk.
    template <class State>
    [[nodiscard]] expected<position, error> truncate_before(position first, const State& snapshot) {
        constexpr auto verdict          = detail::judge_fields<State>();
        using accepted [[maybe_unused]] = typename decltype(verdict)::accepted;
        verdict.explain();
        if constexpr (detail::is_sound<decltype(verdict)>) {
            if (const auto last = head(); !last || first.value == 0 || first.value > last->value + 1)
                return detail::refused(errc::out_of_range, "the position is not in the log", inner_->store->directory(), first.value);
            const auto record = detail::record_of(snapshot, first, inner_->store->directory());
            if (!record) return unexpected<error>(record.error());
            return inner_->store->truncate(first.value, *record);
        } else
            return position{};
    }

    /// What was kept when the log's beginning was dropped: the state before `first`, from where on a replay goes on.
    template <class State>
    struct kept_snapshot {
        State    state{};
        position first{};
    };
    /// The snapshot of the last `truncate_before`; nothing if there was none. Errors: `incompatible_schema`, if it is of
    /// another struct, or one that has changed; `damaged`.
    template <class State>
    [[nodiscard]] expected<std::optional<kept_snapshot<State>>, error> snapshot_of() const {
        if (auto done = inner_->store->refresh(); !done) return unexpected<error>(std::move(done.error()));
        auto record = inner_->store->snapshot();
        if (!record) return unexpected<error>(std::move(record.error()));
        if (!*record) return std::optional<kept_snapshot<State>>{};
        kept_snapshot<State> kept{{}, position{(*record)->first_position}};
        if (auto done = detail::restore(kept.state, **record, inner_->store->directory()); !done)
            return unexpected<error>(std::move(done.error()));
        return std::optional<kept_snapshot<State>>(std::move(kept));
    }
    /// The position of the first event that is still there; 1 if nothing was truncated.
    [[nodiscard]] position first_position() const {
        const std::lock_guard lock(inner_->store->state().mutex);
        return position{inner_->store->state().segments->front()->first_position};
    }

    /// Checks everything, on the disk and not in the system's cache as far as that can be told: every checksum and link, every
    /// position and version, every list of blocks, and that the index is what they say. Appends go on meanwhile; what is
    /// checked is the log as it was when this began. `told` hears how far it is. Errors: `damaged`, with where and what.
    [[nodiscard]] expected<verified_log, error> verify(const progress& told = {}) const {
        return detail::verification<Files>(*inner_->store, told).run();
    }

    /// Copies the log, as it is now, into a directory that is made for it: a backup, which opens as any log. Appends go on.
    /// What is copied is checked. Durable when it returns; what was broken off does not open. Errors: `io_failed` if the
    /// directory is there already.
    [[nodiscard]] expected<void, error> copy_to(const std::string& directory, const progress& told = {}) const {
        return detail::copy_log(*inner_->store, directory, told);
    }

    /// Compresses what is no longer written: all files but the last, unless they are compressed already. Reading it is the
    /// same then, but slower. Appends and readers go on. Before a file is replaced, all of it is checked, and the new one is
    /// durable. `level` is the library's. Of a `zstd_file_log`, which zstd.hpp has. Errors: `read_only`, `damaged`,
    /// `disk_full`, `io_failed`; what was done before stays.
    [[nodiscard]] expected<compressed_log, error> compress_sealed(int level = 3, const progress& told = {})
        requires compressing_file_system<Files>
    {
        if (auto done = inner_->store->check_writable(); !done) return unexpected<error>(std::move(done.error()));
        return detail::compression<Files>(*inner_->store, level, told).run();
    }

    /// Makes durable what was acknowledged: of use with `acknowledge::when_written`.
    [[nodiscard]] expected<void, error> sync() { return inner_->store->sync(); }

    /// Closes the log in good order, which the destructor does, too, but without saying whether it could.
    expected<void, error> close() { return inner_->store->close(); }

private:
    friend detail::log_access;
    using parts = detail::open_log<events, Clock, IdGenerator, Files>;

    explicit file_log(std::unique_ptr<parts> inner) : inner_(std::move(inner)) {}

    static expected<file_log, error> with(std::unique_ptr<detail::file_store<Files>> store, Clock clock, IdGenerator make_id) {
        auto  inner   = std::make_unique<parts>();
        auto& state   = store->state();
        auto  readers = detail::schema_readers<events>::make(state.index.schemas, store->directory());
        if (!readers) return unexpected<error>(std::move(readers.error()));
        inner->schemas = std::make_unique<detail::written_schemas<events>>(state.index.schemas);
        inner->readers = std::make_shared<const detail::schema_readers<events>>(std::move(*readers));
        inner->clock   = std::move(clock);
        inner->make_id = std::move(make_id);
        inner->store   = std::move(store);
        return file_log(std::move(inner));
    }

    template <class Condition, class Batch>
    expected<receipt, error> append_batch(std::string_view stream, expected_version expects, const Condition& condition,
                                          const metadata& about, Batch& batch) {
        if constexpr (detail::is_append_condition<Condition>)
            return detail::append_to_one(
                *inner_, stream, expects, [&] { return detail::is_unchanged(*inner_, condition); }, about, batch);
        else
            return detail::append_to_one(*inner_, stream, expects, {}, about, batch);
    }
    template <class Unit, class Reader>
    expected<read_result, error> read_selected(const query<Unit>& what, Reader& reader) const {
        const auto from = inner_->place_of(what);
        if (!from) return unexpected<error>(from.error());
        detail::log_reading<events, Files, Unit, Reader> reading(*from, what, reader);
        auto result = reading.run();
        if (reading.paused()) inner_->keep(*reading.paused());
        return result;
    }

    template <class Decide>
    expected<version, error> decide_about(std::string_view stream, expected_version expects, Decide&& decide) {
        if (stream.empty()) return unexpected<error>(error{errc::invalid_stream_name, "a stream needs a name", {}});
        return inner_->store->decide_about(stream, expects, inner_->clock().nanoseconds, std::forward<Decide>(decide));
    }

    std::unique_ptr<parts> inner_;
};

}  // namespace annals

// A whole log as one file that describes itself, and the reading of it: for exports, backups, test data, and for moving from
// one kind of log to another.
#pragma once

#include <annals/codec/record_reader.hpp>
#include <annals/log/archive/contents.hpp>
#include <annals/log/archive/format.hpp>
#include <annals/log/event_log.hpp>
#include <annals/log/front.hpp>
#include <annals/log/tagged.hpp>
#include <annals/schema/schemas_of.hpp>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <ostream>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <unordered_map>
#include <utility>
#include <vector>

namespace annals {

namespace detail {

/// Writes the entries of an archive.
class archive_writer {
public:
    explicit archive_writer(std::ostream& out) : out_(out) {
        out_.write(reinterpret_cast<const char*>(archive_magic), sizeof(archive_magic));
    }

    /// Writes an event, and before it its schema and its stream's name if they are new.
    template <class E>
    expected<void, codec_error> write(const E& event, const event_schema& schema, std::size_t schema_index,
                                      const context& where) {
        if (schema_index >= schemas_.size()) schemas_.resize(schema_index + 1, unknown);
        if (schemas_[schema_index] == unknown) {
            schemas_[schema_index] = schema_count_++;
            if (auto done = put({}, archived_schema{std::string{schema.name}, std::string{schema.text}}); !done) return done;
        }
        const auto [stream, is_new] =
            streams_.try_emplace(std::string{where.stream}, static_cast<std::uint32_t>(streams_.size()));
        if (is_new)
            if (auto done = put({}, archived_stream{stream->first}); !done) return done;

        archived_event head{schemas_[schema_index],   stream->second,
                            where.version.value,      where.position.value,
                            where.time.nanoseconds,   where.id,
                            where.correlation,        where.causation,
                            std::string{where.actor}, {}};
        for (const key_value_view& each : where.values) head.values.push_back({std::string{each.key}, std::string{each.value}});
        payload_.clear();
        if (auto done = encode(event, payload_); !done) return done;
        ++events_;
        return put(payload_, std::move(head));
    }
    expected<void, codec_error> end() { return put({}, archive_end{events_}); }

private:
    expected<void, codec_error> put(std::span<const std::byte> payload, archive_head head) {
        body_.assign(payload.begin(), payload.end());
        if (auto done = encode(head, body_); !done) return done;
        if (body_.size() > std::numeric_limits<std::uint32_t>::max())
            return unexpected<codec_error>(codec_error{codec_errc::too_long, 0});
        const archive_entry entry{static_cast<std::uint32_t>(payload.size()),
                                  static_cast<std::uint32_t>(body_.size() - payload.size()), archive_checksum(body_), 0};
        body_.resize(padded(body_.size()));
        entry_.clear();
        if (auto done = encode(entry, entry_); !done) return done;
        out_.write(reinterpret_cast<const char*>(entry_.data()), static_cast<std::streamsize>(entry_.size()));
        out_.write(reinterpret_cast<const char*>(body_.data()), static_cast<std::streamsize>(body_.size()));
        return {};
    }

    static constexpr std::uint32_t unknown = std::numeric_limits<std::uint32_t>::max();

    std::ostream&                                  out_;
    std::vector<std::uint32_t>                     schemas_;  // the number of each schema of the list, or `unknown`
    std::uint32_t                                  schema_count_ = 0;
    std::unordered_map<std::string, std::uint32_t> streams_;
    std::vector<std::byte>                         payload_, body_, entry_;
    std::uint64_t                                  events_ = 0;
};

inline error archive_error(errc code, std::string_view reason, std::string_view stream, version at, std::string details) {
    error found{code, reason, std::string{stream}, at};
    found.details = std::move(details);
    return found;
}

template <class Events>
using archived_list = checked_list<Events, decltype(judge_schemas<Events>())>;

}  // namespace detail

/// Writes all events of a log, as events of today, into an archive, and answers how many there were. Errors: the log's, and
/// `damaged` if an event cannot be encoded (the details name it) or the stream cannot be written; what was written until
/// then has no end, and is refused by who opens it. Throws what the stream throws, if it does.
template <event_log Log>
[[nodiscard]] expected<std::uint64_t, error> write_archive(const Log& log, std::ostream& out) {
    using events                    = typename Log::events;
    constexpr auto verdict          = detail::judge_schemas<events>();
    using accepted [[maybe_unused]] = typename decltype(verdict)::accepted;
    verdict.explain();
    if constexpr (detail::is_sound<decltype(verdict)>) {
        detail::archive_writer      writer(out);
        expected<void, codec_error> done;
        std::string                 failed;
        std::uint64_t               count = 0;
        const auto                  read =
            log.read(whole_log(), handlers{otherwise([&]<class E>(const E& event, const context& where) {
                         if (!done) return;
                         constexpr std::size_t index = detail::index_in<stored<events>, E>;
                         done                        = writer.write(event, schemas_of<events>[index], index, where);
                         if (!done)
                             failed = std::string{event_name<E>()} + " at position " + std::to_string(where.position.value);
                         ++count;
                     })});
        if (!read) return unexpected<error>(read.error());
        if (done) done = writer.end();
        if (!done)
            return unexpected<error>(detail::archive_error(errc::damaged, "an event cannot be encoded", {}, {},
                                                           failed + ": " + done.error().message()));
        if (!out.flush())
            return unexpected<error>(detail::archive_error(errc::damaged, "the archive cannot be written", {}, {}, {}));
        return count;
    } else
        return std::uint64_t{0};
}

/// A log that is read from an archive, and never changes. It refers to the archive's bytes, which may be a mapped file.
/// Threads may read at the same time.
template <list Events>
class archive : public detail::log_that_reads<archive<Events>, detail::archived_list<Events>> {
    using front         = detail::log_that_reads<archive, detail::archived_list<Events>>;
    using accepted_list = typename decltype(front::list_verdict)::accepted;
    static_assert((front::list_verdict.explain(), true));

public:
    using events = typename front::events;

    /// Opens an archive. Every schema in it is compared with the types: a revision that is listed is read as it is; one that
    /// differs in a harmless way is read by a plan, which is made here; anything else is the error `incompatible_schema`,
    /// whose details say what differs and what to write. Errors: also `damaged`.
    [[nodiscard]] static expected<archive, error> open(std::span<const std::byte> bytes) {
        auto contents = archive_contents::open(bytes);
        if (!contents) return unexpected<error>(std::move(contents.error()));
        archive     opened(std::move(*contents));
        std::string mismatches;
        for (const archived_schema& schema : opened.contents_.schemas()) {
            auto reader = detail::record_reader<events>::for_schema(schema.name, schema.text);
            if (reader)
                opened.readers_.push_back(std::move(*reader));
            else
                mismatches.append(mismatches.empty() ? "" : "\n").append(reader.error().message);
        }
        if (!mismatches.empty())
            return unexpected<error>(detail::archive_error(errc::incompatible_schema, "what is stored does not fit the types",
                                                           {}, {}, std::move(mismatches)));
        return opened;
    }

    /// As of every log. The context's views, and an event that is read in place, are there for the handler's call only.
    /// Errors: `damaged`, if an event's bytes are no event of its schema; the reader has then seen the events before it.
    using front::read;

    /// The position of the last event; 0 if there is none.
    [[nodiscard]] expected<position, error> head() const {
        return position{contents_.events().empty() ? 0 : contents_.events().back().position};
    }

    /// What is in the archive, without types.
    [[nodiscard]] const archive_contents& contents() const noexcept { return contents_; }

private:
    friend detail::log_access;

    explicit archive(archive_contents contents) : contents_(std::move(contents)) {
        const auto& all = contents_.events();
        in_stream_.resize(contents_.streams().size());
        for (std::size_t i = 0; i < all.size(); ++i) in_stream_[all[i].stream].push_back(i);
        for (std::uint32_t i = 0; i < contents_.streams().size(); ++i) streams_.emplace(contents_.streams()[i].name, i);
    }

    template <class Unit>
    static bool selects(const query<Unit>& what, const archive_contents::event& event) {
        const std::uint64_t counted = std::is_same_v<Unit, version> ? event.version : event.position;
        return counted >= what.first && counted <= what.last && event.position <= what.last_position.value &&
               event.time <= what.last_time.nanoseconds;
    }

    template <class Unit, class Reader>
    expected<read_result, error> read_selected(const query<Unit>& what, Reader& reader) const {
        read_result            result;
        std::vector<std::byte> room;
        expected<void, error>  done;
        const auto             visit = [&](std::size_t index) {
            const archive_contents::event& event = contents_.events()[index];
            if (!selects(what, event)) return true;
            if (result.count == what.most) return false;
            if (what.scope == query_scope::tagged) {
                bool found    = false;
                auto matching = detail::reader_of_any_tagged(found, what.name);
                done          = hand_over(event, matching, room);
                if (!done || !found) return done.has_value();
            }
            done = hand_over(event, reader, room);
            if (!done) return false;
            ++result.count;
            result.version  = version{event.version};
            result.position = position{event.position};
            return true;
        };
        if (what.scope == query_scope::stream) {
            const auto found = streams_.find(std::string{what.name});
            if (found != streams_.end()) {
                const std::vector<std::size_t>& list = in_stream_[found->second];
                visit_in_order(list.size(), what.descending, [&](std::size_t i) { return visit(list[i]); });
            }
        } else
            visit_in_order(contents_.events().size(), what.descending, [&](std::size_t i) {
                if (what.scope == query_scope::category &&
                    category_of(contents_.streams()[contents_.events()[i].stream].name) != what.name)
                    return true;
                return visit(i);
            });
        if (!done) return unexpected<error>(std::move(done.error()));
        return result;
    }

    template <class Visit>
    static void visit_in_order(std::size_t count, bool descending, const Visit& visit) {
        for (std::size_t i = 0; i < count; ++i)
            if (!visit(descending ? count - 1 - i : i)) return;
    }

    template <class Reader>
    expected<void, error> hand_over(const archive_contents::event& event, Reader& reader, std::vector<std::byte>& room) const {
        archived_context room_for_context;
        const auto       where = [&] { return contents_.context_of(event, room_for_context); };
        if (auto done = readers_[event.schema].read(event.payload, reader, where, room); !done)
            return unexpected<error>(detail::archive_error(
                errc::damaged, "an event's bytes are none of its schema", contents_.streams()[event.stream].name,
                version{event.version}, contents_.schemas()[event.schema].name + ": " + done.error().message()));
        return {};
    }

    archive_contents                               contents_;
    std::vector<detail::record_reader<events>>     readers_;  // one for each schema
    std::vector<std::vector<std::size_t>>          in_stream_;
    std::unordered_map<std::string, std::uint32_t> streams_;
};

}  // namespace annals

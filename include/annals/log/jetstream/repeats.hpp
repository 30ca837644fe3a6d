// Whether an append was made before: its ids are looked for among those of its stream.
#pragma once

#include <annals/log/append.hpp>
#include <annals/log/jetstream/feed.hpp>
#include <annals/log/jetstream/known_streams.hpp>
#include <annals/log/jetstream/streams.hpp>

#include <algorithm>
#include <cstdint>
#include <deque>
#include <iterator>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace annals::detail {

/// Looks for repeated appends to one stream, whose turn the caller has.
class repeated_appends {
public:
    repeated_appends(const jetstream_server& server, const std::string& subject, remembered_stream& stream,
                     jetstream_server::clock::time_point until)
        : server_(server), subject_(subject), stream_(stream), until_(until) {}

    /// What was appended with these ids before: a receipt; nothing, if they are new; or `duplicate_event`. Looks among the
    /// stream's last 1024 events, and right behind the version that is expected.
    expected<std::optional<receipt>, error> find(expected_version expects, const std::vector<uuid>& ids) {
        if (stream_.last.version == 0) return std::optional<receipt>{};
        if (auto done = remember(); !done) return unexpected<error>(std::move(done.error()));
        std::vector<uuid> sorted = ids;
        std::sort(sorted.begin(), sorted.end());
        for (const remembered_append& each : stream_.appends) {
            if (each.ids == ids) return std::optional(receipt_of(each));
            if (has_any(each.ids, sorted)) return is_duplicate();
        }
        if (!expects.names_a_version() || expects.at().value >= stream_.last.version) return std::optional<receipt>{};
        return find_behind(expects.at().value, ids);
    }

    /// An append with these ids among those behind `known`, which whoever sent it may not have been told of.
    expected<std::optional<receipt>, error> find_since(const stream_place& known, const stored_append& last,
                                                       const std::vector<uuid>& ids) const {
        std::optional<stored_append> before;
        for (const stored_append* at = &last;;) {
            if (at->message.sequence() <= known.sequence) return std::optional<receipt>{};
            if (at->view.ids() == ids) return std::optional(receipt_of({at->place(), ids}));
            if (at->view.sequence_before() <= known.sequence) return std::optional<receipt>{};
            auto found = as_append(server_, server_.at(at->view.sequence_before(), until_));
            if (!found) return unexpected<error>(std::move(found.error()));
            if (!*found) return std::optional<receipt>{};
            before = std::move(**found);
            at     = &*before;
        }
    }

    static receipt receipt_of(const remembered_append& of) {
        return {version{of.place.version}, position{position_at(of.place.sequence, of.ids.size() - 1)}, of.ids.size()};
    }

private:
    static bool has_any(const std::vector<uuid>& there, const std::vector<uuid>& sorted) {
        return std::any_of(there.begin(), there.end(),
                           [&](const uuid& each) { return std::binary_search(sorted.begin(), sorted.end(), each); });
    }
    // All that may count is remembered then.
    expected<void, error> remember() {
        if (stream_.has_appends && !stream_.appends.empty() && stream_.appends.front().place.sequence == stream_.last.sequence)
            return {};
        const auto known = stream_.has_appends && !stream_.appends.empty() ? stream_.appends.front().place : stream_place{};
        const std::uint64_t first =
            stream_.last.version - std::min(stream_.last.version, remembered_stream::remembered_events) + 1;
        const bool is_short = server_.is_chained() && stream_.last.index - known.index <= few;
        auto       newer    = is_short ? each_since(first, known.sequence) : all_since(first, known.sequence);
        if (!newer) return unexpected<error>(std::move(newer.error()));
        if (known.sequence == 0) stream_.appends.clear();
        stream_.appends.insert(stream_.appends.begin(), std::make_move_iterator(newer->begin()),
                               std::make_move_iterator(newer->end()));
        stream_.has_appends = true;
        stream_.trim();
        return {};
    }
    // As many are got one by one before a consumer is made.
    static constexpr std::uint64_t few = 16;

    // The appends from a version on that come behind a message, the newest in front.
    expected<std::deque<remembered_append>, error> each_since(std::uint64_t first, std::uint64_t known) const {
        std::deque<remembered_append> found;
        for (std::uint64_t next = stream_.last.sequence; next > known;) {
            auto one = as_append(server_, server_.at(next, until_));
            if (!one) return unexpected<error>(std::move(one.error()));
            if (!*one) break;
            found.push_back({(*one)->place(), (*one)->view.ids()});
            if ((*one)->view.version_before() < first) break;
            next = (*one)->view.sequence_before();
        }
        return found;
    }
    expected<std::deque<remembered_append>, error> all_since(std::uint64_t first, std::uint64_t known) const {
        std::deque<remembered_append> found;
        auto                          begin = sequence_near(server_, subject_, first, stream_.last, until_);
        if (!begin) return unexpected<error>(std::move(begin.error()));
        jetstream_feed feed(server_, subject_, std::max(*begin, known + 1), until_);
        for (std::uint64_t at = known; at < stream_.last.sequence;) {
            auto one = as_append(server_, feed.next());
            if (!one) return unexpected<error>(std::move(one.error()));
            at = (*one)->message.sequence();
            found.push_front({(*one)->place(), (*one)->view.ids()});
        }
        return found;
    }
    expected<std::optional<receipt>, error> find_behind(std::uint64_t version, const std::vector<uuid>& ids) {
        const auto near = sequence_near(server_, subject_, version + 1, stream_.last, until_);
        if (!near) return unexpected<error>(near.error());
        for (std::uint64_t next = *near;;) {
            auto found = as_append(server_, server_.next(subject_, next, until_));
            if (!found) return unexpected<error>(std::move(found.error()));
            if (!*found || (*found)->view.version_before() > version) return std::optional<receipt>{};
            if ((*found)->view.version_before() == version) {
                if ((*found)->view.ids() == ids) return std::optional(receipt_of({(*found)->place(), ids}));
                if (server_.is_chained()) return std::optional<receipt>{};
            }
            next = (*found)->message.sequence() + 1;
        }
    }
    [[nodiscard]] unexpected<error> is_duplicate() const {
        return unexpected<error>(error{errc::duplicate_event,
                                       "some of the event ids were appended before, but not as this batch",
                                       {},
                                       version{stream_.last.version}});
    }

    const jetstream_server&             server_;
    const std::string&                  subject_;
    remembered_stream&                  stream_;
    jetstream_server::clock::time_point until_;
};

}  // namespace annals::detail

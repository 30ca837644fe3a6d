// What a memory log holds, for one writer and many readers.
#pragma once

#include <annals/log/append.hpp>
#include <annals/log/event_log.hpp>
#include <annals/log/memory/annotations.hpp>
#include <annals/log/memory/arena.hpp>
#include <annals/log/memory/payload_blocks.hpp>
#include <annals/log/memory/stable_vector.hpp>
#include <annals/log/memory/stream_table.hpp>
#include <annals/log/memory/tag_index.hpp>
#include <annals/log/query.hpp>
#include <annals/log/tagged.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace annals::detail {

/// `Events` is a log's list. Readers see whole appends, those that were complete when they began.
template <class Events>
class memory_contents {
public:
    static constexpr bool finds_tags = has_tagged_events<flat<Events>>;

    /// The position of the last event that readers see.
    [[nodiscard]] std::uint64_t head() const noexcept { return published_.load(std::memory_order_acquire); }

    /// The positions of a stream's events, or null.
    [[nodiscard]] const position_list* stream_positions(std::string_view stream) const noexcept {
        const named_positions* const found = streams_.find(stream);
        return found ? &found->positions : nullptr;
    }

    /// For the writer: appends a batch to a stream that is at a version. Whatever can throw comes first; what it leaves behind
    /// is room that no reader looks at.
    template <class Batch, class Clock, class IdGenerator>
    receipt write(std::string_view stream, version now, const metadata& about, Batch& batch, std::uint64_t count, Clock& clock,
                  IdGenerator& make_id) {
        const std::uint64_t before        = published_.load(std::memory_order_relaxed);
        const std::uint32_t stream_number = streams_.find_or_add(stream, memory_);
        position_list&      in_stream     = streams_[stream_number].positions;
        position_list&      in_category   = categories_[categories_.find_or_add(category_of(stream), memory_)].positions;
        in_stream.reserve_more(count, memory_);
        in_category.reserve_more(count, memory_);
        records_.reserve_more(count);
        ids_.reserve_more(count);
        appends_.reserve_more(1);
        const auto* const annotations = keep_annotations(about, memory_);
        const timestamp   time        = about.time ? *about.time : clock();

        std::uint64_t staged = 0;
        try {
            if constexpr (finds_tags) tags_.template add<Events>(batch, before, memory_);
            batch.for_each([&]<class E>(E&& event) {
                using each                = appended_event<std::remove_cvref_t<E>>;
                const uuid             id = about.event_ids.empty() ? make_id() : about.event_ids[staged];
                const std::byte* const at =
                    payloads_.template stage<each>(event_to_append(std::forward<E>(event)), before + staged + 1);
                ids_.emplace_back(id);
                records_.emplace_back(at, appends_.size(), now.value + staged + 1, stream_number,
                                      static_cast<std::uint32_t>(index_in<stored<Events>, each>));
                ++staged;
            });
        } catch (...) {
            if constexpr (finds_tags) tags_.roll_back();
            payloads_.roll_back();
            ids_.drop_last(staged);
            records_.drop_last(staged);
            throw;
        }

        last_time_ = time < last_time_ ? last_time_ : time;
        appends_.emplace_back(last_time_, before + 1, count, annotations);
        payloads_.commit();
        for (std::uint64_t i = 1; i <= count; ++i) {
            in_stream.push_back(before + i);
            in_category.push_back(before + i);
        }
        in_stream.publish();
        in_category.publish();
        if constexpr (finds_tags) tags_.publish();
        published_.store(before + count, std::memory_order_seq_cst);  // before the look at who listens
        return receipt{version{now.value + count}, position{before + count}, count};
    }

    /// What is known of the ids that were given for an append.
    struct earlier_append {
        bool            conflict = false;
        annals::receipt receipt{};  // count 0 if the ids are new
    };

    /// For the writer.
    earlier_append find_ids(const position_list& stream, expected_version expects, const std::vector<uuid>& ids) const {
        if (expects.names_a_version() && expects.at().value < stream.size())
            if (const auto found = match_ids(stream[expects.at().value], ids); found.receipt.count != 0) return found;

        const std::uint64_t size = stream.size();
        earlier_append      found;
        stream.visit(size < window ? 0 : size - window, size, true, [&](std::uint64_t at) {
            const uuid& known = ids_[at - 1];
            for (const uuid& id : ids)
                if (id == known) {
                    found          = match_ids(appends_[records_[at - 1].append].first, ids);
                    found.conflict = found.receipt.count == 0;
                    return false;
                }
            return true;
        });
        return found;
    }

    /// Any thread.
    template <class Unit, class Reader>
    expected<read_result, error> read_any(const query<Unit>& what, Reader& reader) const {
        return what.scope == query_scope::whole_log && !what.descending ? read_in_order(what, reader)
                                                                        : read_selected(what, reader);
    }

private:
    static constexpr std::uint64_t window = 1024;  // how far back ids are looked for

    // What the events of one append have in common.
    struct append_record {
        timestamp          time;
        std::uint64_t      first;  // the position of its first event
        std::uint64_t      count;
        const annotations* about;  // null if nothing was said
    };

    struct event_record {
        const std::byte* payload;
        std::uint64_t    append;
        std::uint64_t    version;
        std::uint32_t    stream;
        std::uint32_t    type;
    };

    // Whether the append that begins at `first` has just these ids.
    earlier_append match_ids(std::uint64_t first, const std::vector<uuid>& ids) const {
        const append_record& candidate = appends_[records_[first - 1].append];
        if (candidate.first != first || candidate.count != ids.size()) return {};
        for (std::uint64_t i = 0; i < ids.size(); ++i)
            if (ids_[first - 1 + i] != ids[i]) return {};
        const std::uint64_t last = first + candidate.count - 1;
        return {false, receipt{version{records_[last - 1].version}, position{last}, candidate.count}};
    }

    // The whole log forwards: from payload to payload.
    template <class Reader>
    expected<read_result, error> read_in_order(const log_query& what, Reader& reader) const {
        const std::uint64_t first = what.first == 0 ? 1 : what.first;
        std::uint64_t       last  = last_position(what);
        if (what.last < last) last = what.last;
        if (what.most < last && first <= last - what.most) last = first + what.most - 1;
        if (first > last || what.most == 0) return read_result{};
        payloads_.scan(first, last, records_[first - 1].payload, reader, stored_context{context_at, this, first});
        return read_result{last - first + 1, version{records_[last - 1].version}, position{last}};
    }
    template <class Reader>
    expected<read_result, error> read_in_order(const stream_query&, Reader&) const {
        return read_result{};
    }

    // One stream, one category, or anything backwards: from position to position.
    template <class Unit, class Reader>
    expected<read_result, error> read_selected(const query<Unit>& what, Reader& reader) const {
        const std::uint64_t end = last_position(what);
        read_result         result;
        const auto          visit = [&](std::uint64_t at) {
            if (result.count == what.most) return false;
            const event_record& record = records_[at - 1];
            if (finds_tags && what.scope == query_scope::tagged && !has_tags(record, what.name)) return true;
            payload_blocks<Events>::deliver_one(record.type, record.payload, reader, stored_context{context_at, this, at});
            ++result.count;
            result.version  = version{record.version};
            result.position = position{at};
            return true;
        };
        if (what.scope == query_scope::whole_log) {
            const std::uint64_t first = what.first == 0 ? 1 : what.first;
            for (std::uint64_t at = what.last < end ? what.last : end; at >= first; --at)
                if (!visit(at)) break;
        } else if (const auto* const found = list_of(what)) {
            const auto [first, last] = index_range(*found, what, end);
            visit_ahead(*found, first, last, what.descending, visit);
        }
        return result;
    }

    // The positions of a stream, a category, or of what may carry tags. Null if there are none.
    template <class Unit>
    const position_list* list_of(const query<Unit>& what) const {
        if (what.scope == query_scope::tagged) return tags_.rarest(what.name);
        const auto* const found = (what.scope == query_scope::stream ? streams_ : categories_).find(what.name);
        return found ? &found->positions : nullptr;
    }
    // Of a single tag the index says it.
    static bool has_tags(const event_record& record, std::string_view tags) {
        if (tags.find('\n') == tags.npos) return true;
        bool found  = false;
        auto reader = reader_of_any_tagged(found, tags);
        payload_blocks<Events>::deliver_one(record.type, record.payload, reader, stored_context{nullptr, nullptr, 0});
        return found;
    }

    // The events of one stream lie all over the log. Memory is asked for the next few of them at once: their records, then
    // their payloads.
    template <class Visit>
    void visit_ahead(const position_list& list, std::uint64_t first, std::uint64_t last, bool descending,
                     const Visit& visit) const {
        constexpr std::size_t most = 16;
        std::uint64_t         ahead[most];
        std::size_t           count       = 0;
        const auto            visit_these = [&] {
            const std::size_t these = std::exchange(count, 0);
            for (std::size_t i = 0; i < these; ++i) __builtin_prefetch(&records_[ahead[i] - 1]);
            for (std::size_t i = 0; i < these; ++i) __builtin_prefetch(records_[ahead[i] - 1].payload);
            for (std::size_t i = 0; i < these; ++i)
                if (!visit(ahead[i])) return false;
            return true;
        };
        list.visit(first, last, descending, [&](std::uint64_t at) {
            ahead[count++] = at;
            return count < most || visit_these();
        });
        visit_these();
    }

    // The indices of a stream's events in a query: versions first, then what is known of the whole log.
    static std::pair<std::uint64_t, std::uint64_t> index_range(const position_list& list, const stream_query& what,
                                                               std::uint64_t end) {
        const std::uint64_t size = list.size();
        const std::uint64_t last = what.last < size ? what.last : size;
        return {what.first == 0 ? 0 : what.first - 1, first_after(list, end, last)};
    }
    // The indices of a category's events in a query.
    static std::pair<std::uint64_t, std::uint64_t> index_range(const position_list& list, const log_query& what,
                                                               std::uint64_t end) {
        const std::uint64_t size = list.size();
        return {what.first == 0 ? 0 : first_after(list, what.first - 1, size),
                first_after(list, what.last < end ? what.last : end, size)};
    }

    // The index of the first entry above `position` among the first `size`.
    static std::uint64_t first_after(const position_list& list, std::uint64_t position, std::uint64_t size) {
        if (size == 0 || list[size - 1] <= position) return size;
        std::uint64_t low = 0;
        while (low < size) {
            const std::uint64_t middle = low + (size - low) / 2;
            if (list[middle] <= position)
                low = middle + 1;
            else
                size = middle;
        }
        return low;
    }

    // The last position that a query may see.
    template <class Unit>
    std::uint64_t last_position(const query<Unit>& what) const {
        std::uint64_t end = published_.load(std::memory_order_acquire);
        if (what.last_position.value < end) end = what.last_position.value;
        if (end == 0 || appends_[records_[end - 1].append].time <= what.last_time) return end;
        std::uint64_t low = 0, high = records_[end - 1].append;  // the first append later than that time
        while (low < high) {
            const std::uint64_t middle = low + (high - low) / 2;
            if (appends_[middle].time <= what.last_time)
                low = middle + 1;
            else
                high = middle;
        }
        return appends_[low].first - 1;
    }

    static context context_at(const void* contents, std::uint64_t at) {
        return static_cast<const memory_contents*>(contents)->context_of(at);
    }
    context context_of(std::uint64_t at) const {
        const event_record&  record = records_[at - 1];
        const append_record& append = appends_[record.append];
        context              made;
        made.stream   = streams_[record.stream].name;
        made.version  = version{record.version};
        made.position = position{at};
        made.time     = append.time;
        made.id       = ids_[at - 1];
        made.first_of_append = position{append.first};
        if (append.about) {
            made.correlation = append.about->correlation;
            made.causation   = append.about->causation;
            made.actor       = append.about->actor;
            made.values      = append.about->values;
        }
        return made;
    }

    timestamp                    last_time_{std::numeric_limits<std::int64_t>::min()};
    std::atomic<std::uint64_t>   published_{0};  // the last position that readers see
    arena                        memory_;
    name_table                   streams_;
    name_table                   categories_;
    tag_index                    tags_;
    payload_blocks<Events>       payloads_;
    stable_vector<event_record>  records_;
    stable_vector<uuid>          ids_;
    stable_vector<append_record> appends_;
};

}  // namespace annals::detail

// From events to a frame that is ready to be put in its place.
#pragma once

#include <annals/codec/binary.hpp>
#include <annals/log/append.hpp>
#include <annals/log/file/buffer_pool.hpp>
#include <annals/log/file/draft.hpp>
#include <annals/log/file/file_store.hpp>
#include <annals/log/schemas/written_schemas.hpp>
#include <annals/log/tagged.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace annals::detail {

/// Makes the frame of one append.
template <class Events>
class event_writer {
public:
    static constexpr bool has_tags = has_tagged_events<flat<Events>>;

    event_writer(const written_schemas<Events>& schemas, buffer_pool& buffers, const metadata& about,
                 std::span<const expected_version> expects, std::span<receipt> receipts)
        : schemas_(schemas),
          about_(about),
          expects_(expects),
          receipts_(receipts),
          buffer_(buffers),
          draft_(frame_kind::events, std::move(buffer_.bytes)) {}
    event_writer(const event_writer&)            = delete;
    event_writer& operator=(const event_writer&) = delete;
    ~event_writer() { buffer_.bytes = std::move(draft_).release(); }

    struct share {
        std::string_view stream;
        std::uint64_t    count;
    };

    /// First, the tags of all events.
    template <class E>
    void note_tags(const E& event) {
        for_each_stored_tag<Events>(event, [&](std::string_view tag) {
            if (tags_.size() == worth_a_look_) {
                drop_repeated_tags();
                worth_a_look_ = std::max(worth_a_look_, 2 * tags_.size());
            }
            tags_.push_back(key_of_tag(tag));
        });
    }

    /// Then the streams and how many events each of them gets.
    expected<void, error> add_streams(std::span<const share> streams) {
        std::uint64_t count = 0;
        for (const share& each : streams) {
            if (each.stream.empty()) return refuse(errc::invalid_stream_name, "a stream needs a name", each.stream);
            if (each.stream.size() > longest_name)
                return refuse(errc::invalid_stream_name, "a stream's name is at most 1024 bytes long", each.stream);
            if (each.count == 0) return refuse(errc::nothing_to_append, "an append needs at least one event", each.stream);
            count += each.count;
        }
        if (streams.size() > most_streams)
            return refuse(errc::append_too_large, "an append has at most 65535 streams", streams.front().stream);
        std::vector<std::string_view> names;
        for (const share& each : streams) names.push_back(each.stream);
        std::sort(names.begin(), names.end());
        if (const auto twice = std::adjacent_find(names.begin(), names.end()); twice != names.end())
            return refuse(errc::invalid_stream_name, "a stream stands in an append twice", *twice);
        if (count > std::numeric_limits<std::uint32_t>::max())
            return refuse(errc::append_too_large, "an append has at most 2^32 - 1 events", streams.front().stream);
        if (!ids_fit(about_.event_ids, count))
            return refuse(errc::invalid_metadata, "event_ids must be distinct, not nil, and one for each event",
                          streams.front().stream);
        if constexpr (has_tags) drop_repeated_tags();
        for (const std::string& tag : tags_)
            if (tag.size() > longest_name)
                return refuse(errc::invalid_event, "a tag with its value is at most 1023 bytes long", streams.front().stream);
        for (const share& each : streams) draft_.add_part(each.stream, each.count);
        for (const std::string& tag : tags_) draft_.add_tag(tag);
        draft_.begin_body();
        if (!about_.event_ids.empty()) {
            draft_.head().flags = flag_given_ids;
            for (const uuid& id : about_.event_ids) draft_.add(std::as_bytes(std::span(id.bytes)));
        }
        if (auto done = annotate(); !done) return done;
        heads_ = first_head_ = draft_.bytes().size();
        draft_.bytes().resize(heads_ + count * sizeof(event_head));
        return {};
    }
    expected<void, error> add_streams(std::initializer_list<share> streams) {
        return add_streams(std::span<const share>(streams.begin(), streams.size()));
    }

    /// Then the events again, in the order of their streams.
    template <class E>
    void add(const E& event) {
        const schema_record&    schema = schemas_.template of<E>();
        std::vector<std::byte>& bytes  = draft_.bytes();
        const std::size_t       at     = bytes.size();
        const auto              done   = encode(event, bytes);
        if (!done) {
            if (!failure_) {
                failure_          = error{errc::invalid_event, "an event holds a value that cannot be stored", next_stream()};
                failure_->details = schema.name + ": " + done.error().message();
            }
            return;
        }
        auto& head  = record_at<event_head>(bytes.data() + heads_);
        head.size   = static_cast<std::uint32_t>(bytes.size() - at);
        head.schema = schema.number;
        heads_ += sizeof(event_head);
        draft_.fill_up();
        note(schema);
    }

    /// At last.
    expected<void, error> finish() {
        if (failure_) return unexpected<error>(std::move(*failure_));
        if (draft_.size() > largest_segment) return refuse(errc::append_too_large, "an append is at most 2 GiB long", next_stream());
        draft_.head().types = types_;
        draft_.end_body();
        return {};
    }

    [[nodiscard]] frame_draft& draft() noexcept { return draft_; }
    [[nodiscard]] const std::optional<timestamp>& time() const noexcept { return about_.time; }
    [[nodiscard]] append_terms terms(const condition_check& unchanged) const {
        return {expects_, about_.event_ids, used_, receipts_, unchanged};
    }

private:
    static constexpr std::size_t longest_name = 1024;
    static constexpr std::size_t most_streams = 65535;

    static unexpected<error> refuse(errc code, std::string_view reason, std::string_view stream) {
        return unexpected<error>(error{code, reason, std::string{stream}, {}});
    }

    void drop_repeated_tags() {
        std::sort(tags_.begin(), tags_.end());
        tags_.erase(std::unique(tags_.begin(), tags_.end()), tags_.end());
    }

    // The stream that the next event is for, or the last one if there is none.
    std::string next_stream() {
        std::uint64_t before = (heads_ - first_head_) / sizeof(event_head);
        std::string   stream;
        bool          is_found = false;
        draft_.for_each_part([&](const frame_part& part, std::string_view name) {
            if (is_found) return;
            stream   = name;
            is_found = before < part.count;
            before -= std::min<std::uint64_t>(before, part.count);
        });
        return stream;
    }

    expected<void, error> annotate() {
        if (says_nothing(about_)) return {};
        const std::size_t at   = draft_.bytes().size();
        const auto        done = encode(annotations_record{about_.correlation, about_.causation, about_.actor, about_.values}, draft_.bytes());
        if (!done) return refuse(errc::invalid_metadata, "the metadata is too long", next_stream());
        draft_.head().annotations = static_cast<std::uint32_t>(draft_.bytes().size() - at);
        draft_.fill_up();
        return {};
    }

    void note(const schema_record& schema) {
        types_ |= std::uint64_t{1} << (schema.number % 64U);
        if (last_ == &schema) return;
        last_ = &schema;
        for (const schema_record* each : used_)
            if (each == &schema) return;
        used_.push_back(&schema);
    }

    const written_schemas<Events>&    schemas_;
    const metadata&                   about_;
    std::span<const expected_version> expects_;
    std::span<receipt>                receipts_;
    buffer_pool::lease                buffer_;
    frame_draft                       draft_;
    std::size_t                       heads_      = 0;  // where the next event's head is
    std::size_t                       first_head_ = 0;
    std::uint64_t                     types_ = 0;
    const schema_record*              last_  = nullptr;
    std::vector<const schema_record*> used_;
    std::vector<std::string>          tags_;  // their keys
    std::size_t                       worth_a_look_ = 256;  // so many tags may be few that come again
    std::optional<error>              failure_;
};

}  // namespace annals::detail

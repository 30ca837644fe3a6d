// A frame as it lies in a segment: whether it is one, and what is in it.
#pragma once

#include <annals/log/file/format.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

namespace annals::detail {

/// A frame whose head was checked. Refers to the segment's bytes.
class frame_view {
public:
    explicit frame_view(const std::byte* at) : at_(at) {}

    [[nodiscard]] const std::byte*  data() const { return at_; }
    [[nodiscard]] const frame_head& head() const { return record_at<frame_head>(at_); }
    [[nodiscard]] frame_kind        kind() const { return static_cast<frame_kind>(head().kind); }
    [[nodiscard]] std::uint32_t     size() const { return head().frame_size; }
    [[nodiscard]] std::uint64_t     first() const { return head().position; }
    [[nodiscard]] std::uint64_t     count() const { return head().count; }
    [[nodiscard]] bool              has_given_ids() const { return (head().flags & flag_given_ids) != 0; }

    [[nodiscard]] std::span<const std::byte> bytes() const { return {at_, size()}; }
    [[nodiscard]] std::span<const std::byte> body() const { return bytes().subspan(head().head_size); }

    /// Calls `function(part, name)` for each stream, until it answers false.
    template <class Function>
    void for_each_part(Function&& function) const {
        const std::byte* at = at_ + sizeof(frame_head);
        for (std::uint32_t i = 0; i < head().parts; ++i) {
            const auto& part = record_at<frame_part>(at);
            if (!function(part, name_of(part))) return;
            at += sizeof(frame_part) + in_words(part.name_size);
        }
    }
    /// The same with the key of each stream, and behind them of each tag: see FORMAT.md.
    template <class Function>
    void for_each_link(Function&& function) const {
        const std::byte* const behind = at_ + head().head_size;
        const std::byte*       at     = at_ + sizeof(frame_head);
        for (std::uint32_t i = 0; at != behind; ++i) {
            const auto& part = record_at<frame_part>(at);
            if (!(i < head().parts ? function(part, std::string_view(stream_key(name_of(part)))) : function(part, name_of(part)))) return;
            at += sizeof(frame_part) + in_words(part.name_size);
        }
    }
    static std::string_view name_of(const frame_part& part) {
        return {reinterpret_cast<const char*>(&part) + sizeof(frame_part), part.name_size};
    }
    /// The share of a stream, or what is said of a tag, by its key. Null if there is none.
    [[nodiscard]] const frame_part* part_of(std::string_view key) const {
        const frame_part* found = nullptr;
        for_each_link([&](const frame_part& part, std::string_view other) {
            if (other == key) found = &part;
            return !found;
        });
        return found;
    }

    /// How many bytes of the body stand before the events' heads.
    [[nodiscard]] std::uint64_t before_events() const {
        return (has_given_ids() ? count() * 16 : 0) + in_words(head().annotations);
    }
    [[nodiscard]] std::span<const std::byte> annotations() const {
        return body().subspan(has_given_ids() ? count() * 16 : 0, head().annotations);
    }
    [[nodiscard]] const std::byte* end() const { return at_ + size(); }

    /// The id of the event at `index`.
    [[nodiscard]] uuid id(std::uint64_t index) const {
        if (has_given_ids()) return uuid_at(reinterpret_cast<const unsigned char*>(body().data()) + index * 16);
        return counted_up(uuid_at(head().id), index);
    }

    [[nodiscard]] bool body_is_intact() const { return !keeps(safeguard::check_of_a_body) || crc32c(body()) == head().body_check; }

private:
    const std::byte* at_;
};

/// A place between the events of a frame: the head of the next one, and its encoding.
struct event_place {
    const std::byte* head;
    const std::byte* payload;

    event_place(const std::byte* head_at, const std::byte* payload_at) : head(head_at), payload(payload_at) {}
    /// Before the first event.
    explicit event_place(const frame_view& frame)
        : head(frame.body().data() + frame.before_events()), payload(head + frame.count() * sizeof(event_head)) {}

    [[nodiscard]] std::uint32_t              size() const { return record_at<event_head>(head).size; }
    [[nodiscard]] std::uint32_t              schema() const { return record_at<event_head>(head).schema; }
    [[nodiscard]] std::span<const std::byte> bytes() const { return {payload, size()}; }
    /// Whether the encoding ends before `end`, which is the frame's.
    [[nodiscard]] bool fits(const std::byte* end) const { return size() <= static_cast<std::size_t>(end - payload); }

    /// Goes on to the next event. False, and nothing has changed, if this one does not fit.
    bool advance(const std::byte* end) {
        if (in_words(size()) > static_cast<std::size_t>(end - payload)) return false;
        payload += in_words(size());
        head += sizeof(event_head);
        return true;
    }
    bool advance(const std::byte* end, std::uint64_t count) {
        for (; count != 0; --count)
            if (!advance(end)) return false;
        return true;
    }
};

enum class frame_fault { none, zeros, cut_off, wrong_salt, wrong_checksum, malformed, wrong_link };

constexpr std::string_view to_string(frame_fault fault) {
    switch (fault) {
        case frame_fault::none: return "nothing";
        case frame_fault::zeros: return "there is no frame, only zeros";
        case frame_fault::cut_off: return "a frame is longer than its segment";
        case frame_fault::wrong_salt: return "there is no frame of this segment";
        case frame_fault::wrong_checksum: return "a frame's checksum is wrong";
        case frame_fault::malformed: return "a frame contradicts itself";
        case frame_fault::wrong_link: return "a frame does not follow the one before it";
    }
    return "unknown";
}

// Whether what the checksum covers makes sense. It always does, unless the writer was another one.
inline bool is_well_formed(const frame_view& frame) {
    const frame_head& head = frame.head();
    if (head.kind == 0 || head.kind > last_frame_kind) return false;
    std::uint64_t left = head.head_size - sizeof(frame_head), events = 0;
    const std::byte* at       = frame.data() + sizeof(frame_head);
    const bool       is_event = head.kind == static_cast<std::uint8_t>(frame_kind::events);
    for (std::uint32_t i = 0; i < head.parts || left != 0; ++i) {
        if (left < sizeof(frame_part)) return false;
        const auto&         part = record_at<frame_part>(at);
        const std::uint64_t size = sizeof(frame_part) + in_words(part.name_size);
        if (left < size || part.name_size == 0) return false;
        if (is_event && part.count == 0) return false;
        if (part.first_version == 0 || part.ordinal >= milestone_distance) return false;
        if (i < head.parts)
            events += part.count;
        else if (!is_event || part.count != 1 || !is_key_of_tag(frame_view::name_of(part)))
            return false;
        left -= size;
        at += size;
    }
    if (events != head.count) return false;
    const std::uint64_t body = head.frame_size - head.head_size;
    return frame.before_events() + frame.count() * sizeof(event_head) <= body;
}

/// Whether a frame begins at `offset` of a segment, whose used or mapped bytes these are. Checks the head, not the body, and
/// not the link. `offset` is a multiple of 8 and at most the segment's size.
inline frame_fault check_head(std::span<const std::byte> segment, std::uint64_t offset, std::uint32_t salt) {
    const std::uint64_t left = segment.size() - offset;
    if (left < sizeof(frame_head)) return frame_fault::zeros;
    const frame_view  frame(segment.data() + offset);
    const frame_head& head = frame.head();
    if (keeps(safeguard::check_of_a_salt) && head.salt != salt)
        return head.salt == 0 && head.head_check == 0 && head.frame_size == 0 ? frame_fault::zeros : frame_fault::wrong_salt;
    if (head.frame_size > left || head.head_size > head.frame_size || head.head_size < sizeof(frame_head) ||
        head.frame_size % 8 != 0 || head.head_size % 8 != 0)
        return frame_fault::cut_off;
    constexpr std::size_t skipped = sizeof(head.head_check);
    if (keeps(safeguard::check_of_a_head) &&
        crc32c({frame.data() + skipped, head.head_size - skipped}) != head.head_check)
        return frame_fault::wrong_checksum;
    return is_well_formed(frame) ? frame_fault::none : frame_fault::malformed;
}

}  // namespace annals::detail

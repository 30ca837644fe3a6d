// A frame that is being made: what does not depend on its place in the log first, outside of any lock, and then the rest.
#pragma once

#include <annals/log/file/frame.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace annals::detail {

/// Where a frame comes to lie.
struct frame_place {
    std::uint32_t salt     = 0;
    std::uint32_t link     = 0;
    std::uint32_t durable  = 0;
    std::uint64_t position = 0;
    std::int64_t  time     = 0;
};

class frame_draft {
public:
    /// A frame that was made before, to be put in another place.
    explicit frame_draft(const frame_view& made) : bytes_(made.bytes().begin(), made.bytes().end()) {}
    explicit frame_draft(frame_kind kind, std::vector<std::byte> room = {}) : bytes_(std::move(room)) {
        bytes_.clear();
        bytes_.resize(sizeof(frame_head));
        head().kind = static_cast<std::uint8_t>(kind);
    }
    /// Gives the memory back.
    [[nodiscard]] std::vector<std::byte> release() && { return std::move(bytes_); }

    /// First all parts, …
    void add_part(std::string_view stream, std::uint64_t count) {
        const std::size_t at = bytes_.size();
        bytes_.resize(at + sizeof(frame_part) + in_words(stream.size()));
        auto& part     = record_at<frame_part>(bytes_.data() + at);
        part.count     = static_cast<std::uint32_t>(count);
        part.name_size = static_cast<std::uint16_t>(stream.size());
        std::memcpy(bytes_.data() + at + sizeof(frame_part), stream.data(), stream.size());
        head().parts = static_cast<std::uint16_t>(head().parts + 1);
        head().count = static_cast<std::uint32_t>(head().count + count);
    }
    /// … and behind them all tags, by their keys, …
    void add_tag(std::string_view key) {
        const std::uint16_t parts = head().parts;
        const std::uint32_t count = head().count;
        add_part(key, 1);
        head().parts = parts;
        head().count = count;
    }
    /// … then the body, which is written behind what `bytes()` holds, …
    [[nodiscard]] std::vector<std::byte>& bytes() noexcept { return bytes_; }
    [[nodiscard]] frame_head&             head() noexcept { return record_at<frame_head>(bytes_.data()); }
    void begin_body() { head().head_size = static_cast<std::uint32_t>(bytes_.size()); }
    void add(std::span<const std::byte> more) { bytes_.insert(bytes_.end(), more.begin(), more.end()); }
    void fill_up() { bytes_.resize(in_words(bytes_.size())); }

    /// … which is complete then.
    void end_body() {
        fill_up();
        head().frame_size = static_cast<std::uint32_t>(bytes_.size());
        head().body_check = crc32c(std::span<const std::byte>(bytes_).subspan(head().head_size));
    }
    [[nodiscard]] std::uint64_t size() const noexcept { return bytes_.size(); }

    /// The parts, to be filled in.
    template <class Function>
    void for_each_part(Function&& function) {
        std::byte* at = bytes_.data() + sizeof(frame_head);
        for (std::uint32_t i = 0; i < head().parts; ++i) {
            auto& part = record_at<frame_part>(at);
            function(part, frame_view::name_of(part));
            at += sizeof(frame_part) + in_words(part.name_size);
        }
    }

    /// The parts and the tags, with their keys.
    template <class Function>
    void for_each_link(Function&& function) {
        view().for_each_link([&](const frame_part& part, std::string_view key) {
            function(const_cast<frame_part&>(part), key);
            return true;
        });
    }

    /// Last, under the lock: says where the frame lies. It can be done again for another place.
    void put_in_place(const frame_place& place) {
        head().salt     = place.salt;
        head().link     = place.link;
        head().durable  = place.durable;
        head().position = place.position;
        head().time     = place.time;
        constexpr std::size_t skipped = sizeof(frame_head::head_check);
        head().head_check             = crc32c(std::span<const std::byte>(bytes_).subspan(skipped, head().head_size - skipped));
    }

    [[nodiscard]] frame_view view() const { return frame_view(bytes_.data()); }

private:
    std::vector<std::byte> bytes_;
};

/// A frame without streams.
inline frame_draft control_draft(frame_kind kind, std::span<const std::byte> body, std::uint8_t flags = 0) {
    frame_draft draft(kind);
    draft.head().flags = flags;
    draft.begin_body();
    draft.add(body);
    draft.end_body();
    return draft;
}

}  // namespace annals::detail

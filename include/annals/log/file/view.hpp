// Reading a file log's frames, in order or backwards, or those of one stream: as it is at one moment, without waiting for
// anybody.
#pragma once

#include <annals/log/file/log_index.hpp>
#include <annals/log/file/segment.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace annals::detail {

/// Which frames are looked at. Others may be, too.
struct frame_selection {
    std::uint64_t first      = 1;                                        // positions
    std::uint64_t last       = std::numeric_limits<std::uint64_t>::max();
    std::int64_t  last_time  = std::numeric_limits<std::int64_t>::max();
    std::uint64_t types      = ~std::uint64_t{0};  // blocks without any of these are passed by, …
    std::uint64_t categories = ~std::uint64_t{0};  // … and those without any of these
};

/// A log as it is at one moment.
template <file_system Files>
struct log_view {
    std::shared_ptr<const segment_list<Files>> segments;
    log_end                                    end;
    block_list                                 blocks;  // of the last segment, if the caller asked for them
    std::optional<error>                       damage;  // what lies behind the end, if that is known to be damaged
    bool                                       has_gaps = false;
    mutable std::vector<std::vector<std::byte>> unpacked{};  // frames of compressed segments that were asked for

    [[nodiscard]] std::uint64_t first_number() const { return segments->front()->number(); }
    [[nodiscard]] const segment<Files>& at(std::uint64_t number) const { return *(*segments)[number - first_number()]; }
    [[nodiscard]] bool is_last(const segment<Files>& in) const { return in.number() == segment_of(end.address); }
    /// The segment in which the frame of a position is, which is there.
    [[nodiscard]] std::shared_ptr<const segment<Files>> segment_of_position(std::uint64_t first) const {
        return (*segments)[segment_index(first)];
    }
    /// Where what is of the log ends in a segment.
    [[nodiscard]] std::uint64_t end_of(const segment<Files>& in) const { return is_last(in) ? offset_of(end.address) : in.end(); }
    /// The bytes of a segment that are of the log. Not of a compressed one.
    [[nodiscard]] std::span<const std::byte> used(const segment<Files>& in) const { return in.bytes().first(end_of(in)); }
    [[nodiscard]] const block_list& blocks_of(const segment<Files>& in) const { return is_last(in) ? blocks : in.blocks(); }

    /// The frame at an address which the log itself gave. It is there as long as this; one of a compressed segment only until
    /// more than so many others were asked for.
    [[nodiscard]] expected<frame_view, error> frame_at(std::uint64_t address, std::size_t others = unlimited) const {
        const std::uint64_t number = segment_of(address);
        if (number < first_number())
            return refused(errc::out_of_range, "what was asked for was truncated", segments->front()->path,
                           segments->front()->first_position);
        if (address >= end.address || offset_of(address) % 8 != 0)
            return refused(errc::damaged, "the index names a place where there is nothing", segments->back()->path);
        const segment<Files>& in = at(number);
        if (in.is_packed()) return packed_frame(in, offset_of(address), others);
        const auto        bytes = used(in);
        const frame_fault fault = offset_of(address) < bytes.size() ? check_head(bytes, offset_of(address), in.salt()) : frame_fault::zeros;
        if (fault != frame_fault::none) return unexpected<error>(damage_at(fault, in, offset_of(address), 0));
        return in.frame(offset_of(address));
    }

    [[nodiscard]] error damage_at(frame_fault fault, const segment<Files>& in, std::uint64_t offset, std::uint64_t position) const {
        return detail::damage(fault, in.path, offset, position);
    }

    /// Calls `function(frame)` for the selected frames of events, in order, until it answers false, and `passed(first, behind)`
    /// for positions that are passed by. Bodies are not checked.
    template <class Function, class Passed>
    expected<void, error> forwards(const frame_selection& what, Function&& function, Passed&& passed) const {
        std::size_t index = segment_index(what.first);
        for (; index < segments->size(); ++index) {
            const segment<Files>& in = *(*segments)[index];
            if (in.number() > segment_of(end.address) || in.first_position > what.last || in.first_time > what.last_time) return {};
            const block_list&   list     = blocks_of(in);
            const std::uint64_t used_end = end_of(in);
            segment_piece       here;
            for (std::size_t i = block_index(list, what.first); i < list.size(); ++i) {
                if (list[i].position > what.last || list[i].time > what.last_time) return {};
                const std::uint64_t block_end     = i + 1 < list.size() ? std::uint64_t{list[i + 1].offset} : used_end;
                const std::uint64_t next_position = i + 1 < list.size() ? std::uint64_t{list[i + 1].position} : first_behind(index);
                // The last block that may be selected is read in any case, so that it is known what was the last event.
                const bool is_inner = next_position <= what.last && i + 1 < list.size() && list[i + 1].time <= what.last_time;
                if (is_inner && ((list[i].types & what.types) == 0 || (list[i].categories & what.categories) == 0)) {
                    passed(std::uint64_t{list[i].position}, next_position);
                    continue;
                }
                std::uint64_t next = list[i].position;
                if (list[i].offset >= here.behind())
                    if (auto done = go_to(here, in, list[i].offset, used_end, next); !done) return done;
                // Offsets are those in what lies together.
                const auto          bytes = here.bytes;
                const std::uint64_t start = list[i].offset - here.first, behind = block_end - here.first;
                std::uint32_t       link  = 0;
                for (std::uint64_t offset = start; offset < behind;) {
                    frame_fault fault = check_head(bytes, offset, in.salt());
                    const frame_view frame(bytes.data() + offset);
                    if (fault == frame_fault::none && !is_next(frame, offset == start, link, list[i])) fault = frame_fault::wrong_link;
                    if (fault != frame_fault::none) return unexpected<error>(damage_at(fault, in, here.first + offset, next));
                    next = frame.first() + frame.count();
                    link = frame.head().head_check;
                    offset += frame.size();
                    if (frame.kind() != frame_kind::events || frame.first() + frame.count() <= what.first) continue;
                    if (frame.first() > what.last || frame.head().time > what.last_time) return {};
                    if (!function(frame)) return {};
                }
            }
        }
        return {};
    }

    /// The same, the last frame first.
    template <class Function>
    expected<void, error> backwards(const frame_selection& what, Function&& function) const {
        std::vector<std::uint64_t> offsets;
        for (std::size_t index = segments->size(); index-- > 0;) {
            const segment<Files>& in = *(*segments)[index];
            if (in.number() > segment_of(end.address) || in.first_position > what.last || in.first_time > what.last_time) continue;
            const block_list&   list     = blocks_of(in);
            const std::uint64_t used_end = end_of(in);
            segment_piece       here;
            here.first = used_end;
            for (std::size_t i = list.size(); i-- > 0;) {
                if (list[i].position > what.last || list[i].time > what.last_time) continue;
                const std::uint64_t block_end = i + 1 < list.size() ? std::uint64_t{list[i + 1].offset} : used_end;
                if ((list[i].categories & what.categories) != 0) {
                    if (list[i].offset < here.first)
                        if (auto done = go_to(here, in, list[i].offset, used_end, list[i].position); !done) return done;
                    const auto          bytes  = here.bytes;
                    const std::uint64_t behind = block_end - here.first;
                    std::uint32_t       link   = 0;
                    offsets.clear();
                    for (std::uint64_t offset = list[i].offset - here.first; offset < behind;) {
                        frame_fault      fault = check_head(bytes, offset, in.salt());
                        const frame_view frame(bytes.data() + offset);
                        if (fault == frame_fault::none && !is_next(frame, offsets.empty(), link, list[i])) fault = frame_fault::wrong_link;
                        if (fault != frame_fault::none) return unexpected<error>(damage_at(fault, in, here.first + offset, 0));
                        link = frame.head().head_check;
                        offsets.push_back(offset);
                        offset += frame.size();
                    }
                    for (std::size_t j = offsets.size(); j-- > 0;) {
                        const frame_view frame(bytes.data() + offsets[j]);
                        if (frame.kind() != frame_kind::events || frame.first() > what.last || frame.head().time > what.last_time)
                            continue;
                        if (frame.first() + frame.count() <= what.first) return {};
                        if (!function(frame)) return {};
                    }
                }
                if (list[i].position <= what.first) return {};
            }
        }
        return {};
    }

private:
    // Whether it is the first frame of a block, or follows the one before it: another one may lie in its place.
    static bool is_next(const frame_view& frame, bool is_first, std::uint32_t link, const block_entry& block) {
        if (!keeps(safeguard::check_of_a_link)) return true;
        return is_first ? frame.first() == block.position : frame.head().link == link;
    }
    static expected<void, error> go_to(segment_piece& here, const segment<Files>& in, std::uint64_t offset, std::uint64_t end,
                                       std::uint64_t position) {
        here      = {};  // gives its memory back first
        auto next = in.piece_at(offset, end);
        if (!next) next.error().position = annals::position{position};
        if (!next) return unexpected<error>(std::move(next.error()));
        here = std::move(*next);
        return {};
    }
    // A copy, so that a few bytes do not keep a whole chunk.
    [[nodiscard]] expected<frame_view, error> packed_frame(const segment<Files>& in, std::uint64_t offset, std::size_t others) const {
        auto piece = in.piece_at(offset, end_of(in));
        if (!piece) return unexpected<error>(std::move(piece.error()));
        const frame_fault fault = check_head(piece->bytes, offset - piece->first, in.salt());
        if (fault != frame_fault::none) return unexpected<error>(damage_at(fault, in, offset, 0));
        const auto bytes = frame_view(piece->at(offset)).bytes();
        if (unpacked.size() > others) unpacked.erase(unpacked.begin(), unpacked.end() - static_cast<std::ptrdiff_t>(others));
        return frame_view(unpacked.emplace_back(bytes.begin(), bytes.end()).data());
    }

    /// The segment in which a position is, or the first one behind it.
    [[nodiscard]] std::size_t segment_index(std::uint64_t first) const {
        const auto behind = std::upper_bound(segments->begin(), segments->end(), first,
                                             [](std::uint64_t wanted, const auto& each) { return wanted < each->first_position; });
        return behind == segments->begin() ? 0 : static_cast<std::size_t>(behind - segments->begin()) - 1;
    }
    [[nodiscard]] static std::size_t block_index(const block_list& list, std::uint64_t first) {
        const auto behind = std::upper_bound(list.begin(), list.end(), first,
                                             [](std::uint64_t wanted, const block_entry& each) { return wanted < each.position; });
        return behind == list.begin() ? 0 : static_cast<std::size_t>(behind - list.begin()) - 1;
    }
    /// The position of the first event behind a segment.
    [[nodiscard]] std::uint64_t first_behind(std::size_t index) const {
        const bool has_next = index + 1 < segments->size() && (*segments)[index + 1]->number() <= segment_of(end.address);
        return has_next ? (*segments)[index + 1]->first_position : end.position;
    }
};

}  // namespace annals::detail

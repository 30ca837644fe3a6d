// The frames of one stream, which link back to each other.
#pragma once

#include <annals/log/file/view.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

namespace annals::detail {

/// Walks along a stream in a log's view. A step back leads to the frame before; a milestone, which every 256th frame is, leads
/// to the milestone before, so that a version is found in a 256th of the steps.
template <file_system Files>
class stream_walk {
public:
    /// `key` is that of a stream or a tag.
    stream_walk(const log_view<Files>& in, std::string_view key, const stream_state& state)
        : in_(in), key_(key), state_(state) {}

    /// Calls `function(frame, part)` for the frames that hold versions from `first` to `last`, in order, until it answers
    /// false. Takes memory for 256 frames, and for a 256th of those behind `first`. Errors: `damaged`; `out_of_range` if some
    /// of these versions were truncated.
    template <class Function>
    expected<void, error> forwards(std::uint64_t first, std::uint64_t last, Function&& function) const {
        if (state_.last == 0 || first > state_.version || first > last) return {};
        std::vector<std::uint64_t> tails{state_.last};  // the last frame of each stretch from milestone to milestone
        for (std::uint64_t milestone = state_.milestone; milestone != 0;) {
            const auto found = at(milestone, 0);
            if (!found) {
                if (found.error().code == errc::out_of_range) break;  // what is asked for may be there all the same
                return unexpected<error>(found.error());
            }
            if (found->part->first_version <= first || found->part->previous == 0) break;
            tails.push_back(found->part->previous);
            milestone = earlier(found->part->milestone, milestone);
        }
        std::vector<place> stretch;
        std::uint64_t      behind = 0;  // the version that the next frame begins with
        for (; !tails.empty(); tails.pop_back()) {
            stretch.clear();
            for (std::uint64_t address = tails.back(); address != 0;) {
                const auto found = at(address, stretch.size());
                if (!found) return unexpected<error>(found.error());
                const bool is_right = !stretch.empty() ? follows(*found, stretch.back().part->first_version) : tails.size() > 1 || is_last(*found);
                if (!is_right) return unexpected<error>(broken(address, *found));
                stretch.push_back(*found);
                if (found->part->first_version <= first || found->part->ordinal == 0) break;
                address = found->part->previous;
            }
            for (; !stretch.empty(); stretch.pop_back()) {
                const place& next = stretch.back();
                if (behind != 0 && !in_.has_gaps && next.part->first_version != behind)
                    return unexpected<error>(broken(tails.back(), next));
                behind = next.part->first_version + next.part->count;
                if (behind <= first) continue;
                if (next.part->first_version > last || !function(next.frame, *next.part)) return {};
            }
        }
        return {};
    }

    /// The same, the last frame first.
    template <class Function>
    expected<void, error> backwards(std::uint64_t first, std::uint64_t last, Function&& function) const {
        if (state_.last == 0 || first > state_.version || first > last) return {};
        std::uint64_t address = state_.last;
        std::uint64_t later   = 0;  // the version that the frame behind begins with, which may not be kept
        for (std::uint64_t milestone = state_.milestone; last < state_.version && milestone != 0;) {
            const auto found = at(milestone, 0);
            if (!found) {
                if (found.error().code == errc::out_of_range) break;
                return unexpected<error>(found.error());
            }
            if (found->part->first_version <= last || found->part->previous == 0) break;
            address   = found->part->previous;
            later     = found->part->first_version;
            milestone = earlier(found->part->milestone, milestone);
        }
        while (address != 0) {
            const auto found = at(address, 0);
            if (!found) return unexpected<error>(found.error());
            if (later != 0 ? !follows(*found, later) : !is_last(*found)) return unexpected<error>(broken(address, *found));
            const frame_part& part = *found->part;
            if (part.first_version + part.count <= first) return {};
            later   = part.first_version;
            address = part.previous;
            if (later <= last && !function(found->frame, part)) return {};
            if (later <= first) return {};
        }
        return {};
    }

private:
    struct place {
        frame_view        frame;
        const frame_part* part;
    };

    // In a compressed segment, so many that were found before are kept.
    expected<place, error> at(std::uint64_t address, std::size_t others) const {
        const auto frame = in_.frame_at(address, others);
        if (!frame) return unexpected<error>(frame.error());
        const frame_part* const part = frame->kind() == frame_kind::events ? frame->part_of(key_) : nullptr;
        if (!part) return unexpected<error>(broken(address, place{*frame, nullptr}));
        return place{*frame, part};
    }
    // Links lead back, or the log is not as it was written; then at least there is an end to it.
    static std::uint64_t earlier(std::uint64_t milestone, std::uint64_t than) { return milestone < than ? milestone : 0; }
    bool follows(const place& before, std::uint64_t later) const {
        const std::uint64_t behind = before.part->first_version + before.part->count;
        return in_.has_gaps ? behind <= later : behind == later;
    }
    // An older frame of the stream may lie in the place of its last one.
    bool is_last(const place& found) const { return found.part->first_version + found.part->count == state_.version + 1; }
    error broken(std::uint64_t address, const place& where) const {
        return damage(frame_fault::wrong_link, in_.at(segment_of(address)).path, offset_of(address), where.frame.first());
    }

    const log_view<Files>& in_;
    std::string_view       key_;
    stream_state           state_;
};

}  // namespace annals::detail

// Recognising an append that was made before, by its events' ids.
#pragma once

#include <annals/log/append.hpp>
#include <annals/log/file/draft.hpp>
#include <annals/log/file/stream_walk.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace annals::detail {

/// How far back in a stream ids are looked for.
inline constexpr std::uint64_t id_window = 1024;

enum class repeat { no, yes, in_part };

/// Compares the ids that were given for an append with those of a stream's events.
class repeat_search {
public:
    /// `draft` has its parts, `ids` one for each of its events.
    repeat_search(frame_draft& draft, const std::vector<uuid>& ids) : draft_(draft), ids_(ids), sorted_(ids) {
        std::sort(sorted_.begin(), sorted_.end());
    }

    /// Looks at the events behind the expected version, and at the last 1024. `found` is the earlier append, if there is one.
    template <file_system Files>
    expected<repeat, error> look(const log_view<Files>& in, std::string_view stream, const stream_state& state,
                                 expected_version expects, std::uint64_t first_there, const std::byte*& found) const {
        const stream_key         key(stream);
        const stream_walk<Files> walk(in, key, state);
        repeat                   answer = repeat::no;
        if (expects.names_a_version() && expects.at().value < state.version && expects.at().value + 1 >= first_there) {
            const std::uint64_t behind = expects.at().value + 1;
            const auto          done   = walk.forwards(behind, behind, [&](const frame_view& frame, const frame_part& part) {
                if (part.first_version == behind && is_same(frame)) {
                    answer = repeat::yes;
                    found  = frame.data();
                }
                return false;
            });
            if (!done && done.error().code != errc::out_of_range) return unexpected<error>(done.error());
            if (answer == repeat::yes) return answer;
        }
        const std::uint64_t first = std::max(state.version > id_window ? state.version - id_window + 1 : 1, first_there);
        const auto done = walk.backwards(first, state.version, [&](const frame_view& frame, const frame_part& part) {
            if (!has_any(frame, part, first)) return true;
            answer = is_same(frame) ? repeat::yes : repeat::in_part;
            found  = frame.data();
            return false;
        });
        if (!done && done.error().code != errc::out_of_range) return unexpected<error>(done.error());
        return answer;
    }

private:
    bool has_any(const frame_view& frame, const frame_part& share, std::uint64_t first_version) const {
        std::uint64_t index = 0;
        bool          found = false;
        frame.for_each_part([&](const frame_part& part, std::string_view) {
            if (&part == &share)
                for (std::uint64_t i = 0; i < part.count && !found; ++i)
                    found = part.first_version + i >= first_version &&
                            std::binary_search(sorted_.begin(), sorted_.end(), frame.id(index + i));
            index += part.count;
            return !found;
        });
        return found;
    }
    // Whether a frame has just these ids, for the same streams.
    bool is_same(const frame_view& frame) const {
        if (frame.count() != ids_.size() || frame.head().parts != draft_.head().parts) return false;
        for (std::size_t i = 0; i < ids_.size(); ++i)
            if (frame.id(i) != ids_[i]) return false;
        bool        same = true;
        const auto* mine = draft_.view().data() + sizeof(frame_head);
        frame.for_each_part([&](const frame_part& part, std::string_view name) {
            const auto& other = record_at<frame_part>(mine);
            same              = part.count == other.count && name == frame_view::name_of(other);
            mine += sizeof(frame_part) + in_words(other.name_size);
            return same;
        });
        return same;
    }

    frame_draft&             draft_;
    const std::vector<uuid>& ids_;
    std::vector<uuid>        sorted_;
};

}  // namespace annals::detail

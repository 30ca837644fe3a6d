// Where readings ended between two events of one append. Who reads a large append in pieces goes on there: it is checked and
// walked through once, and not once for each piece.
#pragma once

#include <annals/log/file/segment.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>

namespace annals::detail {

/// A place between two events of a frame that was checked. As long as the segment is in memory, its bytes are there and as
/// they were.
template <file_system Files>
struct paused_reading {
    std::uint64_t                       next = 0;  // the position of the event that comes then
    std::weak_ptr<const segment<Files>> in;
    frame_view                          frame{nullptr};
    event_place                         at{nullptr, nullptr};
};

/// The last few of them. Not for several threads at once.
template <file_system Files>
class paused_readings {
public:
    /// One that goes on at a position, or null.
    [[nodiscard]] const paused_reading<Files>* find(std::uint64_t next) const {
        for (const auto& each : kept_)
            if (each.next == next && next != 0) return &each;
        return nullptr;
    }
    void keep(const paused_reading<Files>& paused) {
        for (auto& each : kept_)
            if (each.next == paused.next) {
                each = paused;
                return;
            }
        kept_[oldest_] = paused;
        oldest_        = (oldest_ + 1) % kept_.size();
    }

private:
    std::array<paused_reading<Files>, 8> kept_{};
    std::size_t                          oldest_ = 0;
};

}  // namespace annals::detail

// What several threads write together.
#pragma once

#include <annals/log/error.hpp>
#include <annals/log/file/file_system.hpp>
#include <annals/log/file/format.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace annals::detail {

/// What waits to be written together, and those who wait for it.
class commit_group {
public:
    enum state : int { collecting, elected, done, failed };

    struct member {
        std::span<const std::byte> bytes;  // a frame, which lies with who waits for it
        std::uint64_t              address = 0;
    };

    std::vector<member>  members;
    std::optional<error> failure;  // to be read once the state is `failed`
    std::atomic<int>     now{collecting};

    void end(state how) {
        now.store(how, std::memory_order_release);
        now.notify_all();
    }
};

/// How much of a group is copied together at most.
inline constexpr std::size_t group_buffer = std::size_t{1} << 20U;

/// Writes a group's frames, which lie one behind the other in their segment. Those that are short are copied together into
/// `buffer`, which has room for `group_buffer` bytes, so that a group of them is one call.
template <class File>
io_result<void> write_group(File& file, const commit_group& group, std::vector<std::byte>& buffer) {
    std::uint64_t offset = offset_of(group.members.front().address);
    if (group.members.size() == 1) return write_all(file, offset, group.members.front().bytes);
    const auto flush = [&]() -> io_result<void> {
        const std::uint64_t begin = offset;
        offset += buffer.size();
        auto done = write_all(file, begin, buffer);
        buffer.clear();
        return done;
    };
    buffer.clear();
    for (const auto& member : group.members) {
        if (buffer.size() + member.bytes.size() > group_buffer && !buffer.empty())
            if (auto done = flush(); !done) return done;
        if (member.bytes.size() > group_buffer) {
            if (auto done = write_all(file, offset, member.bytes); !done) return done;
            offset += member.bytes.size();
        } else
            buffer.insert(buffer.end(), member.bytes.begin(), member.bytes.end());
    }
    return buffer.empty() ? io_result<void>{} : flush();
}

}  // namespace annals::detail

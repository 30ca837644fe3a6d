// Memory that is used again.
#pragma once

#include <cstddef>
#include <mutex>
#include <utility>
#include <vector>

namespace annals::detail {

/// Buffers of appends. New memory for each would be paid for page by page.
class buffer_pool {
public:
    buffer_pool() { kept_.reserve(most_kept); }

    /// A buffer that is given back when this ends.
    class lease {
    public:
        explicit lease(buffer_pool& from) : from_(from), bytes(from.take()) {}
        lease(const lease&)            = delete;
        lease& operator=(const lease&) = delete;
        ~lease() { from_.give(std::move(bytes)); }

    private:
        buffer_pool& from_;

    public:
        std::vector<std::byte> bytes;
    };

private:
    static constexpr std::size_t most_kept    = 64;
    static constexpr std::size_t longest_kept = std::size_t{32} << 20U;

    std::vector<std::byte> take() {
        const std::lock_guard lock(mutex_);
        if (kept_.empty()) return {};
        std::vector<std::byte> buffer = std::move(kept_.back());
        kept_.pop_back();
        return buffer;
    }
    void give(std::vector<std::byte>&& buffer) noexcept {
        const std::lock_guard lock(mutex_);
        if (kept_.size() == most_kept || buffer.capacity() > longest_kept) return;
        kept_.push_back(std::move(buffer));
    }

    std::mutex                          mutex_;
    std::vector<std::vector<std::byte>> kept_;
};

}  // namespace annals::detail

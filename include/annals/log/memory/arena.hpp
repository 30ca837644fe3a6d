// Memory that is given out piece by piece and taken back all at once.
#pragma once

#include <cstddef>
#include <cstring>
#include <new>
#include <string_view>
#include <vector>

namespace annals::detail {

/// Gives out memory that lives as long as the arena. Allocates in growing blocks, so that what it gives out costs no
/// allocation of its own.
class arena {
public:
    arena() = default;
    arena(const arena&)            = delete;
    arena& operator=(const arena&) = delete;
    ~arena() {
        for (void* block : blocks_) ::operator delete(block);
    }

    /// `bytes` of memory, aligned for any type of usual alignment. Throws std::bad_alloc.
    void* allocate(std::size_t bytes) {
        bytes = (bytes + alignment - 1) / alignment * alignment;
        if (bytes > left_) add_block(bytes);
        void* given = next_;
        next_ += bytes;
        left_ -= bytes;
        return given;
    }

    /// A copy of `text`.
    std::string_view copy(std::string_view text) {
        if (text.empty()) return {};
        void* given = allocate(text.size());
        std::memcpy(given, text.data(), text.size());
        return {static_cast<const char*>(given), text.size()};
    }

private:
    static constexpr std::size_t alignment = alignof(std::max_align_t);
    static constexpr std::size_t largest   = std::size_t{1} << 20;

    void add_block(std::size_t bytes) {
        std::size_t size = blocks_.empty() ? 4096 : last_size_ * 2;
        if (size > largest) size = largest;
        if (size < bytes) size = bytes;
        blocks_.reserve(blocks_.size() + 1);
        next_ = static_cast<std::byte*>(::operator new(size));
        blocks_.push_back(next_);
        left_      = size;
        last_size_ = size > largest ? largest : size;
    }

    std::vector<void*> blocks_;
    std::byte*         next_      = nullptr;
    std::size_t        left_      = 0;
    std::size_t        last_size_ = 0;
};

}  // namespace annals::detail

// Memory that is given out piece by piece and taken back all at once.
#pragma once

#include <cstddef>
#include <cstring>
#include <new>
#include <string_view>
#include <utility>

namespace annals::detail {

/// Gives out memory that lives as long as the arena. Allocates in growing blocks, so that what it gives out costs no
/// allocation of its own.
class arena {
public:
    arena() = default;
    arena(const arena&)            = delete;
    arena& operator=(const arena&) = delete;
    ~arena() {
        while (last_) ::operator delete(std::exchange(last_, last_->previous));
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

    // Stands at the front of each block.
    struct alignas(std::max_align_t) block {
        block*      previous;
        std::size_t size;
    };

    void add_block(std::size_t bytes) {
        std::size_t size = last_ ? last_->size * 2 : 4096;
        if (size > largest) size = largest;
        if (size < bytes) size = bytes;
        last_ = ::new (::operator new(sizeof(block) + size)) block{last_, size};
        next_ = reinterpret_cast<std::byte*>(last_ + 1);
        left_ = size;
    }

    block*      last_ = nullptr;
    std::byte*  next_ = nullptr;
    std::size_t left_ = 0;
};

}  // namespace annals::detail

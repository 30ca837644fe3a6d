// A vector whose elements never move, for one writer and many readers.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <new>
#include <utility>

namespace annals::detail {

/// Elements never move, so a reader may use any element that the writer has published to it by other means (an atomic
/// count, stored with release after the element was written) while the writer appends. Segments double in size; an
/// access costs a few instructions more than in a std::vector.
template <class T>
class stable_vector {
public:
    stable_vector() = default;
    stable_vector(const stable_vector&)            = delete;
    stable_vector& operator=(const stable_vector&) = delete;
    ~stable_vector() {
        for (std::uint64_t i = 0; i < size_; ++i) (*this)[i].~T();
        for (T* segment : segments_) ::operator delete(static_cast<void*>(segment), std::align_val_t{alignof(T)});
    }

    [[nodiscard]] T&       operator[](std::uint64_t i) noexcept { return *place_of(i); }
    [[nodiscard]] const T& operator[](std::uint64_t i) const noexcept { return *place_of(i); }

    /// For the writer alone.
    [[nodiscard]] std::uint64_t size() const noexcept { return size_; }

    /// Makes room for `count` more elements. Throws std::bad_alloc, and nothing has changed then.
    void reserve_more(std::uint64_t count) {
        while (capacity_ - size_ < count) {
            const std::uint64_t next = std::uint64_t{first_size} << segment_count_;
            segments_[segment_count_] =
                static_cast<T*>(::operator new(next * sizeof(T), std::align_val_t{alignof(T)}));
            ++segment_count_;
            capacity_ += next;
        }
    }

    /// Adds an element for which there is room.
    template <class... Arguments>
    T& emplace_back(Arguments&&... arguments) {
        T* const made = ::new (static_cast<void*>(place_of(size_))) T{std::forward<Arguments>(arguments)...};
        ++size_;
        return *made;
    }

    /// Takes back the last `count` elements, which no reader has seen.
    void drop_last(std::uint64_t count) noexcept {
        for (; count > 0; --count) (*this)[--size_].~T();
    }

private:
    static constexpr std::uint64_t first_size = 16;

    T* place_of(std::uint64_t i) const noexcept {
        const std::uint64_t from_one = i / first_size + 1;
        const int           segment  = static_cast<int>(std::bit_width(from_one)) - 1;
        return segments_[segment] + (i - ((std::uint64_t{1} << segment) - 1) * first_size);
    }

    T*            segments_[60] = {};
    std::uint64_t size_         = 0;
    std::uint64_t capacity_     = 0;
    int           segment_count_ = 0;
};

}  // namespace annals::detail

// The positions of one stream's (or one category's) events, for one writer and many readers.
#pragma once

#include <annals/log/memory/arena.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <new>

namespace annals::detail {

/// A list of positions in chunks that never move, each twice as large as the one before, up to a limit: a stream of a
/// few events takes a few dozen bytes, and a long one is read in long runs.
class position_list {
    struct chunk {
        chunk*        previous;
        chunk*        next;
        std::uint64_t first;  // the index of its first entry
        std::uint64_t capacity;

        std::uint64_t*       entries() noexcept { return reinterpret_cast<std::uint64_t*>(this + 1); }
        const std::uint64_t* entries() const noexcept { return reinterpret_cast<const std::uint64_t*>(this + 1); }
    };

public:
    /// How many entries are published. An index below it may be read by any thread.
    [[nodiscard]] std::uint64_t size() const noexcept { return size_.load(std::memory_order_acquire); }

    /// For the writer: makes room for `count` more entries. Throws std::bad_alloc, and nothing has changed then.
    void reserve_more(std::uint64_t count, arena& memory) {
        while (capacity_ - written_ < count) {
            chunk* const  last = last_.load(std::memory_order_relaxed);
            std::uint64_t size = last ? last->capacity * 2 : smallest;
            if (size > largest) size = largest;
            chunk* const made =
                ::new (memory.allocate(sizeof(chunk) + size * sizeof(std::uint64_t))) chunk{last, nullptr, capacity_, size};
            if (last)
                last->next = made;
            else
                writing_ = made;
            last_.store(made, std::memory_order_release);
            capacity_ += size;
        }
    }

    /// For the writer: adds an entry for which there is room. Readers see it when it is published.
    void push_back(std::uint64_t position) noexcept {
        if (written_ == writing_->first + writing_->capacity) writing_ = writing_->next;
        writing_->entries()[written_++ - writing_->first] = position;
    }

    /// For the writer: the entry that was added last; 0 if there is none.
    [[nodiscard]] std::uint64_t last_added() const noexcept {
        if (written_ == 0) return 0;
        const std::uint64_t at   = written_ - 1;
        const chunk* const  here = at >= writing_->first ? writing_ : writing_->previous;
        return here->entries()[at - here->first];
    }
    /// For the writer: takes back what was added and not published.
    void roll_back() noexcept {
        written_ = size_.load(std::memory_order_relaxed);
        while (writing_ && written_ < writing_->first) writing_ = writing_->previous;
    }

    /// For the writer: shows readers what was added.
    void publish() noexcept { size_.store(written_, std::memory_order_release); }

    /// Calls `function` with the entries at `first`, `first + 1`, … `last - 1`, or the other way round, until it returns
    /// false. `last` is not above `size()`.
    template <class Function>
    void visit(std::uint64_t first, std::uint64_t last, bool descending, Function&& function) const {
        if (first >= last) return;
        if (descending) {
            const chunk* at = find(last - 1);
            for (std::uint64_t i = last; i-- > first;) {
                if (i < at->first) at = at->previous;
                if (!function(at->entries()[i - at->first])) return;
            }
        } else {
            const chunk* at = find(first);
            for (std::uint64_t i = first; i < last; ++i) {
                if (i == at->first + at->capacity) at = at->next;
                if (!function(at->entries()[i - at->first])) return;
            }
        }
    }

    /// The entry at `index`, which is below `size()`.
    [[nodiscard]] std::uint64_t operator[](std::uint64_t index) const noexcept {
        const chunk* at = find(index);
        return at->entries()[index - at->first];
    }

private:
    static constexpr std::uint64_t smallest = 4;
    static constexpr std::uint64_t largest  = 4096;

    // From the end, for readers want the end most often. Takes size / 4096 steps at most.
    const chunk* find(std::uint64_t index) const noexcept {
        const chunk* at = last_.load(std::memory_order_acquire);
        while (index < at->first) at = at->previous;
        return at;
    }

    std::atomic<std::uint64_t> size_{0};
    std::atomic<chunk*>        last_{nullptr};
    chunk*                     writing_  = nullptr;
    std::uint64_t              written_  = 0;
    std::uint64_t              capacity_ = 0;
};

}  // namespace annals::detail

// Which streams and categories a memory log has, and where their events are, for one writer and many readers.
#pragma once

#include <annals/log/memory/arena.hpp>
#include <annals/log/memory/position_list.hpp>
#include <annals/log/memory/stable_vector.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <new>
#include <string_view>

namespace annals::detail {

/// A name and the positions of what belongs to it.
struct named_positions {
    std::string_view name;
    position_list    positions{};
};

/// Names with their positions, in the order in which they came up. Readers look names up while the writer adds some, and
/// wait for nobody: the index is a hash table with linear probing (Knuth, The Art of Computer Programming 3, 6.4) whose
/// slots are filled once and never emptied. Before it is half full the writer puts one of twice the size in its place;
/// the old one stays in the arena for those who still search it, which together takes less than the new one.
class name_table {
    // A slot is 0, or a number plus one in its lower half and the upper half of the name's hash in the other.
    using slot = std::atomic<std::uint64_t>;
    struct index {
        std::uint64_t mask;  // the count of slots less one; the count is a power of two

        slot*       slots() noexcept { return reinterpret_cast<slot*>(this + 1); }
        const slot* slots() const noexcept { return reinterpret_cast<const slot*>(this + 1); }
    };

public:
    /// The entry under `name`, or null. Any thread.
    [[nodiscard]] const named_positions* find(std::string_view name) const noexcept {
        const index* const at    = index_.load(std::memory_order_acquire);
        const std::uint64_t found = at ? slot_of(*at, name) : 0;
        return found == 0 ? nullptr : &entries_[number_in(found)];
    }

    /// For the writer: the number of the entry under `name`, which is made if need be. Throws std::bad_alloc, and nothing
    /// has changed then.
    std::uint32_t find_or_add(std::string_view name, arena& memory) {
        index* at = index_.load(std::memory_order_relaxed);
        if (at)
            if (const std::uint64_t found = slot_of(*at, name); found != 0) return number_in(found);
        entries_.reserve_more(1);
        const std::string_view kept = memory.copy(name);
        if (!at || (entries_.size() + 1) * 2 > at->mask + 1) at = larger(at, memory);
        const auto number = static_cast<std::uint32_t>(entries_.size());
        entries_.emplace_back(kept);
        fill(*at, kept, number);
        index_.store(at, std::memory_order_release);
        return number;
    }

    [[nodiscard]] named_positions&       operator[](std::uint32_t number) noexcept { return entries_[number]; }
    [[nodiscard]] const named_positions& operator[](std::uint32_t number) const noexcept { return entries_[number]; }

private:
    static std::uint64_t hash_of(std::string_view name) noexcept {
        return static_cast<std::uint64_t>(std::hash<std::string_view>{}(name));
    }
    static std::uint32_t number_in(std::uint64_t filled) noexcept { return static_cast<std::uint32_t>(filled) - 1; }

    // What the slot of `name` holds; 0 if there is none.
    std::uint64_t slot_of(const index& in, std::string_view name) const noexcept {
        const std::uint64_t hash = hash_of(name);
        for (std::uint64_t i = hash & in.mask;; i = (i + 1) & in.mask) {
            const std::uint64_t found = in.slots()[i].load(std::memory_order_acquire);
            if (found == 0 || (found >> 32U == hash >> 32U && entries_[number_in(found)].name == name)) return found;
        }
    }

    static void fill(index& in, std::string_view name, std::uint32_t number) noexcept {
        const std::uint64_t hash = hash_of(name);
        std::uint64_t       i    = hash & in.mask;
        while (in.slots()[i].load(std::memory_order_relaxed) != 0) i = (i + 1) & in.mask;
        in.slots()[i].store(hash >> 32U << 32U | (std::uint64_t{number} + 1), std::memory_order_release);
    }

    index* larger(const index* old, arena& memory) const {
        const std::uint64_t count = old ? (old->mask + 1) * 2 : 16;
        index* const        made =
            ::new (memory.allocate(sizeof(index) + static_cast<std::size_t>(count) * sizeof(slot))) index{count - 1};
        for (std::uint64_t i = 0; i < count; ++i) ::new (made->slots() + i) slot(0);
        for (std::uint64_t i = 0; i < entries_.size(); ++i) fill(*made, entries_[i].name, static_cast<std::uint32_t>(i));
        return made;
    }

    std::atomic<index*>            index_{nullptr};
    stable_vector<named_positions> entries_;
};

}  // namespace annals::detail

// Which streams and categories a memory log has, and where their events are, for one writer and many readers.
#pragma once

#include <annals/log/memory/arena.hpp>
#include <annals/log/memory/position_list.hpp>
#include <annals/log/memory/stable_vector.hpp>
#include <annals/log/query.hpp>

#include <cstdint>
#include <mutex>
#include <string_view>
#include <unordered_map>

namespace annals::detail {

/// A name and the positions of what belongs to it.
struct named_positions {
    std::string_view name;
    position_list    positions{};
};

/// Names with their positions, in the order in which they came up. A template so that the map costs nothing to compile
/// where there is no log.
template <class Name = std::string_view>
class name_table {
public:
    /// The entry under `name`, or null. Any thread.
    [[nodiscard]] const named_positions* find(std::string_view name) const {
        const std::lock_guard lock(mutex_);
        const auto            found = places_.find(name);
        return found == places_.end() ? nullptr : &entries_[found->second];
    }

    /// For the writer: the number of the entry under `name`, which is made if need be. Throws std::bad_alloc, and nothing
    /// has changed then.
    std::uint32_t find_or_add(std::string_view name, arena& memory) {
        // The writer alone changes the map, so it looks without the lock.
        if (const auto found = places_.find(name); found != places_.end()) return found->second;
        entries_.reserve_more(1);
        const auto             number = static_cast<std::uint32_t>(entries_.size());
        const std::string_view kept   = memory.copy(name);
        entries_.emplace_back(kept);
        try {
            const std::lock_guard lock(mutex_);
            places_.emplace(kept, number);
        } catch (...) {
            entries_.drop_last(1);
            throw;
        }
        return number;
    }

    [[nodiscard]] named_positions&       operator[](std::uint32_t number) noexcept { return entries_[number]; }
    [[nodiscard]] const named_positions& operator[](std::uint32_t number) const noexcept { return entries_[number]; }

private:
    mutable std::mutex                      mutex_;
    std::unordered_map<Name, std::uint32_t> places_;
    stable_vector<named_positions>          entries_;
};

}  // namespace annals::detail

// Where a memory log's events are by their tags, for one writer and many readers.
#pragma once

#include <annals/log/memory/arena.hpp>
#include <annals/log/memory/stream_table.hpp>
#include <annals/log/tagged.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace annals::detail {

class tag_index {
public:
    /// For the writer: adds the tags of a batch that is appended behind a position. No reader sees them until they are
    /// published. Throws std::bad_alloc: what was added is rolled back then.
    template <class List, class Batch>
    void add(Batch& batch, std::uint64_t before, arena& memory) {
        batch.for_each([&]<class E>(E&& event) {
            ++before;
            for_each_stored_tag<List>(event_to_append(event), [&](std::string_view tag) {
                const std::uint32_t number    = tags_.find_or_add(tag, memory);
                position_list&      positions = tags_[number].positions;
                if (positions.last_added() == before) return;  // an event may carry a tag twice
                added_.push_back(number);
                positions.reserve_more(1, memory);
                positions.push_back(before);
            });
        });
    }
    void publish() noexcept {
        for (const std::uint32_t number : added_) tags_[number].positions.publish();
        added_.clear();
    }
    void roll_back() noexcept {
        for (const std::uint32_t number : added_) tags_[number].positions.roll_back();
        added_.clear();
    }

    /// Of the tags of a set the one that the fewest events carry; null if nothing carries one of them. Any thread.
    [[nodiscard]] const position_list* rarest(std::string_view set) const noexcept {
        const position_list* found = nullptr;
        const bool           all   = for_each_tag_in(set, [&](std::string_view tag) {
            const named_positions* const here = tags_.find(tag);
            if (here && (!found || here->positions.size() < found->size())) found = &here->positions;
            return here != nullptr;
        });
        return all ? found : nullptr;
    }

private:
    name_table                 tags_;
    std::vector<std::uint32_t> added_;  // the tags of what is not published
};

}  // namespace annals::detail

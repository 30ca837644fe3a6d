// What the writer, the readers and the helpers of one open file log share.
#pragma once

#include <annals/log/bell.hpp>
#include <annals/log/file/directory.hpp>
#include <annals/log/file/index_file.hpp>
#include <annals/log/file/view.hpp>

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace annals::detail {

template <file_system Files>
struct log_state {
    Files       files;
    bell        appended;  // rung when readers of this process see more
    std::string directory;
    uuid        log_id;

    std::mutex                                 truncating;  // one at a time; taken before the other
    std::mutex                                 mutex;       // guards what follows
    std::shared_ptr<const segment_list<Files>> segments;
    log_index                                  index;   // of what readers see: whole and durable appends
    block_list                                 blocks;  // of the last segment
    std::optional<error>                       damage;  // what is known to be damaged behind the index's end
    std::uint64_t                              times_looked = 0;  // at all of it; each time the schemas may be others

    log_state(Files used, std::string path) : files(std::move(used)), directory(std::move(path)) {}

    /// The log as it is now. With the lock held.
    [[nodiscard]] log_view<Files> view_now(bool with_blocks) const {
        return log_view<Files>{segments, index.end, with_blocks ? blocks : block_list{}, damage, index.has_gaps};
    }
    [[nodiscard]] log_view<Files> view(bool with_blocks) {
        const std::lock_guard lock(mutex);
        return view_now(with_blocks);
    }
    [[nodiscard]] segment<Files>& last() const { return *segments->back(); }

    /// Adds a segment behind the last one. With the lock held.
    void add_segment(std::shared_ptr<segment<Files>> next) {
        auto longer = std::make_shared<segment_list<Files>>(*segments);
        longer->push_back(std::move(next));
        segments = std::move(longer);
    }

    /// Saves the index as it is now, if `make_durable()` can do that with what the index knows. Without the lock. It is only a
    /// help, so that a failure is none of the log's.
    template <class MakeDurable>
    void save_index(MakeDurable&& make_durable) {
        std::vector<std::byte> bytes;
        {
            const std::lock_guard lock(mutex);
            bytes = save_log_index(index, log_id);
        }
        if (make_durable()) (void)replace_file(files, path_in(directory, index_name), bytes);
    }
};

}  // namespace annals::detail

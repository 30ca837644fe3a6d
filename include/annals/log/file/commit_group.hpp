// What several threads write together.
#pragma once

#include <annals/log/error.hpp>

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

}  // namespace annals::detail

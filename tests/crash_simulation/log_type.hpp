// The type of the log under test. Includes all of it.
#pragma once

#include "crash_simulation/tested_log.hpp"

#include <annals/log/file_log.hpp>

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

namespace crash_simulation {

/// Files that can be compressed, be it not much: a byte that comes several times is counted.
class packing_files : public annals::simulated_files {
public:
    explicit packing_files(annals::simulated_disk& disk) : simulated_files(disk) {}

    static std::vector<std::byte> compress(std::span<const std::byte> bytes, int level);
    static bool                   decompress(std::span<const std::byte> packed, std::span<std::byte> room);
    [[nodiscard]] std::shared_ptr<annals::detail::chunk_cache> chunks() const { return chunks_; }

private:
    std::shared_ptr<annals::detail::chunk_cache> chunks_ = std::make_shared<annals::detail::chunk_cache>();
};
static_assert(annals::compressing_file_system<packing_files>);

using log_type = annals::file_log<log_events, still_clock, given_id, packing_files>;

struct tested_log::parts {
    log_type log;
};

}  // namespace crash_simulation

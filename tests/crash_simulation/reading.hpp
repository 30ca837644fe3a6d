// The log, and what of it is seen by reading.
#pragma once

#include "crash_simulation/model.hpp"

#include <annals/log/file_log.hpp>
#include <annals/testing/simulated_disk.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace crash_simulation {

/// Files that can be compressed, be it not much: a byte that comes several times is counted.
class packing_files : public annals::simulated_files {
public:
    packing_files(annals::simulated_disk& disk) : simulated_files(disk) {}

    static std::vector<std::byte> compress(std::span<const std::byte> bytes, int level);
    static bool                   decompress(std::span<const std::byte> packed, std::span<std::byte> room);
    [[nodiscard]] std::shared_ptr<annals::detail::chunk_cache> chunks() const { return chunks_; }

private:
    std::shared_ptr<annals::detail::chunk_cache> chunks_ = std::make_shared<annals::detail::chunk_cache>();
};
static_assert(annals::compressing_file_system<packing_files>);

using log_type = annals::file_log<log_events, still_clock, given_id, packing_files>;

/// What a reading came to, beside what should be there.
struct seen {
    std::string                  wrong;         // what is not as it was written
    std::uint64_t                last    = 0;   // the position of the last event that was shown
    std::uint64_t                missing = 0;   // the position of the first event that was to be shown, and was not; 0 if none
    std::optional<annals::error> error;
};

/// Reads the whole log, or one stream. Of a damaged log, what was dropped may be shown, as what says so may be damaged.
seen look_at(const log_type& log, const model& known, std::optional<std::size_t> stream, bool backwards, bool is_damaged);

/// What is wrong with a log that must be just as it is known: "" if nothing is.
std::string difference(const log_type& log, const model& known, std::uint64_t chance, bool is_reader);

/// Which events a log has that may have gaps, by their positions from 1. Throws `broken` if one of them is not as it was written.
std::vector<bool> events_in(const log_type& log, const model& known);

std::string text_of(const annals::error& error);
std::uint64_t head_of(const log_type& log);

}  // namespace crash_simulation

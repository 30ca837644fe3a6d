// A log as it is read, compared with what can be in it.
#pragma once

#include "crash/plan.hpp"

#ifdef ANNALS_CRASH_WITH_ZSTD
#include <annals/log/file/zstd.hpp>
#else
#include <annals/log/file_log.hpp>
#endif

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace crash {

#ifdef ANNALS_CRASH_WITH_ZSTD
using log_type = annals::zstd_file_log<events>;
#else
using log_type = annals::file_log<events>;
#endif

/// Where an append is: its last event, and the versions of its streams.
struct whereabouts {
    std::uint64_t position = 0;
    std::uint64_t own      = 0;  // 0 if it has no events there
    std::uint64_t shared   = 0;

    friend bool operator==(const whereabouts&, const whereabouts&) = default;
};

/// Reads a log, a part at a time, and knows what it has read. Each event must be what its append's plan says, byte for byte; each
/// append is there once and as a whole, those of a thread in their order; positions, and versions of each stream, have no gaps.
class book {
public:
    explicit book(std::uint64_t seed) : next_(first_plans(seed)) {}

    /// Reads what is behind what was read, up to a position. False if something is not as it must be: `trouble()` says what.
    bool read_on(const log_type& log, std::uint64_t last = annals::unlimited);

    [[nodiscard]] const std::string& trouble() const { return trouble_; }
    [[nodiscard]] std::uint64_t      position() const { return position_; }
    /// Stands for all that was read, with its ids and times.
    [[nodiscard]] std::uint64_t hash() const { return hash_; }
    /// The append of a thread that was not read.
    [[nodiscard]] const append_plan& next(std::uint32_t thread) const { return next_[thread]; }
    [[nodiscard]] std::uint64_t      version_of(const std::string& stream) const {
        const auto found = versions_.find(stream);
        return found == versions_.end() ? 0 : found->second;
    }
    [[nodiscard]] const std::map<std::string, std::uint64_t>& versions() const { return versions_; }
    /// Where an append is that was read.
    [[nodiscard]] const whereabouts& where(std::uint32_t thread, std::uint64_t sequence) const {
        return appends_[thread][static_cast<std::size_t>(sequence - 1)];
    }

private:
    template <class Event>
    void take(const Event& event, const annals::context& where);
    bool must(bool holds, const char* what, const annals::context& where);
    void remember(const annals::context& where);

    std::array<append_plan, thread_count>              next_;
    std::array<std::vector<whereabouts>, thread_count> appends_;
    std::map<std::string, std::uint64_t>               versions_;
    append_plan                                        open_;             // the append that is being read
    std::uint32_t                                      open_count_  = 0;  // how many events of it were read
    std::uint32_t                                      count_       = 0;  // of how many; 0 between appends
    whereabouts                                        open_where_;
    std::uint64_t                                      position_ = 0;
    std::int64_t                                       time_     = 0;
    std::uint64_t                                      hash_     = 0;
    std::string                                        trouble_;
};

}  // namespace crash

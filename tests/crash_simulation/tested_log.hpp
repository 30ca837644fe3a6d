// The log under test behind plain functions, so that it is compiled once.
#pragma once

#include "crash_simulation/model.hpp"
#include "crash_simulation/script.hpp"

#include <annals/log/append.hpp>
#include <annals/log/error.hpp>
#include <annals/log/file/options.hpp>
#include <annals/log/file/retention.hpp>
#include <annals/model/expected.hpp>
#include <annals/testing/simulated_disk.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace crash_simulation {

using annals::error;
using annals::expected;

/// One stream's share of an append.
struct named_share {
    std::string                   stream;
    annals::expected_version      expects;
    const std::vector<any_event>& events;
};
/// What a truncation left: the number in the summary, and the position that it was made for. Zeros if there was none.
struct kept_summary {
    std::uint64_t number = 0, first = 0;
};

/// What a reading came to, beside what should be there.
struct seen {
    std::string          wrong;        // what is not as it was written
    std::uint64_t        missing = 0;  // the position of the first event that was to be shown, and was not; 0 if none
    std::optional<error> failure;
};

/// What is read: the whole log, one stream or what is tagged with a number, versions or positions from the first to the last.
struct reading {
    std::optional<std::size_t> stream{};
    bool                       backwards  = false;
    bool                       is_damaged = false;  // then what was dropped may be shown, as what says so may be damaged
    std::uint64_t              first      = 1;
    std::uint64_t              last       = annals::unlimited;
    std::optional<std::int32_t> tag{};
};

/// A frame as it lies in a file.
struct frame_layout {
    std::uint64_t offset = 0, size = 0, head_size = 0, position = 0;
    std::uint64_t durable   = 0;      // what the frame says was synced before
    bool          announces = false;  // schemas, without which no event can be read
};
/// A segment's file, and what in it is of the log.
struct segment_layout {
    std::string               path;
    std::uint64_t             used = 0;  // bytes; what is behind does not matter
    std::vector<frame_layout> frames;
    bool                      is_packed = false;  // then the frames are only its beginning, and all the rest
};

class tested_log {
public:
    /// The clock and the ids are looked up at each append.
    static expected<tested_log, error> open(annals::simulated_disk& disk, const std::string& directory,
                                            const annals::file_log_options& options, const std::int64_t* now,
                                            const annals::uuid* id);
    static expected<tested_log, error> open_read_only(annals::simulated_disk& disk, const std::string& directory);
    /// What a salvage of a damaged log into a new one answers.
    static expected<void, error> salvage(annals::simulated_disk& disk, const std::string& damaged, const std::string& directory,
                                         const annals::file_log_options& options);
    /// The segments of a log that is not damaged, and not open. None if it is damaged.
    static std::vector<segment_layout> layout(annals::simulated_disk& disk, const std::string& directory);
    static std::string                 process_name(const annals::simulated_disk& disk);
    static std::string                 boot_id(const annals::simulated_disk& disk);

    tested_log(tested_log&& other) noexcept;
    tested_log& operator=(tested_log&& other) noexcept;
    ~tested_log();

    /// To one to three streams.
    expected<std::vector<annals::receipt>, error> append(const annals::metadata& about, std::span<const named_share> shares);
    expected<annals::version, error>              end_stream(const std::string& stream);
    expected<annals::version, error>              drop_events(const std::string& stream, const annals::retention& keep);
    expected<annals::position, error>             truncate_before(std::uint64_t first, std::uint64_t number);
    expected<void, error>                         copy_to(const std::string& directory);
    expected<void, error>                         compress();
    expected<void, error>                         sync();
    expected<void, error>                         close();

    /// How many events there are, as it counts them.
    [[nodiscard]] expected<std::uint64_t, error> verify() const;
    [[nodiscard]] expected<kept_summary, error>  snapshot() const;
    [[nodiscard]] std::uint64_t                  first_position() const;
    /// Throws `broken` if it fails.
    [[nodiscard]] std::uint64_t head() const;

    [[nodiscard]] seen look(const model& known, const reading& what) const;
    /// What is not just as it is known; empty if all is. `chance` says how much is looked at.
    [[nodiscard]] std::string difference(const model& known, std::uint64_t chance, bool is_reader) const;
    /// Which events are there, by position, in a log with gaps. Throws `broken` if one of them is not as it was written.
    [[nodiscard]] std::vector<bool> events_there(const model& known) const;

private:
    struct parts;
    explicit tested_log(std::unique_ptr<parts> inner);

    std::unique_ptr<parts> inner_;
};

}  // namespace crash_simulation

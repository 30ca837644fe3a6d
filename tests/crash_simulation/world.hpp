// A log on a simulated disk, and beside it what must be in it.
#pragma once

#include "crash_simulation/model.hpp"
#include "crash_simulation/script.hpp"

#include <annals/testing/arbitrary/random_source.hpp>
#include <annals/testing/simulated_disk.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace crash_simulation {

/// How much was tried.
struct tally {
    std::uint64_t runs = 0, crashes = 0, kills = 0, recoveries = 0, faults = 0, damages = 0, appends = 0, checks = 0;
};
tally& tried();

/// What is told of a run that broke something: what was done.
struct diary {
    bool                     is_kept = false;
    std::vector<std::string> lines;
};
diary& told();

/// The files of a log as they lie on the disk, and what in them matters.
struct frame_layout {
    std::uint64_t offset = 0, size = 0, head_size = 0, position = 0;
    std::uint64_t durable = 0;  // what the frame says was synced before
};
struct segment_layout {
    std::string               path;
    std::uint64_t             used = 0;  // bytes; what is behind is not of the log
    std::vector<frame_layout> frames;
    bool                      is_packed = false;  // then the frames are only its beginning, and all the rest
};

/// What a damage hit.
struct damage_report {
    bool          is_used       = false;  // something that is of the log
    bool          hits_begin    = false;  // the beginning of the first segment, without which nothing can be read
    bool          was_closed    = false;
    std::uint64_t safe_position = 0;      // what is before it is not concerned
    std::vector<bool> intact;             // by position: events whose frames, and the segments' beginnings, are as they were
    std::uint64_t torn_from     = ~std::uint64_t{0};  // what is not before it may look as if it had never been durable
};

enum class ending { close, kill, destroy };

class world {
public:
    world(const script& played, const annals::disk_options& options);
    ~world();

    annals::simulated_disk disk;
    model                  known;
    bool                   allows_no_errors = false;  // faults must not be noticed
    bool                   disk_is_full     = false;  // `disk_full` is a good answer, without a planned fault
    bool                   checks_often     = false;

    /// Opens the log, as often as it takes, and checks it.
    void open_log();
    /// Does the next operation. If the process dies in it, the log is opened again; false then.
    bool step(const operation& next);
    /// Ends the process, the log or both, and opens it again.
    void restart(ending how);
    void lose_power(std::uint64_t seed);
    /// Goes on for a while, as the seed has it, with one more loss of power, and looks whether all is well.
    void go_on(std::uint64_t seed);
    /// Like `restart`, without opening it again.
    void end(ending how);

    [[nodiscard]] bool                        is_poisoned() const { return poisoned_; }
    [[nodiscard]] std::vector<segment_layout> layout();
    /// Opens the log, which is closed, after its files were damaged, and looks at what it says of it.
    void check_damaged(const damage_report& hit);
    /// All files of the log.
    [[nodiscard]] std::vector<std::pair<std::string, std::vector<std::byte>>> files() const;

private:
    struct logs;
    struct submission;
    enum class outcome { done, undone, unknown };

    [[nodiscard]] bool died() const;
    void               note_process();
    // What was written and not synced may be gone after a failed sync: then reading says that it is damaged.
    [[nodiscard]] bool reads_may_fail() const { return may_lose_ && script_.when_written; }
    void               perform(const operation& next);
    void               append(const operation& next);
    void               submit(const submission& given);
    void               repeat(const submission& given);
    void               end_stream(const operation& next);
    void               drop_events(const operation& next);
    void               truncate(const operation& next);
    void               copy();
    void               compress();
    void               look();
    void               verify();
    void               sync();
    template <class Result, class Apply>
    void               settle(const effect& would, const Result& result, Apply&& apply);
    template <class Result>
    outcome            outcome_of(const Result& result, const char* what);
    void               resolve();
    bool               happened(const effect& which);
    void               check();
    void               check_reader();
    void               check_copies();
    void               salvage(const damage_report& hit);

    const script&                    script_;
    annals::random_source            random_;
    std::unique_ptr<logs>            logs_;
    std::unique_ptr<submission>      last_with_ids_;
    std::unique_ptr<submission>      unsure_;   // what `pending_` came from, if it gave ids
    std::optional<effect>            pending_;  // what may be in the log or not
    std::string                      process_, boot_;
    std::int64_t                     now_        = 1000;
    std::int64_t                     not_before_ = 0;  // what announced an append's schemas may be there without the append
    annals::uuid                     next_id_;
    std::uint64_t                    ids_      = 0;
    std::uint64_t                    copies_   = 0;
    std::uint64_t                    durable_  = 0;  // events that survive a loss of power
    std::uint64_t                    faults_   = 0;  // that had happened before the operation
    std::uint64_t                    layout_count_ = 0;  // of segments, when they were looked at
    bool                             poisoned_ = false;
    bool                             may_lose_ = false;  // what was written, but not synced
    bool                             lags_     = false;  // readers in other processes may not have been told all
};

}  // namespace crash_simulation

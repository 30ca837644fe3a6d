// A log on a simulated disk, and beside it what must be in it.
#pragma once

#include "crash_simulation/model.hpp"
#include "crash_simulation/script.hpp"
#include "crash_simulation/tested_log.hpp"

#include <annals/testing/arbitrary/random_source.hpp>
#include <annals/testing/simulated_disk.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace crash_simulation {

/// How much was tried.
struct tally {
    unsigned long long runs = 0, crashes = 0, kills = 0, recoveries = 0, faults = 0, damages = 0, appends = 0, checks = 0;
};
tally& tried();

/// What was done in a run, if somebody wants to know.
struct diary {
    bool                     is_kept = false;
    std::vector<std::string> lines;
};
diary& told();
void   tell(const std::string& line);

/// What a damage hit.
struct damage_report {
    bool              is_used         = false;  // something that is of the log
    bool              hits_begin      = false;  // what must be there so that anything can be read
    bool              was_closed      = false;
    bool              can_be_salvaged = true;               // all that is intact
    std::uint64_t     safe_position   = ~std::uint64_t{0};  // what is before it is not concerned
    std::uint64_t     torn_from       = ~std::uint64_t{0};  // what is not before it may look as if it had never been durable
    std::vector<bool> intact;  // by position: events whose frames, and their segments' beginnings, are as they were
};

enum class ending { close, kill, destroy };

using file_map = std::map<std::string, std::vector<std::byte>>;

class world {
public:
    static constexpr const char* directory = "log";

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
    /// The same without opening it again.
    void end(ending how);
    void lose_power(std::uint64_t seed);
    /// Goes on for a while, as the seed has it, with one more loss of power, and looks whether all is well.
    void go_on(std::uint64_t seed);
    /// Opens the log, which is closed, after its files were damaged, and looks at what it says of it.
    void check_damaged(const damage_report& hit);

    [[nodiscard]] bool     is_poisoned() const { return poisoned_; }
    [[nodiscard]] file_map files() const;

private:
    // An append as it was asked for.
    struct submission {
        std::vector<share>                    shares;
        std::vector<annals::expected_version> expects;
        annals::metadata                      about;
        std::uint64_t                         about_number = 0;
        effect                                would;
        std::vector<annals::receipt>          receipts;
    };
    struct kept_copy {
        std::string name;
        model       known;
    };
    enum class outcome { done, undone, unknown };

    [[nodiscard]] bool died() const { return tested_log::process_name(disk) != process_; }
    [[nodiscard]] bool was_disturbed() const { return died() || faults_ != disk.faults(); }
    // What was written and not synced may be gone after a failed sync: then reading says that it is damaged.
    [[nodiscard]] bool                     reads_may_fail() const { return may_lose_ && script_.when_written; }
    [[nodiscard]] annals::file_log_options options() const;

    void perform(const operation& next);
    void append(const operation& next);
    void submit(const submission& given);
    void repeat(const submission& given);
    void end_stream(const operation& next);
    void drop_events(const operation& next);
    void truncate(const operation& next);
    void copy();
    void compress();
    void look();
    void follow();
    void verify();
    void sync();

    template <class Result>
    outcome outcome_of(const Result& result, std::string_view what);
    template <class Result, class Check>
    void settle(const effect& would, const Result& result, std::string_view what, Check&& check);

    void resolve();
    bool happened(const effect& which);
    void check();
    void check_reader();
    void check_copies();
    bool look_at_damaged(const tested_log& log, const damage_report& hit, const std::string& which);
    void append_to_damaged(tested_log& log);
    void salvage(const damage_report& hit);

    const script&             script_;
    annals::random_source     random_;
    std::optional<tested_log> log_;
    std::optional<tested_log> reader_;  // of another process
    std::vector<kept_copy>    copies_;  // that are durable
    std::optional<submission> last_with_ids_;
    std::optional<submission> unsure_;   // what `pending_` came from, if it gave ids
    std::optional<effect>     pending_;  // what may be in the log or not
    std::string               process_, boot_;
    std::int64_t              now_        = 1000;
    std::int64_t              not_before_ = 0;  // what announced an append's schemas may be there without the append
    annals::uuid              next_id_;
    std::uint64_t             ids_         = 0;
    std::uint64_t             copies_made_ = 0;
    std::uint64_t             durable_     = 0;  // events that survive a loss of power
    std::uint64_t             faults_      = 0;  // that had happened before the operation
    bool                      poisoned_    = false;
    bool                      may_lose_    = false;  // what was written, but not synced
    bool                      lags_        = false;  // readers in other processes may not have been told all
};

}  // namespace crash_simulation

// What is tried, part by part. Each part is a sequence of cases without an end; a case is a number, and follows from it alone.
#pragma once

#include "crash_simulation/script.hpp"
#include "crash_simulation/world.hpp"

#include <cstdint>
#include <string_view>
#include <vector>

namespace crash_simulation {

enum class part {
    crash,        // the power fails at an operation of the disk
    recovery,     // and again while the log is opened, and again
    kill,         // the process dies at an operation
    fault,        // an operation fails, once or from then on
    interrupted,  // calls are interrupted, and writes are short
    full,         // there is no room
    damage,       // what is on the disk changes
    long_run,     // all of it, in a long life
};
inline constexpr part all_parts[] = {part::crash,       part::recovery, part::kill,   part::fault,
                                     part::interrupted, part::full,     part::damage, part::long_run};

std::string_view name_of(part which);

class suite {
public:
    /// Runs each of its scripts once, to know its operations.
    explicit suite(std::uint64_t seed);

    /// Throws `broken`.
    void run(part which, std::uint64_t number);
    /// After so many cases, each operation of each script had its turn.
    [[nodiscard]] std::uint64_t round(part which) const;

private:
    struct point {
        const script* played;
        std::uint64_t operation;  // of the disk
    };

    [[nodiscard]] point         point_of(std::uint64_t number) const;
    [[nodiscard]] std::uint64_t seed_of(part which, std::uint64_t number) const;
    void                        crash(const point& at, std::uint64_t seed, bool again);
    void                        kill(const point& at, std::uint64_t seed);
    void                        fault(const point& at, std::uint64_t number, std::uint64_t seed);
    void                        interrupted(const point& at, std::uint64_t seed);
    void                        full(std::uint64_t number, std::uint64_t seed);
    void                        damage(std::uint64_t number, std::uint64_t seed);
    void                        long_run(std::uint64_t seed);

    std::uint64_t       seed_;
    std::vector<script> scripts_;
    std::vector<point>  points_;
};

/// Damages something of a log that is not open, and says what was hit. `number` says what, and how.
damage_report damage_something(world& of, std::uint64_t number, annals::random_source& random);

}  // namespace crash_simulation

#include "crash_simulation/suite.hpp"

#include <cerrno>
#include <numeric>

namespace crash_simulation {

using annals::after_failed_sync;
using annals::disk_fault;
using annals::disk_options;
using annals::random_source;

namespace {

constexpr std::size_t scripts_of_a_suite = 8, operations_of_a_script = 42;

disk_options options_for(std::uint64_t seed) {
    disk_options options;
    options.seed           = seed;
    options.largest_file   = 96 * 1024;
    options.on_failed_sync = seed % 2 == 0 ? after_failed_sync::keeps_pages : after_failed_sync::reverts_pages;
    return options;
}

// The operations of a script, until the process dies. A log that has failed is opened again, but not at once.
void play(world& in, const script& played, random_source& random, bool goes_on) {
    int patience = 2;
    for (const operation& next : played.operations) {
        if (!in.step(next) && !goes_on) return;
        if (in.is_poisoned() && patience-- == 0) {
            in.restart(random.one_in(2) ? ending::close : ending::kill);
            patience = static_cast<int>(random.below(4));
        }
    }
    in.restart(ending::close);
}

}  // namespace

std::string_view name_of(part which) {
    switch (which) {
        case part::crash: return "crash";
        case part::recovery: return "recovery";
        case part::kill: return "kill";
        case part::fault: return "fault";
        case part::interrupted: return "interrupted";
        case part::full: return "full";
        case part::damage: return "damage";
        case part::long_run: break;
    }
    return "long";
}

suite::suite(std::uint64_t seed) : seed_(seed) {
    for (std::uint64_t i = 0; i < scripts_of_a_suite; ++i)
        scripts_.push_back(make_script(seed * 1000 + i, operations_of_a_script));
    for (const script& each : scripts_) {
        world         in(each, options_for(each.seed));
        random_source random(each.seed);
        in.checks_often = true;
        in.open_log();
        play(in, each, random, true);
        for (std::uint64_t operation = 1; operation <= in.disk.operations(); ++operation) points_.push_back({&each, operation});
    }
}

std::uint64_t suite::round(part which) const {
    switch (which) {
        case part::crash:
        case part::recovery:
        case part::kill:
        case part::interrupted: return points_.size();
        case part::fault: return points_.size() * 8;
        default: return 1;
    }
}

// Points that follow on each other are far from each other, so that a few of them are enough to see most.
suite::point suite::point_of(std::uint64_t number) const {
    std::uint64_t stride = points_.size() * 618 / 1000 + 1;
    while (std::gcd(stride, std::uint64_t{points_.size()}) != 1) ++stride;
    return points_[static_cast<std::size_t>(number % points_.size() * stride % points_.size())];
}

std::uint64_t suite::seed_of(part which, std::uint64_t number) const {
    return random_source(seed_ << 48U ^ static_cast<std::uint64_t>(which) << 40U ^ number).next();
}

void suite::run(part which, std::uint64_t number) {
    const std::uint64_t seed = seed_of(which, number);
    switch (which) {
        case part::crash: return crash(point_of(number), seed, false);
        case part::recovery: return crash(point_of(number), seed, true);
        case part::kill: return kill(point_of(number), seed);
        case part::fault: return fault(point_of(number), number, seed);
        case part::interrupted: return interrupted(point_of(number), seed);
        case part::full: return full(number, seed);
        case part::damage: return damage(number, seed);
        case part::long_run: return long_run(seed);
    }
}

void suite::crash(const point& at, std::uint64_t seed, bool again) {
    random_source random(seed);
    world         in(*at.played, options_for(seed));
    const auto    plan = [&](std::uint64_t operation) {
        auto fault = disk_fault::crash(random.next());
        in.disk.fail_at(operation, random.one_in(3) ? fault.silently() : fault);
        ++tried().crashes;
    };
    plan(at.operation);
    if (again) {
        const std::uint64_t next = at.operation + 1 + random.below(50);
        plan(next);
        if (random.one_in(2)) plan(next + 1 + random.below(50));
    }
    in.open_log();
    play(in, *at.played, random, false);
    in.go_on(random.next());
}

void suite::kill(const point& at, std::uint64_t seed) {
    random_source random(seed);
    world         in(*at.played, options_for(seed));
    in.disk.fail_at(at.operation, disk_fault::kill(random.next()));
    ++tried().kills;
    if (random.one_in(2)) in.disk.fail_at(at.operation + 1 + random.below(80), disk_fault::crash(random.next()));
    in.open_log();
    play(in, *at.played, random, false);
    in.go_on(random.next());
}

void suite::fault(const point& at, std::uint64_t number, std::uint64_t seed) {
    random_source    random(seed);
    world            in(*at.played, options_for(seed));
    const disk_fault kinds[] = {disk_fault::failed_sync(after_failed_sync::keeps_pages),
                                disk_fault::failed_sync(after_failed_sync::reverts_pages), disk_fault::error(EIO),
                                disk_fault::error(ENOSPC)};
    const disk_fault chosen  = kinds[number % 4];
    // Another round, another kind of fault at the same point.
    const bool lasts = (number / 4 + number / points_.size()) % 2 == 1;
    in.disk.fail_at(at.operation, lasts ? chosen.from_then_on() : chosen);
    if (random.one_in(2)) in.disk.fail_at(at.operation + 1 + random.below(100), disk_fault::crash(random.next()));
    in.open_log();
    play(in, *at.played, random, true);
    if (random.one_in(2)) in.disk.clear_faults();
    in.go_on(random.next());
    tried().faults += in.disk.faults();
}

void suite::interrupted(const point& at, std::uint64_t seed) {
    random_source random(seed);
    world         in(*at.played, options_for(seed));
    in.allows_no_errors = true;
    in.disk.fail_at(at.operation, disk_fault::short_write().from_then_on());
    for (std::uint64_t i = 0; i < 40; ++i) in.disk.fail_at(at.operation + i * i, disk_fault::error(EINTR));
    in.open_log();
    play(in, *at.played, random, true);
    in.go_on(random.next());
    tried().faults += in.disk.faults();
}

void suite::full(std::uint64_t number, std::uint64_t seed) {
    random_source random(seed);
    const script& played = scripts_[static_cast<std::size_t>(number % scripts_.size())];
    world         in(played, options_for(seed));
    in.open_log();
    std::uint64_t full_from = random.below(played.operations.size()), full_to = full_from + 3 + random.below(10);
    for (std::uint64_t i = 0; i < played.operations.size(); ++i) {
        if (i == full_from) {
            std::uint64_t used = 0;
            for (const auto& [path, bytes] : in.files()) used += bytes.size();
            in.disk.set_capacity(used + random.below(3) * random.below(20000));
            in.disk_is_full = true;
            ++tried().faults;
        }
        if (i == full_to) {
            in.disk.set_capacity(annals::unlimited);
            in.disk_is_full = false;
        }
        (void)in.step(played.operations[static_cast<std::size_t>(i)]);
        if (in.is_poisoned()) throw broken("a full disk is taken for a failure");
    }
    in.go_on(random.next());
}

void suite::damage(std::uint64_t number, std::uint64_t seed) {
    random_source random(seed);
    script played = random.one_in(40) ? make_busy_script(seed) : scripts_[static_cast<std::size_t>(number % scripts_.size())];
    played.when_written = false;
    played.operations.resize(3 + static_cast<std::size_t>(random.below(played.operations.size() - 3)));
    world in(played, options_for(seed));
    in.open_log();
    for (const operation& next : played.operations) (void)in.step(next);
    const bool closes = random.below(3) != 0;
    in.end(closes ? ending::close : ending::kill);
    if (!closes && random.one_in(2)) in.disk.crash(random.next());
    damage_report hit = damage_something(in, seed, random);
    hit.was_closed    = closes;
    if (closes) hit.torn_from = ~std::uint64_t{0};
    ++tried().damages;
    in.check_damaged(hit);
}

void suite::long_run(std::uint64_t seed) {
    random_source random(seed);
    const script  played =
        random.one_in(4) ? make_busy_script(seed) : make_script(seed, 100 + static_cast<std::size_t>(random.below(200)));
    world in(played, options_for(seed));
    in.open_log();
    int patience = 3;
    for (const operation& next : played.operations) {
        if (random.one_in(6)) {
            const std::uint64_t at = in.disk.operations() + 1 + random.below(30);
            switch (random.below(7)) {
                case 0: in.disk.fail_at(at, disk_fault::crash(random.next())); break;
                case 1: in.disk.fail_at(at, disk_fault::crash(random.next()).silently()); break;
                case 2: in.disk.fail_at(at, disk_fault::kill(random.next())); break;
                case 3: in.disk.fail_at(at, disk_fault::failed_sync(after_failed_sync::keeps_pages)); break;
                case 4: in.disk.fail_at(at, disk_fault::failed_sync(after_failed_sync::reverts_pages)); break;
                case 5: in.disk.fail_at(at, disk_fault::error(random.one_in(2) ? EIO : ENOSPC)); break;
                default: in.disk.fail_at(at, random.one_in(2) ? disk_fault::short_write() : disk_fault::error(EINTR)); break;
            }
        }
        (void)in.step(next);
        if (in.is_poisoned() && patience-- == 0) {
            in.restart(random.one_in(2) ? ending::close : ending::kill);
            patience = static_cast<int>(random.below(5));
        }
    }
    in.restart(ending::close);
    in.go_on(random.next());
    tried().faults += in.disk.faults();
}

}  // namespace crash_simulation

#include "crash_simulation/world.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace crash_simulation {

using annals::errc;
using annals::simulated_crash;

tally& tried() {
    static tally all;
    return all;
}
diary& told() {
    static diary all;
    return all;
}
void tell(const std::string& line) {
    if (told().is_kept) told().lines.push_back(line);
}

world::world(const script& played, const annals::disk_options& options) : disk(options), script_(played), random_(played.seed) {
    ++tried().runs;
    seed_entropy(played.seed);
    for (const std::string& name : played.streams) known.streams.push_back({name});
    process_ = tested_log::process_name(disk);
    boot_    = tested_log::boot_id(disk);
}
world::~world() {
    disk.clear_faults();
    tell(std::to_string(disk.operations()) + " operations of the disk");
}

annals::file_log_options world::options() const {
    annals::file_log_options options;
    options.segment_size = script_.segment_size;
    options.background   = false;
    options.acknowledge  = script_.when_written ? annals::acknowledge::when_written : annals::acknowledge::when_durable;
    return options;
}

void world::open_log() {
    for (int failures = 0, deaths = 0;;) {
        log_.reset();
        if (died()) reader_.reset();
        process_ = tested_log::process_name(disk);
        faults_  = disk.faults();
        try {
            tell("open, at operation " + std::to_string(disk.operations() + 1));
            auto opened = tested_log::open(disk, directory, options(), &now_, &next_id_);
            if (died()) {
                tell("the process dies in it");
                continue;
            }
            if (!opened) {
                const std::string text = opened.error().message();
                tell(text);
                for (const auto& [path, bytes] : files()) tell("    " + path + ", " + std::to_string(bytes.size()) + " bytes");
                const errc code       = opened.error().code;
                const bool is_excused = !allows_no_errors && (faults_ != disk.faults() || disk_is_full);
                if (!is_excused || (code != errc::io_failed && code != errc::disk_full))
                    throw broken("the log does not open: " + text);
                if (++failures < 3) continue;
                disk.clear_faults();
                disk.set_capacity(std::numeric_limits<std::uint64_t>::max());
                disk_is_full = false;
                continue;
            }
            log_    = std::move(*opened);
            faults_ = disk.faults();
            ++tried().recoveries;
            resolve();
            if (!died()) return;
            tell("the process died in it");
        } catch (const simulated_crash& crash) {
            tell(crash.what());
            if (++deaths == 50) throw broken("the log never opens");
        }
    }
}

// The log was opened: what is in it of that which was not known to be?
void world::resolve() {
    const std::string boot       = tested_log::boot_id(disk);
    const bool        lost_power = boot != boot_;
    if (const std::uint64_t head = log_->head();
        script_.when_written && (lost_power || may_lose_) && head >= durable_ && head < known.events.size()) {
        tell("back to " + std::to_string(head) + " of " + std::to_string(known.events.size()) + " events");
        not_before_ = std::max({not_before_, now_, known.last_time()});
        known.roll_back_to(static_cast<std::size_t>(head));
        pending_.reset();
        unsure_.reset();
        last_with_ids_.reset();
    }
    std::optional<submission> again;
    if (pending_) {
        if (happened(*pending_)) {
            tell("what was not known to be there is there");
            known.apply(*pending_, log_->first_position());
        } else if (!pending_->events.empty()) {
            not_before_ = std::max(not_before_, pending_->events.front().time);
        }
        pending_.reset();
        again = std::exchange(unsure_, std::nullopt);
    }
    now_      = std::max(now_, not_before_);
    boot_     = boot;
    poisoned_ = false;
    may_lose_ = false;
    lags_     = false;
    check();
    durable_ = known.events.size();
    if (lost_power) check_copies();
    if (again && random_.one_in(2) && !died()) repeat(*again);
}

bool world::happened(const effect& which) {
    if (!which.events.empty()) return log_->head() != known.events.size();
    if (which.truncated_before != 0) {
        const auto kept = log_->snapshot();
        if (!kept) throw broken("snapshot: " + kept.error().message());
        const bool          is_new = kept->number == which.snapshot;
        const std::uint64_t first  = log_->first_position();
        if (is_new && (first < known.first_position || first > std::max(which.truncated_before, known.first_position)))
            throw broken("more was truncated than was asked for");
        return is_new;
    }
    const auto& [stream, rule] = *which.rule;
    if (rule.ended != known.streams[stream].ended) {
        const std::vector<any_event> events{counted{0}};
        const named_share            wrong{rule.name, annals::version{rule.version + 1000}, events};
        const auto                   refused = log_->append({}, {&wrong, 1});
        if (refused) throw broken("an append with a wrong version was accepted");
        return refused.error().code == errc::stream_ended;
    }
    model after = known;
    after.apply(which);
    const seen found = log_->look(after, {});
    return found.wrong.empty() && !found.failure && found.missing == 0;
}

void world::check() {
    ++tried().checks;
    const auto wrong = log_->difference(known, random_.next(), poisoned_);
    if (!wrong.empty()) throw broken(wrong);
}

void world::check_reader() {
    const bool may_be_truncated = pending_ && pending_->truncated_before != 0;
    if (!reader_ || lags_ || reads_may_fail() || may_be_truncated || was_disturbed()) return;
    const auto wrong = reader_->difference(known, random_.next(), true);
    if (was_disturbed()) return reader_.reset();  // it may have seen a part
    if (!wrong.empty()) throw broken("a log that has been open for reading: " + wrong);
}

void world::check_copies() {
    const auto fail = [&](const std::string& what) {
        disk.clear_faults();  // for a log that is open is closed now, by its destructor
        throw broken("a copy " + what);
    };
    for (const kept_copy& each : copies_) {
        const auto reader = tested_log::open_read_only(disk, each.name);
        if (was_disturbed()) return;
        if (!reader) fail("does not open: " + reader.error().message());
        const auto wrong = reader->difference(each.known, 1, true);
        if (was_disturbed()) return;
        if (!wrong.empty()) fail("is none: " + wrong);
        if (random_.one_in(2)) continue;
        auto writer = tested_log::open(disk, each.name, options(), &now_, &next_id_);
        if (died() || (!writer && (disk_is_full || faults_ != disk.faults()))) return;
        if (!writer) fail("does not open for writing: " + writer.error().message());
        if (const auto still_wrong = writer->difference(each.known, 1, false); !still_wrong.empty())
            fail("is none: " + still_wrong);
        const auto done = writer->close();
        if (was_disturbed()) return;
        if (!done) fail("does not close: " + done.error().message());
    }
}

bool world::step(const operation& next) {
    now_ = std::max(now_ + next.later, not_before_);
    tell(std::string(name_of(next.what)) + ", at operation " + std::to_string(disk.operations() + 1));
    try {
        perform(next);
        if (!died() && (checks_often || poisoned_) && !reads_may_fail()) check();
        if (!died()) return true;
        tell("the process died in it");
    } catch (const simulated_crash& crash) { tell(crash.what()); }
    open_log();
    return false;
}

void world::end(ending how) {
    if (how == ending::close && !died()) {
        faults_         = disk.faults();
        const auto done = log_->close();
        if (!done) {
            tell("close: " + done.error().message());
            may_lose_ = true;
        } else {
            durable_ = known.events.size();
        }
        if (!died()) {
            if (done && poisoned_) throw broken("close succeeds after a failure");
            if (!done && !poisoned_ && (allows_no_errors || faults_ == disk.faults()))
                throw broken("close: " + done.error().message());
            if (!done && poisoned_ && done.error().code != errc::log_failed)
                throw broken("after a failure, close: " + done.error().message());
        }
    }
    if (how == ending::kill) {
        tell("killed");
        disk.kill();
        ++tried().kills;
    }
    if (how == ending::destroy) may_lose_ = true;
    log_.reset();
}

void world::restart(ending how) {
    try {
        end(how);
    } catch (const simulated_crash& crash) { tell(crash.what()); }
    open_log();
}

void world::lose_power(std::uint64_t seed) {
    tell("the power fails: crash(" + std::to_string(seed) + ")");
    disk.crash(seed);
    ++tried().crashes;
    open_log();
}

void world::go_on(std::uint64_t seed) {
    annals::random_source random(seed);
    const auto            an_ending = [&] { return random.one_in(2) ? ending::close : ending::kill; };
    if (random.one_in(3)) restart(an_ending());
    script more = make_script(random.next(), 3);
    for (operation& each : more.operations) {
        each.what = operation::kind::append;
        if (each.shares.empty()) each.shares = {{static_cast<std::size_t>(each.chance % known.streams.size()), {counted{1}}}};
        for (share& one : each.shares) one.stream %= known.streams.size();
        (void)step(each);
        if (poisoned_) restart(an_ending());
    }
    lose_power(random.next());
    disk.clear_faults();
    restart(random.one_in(3) ? ending::destroy : an_ending());
    if (random.one_in(2)) verify();
}

file_map world::files() const {
    file_map all;
    for (const std::string& name : disk.names(directory)) {
        const std::string path = std::string(directory) + "/" + name;
        all.emplace(path, disk.content(path));
    }
    return all;
}

}  // namespace crash_simulation

#include "crash_simulation/world.hpp"

#include "crash_simulation/reading.hpp"

#include <annals/log/append_to.hpp>

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

namespace crash_simulation {

using annals::errc;
using annals::expected_version;
using annals::simulated_crash;
using kind = operation::kind;

tally& tried() {
    static tally all;
    return all;
}
diary& told() {
    static diary all;
    return all;
}

namespace {

constexpr const char* directory = "log";

void tell(const std::string& line) {
    if (told().is_kept) told().lines.push_back(line);
}

}  // namespace

struct world::logs {
    struct kept_copy {
        std::string name;
        model       known;
    };

    std::optional<log_type> open;    // for writing
    std::optional<log_type> reader;  // of another process
    std::vector<kept_copy>  copies;  // that are durable
};

// An append as it was asked for.
struct world::submission {
    std::vector<share>            shares;
    std::vector<expected_version> expects;
    annals::metadata              about;
    std::uint64_t                 about_number = 0;
    effect                        would;
    std::vector<annals::receipt>  receipts;
};

world::world(const script& played, const annals::disk_options& options)
    : disk(options), script_(played), random_(played.seed), logs_(std::make_unique<logs>()) {
    ++tried().runs;
    seed_entropy(played.seed);
    for (const std::string& name : played.streams) known.streams.push_back({name});
    note_process();
    boot_ = packing_files(disk).boot_id();
}
world::~world() {
    disk.clear_faults();
    if (told().is_kept) tell(std::to_string(disk.operations()) + " operations of the disk");
}

bool world::died() const { return packing_files(const_cast<annals::simulated_disk&>(disk)).process_name() != process_; }
void world::note_process() { process_ = packing_files(disk).process_name(); }

void world::open_log() {
    for (int failures = 0, deaths = 0;;) {
        logs_->open.reset();
        if (died()) logs_->reader.reset();
        note_process();
        faults_ = disk.faults();
        try {
            annals::file_log_options options;
            options.segment_size = script_.segment_size;
            options.background   = false;
            options.acknowledge  = script_.when_written ? annals::acknowledge::when_written : annals::acknowledge::when_durable;
            tell("open, at operation " + std::to_string(disk.operations() + 1));
            auto opened = log_type::open(directory, options, still_clock{&now_}, given_id{&next_id_}, packing_files(disk));
            if (died()) {
                tell("the process dies in it");
                continue;
            }
            if (!opened) {
                const std::string text = text_of(opened.error());
                tell(text);
                for (const auto& [path, bytes] : files()) tell("    " + path + ", " + std::to_string(bytes.size()) + " bytes");
                if (faults_ == disk.faults() && !disk_is_full) throw broken("the log does not open: " + text);
                const errc code = opened.error().code;
                if (allows_no_errors || (code != errc::io_failed && code != errc::disk_full))
                    throw broken("the log does not open: " + text);
                if (++failures >= 3) {
                    disk.clear_faults();
                    disk.set_capacity(std::numeric_limits<std::uint64_t>::max());
                    disk_is_full = false;
                }
                continue;
            }
            logs_->open = std::move(*opened);
            ++tried().recoveries;
            faults_ = disk.faults();
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
    const std::string boot       = packing_files(disk).boot_id();
    const bool        lost_power = boot != boot_;
    if (lost_power || may_lose_) {
        const std::uint64_t head = head_of(*logs_->open);
        if (script_.when_written && head < known.events.size() && head >= durable_) {
            tell("back to " + std::to_string(head) + " of " + std::to_string(known.events.size()) + " events");
            not_before_ = std::max({not_before_, now_, known.last_time()});
            known.roll_back_to(static_cast<std::size_t>(head));
            pending_.reset();
            last_with_ids_.reset();
        }
    }
    std::unique_ptr<submission> again;
    if (pending_) {
        if (happened(*pending_)) {
            tell("what was not known to be there is there");
            known.apply(*pending_, logs_->open->first_position().value);
        } else if (!pending_->events.empty()) {
            not_before_ = std::max(not_before_, pending_->events.front().time);
        }
        pending_.reset();
        again = std::move(unsure_);
    }
    unsure_.reset();
    boot_     = boot;
    poisoned_ = false;
    may_lose_ = false;
    lags_     = false;
    check();
    durable_ = known.events.size();
    if (lost_power) check_copies();
    if (again && random_.one_in(2)) repeat(*again);
}

bool world::happened(const effect& which) {
    const log_type& log = *logs_->open;
    if (!which.events.empty()) return head_of(log) != known.events.size();
    if (which.truncated_before != 0) {
        const auto kept = log.snapshot_of<summary>();
        if (!kept) throw broken("snapshot: " + text_of(kept.error()));
        const bool          is_new = *kept && (*kept)->state.number == which.snapshot;
        const std::uint64_t first  = log.first_position().value;
        if (is_new && (first < known.first_position || first > std::max(which.truncated_before, known.first_position)))
            throw broken("more was truncated than was asked for");
        return is_new;
    }
    const auto& [stream, rule] = *which.rule;
    if (rule.ended != known.streams[stream].ended) {
        const auto refused = logs_->open->append(rule.name, annals::version{rule.version + 1000}, counted{0});
        if (refused) throw broken("an append with a wrong version was accepted");
        return refused.error().code == errc::stream_ended;
    }
    model after = known;
    after.apply(which);
    return difference(log, after, 8 * static_cast<std::uint64_t>(stream), false).empty();
}

void world::check() {
    ++tried().checks;
    const auto wrong = difference(*logs_->open, known, random_.next(), poisoned_);
    if (!wrong.empty()) throw broken(wrong);
}

bool world::step(const operation& next) {
    now_ = std::max(now_ + next.later, not_before_);
    if (told().is_kept)
        tell(std::string(name_of(next.what)) + ", at operation " + std::to_string(disk.operations() + 1));
    try {
        perform(next);
        if (!died() && (checks_often || poisoned_) && !reads_may_fail()) check();
        if (!died()) return true;
        tell("the process died in it");
    } catch (const simulated_crash& crash) {
        tell(crash.what());
    }
    open_log();
    return false;
}

void world::perform(const operation& next) {
    faults_ = disk.faults();
    switch (next.what) {
        case kind::append:
        case kind::conflict: return append(next);
        case kind::repeat:
            if (last_with_ids_) repeat(*last_with_ids_);
            return;
        case kind::end_stream: return end_stream(next);
        case kind::drop_events: return drop_events(next);
        case kind::truncate: return truncate(next);
        case kind::copy: return copy();
        case kind::reopen: return restart(ending::close);
        case kind::compress: return compress();
        case kind::look: return look();
        case kind::follow: {
            auto opened = log_type::open_read_only(directory, packing_files(disk));
            if (!opened && !died() && faults_ == disk.faults()) throw broken("open_read_only: " + text_of(opened.error()));
            logs_->reader.reset();
            if (opened && faults_ == disk.faults()) logs_->reader = std::move(*opened);
            return check_reader();
        }
        case kind::verify: return verify();
        case kind::sync: return sync();
    }
}

template <class Result>
world::outcome world::outcome_of(const Result& result, const char* what) {
    if (result) {
        if (poisoned_) throw broken(std::string(what) + " succeeds after a failure");
        lags_ = faults_ != disk.faults();
        return outcome::done;
    }
    const std::string text = std::string(what) + ": " + text_of(result.error());
    tell(text);
    if (died()) return outcome::unknown;
    if (poisoned_) {
        if (result.error().code != errc::log_failed && !(reads_may_fail() && result.error().code == errc::damaged)) throw broken("after a failure, " + text);
        return outcome::undone;
    }
    const errc code = result.error().code;
    if (code == errc::disk_full && disk_is_full) return outcome::undone;
    if (allows_no_errors || faults_ == disk.faults()) throw broken(text);
    switch (code) {
        case errc::disk_full:
        case errc::io_failed: return outcome::undone;
        case errc::log_failed: poisoned_ = may_lose_ = true; return outcome::undone;
        case errc::durability_unknown: poisoned_ = may_lose_ = true; return outcome::unknown;
        default: throw broken(text);
    }
}

/// Takes down what an operation did, which was noted in `pending_` before, unless the log had failed already.
template <class Result, class Apply>
void world::settle(const effect& would, const Result& result, Apply&& apply) {
    const bool was_poisoned = poisoned_;
    switch (outcome_of(result, "operation")) {
        case outcome::done:
            apply(*result);
            if (would.events.empty() || !script_.when_written) durable_ = known.events.size();
            break;
        case outcome::unknown: return;
        case outcome::undone: break;
    }
    if (was_poisoned) return;
    pending_.reset();
    unsure_.reset();
}

void world::append(const operation& next) {
    submission  made;
    std::size_t events = 0;
    made.shares        = next.shares;
    for (std::size_t i = 0; i < next.shares.size(); ++i) {
        const std::uint64_t now = known.streams[next.shares[i].stream].version;
        expected_version    expects =
            next.names_version ? expected_version(annals::version{now}) : now == 0 ? annals::no_stream : annals::any_version;
        if (next.what == kind::conflict && i == next.chance % next.shares.size())
            expects = now != 0 && next.chance % 3 == 0 ? annals::no_stream
                                                       : expected_version(annals::version{now + 1 + next.chance % 5});
        made.expects.push_back(expects);
        events += next.shares[i].events.size();
    }
    if (next.is_annotated) {
        made.about_number       = next.chance % 100000 + 1;
        made.about.correlation  = id_of(made.about_number);
        made.about.actor        = "actor " + std::to_string(made.about_number);
    }
    if (next.gives_ids)
        for (std::size_t i = 0; i < events; ++i) made.about.event_ids.push_back(id_of(++ids_));
    submit(made);
}

void world::submit(const submission& given) {
    submission made = given;
    next_id_        = id_of(++ids_);
    made.would      = {};
    made.receipts.clear();
    std::optional<errc> refusal;
    const std::int64_t  time = std::max(now_, known.last_time());
    std::size_t         number = 0;
    for (std::size_t i = 0; i < made.shares.size(); ++i) {
        const known_stream& stream = known.streams[made.shares[i].stream];
        if (!refusal && stream.ended) refusal = errc::stream_ended;
        if (!refusal && !made.expects[i].holds(annals::version{stream.version})) refusal = errc::version_conflict;
        std::uint64_t version = stream.version;
        for (const any_event& event : made.shares[i].events) {
            const bool         has_ids = !made.about.event_ids.empty();
            const annals::uuid id      = has_ids ? made.about.event_ids[number] : id_behind(next_id_, number);
            made.would.events.push_back({made.shares[i].stream, ++version, time, id, made.about_number, number == 0, event});
            ++number;
        }
        made.receipts.push_back({annals::version{version}, annals::position{known.events.size() + number},
                                 made.shares[i].events.size()});
    }
    if (refusal && poisoned_) return;
    if (!poisoned_ && !refusal) {
        pending_ = made.would;
        unsure_  = made.about.event_ids.empty() ? nullptr : std::make_unique<submission>(made);
    }

    std::vector<annals::receipt>            receipts;
    annals::expected<void, annals::error> result;
    const auto take = [&](auto&& answer) {
        if (answer)
            receipts.assign(answer->begin(), answer->end());
        else
            result = annals::unexpected<annals::error>(answer.error());
    };
    log_type&   log  = *logs_->open;
    const auto& all  = made.shares;
    const auto  part = [&](std::size_t i) { return annals::append_to(known.streams[all[i].stream].name, made.expects[i], all[i].events); };
    ++tried().appends;
    if (all.size() == 1) {
        const auto answer = log.append(known.streams[all[0].stream].name, made.expects[0], made.about, all[0].events);
        if (answer)
            receipts = {*answer};
        else
            result = annals::unexpected<annals::error>(answer.error());
    } else if (all.size() == 2) {
        take(log.append(made.about, part(0), part(1)));
    } else {
        take(log.append(made.about, part(0), part(1), part(2)));
    }
    if (refusal) {
        if (result) throw broken("an append that was to be refused was accepted");
        if (!died() && result.error().code != *refusal)
            throw broken("refused for another reason: " + text_of(result.error()));
        return;
    }
    struct answer_type {
        const annals::expected<void, annals::error>& from;
        explicit operator bool() const { return from.has_value(); }
        [[nodiscard]] const annals::error& error() const { return from.error(); }
        bool operator*() const { return true; }
    };
    settle(made.would, answer_type{result}, [&](bool) {
        if (receipts != made.receipts) throw broken("a wrong receipt");
        known.apply(made.would);
        if (!made.about.event_ids.empty()) last_with_ids_ = std::make_unique<submission>(made);
    });
}

// Whether it was appended or not: then it is there once.
void world::repeat(const submission& given) {
    const known_event& first = given.would.events.front();
    std::size_t        at    = known.events.size();
    for (std::size_t i = 0; i < known.events.size(); ++i)
        if (known.events[i].id == first.id) at = i;
    if (at == known.events.size()) {
        if (poisoned_) return;
        const submission copy = given;
        return submit(copy);
    }
    for (std::size_t i = 0; i < given.would.events.size(); ++i) {
        const known_event&  each    = known.events[at + i];
        const std::uint64_t version = known.streams[each.stream].version;
        if (!known.shows(at + i) || version - each.version > 500) return;
    }
    const auto check_answer = [&](const auto& answer, const std::vector<annals::receipt>& receipts) {
        if (!answer && (died() || reads_may_fail())) return;
        if (!answer) throw broken("an append is not recognised when it is repeated: " + text_of(answer.error()));
        for (std::size_t i = 0; i < receipts.size(); ++i)
            if (receipts[i] != given.receipts[i]) throw broken("another receipt when an append is repeated");
    };
    log_type&   log  = *logs_->open;
    const auto& all  = given.shares;
    const auto  name = [&](std::size_t i) { return known.streams[all[i].stream].name; };
    if (all.size() == 1) {
        const auto answer = log.append(name(0), given.expects[0], given.about, all[0].events);
        check_answer(answer, answer ? std::vector<annals::receipt>{*answer} : std::vector<annals::receipt>{});
    } else if (all.size() == 2) {
        const auto first_name = name(0), second = name(1);
        const auto answer = log.append(given.about, annals::append_to(first_name, given.expects[0], all[0].events),
                                       annals::append_to(second, given.expects[1], all[1].events));
        check_answer(answer, answer ? std::vector<annals::receipt>(answer->begin(), answer->end()) : std::vector<annals::receipt>{});
    }
}

void world::end_stream(const operation& next) {
    const std::size_t stream = static_cast<std::size_t>(next.chance % known.streams.size());
    if (known.streams[stream].ended) return;
    effect would;
    would.rule               = {stream, known.streams[stream]};
    would.rule->second.ended = true;
    would.time               = std::max(now_, known.last_time());
    if (!poisoned_) pending_ = would;
    settle(would, logs_->open->end_stream(known.streams[stream].name), [&](annals::version last) {
        if (last.value != known.streams[stream].version) throw broken("end_stream answers another version");
        known.apply(would);
    });
}

void world::drop_events(const operation& next) {
    const std::size_t stream = static_cast<std::size_t>(next.chance % known.streams.size());
    known_stream      after  = known.streams[stream];
    if (after.version < 2) return;
    annals::retention   keep;
    const std::uint64_t before = after.first_visible();
    if (next.chance % 2 == 0) {
        keep.before = annals::version{1 + next.chance / 8 % (after.version + 1)};
        after.first = std::max(before, std::min(keep.before.value, after.version + 1));
    } else {
        keep.most   = 1 + next.chance / 8 % after.version;
        after.first = std::max(after.first, before);
        after.most  = std::min(after.most, keep.most);
    }
    if (after.first_visible() <= known.first_readable(stream)) return;  // nobody could tell afterwards whether it had happened
    effect would;
    would.rule = {stream, after};
    would.time = std::max(now_, known.last_time());
    if (!poisoned_) pending_ = would;
    settle(would, logs_->open->drop_events(after.name, keep), [&](annals::version first) {
        if (first.value != after.first_visible()) throw broken("drop_events answers another version");
        known.apply(would);
    });
}

void world::truncate(const operation& next) {
    effect would;
    would.truncated_before = 1 + next.chance % (known.events.size() + 1);
    would.snapshot         = next.chance | 1U;
    if (!poisoned_) pending_ = would;
    const summary state{would.snapshot, "all that was"};
    settle(would, logs_->open->truncate_before(annals::position{would.truncated_before}, state), [&](annals::position first) {
        if (first.value < known.first_position || first.value > std::max(would.truncated_before, known.first_position))
            throw broken("truncate_before answers another position");
        known.apply(would, first.value);
    });
}

void world::copy() {
    if (poisoned_) return;  // what it has of an operation that is not known to have been done is not known either
    const std::string name = "copy-" + std::to_string(++copies_);
    const auto        done = logs_->open->copy_to(name);
    if (done) {
        logs_->copies.push_back({name, known});
        return;
    }
    tell("copy_to: " + text_of(done.error()));
    if (died()) return;
    if (faults_ == disk.faults() && !disk_is_full) throw broken("copy_to: " + text_of(done.error()));
    const auto opened = log_type::open_read_only(name, packing_files(disk));
    if (!opened || died()) return;
    const seen found = look_at(*opened, known, {}, false, false);
    if (!found.wrong.empty() || (!found.error && found.missing != 0)) throw broken("a copy that failed is taken for a whole one");
}

void world::compress() {
    const auto done = logs_->open->compress_sealed(1);
    if (done) return;
    tell("compress_sealed: " + text_of(done.error()));
    if (died() || reads_may_fail()) return;
    if (allows_no_errors || (faults_ == disk.faults() && !(disk_is_full && done.error().code == errc::disk_full)))
        throw broken("compress_sealed: " + text_of(done.error()));
}

void world::check_copies() {
    const auto fail = [&](const std::string& what) {
        disk.clear_faults();  // for a log that is open is closed now, by its destructor
        throw broken(what);
    };
    for (const auto& each : logs_->copies) {
        auto opened = log_type::open_read_only(each.name, packing_files(disk));
        if (died() || faults_ != disk.faults()) return;
        if (!opened) throw broken("a copy does not open: " + text_of(opened.error()));
        const auto seen_wrong = difference(*opened, each.known, 1, true);
        if (died() || faults_ != disk.faults()) return;
        if (!seen_wrong.empty()) fail("a copy: " + seen_wrong);
        if (random_.one_in(2)) continue;
        annals::file_log_options options;
        options.segment_size = script_.segment_size;
        options.background   = false;
        auto writable        = log_type::open(each.name, options, still_clock{&now_}, given_id{&next_id_}, packing_files(disk));
        if (died() || (!writable && disk_is_full)) return;
        if (!writable && faults_ == disk.faults()) throw broken("a copy does not open for writing: " + text_of(writable.error()));
        if (!writable) return;
        if (auto wrong = difference(*writable, each.known, 1, false); !wrong.empty()) fail("a copy: " + wrong);
        if (const auto done = writable->close(); !done && !died() && faults_ == disk.faults())
            fail("a copy does not close: " + text_of(done.error()));
        if (died()) return;
    }
}

void world::look() {
    if (reads_may_fail()) return;
    check();
    auto opened = log_type::open_read_only(directory, packing_files(disk));
    if (died()) return;
    if (!opened && faults_ == disk.faults()) throw broken("open_read_only: " + text_of(opened.error()));
    const bool may_be_truncated = pending_ && pending_->truncated_before != 0;
    if (opened && !lags_ && !may_be_truncated && faults_ == disk.faults())
        if (auto wrong = difference(*opened, known, random_.next(), true); !wrong.empty() && faults_ == disk.faults() && !died())
            throw broken("a log that is open for reading: " + wrong);
    check_reader();
}

void world::check_reader() {
    if (!logs_->reader || lags_ || reads_may_fail() || died() || faults_ != disk.faults()) return;
    const auto wrong = difference(*logs_->reader, known, random_.next(), true);
    if (faults_ != disk.faults() || died()) return logs_->reader.reset();  // it may have seen a part
    if (!wrong.empty()) throw broken("a log that has been open for reading: " + wrong);
}

void world::verify() {
    if (reads_may_fail()) return;
    const auto done = logs_->open->verify();
    if (done && done->events != known.events.size() - (known.first_position - 1))
        throw broken("verify counts " + std::to_string(done->events) + " events");
    if (!done && !died() && faults_ == disk.faults()) throw broken("verify: " + text_of(done.error()));
}

void world::sync() {
    const auto done = logs_->open->sync();
    if (!done && !died() && faults_ == disk.faults() && !poisoned_) throw broken("sync: " + text_of(done.error()));
    if (done && poisoned_) throw broken("sync succeeds after a failure");
    if (done) durable_ = known.events.size();
    if (!done) poisoned_ = may_lose_ = true;
}

void world::end(ending how) {
    if (how == ending::close && !died()) {
        faults_         = disk.faults();
        const auto done = logs_->open->close();
        if (!done) tell("close: " + text_of(done.error()));
        if (!died()) {
            if (done && poisoned_) throw broken("close succeeds after a failure");
            if (!done && !poisoned_ && (allows_no_errors || faults_ == disk.faults())) throw broken("close: " + text_of(done.error()));
            if (!done && poisoned_ && done.error().code != errc::log_failed) throw broken("after a failure, close: " + text_of(done.error()));
        }
        if (done) durable_ = known.events.size();
        if (!done) may_lose_ = true;
    }
    if (how == ending::kill) {
        tell("killed");
        disk.kill();
        ++tried().kills;
    }
    if (how == ending::destroy) may_lose_ = true;
    logs_->open.reset();
}

void world::restart(ending how) {
    try {
        end(how);
    } catch (const simulated_crash& crash) {
        tell(crash.what());
    }
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
    script                more = make_script(random.next(), 3);
    const auto            play = [&] {
        for (operation& each : more.operations) {
            each.what = kind::append;
            if (each.shares.empty()) each.shares = {{each.chance % known.streams.size(), {counted{1}}}};
            for (share& one : each.shares) one.stream %= known.streams.size();
            (void)step(each);
            if (poisoned_) restart(random.one_in(2) ? ending::close : ending::kill);
        }
    };
    if (random.one_in(3)) restart(random.one_in(2) ? ending::close : ending::kill);
    play();
    lose_power(random.next());
    disk.clear_faults();
    restart(random.one_in(3) ? ending::close : random.one_in(2) ? ending::kill : ending::destroy);
    if (random.one_in(2)) verify();
}

std::vector<std::pair<std::string, std::vector<std::byte>>> world::files() const {
    std::vector<std::pair<std::string, std::vector<std::byte>>> all;
    for (const std::string& name : disk.names(directory)) {
        const std::string path = std::string(directory) + "/" + name;
        all.emplace_back(path, disk.content(path));
    }
    return all;
}

std::vector<segment_layout> world::layout() {
    const auto missing = std::exchange(annals::detail::missing_safeguard, annals::detail::safeguard::none);
    packing_files files(disk);
    auto            found = annals::detail::examination<packing_files>(files, directory).run();
    annals::detail::missing_safeguard = missing;
    std::vector<segment_layout> all;
    if (!found || found->damage) return all;
    for (const auto& each : found->segments) {
        segment_layout made{each->path, each->end(), {}, each->is_packed()};
        if (made.is_packed) {
            const std::uint64_t beginning = annals::detail::first_frame + each->frame(annals::detail::first_frame).size();
            made.used                     = disk.content(made.path).size();
            made.frames = {{0, beginning, beginning, each->first_position}, {beginning, made.used - beginning, 8, each->first_position}};
            all.push_back(std::move(made));
            continue;
        }
        if (each == found->segments.back()) {
            made.used = annals::detail::offset_of(found->index.end.address);
            for (const std::uint64_t offset : found->tail) made.used = offset + each->frame(offset).size();
        }
        for (std::uint64_t at = annals::detail::first_frame; at < made.used; at += each->frame(at).size())
            made.frames.push_back({at, each->frame(at).size(), each->frame(at).head().head_size, each->frame(at).first(), each->frame(at).head().durable});
        all.push_back(std::move(made));
    }
    layout_count_ = all.size();
    return all;
}

void world::salvage(const damage_report& hit) {
    // As file_log::salvage, but with small files.
    annals::file_log_options options;
    options.segment_size = script_.segment_size;
    options.background   = false;
    packing_files files(disk);
    auto          store = annals::detail::file_store<packing_files>::open("saved", options, files);
    if (!store) throw broken("salvage: " + text_of(store.error()));
    const auto saved = annals::detail::salvage<packing_files>(files, directory, **store).run();
    if (!saved && saved.error().code == errc::no_such_log && layout_count_ == 1) return;  // its only file was removed
    if (!saved) throw broken("salvage: " + text_of(saved.error()));
    if (const auto done = (*store)->close(); !done) throw broken("salvage: " + text_of(done.error()));
    const auto opened = log_type::open_read_only("saved", packing_files(disk));
    if (!opened) throw broken("what was salvaged does not open: " + text_of(opened.error()));
    const auto there = events_in(*opened, known);
    for (std::size_t at = 1; at < there.size(); ++at)
        if (hit.intact[at] && known.shows(at - 1) && !there[at]) throw broken("position " + std::to_string(at) + " is not salvaged");
}

void world::check_damaged(const damage_report& hit) {
    const auto before = files();
    // What is read is right, or it is said to be damaged.
    const auto look = [&](const log_type& log, const char* which) {
        const auto judge = [&](const seen& found, const std::string& where) {
            if (!found.wrong.empty()) throw broken(where + found.wrong);
            if (found.error && !hit.is_used) throw broken(where + text_of(*found.error));
            if (found.error && found.error->code != errc::damaged && found.error->code != errc::out_of_range)
                throw broken(where + text_of(*found.error));
            if (!found.error && found.missing != 0 && found.missing < hit.torn_from)
                throw broken(where + "position " + std::to_string(found.missing) + " is left out, and nothing is said");
            if (found.missing != 0 && found.missing < hit.safe_position && !hit.hits_begin)
                throw broken(where + "position " + std::to_string(found.missing) + " is before the damage, and not shown");
            return !found.error && found.missing == 0;
        };
        const bool is_whole = judge(look_at(log, known, {}, false, hit.is_used), std::string(which) + ": ");
        for (std::size_t stream = 0; stream < known.streams.size(); ++stream) {
            seen found = look_at(log, known, stream, false, hit.is_used);
            if (found.error) found.missing = 0;  // what of a stream is before the damage is not known to the one who asks
            (void)judge(found, std::string(which) + ", stream " + known.streams[stream].name + ": ");
        }
        return is_whole;
    };
    if (const auto reader = log_type::open_read_only(directory, packing_files(disk)); reader)
        look(*reader, "open_read_only");
    else if (!hit.hits_begin)
        throw broken("open_read_only: " + text_of(reader.error()));

    if (hit.is_used) salvage(hit);

    annals::file_log_options options;
    options.segment_size = script_.segment_size;
    options.background   = false;
    const auto open      = [&] { return log_type::open(directory, options, still_clock{&now_}, given_id{&next_id_}, packing_files(disk)); };
    auto       opened    = open();
    if (!opened) {
        tell(text_of(opened.error()));
        if (!hit.is_used) throw broken("nothing that matters is damaged, but the log does not open: " + text_of(opened.error()));
        if (opened.error().code != errc::damaged) throw broken("open: " + text_of(opened.error()));
        for (const auto& [path, bytes] : before)
            if (path.find("/lock") == std::string::npos && disk.content(path) != bytes) throw broken("a damaged log was changed: " + path);
        return;
    }
    const bool is_whole = look(*opened, "open");
    if (!hit.is_used)
        if (auto wrong = difference(*opened, known, random_.next(), false); !wrong.empty()) throw broken("open: " + wrong);
    const auto verified = opened->verify();
    if (!verified && !hit.is_used) throw broken("verify: " + text_of(verified.error()));
    if (verified && hit.is_used && hit.was_closed) throw broken("verify does not see the damage");
    if (hit.is_used && !is_whole) return;
    std::size_t stream = 0;
    while (known.streams[stream].ended) ++stream;
    next_id_ = id_of(++ids_);
    if (head_of(*opened) < known.events.size()) known.roll_back_to(static_cast<std::size_t>(head_of(*opened)));
    const std::uint64_t version = known.streams[stream].version + 1;
    effect              more;
    now_ = std::max(now_, known.last_time());
    more.events.push_back({stream, version, now_, next_id_, 0, true, any_event{counted{7}}});
    if (const auto done = opened->append(known.streams[stream].name, annals::any_version, counted{7}); !done)
        throw broken("append: " + text_of(done.error()));
    known.apply(more);
    if (const auto done = opened->close(); !done) throw broken("close: " + text_of(done.error()));
    opened = open();
    if (!opened) throw broken("it opened once, but not again: " + text_of(opened.error()));
    look(*opened, "opened again");
}

}  // namespace crash_simulation

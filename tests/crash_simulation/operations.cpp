// What a script does to a log, and whether the answers are right.
#include "crash_simulation/world.hpp"

#include <algorithm>
#include <utility>

namespace crash_simulation {

using annals::errc;
using kind = operation::kind;

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
        case kind::compress: return compress();
        case kind::reopen: return restart(ending::close);
        case kind::look: return look();
        case kind::follow: return follow();
        case kind::verify: return verify();
        case kind::sync: return sync();
    }
}

// What an answer says of whether it was done, and whether that is an answer to be had.
template <class Result>
world::outcome world::outcome_of(const Result& result, std::string_view what) {
    if (result) {
        if (poisoned_) throw broken(std::string(what) + " succeeds after a failure");
        lags_ = faults_ != disk.faults();
        return outcome::done;
    }
    if (disk.faults() > faults_ + 1) lags_ = true;  // one of them may have been about what readers are told
    const std::string text = std::string(what) + ": " + result.error().message();
    const errc        code = result.error().code;
    tell(text);
    if (died()) return outcome::unknown;
    if (poisoned_) {
        if (code != errc::log_failed && !(reads_may_fail() && code == errc::damaged)) throw broken("after a failure, " + text);
        return outcome::undone;
    }
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

// Takes down what an operation did. It was noted in `pending_` before, unless the log had failed already.
template <class Result, class Check>
void world::settle(const effect& would, const Result& result, std::string_view what, Check&& check) {
    const bool had_failed = poisoned_;
    switch (outcome_of(result, what)) {
        case outcome::done:
            known.apply(would, check(*result));
            if (would.events.empty() || !script_.when_written) durable_ = known.events.size();
            break;
        case outcome::unknown: return;
        case outcome::undone: break;
    }
    if (had_failed) return;
    pending_.reset();
    unsure_.reset();
}

void world::append(const operation& next) {
    submission  made;
    std::size_t events = 0;
    made.shares        = next.shares;
    for (std::size_t i = 0; i < next.shares.size(); ++i) {
        const annals::version    now{known.streams[next.shares[i].stream].version};
        annals::expected_version expects = next.names_version ? now : now.value == 0 ? annals::no_stream : annals::any_version;
        if (next.what == kind::conflict && i == next.chance % next.shares.size())
            expects = now.value != 0 && next.chance % 3 == 0
                          ? annals::no_stream
                          : annals::expected_version(annals::version{now.value + 1 + next.chance % 5});
        made.expects.push_back(expects);
        events += next.shares[i].events.size();
    }
    if (next.is_annotated) {
        made.about_number      = next.chance % 100000 + 1;
        made.about.correlation = id_of(made.about_number);
        made.about.actor       = actor_of(made.about_number);
    }
    if (next.gives_ids)
        for (std::size_t i = 0; i < events; ++i) made.about.event_ids.push_back(id_of(++ids_));
    submit(made);
}

void world::submit(const submission& given) {
    submission made = given;
    made.would      = {};
    made.receipts.clear();
    next_id_ = id_of(++ids_);
    std::optional<errc>      refusal;
    std::vector<named_share> shares;
    const std::int64_t       time   = std::max(now_, known.last_time());
    std::size_t              number = 0;
    for (std::size_t i = 0; i < made.shares.size(); ++i) {
        const known_stream& stream = known.streams[made.shares[i].stream];
        shares.push_back({stream.name, made.expects[i], made.shares[i].events});
        if (!refusal && stream.ended) refusal = errc::stream_ended;
        if (!refusal && !made.expects[i].holds(annals::version{stream.version})) refusal = errc::version_conflict;
        std::uint64_t version = stream.version;
        for (const any_event& event : made.shares[i].events) {
            const auto&        ids = made.about.event_ids;
            const annals::uuid id  = ids.empty() ? id_behind(next_id_, number) : ids[number];
            made.would.events.push_back({made.shares[i].stream, ++version, time, id, made.about_number, number == 0, event});
            ++number;
        }
        made.receipts.push_back(
            {annals::version{version}, annals::position{known.events.size() + number}, made.shares[i].events.size()});
    }
    if (poisoned_ && refusal) return;
    if (!poisoned_ && !refusal) {
        pending_ = made.would;
        unsure_.reset();
        if (!made.about.event_ids.empty()) unsure_ = made;
    }
    ++tried().appends;
    const auto answer = log_->append(made.about, shares);
    if (refusal) {
        if (answer) throw broken("an append that was to be refused was accepted");
        if (!died() && answer.error().code != *refusal) throw broken("refused for another reason: " + answer.error().message());
        return;
    }
    settle(made.would, answer, "append", [&](const auto& receipts) {
        if (receipts != made.receipts) throw broken("a wrong receipt");
        if (!made.about.event_ids.empty()) last_with_ids_ = made;
        return 0U;
    });
}

// Whether it was appended or not: then it is there once.
void world::repeat(const submission& given) {
    const submission again = given;
    const auto       first = std::find_if(known.events.begin(), known.events.end(),
                                          [&](const known_event& each) { return each.id == again.would.events.front().id; });
    if (first == known.events.end()) {
        if (!poisoned_) submit(again);
        return;
    }
    const auto at = static_cast<std::size_t>(first - known.events.begin());
    for (std::size_t i = 0; i < again.would.events.size(); ++i) {
        const known_event& each = known.events[at + i];
        if (!known.shows(at + i) || known.streams[each.stream].version - each.version > 500) return;  // it may be forgotten
    }
    std::vector<named_share> shares;
    for (std::size_t i = 0; i < again.shares.size(); ++i)
        shares.push_back({known.streams[again.shares[i].stream].name, again.expects[i], again.shares[i].events});
    const auto answer = log_->append(again.about, shares);
    if (!answer && (died() || reads_may_fail())) return;
    if (!answer) throw broken("an append is not recognised when it is repeated: " + answer.error().message());
    if (*answer != again.receipts) throw broken("another receipt when an append is repeated");
}

void world::end_stream(const operation& next) {
    const auto stream = static_cast<std::size_t>(next.chance % known.streams.size());
    if (known.streams[stream].ended) return;
    effect would;
    would.rule               = {stream, known.streams[stream]};
    would.rule->second.ended = true;
    would.time               = std::max(now_, known.last_time());
    if (!poisoned_) pending_ = would;
    settle(would, log_->end_stream(known.streams[stream].name), "end_stream", [&](annals::version last) {
        if (last.value != known.streams[stream].version) throw broken("end_stream answers another version");
        return 0U;
    });
}

void world::drop_events(const operation& next) {
    const auto   stream = static_cast<std::size_t>(next.chance % known.streams.size());
    known_stream after  = known.streams[stream];
    if (after.version < 2) return;
    annals::retention   keep;
    const std::uint64_t before = after.first_visible();
    after.first                = before;
    if (next.chance % 2 == 0) {
        keep.before = annals::version{1 + next.chance / 8 % (after.version + 1)};
        after.first = std::max(before, std::min(keep.before.value, after.version + 1));
    } else {
        keep.most  = 1 + next.chance / 8 % after.version;
        after.most = std::min(after.most, keep.most);
    }
    if (after.first_visible() <= known.first_readable(stream)) return;  // nobody could tell afterwards whether it had happened
    effect would;
    would.rule = {stream, after};
    would.time = std::max(now_, known.last_time());
    if (!poisoned_) pending_ = would;
    settle(would, log_->drop_events(after.name, keep), "drop_events", [&](annals::version first) {
        if (first.value != after.first_visible()) throw broken("drop_events answers another version");
        return 0U;
    });
}

void world::truncate(const operation& next) {
    effect would;
    would.truncated_before = 1 + next.chance % (known.events.size() + 1);
    would.snapshot         = next.chance | 1U;
    if (!poisoned_) pending_ = would;
    settle(would, log_->truncate_before(would.truncated_before, would.snapshot), "truncate_before",
           [&](annals::position first) {
               if (first.value < known.first_position || first.value > std::max(would.truncated_before, known.first_position))
                   throw broken("truncate_before answers another position");
               return first.value;
           });
}

void world::copy() {
    if (poisoned_) return;  // what it has of an operation that is not known to have been done is not known either
    const std::string name = "copy-" + std::to_string(++copies_made_);
    const auto        done = log_->copy_to(name);
    if (done) {
        copies_.push_back({name, known});
        return;
    }
    tell("copy_to: " + done.error().message());
    if (died()) return;
    if (allows_no_errors || (faults_ == disk.faults() && !disk_is_full)) throw broken("copy_to: " + done.error().message());
    const auto opened = tested_log::open_read_only(disk, name);
    if (!opened || died()) return;
    const seen found = opened->look(known, {});
    if (!found.wrong.empty() || (!found.failure && found.missing != 0))
        throw broken("a copy that failed is taken for a whole one");
}

void world::compress() {
    const auto done = log_->compress();
    if (done || died() || reads_may_fail()) return;
    tell("compress_sealed: " + done.error().message());
    const bool is_full = disk_is_full && done.error().code == errc::disk_full;
    if (allows_no_errors || (faults_ == disk.faults() && !is_full)) throw broken("compress_sealed: " + done.error().message());
}

void world::look() {
    if (reads_may_fail()) return;
    check();
    const bool may_be_truncated = pending_ && pending_->truncated_before != 0;
    const auto opened           = tested_log::open_read_only(disk, directory);
    if (!opened && !was_disturbed()) throw broken("open_read_only: " + opened.error().message());
    if (opened && !lags_ && !may_be_truncated && !was_disturbed())
        if (auto wrong = opened->difference(known, random_.next(), true); !wrong.empty() && !was_disturbed())
            throw broken("a log that is open for reading: " + wrong);
    check_reader();
}

void world::follow() {
    auto opened = tested_log::open_read_only(disk, directory);
    if (!opened && !was_disturbed()) throw broken("open_read_only: " + opened.error().message());
    reader_.reset();
    if (opened && !was_disturbed()) reader_ = std::move(*opened);
    check_reader();
}

void world::verify() {
    if (reads_may_fail()) return;
    const auto events = log_->verify();
    if (events && *events != known.events.size() + 1 - known.first_position)
        throw broken("verify counts " + std::to_string(*events) + " events");
    if (!events && !was_disturbed()) throw broken("verify: " + events.error().message());
}

void world::sync() {
    const auto done = log_->sync();
    if (!done && !poisoned_ && (allows_no_errors || !was_disturbed())) throw broken("sync: " + done.error().message());
    if (done && poisoned_) throw broken("sync succeeds after a failure");
    if (done) durable_ = known.events.size();
    if (!done) poisoned_ = may_lose_ = true;
}

}  // namespace crash_simulation

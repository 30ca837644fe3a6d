// What a log says of itself when its files were damaged.
#include "crash_simulation/world.hpp"

#include <algorithm>

namespace crash_simulation {

using annals::errc;

// What is read is right, or it is said to be damaged. True if all is there.
bool world::look_at_damaged(const tested_log& log, const damage_report& hit, const std::string& which) {
    const auto judge = [&](const seen& found, const std::string& where, bool must_show_what_is_before) {
        if (!found.wrong.empty()) throw broken(where + found.wrong);
        if (found.failure) {
            const errc code = found.failure->code;
            if (!hit.is_used || (code != errc::damaged && code != errc::out_of_range))
                throw broken(where + found.failure->message());
        }
        const std::string position = "position " + std::to_string(found.missing);
        if (!found.failure && found.missing != 0 && found.missing < hit.torn_from)
            throw broken(where + position + " is left out, and nothing is said");
        if (must_show_what_is_before && found.missing != 0 && found.missing < hit.safe_position && !hit.hits_begin)
            throw broken(where + position +
                         " is before the damage, and not shown: " + (found.failure ? found.failure->message() : ""));
        return !found.failure && found.missing == 0;
    };
    const bool is_whole = judge(log.look(known, {{}, false, hit.is_used}), which + ": ", true);
    (void)judge(log.look(known, {{}, true, hit.is_used}), which + ", backwards: ", false);
    for (std::size_t stream = 0; stream < known.streams.size(); ++stream) {
        const std::string   where   = which + ", " + known.streams[stream].name;
        const std::uint64_t version = known.streams[stream].version;
        (void)judge(log.look(known, {stream, false, hit.is_used}), where + ": ", false);
        (void)judge(log.look(known, {stream, true, hit.is_used, version / 4, version / 2}), where + ", backwards: ", false);
    }
    return is_whole;
}

void world::salvage(const damage_report& hit) {
    const auto saved = tested_log::salvage(disk, directory, "saved", options());
    if (!saved) {
        const auto all = files();
        const bool is_gone =
            std::none_of(all.begin(), all.end(), [](const auto& each) { return each.first.ends_with(".log"); });
        if (saved.error().code == errc::no_such_log && is_gone) return;
        throw broken("salvage: " + saved.error().message());
    }
    const auto opened = tested_log::open_read_only(disk, "saved");
    if (!opened) throw broken("what was salvaged does not open: " + opened.error().message());
    const auto there = opened->events_there(known);
    for (std::size_t at = 1; at < there.size(); ++at)
        if (hit.can_be_salvaged && hit.intact[at] && known.shows(at - 1) && !there[at])
            throw broken("position " + std::to_string(at) + " is not salvaged");
}

void world::append_to_damaged(tested_log& log) {
    if (const std::uint64_t head = log.head(); head < known.events.size()) known.roll_back_to(static_cast<std::size_t>(head));
    const auto open   = std::find_if(known.streams.begin(), known.streams.end(), [](const auto& each) { return !each.ended; });
    const auto stream = static_cast<std::size_t>(open - known.streams.begin());
    next_id_          = id_of(++ids_);
    now_              = std::max(now_, known.last_time());
    effect more;
    more.events.push_back({stream, open->version + 1, now_, next_id_, 0, true, any_event{counted{7}}});
    const std::vector<any_event> events{counted{7}};
    const named_share            one{open->name, annals::any_version, events};
    if (const auto done = log.append({}, {&one, 1}); !done) throw broken("append: " + done.error().message());
    known.apply(more);
    if (const auto done = log.close(); !done) throw broken("close: " + done.error().message());
}

void world::check_damaged(const damage_report& hit) {
    const file_map before = files();
    if (const auto reader = tested_log::open_read_only(disk, directory); reader)
        (void)look_at_damaged(*reader, hit, "open_read_only");
    else if (!hit.hits_begin)
        throw broken("open_read_only: " + reader.error().message());
    if (hit.is_used) salvage(hit);

    auto opened = tested_log::open(disk, directory, options(), &now_, &next_id_);
    if (!opened) {
        tell(opened.error().message());
        if (!hit.is_used)
            throw broken("nothing that matters is damaged, but the log does not open: " + opened.error().message());
        if (opened.error().code != errc::damaged) throw broken("open: " + opened.error().message());
        for (const auto& [path, bytes] : before)
            if (path.find("/lock") == std::string::npos && disk.content(path) != bytes)
                throw broken("a damaged log was changed: " + path);
        return;
    }
    const bool is_whole = look_at_damaged(*opened, hit, "open");
    if (!hit.is_used)
        if (auto wrong = opened->difference(known, random_.next(), false); !wrong.empty()) throw broken("open: " + wrong);
    const auto verified = opened->verify();
    if (!verified && !hit.is_used) throw broken("verify: " + verified.error().message());
    if (verified && hit.is_used && hit.was_closed) throw broken("verify does not see the damage");
    if (hit.is_used && !is_whole) return;
    append_to_damaged(*opened);
    opened = tested_log::open(disk, directory, options(), &now_, &next_id_);
    if (!opened) throw broken("it opened once, but not again: " + opened.error().message());
    (void)look_at_damaged(*opened, hit, "opened again");
}

}  // namespace crash_simulation

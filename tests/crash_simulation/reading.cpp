#include "crash_simulation/log_type.hpp"
#include "crash_simulation/tested_log.hpp"

#include <annals/log/tagged.hpp>
#include <annals/model/handlers.hpp>

#include <algorithm>
#include <utility>
#include <variant>

namespace crash_simulation {
namespace {

std::string place(std::uint64_t position) { return "position " + std::to_string(position) + ": "; }

template <class Event>
std::string wrong_in(const model& known, const Event& event, const annals::context& where) {
    const std::uint64_t at = where.position.value;
    if (at == 0 || at > known.events.size()) return place(at) + "nothing was appended there";
    const known_event& right = known.events[static_cast<std::size_t>(at) - 1];
    if (where.stream != known.streams[right.stream].name) return place(at) + "wrong stream " + std::string(where.stream);
    if (where.version.value != right.version) return place(at) + "wrong version " + std::to_string(where.version.value);
    if (where.time.nanoseconds != right.time)
        return place(at) + "wrong time " + std::to_string(where.time.nanoseconds) + " for " + std::to_string(right.time);
    if (where.id != right.id) return place(at) + "wrong id";
    const annals::uuid conversation = right.about == 0 ? annals::uuid{} : id_of(right.about);
    if (where.correlation != conversation) return place(at) + "wrong correlation";
    if (where.actor != actor_of(right.about)) return place(at) + "wrong actor";
    const auto* const same = std::get_if<Event>(&right.event);
    if (!same) return place(at) + "an event of another type";
    if (!(*same == event)) return place(at) + "another event than was appended";
    return {};
}

// What of the model is to be shown.
class selection {
public:
    selection(const model& known, const reading& what) : known_(known), what_(what) {}

    [[nodiscard]] bool has(std::uint64_t at) const {
        const known_event&  event  = known_.events[static_cast<std::size_t>(at) - 1];
        const std::uint64_t number = what_.stream ? event.version : at;
        return (!what_.stream || event.stream == *what_.stream) && number >= what_.first && number <= what_.last &&
               (!what_.tag || is_tagged(event));
    }
    // The first event between two positions that is left out if nothing between them is shown; 0 if there is none.
    [[nodiscard]] std::uint64_t left_out(std::uint64_t behind, std::uint64_t before) const {
        for (std::uint64_t at = behind + 1; at < before; ++at)
            if (has(at) && known_.shows(static_cast<std::size_t>(at) - 1)) return at;
        return 0;
    }

private:
    [[nodiscard]] bool is_tagged(const known_event& event) const {
        const auto* const list = std::get_if<listed>(&event.event);
        return list && std::find(list->numbers.begin(), list->numbers.end(), *what_.tag) != list->numbers.end();
    }

    const model&   known_;
    const reading& what_;
};

template <class Query>
seen look_with(const log_type& log, const model& known, const Query& query, const reading& what) {
    seen                found;
    const selection     wanted(known, what);
    const std::uint64_t behind = known.events.size() + 1;
    std::uint64_t       last = what.backwards ? behind : 0, end_missing = 0;
    const auto          note = [&](std::string wrong) {
        if (found.wrong.empty()) found.wrong = std::move(wrong);
    };
    const auto compare = [&](const auto& event, const annals::context& where) {
        note(wrong_in(known, event, where));
        if (!found.wrong.empty()) return;
        const std::uint64_t at = where.position.value;
        if (what.backwards ? at >= last : at <= last) return note(place(at) + "out of order");
        if (!wanted.has(at)) return note(place(at) + "nobody asked for it");
        const std::uint64_t left_out      = what.backwards ? wanted.left_out(at, last) : wanted.left_out(last, at);
        const bool          is_at_the_end = what.backwards && what.is_damaged && last == behind;
        if (left_out != 0 && !is_at_the_end) return note(place(left_out) + "left out");
        end_missing = std::max(end_missing, left_out);
        if (!what.is_damaged && !known.shows(static_cast<std::size_t>(at) - 1))
            return note(place(at) + "shown again after it was dropped");
        last = at;
    };
    const auto answer = log.read(query, annals::handlers{annals::otherwise(compare)});
    found.missing     = what.backwards ? wanted.left_out(0, last) : wanted.left_out(last, behind);
    if (found.missing == 0) found.missing = end_missing;
    if (!answer) found.failure = answer.error();
    return found;
}

std::string in(const std::string& where, const seen& found) {
    if (!found.wrong.empty()) return where + found.wrong;
    if (found.failure) return where + found.failure->message();
    if (found.missing != 0) return where + place(found.missing) + "not there";
    return {};
}

}  // namespace

seen tested_log::look(const model& known, const reading& what) const {
    reading chosen = what;
    chosen.first   = std::max(what.first, what.stream ? known.first_readable(*what.stream) : known.first_position);
    if (what.stream) {
        auto query = annals::stream(known.streams[*what.stream].name).from(annals::version{chosen.first});
        if (what.last != annals::unlimited) query = query.to(annals::version{what.last});
        return look_with(inner_->log, known, what.backwards ? query.backwards() : query, chosen);
    }
    const annals::tag_set tags = what.tag ? annals::tag_set("numbers", *what.tag) : annals::tag_set();
    auto query = annals::tagged(tags).from(annals::position{chosen.first});
    if (what.last != annals::unlimited) query = query.to(annals::position{what.last});
    return look_with(inner_->log, known, what.backwards ? query.backwards() : query, chosen);
}

std::string tested_log::difference(const model& known, std::uint64_t chance, bool is_reader) const {
    const auto head = inner_->log.head();
    if (!head) return head.error().message();
    if (head->value != known.events.size())
        return "the head is " + std::to_string(head->value) + ", and not " + std::to_string(known.events.size());
    if (auto wrong = in("reading all: ", look(known, {})); !wrong.empty()) return wrong;
    reading some;
    some.backwards = chance % 2 == 0;
    if (chance % 3 == 0) {
        some.first = 1 + chance / 64 % (known.events.size() + 1);
        some.last  = some.first + chance / 128 % 100;
    }
    if (chance % 4 == 0)
        if (auto wrong = in("reading a part: ", look(known, some)); !wrong.empty()) return wrong;
    if (chance % 4 < 2) {
        some.tag = static_cast<std::int32_t>(chance / 4 % 4);
        if (auto wrong = in("reading what is tagged: ", look(known, some)); !wrong.empty()) return wrong;
        some.tag.reset();
    }
    for (std::size_t stream = 0; stream < known.streams.size(); ++stream) {
        if (chance % 8 != 1 && stream != chance / 8 % known.streams.size()) continue;
        some.stream = stream;
        if (chance % 3 == 0) {
            some.first = 1 + chance / 64 % (known.streams[stream].version + 1);
            some.last  = some.first + chance / 128 % 50;
        }
        if (auto wrong = in("reading " + known.streams[stream].name + ": ", look(known, some)); !wrong.empty()) return wrong;
    }
    if (is_reader) return {};
    if (first_position() != known.first_position)
        return "the first position is " + std::to_string(first_position()) + ", and not " +
               std::to_string(known.first_position);
    if (known.first_position > 1) {
        const auto early = inner_->log.read(annals::whole_log(), annals::handlers{annals::otherwise()});
        if (early || early.error().code != annals::errc::out_of_range) return "what was truncated is read";
    }
    const auto kept = snapshot();
    if (!kept) return "snapshot: " + kept.error().message();
    if (kept->number != known.snapshot || kept->first != known.snapshot_first) return "a wrong snapshot";
    return {};
}

std::vector<bool> tested_log::events_there(const model& known) const {
    std::vector<bool> there(known.events.size() + 1);
    std::string       wrong;
    std::uint64_t     last    = 0;
    const auto        compare = [&](const auto& event, const annals::context& where) {
        if (wrong.empty()) wrong = wrong_in(known, event, where);
        if (!wrong.empty()) return;
        const std::uint64_t at = where.position.value;
        if (at <= last) wrong = place(at) + "out of order";
        there[static_cast<std::size_t>(at)] = true;
        last                                = at;
    };
    const auto done = inner_->log.read(annals::whole_log(), annals::handlers{annals::otherwise(compare)});
    if (!wrong.empty()) throw broken("salvaged: " + wrong);
    if (!done) throw broken("salvaged: " + done.error().message());
    return there;
}

}  // namespace crash_simulation

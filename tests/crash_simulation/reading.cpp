#include "crash_simulation/reading.hpp"

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
    if (where.actor != (right.about == 0 ? std::string{} : "actor " + std::to_string(right.about))) return place(at) + "wrong actor";
    const auto* const same = std::get_if<Event>(&right.event);
    if (!same) return place(at) + "an event of another type";
    if (!(*same == event)) return place(at) + "another event than was appended";
    return {};
}

// What of the model is passed on the way from one position to another: the first event that should have been shown.
std::uint64_t skipped(const model& known, std::optional<std::size_t> stream, std::uint64_t behind, std::uint64_t before) {
    for (std::uint64_t at = behind + 1; at < before; ++at) {
        const auto index = static_cast<std::size_t>(at) - 1;
        if (stream && known.events[index].stream != *stream) continue;
        if (known.shows(index)) return at;
    }
    return 0;
}

template <class Query>
seen look_with(const log_type& log, const model& known, const Query& what, std::optional<std::size_t> stream, bool is_damaged) {
    seen                found;
    const std::uint64_t behind = known.events.size() + 1;
    std::uint64_t       last   = what.descending ? behind : 0;
    const auto          note   = [&](std::string wrong) {
        if (found.wrong.empty()) found.wrong = std::move(wrong);
    };
    const auto answer = log.read(what, annals::handlers{annals::otherwise([&](const auto& event, const annals::context& where) {
        note(wrong_in(known, event, where));
        const std::uint64_t at = where.position.value;
        if (!found.wrong.empty()) return;
        if (what.descending ? at >= last : at <= last) return note(place(at) + "out of order");
        const std::uint64_t left_out = what.descending ? skipped(known, stream, at, last) : skipped(known, stream, last, at);
        if (left_out != 0) return note(place(left_out) + "left out");
        const auto index = static_cast<std::size_t>(at) - 1;
        if (stream && known.events[index].stream != *stream) return note(place(at) + "an event of another stream");
        if (!is_damaged && !known.shows(index)) return note(place(at) + "shown again after it was dropped");
        last = at;
    })});
    found.last    = last;
    found.missing = what.descending ? skipped(known, stream, 0, last) : skipped(known, stream, last, behind);
    if (!answer) found.error = answer.error();
    return found;
}

}  // namespace

seen look_at(const log_type& log, const model& known, std::optional<std::size_t> stream, bool backwards, bool is_damaged) {
    if (stream) {
        auto what = annals::stream(known.streams[*stream].name).from(annals::version{known.first_readable(*stream)});
        if (backwards) what = what.backwards();
        return look_with(log, known, what, stream, is_damaged);
    }
    auto what = annals::whole_log().from(annals::position{known.first_position});
    if (backwards) what = what.backwards();
    return look_with(log, known, what, stream, is_damaged);
}

std::vector<std::byte> packing_files::compress(std::span<const std::byte> bytes, int) {
    std::vector<std::byte> packed;
    for (std::size_t i = 0; i < bytes.size();) {
        std::size_t count = 1;
        while (i + count < bytes.size() && count < 255 && bytes[i + count] == bytes[i]) ++count;
        packed.push_back(static_cast<std::byte>(count));
        packed.push_back(bytes[i]);
        i += count;
    }
    return packed;
}
bool packing_files::decompress(std::span<const std::byte> packed, std::span<std::byte> room) {
    std::size_t at = 0;
    for (std::size_t i = 0; i + 1 < packed.size(); i += 2) {
        const auto count = static_cast<std::size_t>(packed[i]);
        if (count > room.size() - at) return false;
        std::fill_n(room.begin() + static_cast<std::ptrdiff_t>(at), count, packed[i + 1]);
        at += count;
    }
    return at == room.size() && packed.size() % 2 == 0;
}

std::vector<bool> events_in(const log_type& log, const model& known) {
    std::vector<bool> there(known.events.size() + 1);
    std::string       wrong;
    std::uint64_t     last = 0;
    const auto done = log.read(annals::whole_log(), annals::handlers{annals::otherwise([&](const auto& event, const annals::context& where) {
        if (wrong.empty()) wrong = wrong_in(known, event, where);
        if (!wrong.empty()) return;
        const std::uint64_t at = where.position.value;
        if (at <= last) wrong = place(at) + "out of order";
        there[static_cast<std::size_t>(at)] = true;
        last                                = at;
    })});
    if (!wrong.empty()) throw broken("salvaged: " + wrong);
    if (!done) throw broken("salvaged: " + text_of(done.error()));
    return there;
}

std::string text_of(const annals::error& error) { return error.message(); }

std::uint64_t head_of(const log_type& log) {
    const auto head = log.head();
    if (!head) throw broken("head() answers " + text_of(head.error()));
    return head->value;
}

std::string difference(const log_type& log, const model& known, std::uint64_t chance, bool is_reader) {
    const auto in = [](const char* where, const seen& found) -> std::string {
        if (!found.wrong.empty()) return where + found.wrong;
        if (found.error) return where + text_of(*found.error);
        if (found.missing != 0) return where + place(found.missing) + "not there";
        return {};
    };
    const auto head = log.head();
    if (!head) return text_of(head.error());
    if (head->value != known.events.size())
        return "the head is " + std::to_string(head->value) + ", and not " + std::to_string(known.events.size());
    if (auto wrong = in("reading all: ", look_at(log, known, {}, false, false)); !wrong.empty()) return wrong;
    if (chance % 4 == 0)
        if (auto wrong = in("reading backwards: ", look_at(log, known, {}, true, false)); !wrong.empty()) return wrong;
    for (std::size_t stream = 0; stream < known.streams.size(); ++stream) {
        if (chance % 8 != 1 && stream != chance / 8 % known.streams.size()) continue;
        if (auto wrong = in("reading a stream: ", look_at(log, known, stream, chance % 3 == 0, false)); !wrong.empty())
            return known.streams[stream].name + ": " + wrong;
    }
    if (is_reader) return {};
    if (log.first_position().value != known.first_position)
        return "the first position is " + std::to_string(log.first_position().value) + ", and not " + std::to_string(known.first_position);
    if (known.first_position > 1) {
        const auto early = log.read(annals::whole_log(), annals::handlers{annals::otherwise()});
        if (early || early.error().code != annals::errc::out_of_range) return "what was truncated is read";
    }
    const auto kept = log.snapshot_of<summary>();
    if (!kept) return "snapshot: " + text_of(kept.error());
    if ((*kept ? (*kept)->state.number : 0) != known.snapshot) return "a wrong snapshot";
    if (*kept && (*kept)->first.value != known.snapshot_first) return "a snapshot of a wrong position";
    return {};
}

}  // namespace crash_simulation

#include "crash_simulation/suite.hpp"

#include <algorithm>
#include <cstring>
#include <map>
#include <utility>

namespace crash_simulation {

using annals::random_source;
using annals::simulated_files;

namespace {

using bytes_type = std::vector<std::byte>;
using file_map   = std::map<std::string, bytes_type>;

file_map files_of(const world& of) {
    file_map all;
    for (auto& [path, bytes] : of.files()) all.emplace(path, std::move(bytes));
    return all;
}

std::ptrdiff_t at(std::uint64_t offset) { return static_cast<std::ptrdiff_t>(offset); }

std::uint64_t next_position_behind(const std::vector<segment_layout>& all, const segment_layout& segment, std::size_t events) {
    return &segment == &all.back() ? events + 1 : (&segment + 1)->frames.front().position;
}

// Which events of a damaged segment are in frames that are as they were.
void mark_intact(damage_report& hit, const segment_layout& segment, const bytes_type& old, const bytes_type& now, std::uint64_t behind) {
    const auto is_same = [&](std::uint64_t first, std::uint64_t end) {
        return end <= now.size() && std::equal(old.begin() + at(first), old.begin() + at(end), now.begin() + at(first));
    };
    const bool begins_well = is_same(0, segment.frames.front().offset + segment.frames.front().size);
    for (std::size_t i = 0; i < segment.frames.size(); ++i) {
        const frame_layout& frame = segment.frames[i];
        if (begins_well && is_same(frame.offset, frame.offset + frame.size)) continue;
        const std::uint64_t end = i + 1 < segment.frames.size() ? segment.frames[i + 1].position : behind;
        for (std::uint64_t position = frame.position; position < end; ++position) hit.intact[static_cast<std::size_t>(position)] = false;
    }
}

// What of a log is concerned by what has changed since.
damage_report compare(world& of, const file_map& before, const std::vector<segment_layout>& segments) {
    damage_report     hit;
    const std::size_t events = of.known.events.size();
    hit.intact.assign(events + 1, true);
    const file_map after = files_of(of);
    hit.safe_position    = ~std::uint64_t{0};
    for (const segment_layout& segment : segments) {
        const bytes_type& old   = before.find(segment.path)->second;
        const auto        found = after.find(segment.path);
        const bytes_type  none;
        const bytes_type& now   = found == after.end() ? none : found->second;
        std::uint64_t     first = 0;
        while (first < segment.used && first < now.size() && old[first] == now[first]) ++first;
        if (first >= segment.used) continue;
        hit.is_used = true;
        mark_intact(hit, segment, old, now, next_position_behind(segments, segment, events));
        const std::uint64_t beginning = segment.is_packed ? segment.used : segment.frames.front().offset + segment.frames.front().size;
        if (&segment == &segments.front() && first < beginning) hit.hits_begin = true;
        const auto frame = std::find_if(segment.frames.begin(), segment.frames.end(),
                                        [&](const frame_layout& each) { return first < each.offset + each.size; });
        hit.safe_position = std::min(hit.safe_position, frame->position);
        if (&segment != &segments.back()) continue;
        // Does anything say that this was durable?
        const bool is_known = std::any_of(frame, segment.frames.end(), [&](const frame_layout& each) {
            const std::uint64_t end = each.offset + each.head_size;
            return each.durable > frame->offset && end <= now.size() &&
                   std::equal(now.begin() + at(each.offset), now.begin() + at(end), old.begin() + at(each.offset));
        });
        if (!is_known) hit.torn_from = frame->position;
    }
    return hit;
}

std::uint64_t below(random_source& random, std::uint64_t bound) { return bound == 0 ? 0 : random.below(bound); }

// A place in a segment: often in a head, sometimes in the first page, and sometimes where nothing is.
std::uint64_t place_in(const segment_layout& segment, std::uint64_t size, random_source& random) {
    const frame_layout& frame = segment.frames[static_cast<std::size_t>(random.below(segment.frames.size()))];
    switch (random.below(8)) {
        case 0: return random.below(4096);
        case 1: return random.below(80);
        case 2: return segment.used + below(random, size - segment.used);
        case 3: return frame.offset + random.below(frame.size);
        case 4: return frame.offset + frame.head_size + below(random, frame.size - frame.head_size);
        default: return frame.offset + random.below(frame.head_size);
    }
}

// The bytes of some frame over another one of the same size.
bool duplicate_frame(bytes_type& bytes, const segment_layout& segment, random_source& random) {
    for (int attempt = 0; attempt < 200; ++attempt) {
        const auto& from = segment.frames[static_cast<std::size_t>(random.below(segment.frames.size()))];
        const auto& to   = segment.frames[static_cast<std::size_t>(random.below(segment.frames.size()))];
        if (from.size != to.size || from.offset == to.offset) continue;
        std::memcpy(bytes.data() + to.offset, bytes.data() + from.offset, from.size);
        return true;
    }
    return false;
}

}  // namespace

damage_report damage_something(world& of, std::uint64_t number, random_source& random) {
    const auto     segments = of.layout();
    const file_map before   = files_of(of);
    if (segments.empty()) throw broken("a log that nothing happened to is damaged");
    auto& disk = of.disk;

    const bool  hits_help = random.below(8) == 0;  // a file that can be made anew
    const auto& segment   = segments[static_cast<std::size_t>(random.one_in(2) ? segments.size() - 1 : random.below(segments.size()))];
    std::string path      = segment.path;
    if (hits_help) {
        const char* const helps[] = {"log/streams.index", "log/streams.index", "log/published", "log/lock"};
        path                      = helps[random.below(4)];
    }
    const auto found = before.find(path);
    if (found == before.end() || found->second.empty() || disk.durable_content(path).empty()) return compare(of, before, segments);
    bytes_type          bytes   = found->second;
    const std::uint64_t size    = std::min(bytes.size(), disk.durable_content(path).size());
    const std::uint64_t offset  = std::min(hits_help ? random.below(size) : place_in(segment, size, random), size - 1);
    const std::uint64_t sectors = (size - 1) / 512 + 1;
    const auto          say     = [&](const char* what) {
        if (told().is_kept) told().lines.push_back(std::string(what) + " " + path + ", byte " + std::to_string(offset));
    };
    switch (number % 11) {
        case 0: say("zero_sector"); disk.zero_sector(path, offset / 512); break;
        case 1: say("lose_write"); disk.lose_write(path, offset / 512); break;
        case 2: say("misdirect"); disk.misdirect(path, offset / 512, random.below(sectors)); break;
        case 3: {
            say("a frame in another's place");
            if (!hits_help && duplicate_frame(bytes, segment, random)) disk.set_content(path, bytes);
            break;
        }
        case 4: {
            say("a sector of another segment");
            const auto& other = before.find(segments[static_cast<std::size_t>(random.below(segments.size()))].path)->second;
            const std::uint64_t at = offset / 512 * 512;
            for (std::uint64_t i = at; i < std::min<std::uint64_t>(at + 512, std::min(bytes.size(), other.size())); ++i) bytes[i] = other[i];
            disk.set_content(path, bytes);
            break;
        }
        case 5: {
            say("cut off");
            bytes.resize(static_cast<std::size_t>(offset));
            disk.set_content(path, bytes);
            break;
        }
        case 6: {
            say("removed");
            simulated_files files(disk);
            (void)files.remove(path);
            (void)files.sync_directory("log");
            break;
        }
        case 7: {
            say("random bytes");
            for (std::uint64_t i = offset; i < std::min(offset + 1 + random.below(600), size); ++i) bytes[i] = static_cast<std::byte>(random.below(256));
            disk.set_content(path, bytes);
            break;
        }
        default: say("flip_bit"); disk.flip_bit(path, offset, static_cast<unsigned>(random.below(8))); break;
    }
    return compare(of, before, segments);
}

}  // namespace crash_simulation

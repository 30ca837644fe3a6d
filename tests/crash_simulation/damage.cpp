// What may happen to a disk's content, and what of a log it concerns.
#include "crash_simulation/suite.hpp"

#include <annals/log/file/saved_index.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <iterator>
#include <utility>

namespace crash_simulation {

using annals::random_source;

namespace {

using bytes_type = std::vector<std::byte>;

std::ptrdiff_t at(std::uint64_t offset) { return static_cast<std::ptrdiff_t>(offset); }

bool is_same(const bytes_type& old, const bytes_type& now, std::uint64_t first, std::uint64_t end) {
    return end <= now.size() && std::equal(old.begin() + at(first), old.begin() + at(end), now.begin() + at(first));
}

// Which events of a damaged segment are in frames that are as they were.
void mark_intact(damage_report& hit, const segment_layout& segment, const bytes_type& old, const bytes_type& now,
                 std::uint64_t behind) {
    const bool begins_well = is_same(old, now, 0, segment.frames.front().offset + segment.frames.front().size);
    for (std::size_t i = 0; i < segment.frames.size(); ++i) {
        const frame_layout& frame = segment.frames[i];
        if (begins_well && is_same(old, now, frame.offset, frame.offset + frame.size)) continue;
        if (frame.announces) hit.can_be_salvaged = false;
        const std::uint64_t end = i + 1 < segment.frames.size() ? segment.frames[i + 1].position : behind;
        for (std::uint64_t each = frame.position; each < end; ++each) hit.intact[static_cast<std::size_t>(each)] = false;
    }
}

// What of a log is concerned by what has changed since.
damage_report compare(const world& of, const file_map& before, const std::vector<segment_layout>& segments) {
    damage_report       hit;
    const file_map      after  = of.files();
    const std::uint64_t events = of.known.events.size();
    // What a truncation could not remove hides what it left, if the frame that says so is damaged.
    const auto segment_files = std::count_if(before.begin(), before.end(), [](const auto& each) {
        return each.first.ends_with(".log") || each.first.ends_with(".zst");
    });
    hit.hits_begin           = static_cast<std::size_t>(segment_files) != segments.size();
    hit.intact.assign(static_cast<std::size_t>(events) + 1, true);
    for (std::size_t i = 0; i < segments.size(); ++i) {
        const segment_layout& segment = segments[i];
        const bytes_type&     old     = before.find(segment.path)->second;
        const auto            found   = after.find(segment.path);
        const bytes_type      now     = found == after.end() ? bytes_type{} : found->second;
        std::uint64_t         first   = 0;
        while (first < segment.used && first < now.size() && old[first] == now[first]) ++first;
        if (first >= segment.used) continue;
        hit.is_used              = true;
        const frame_layout& head = segment.frames.front();
        // Without the beginning of the first segment nothing can be read.
        if (i == 0 && first < (segment.is_packed ? segment.used : head.offset + head.size)) hit.hits_begin = true;
        mark_intact(hit, segment, old, now, i + 1 < segments.size() ? segments[i + 1].frames.front().position : events + 1);
        const auto frame  = std::find_if(segment.frames.begin(), segment.frames.end(),
                                         [&](const frame_layout& each) { return first < each.offset + each.size; });
        hit.safe_position = std::min(hit.safe_position, frame->position);
        if (i + 1 != segments.size()) continue;
        // Does anything say that this was durable?
        const bool is_known = std::any_of(frame, segment.frames.end(), [&](const frame_layout& each) {
            return each.durable > frame->offset && is_same(old, now, each.offset, each.offset + each.head_size);
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

struct damage_place {
    std::string           path;
    const segment_layout* segment;  // null if it is a file that can be made anew
    std::uint64_t         offset;
    std::uint64_t         size;  // of the file
};

// Does it. False if it may have put something in the way that looks right.
bool damage(world& of, const damage_place& where, const std::vector<segment_layout>& segments, std::uint64_t what,
            random_source& random) {
    auto&      disk  = of.disk;
    bytes_type bytes = disk.content(where.path);
    const auto say   = [&](const char* how) {
        tell(std::string(how) + " " + where.path + ", byte " + std::to_string(where.offset));
    };
    switch (what) {
        case 0:
            say("zero_sector");
            disk.zero_sector(where.path, where.offset / 512);
            return true;
        case 1:
            say("lose_write");
            disk.lose_write(where.path, where.offset / 512);
            return true;
        case 2:
            say("misdirect");
            disk.misdirect(where.path, where.offset / 512, random.below((where.size - 1) / 512 + 1));
            return false;
        case 3:
            say("a frame in another's place");
            if (where.segment && duplicate_frame(bytes, *where.segment, random)) disk.set_content(where.path, bytes);
            return false;
        case 4: {
            say("a sector of another segment");
            const bytes_type other = disk.content(segments[static_cast<std::size_t>(random.below(segments.size()))].path);
            const auto       first = static_cast<std::size_t>(where.offset / 512 * 512);
            for (std::size_t i = first; i < std::min({first + 512, bytes.size(), other.size()}); ++i) bytes[i] = other[i];
            disk.set_content(where.path, bytes);
            return false;
        }
        case 5:
            say("cut off");
            bytes.resize(static_cast<std::size_t>(where.offset));
            disk.set_content(where.path, bytes);
            return true;
        case 6: {
            say("removed");
            annals::simulated_files files(disk);
            (void)files.remove(where.path);
            (void)files.sync_directory(world::directory);
            return true;
        }
        case 7:
            say("random bytes");
            for (std::uint64_t i = where.offset, end = std::min(i + 1 + random.below(600), where.size); i < end; ++i)
                bytes[static_cast<std::size_t>(i)] = static_cast<std::byte>(random.below(256));
            disk.set_content(where.path, bytes);
            return true;
        default:
            say("flip_bit");
            disk.flip_bit(where.path, where.offset, static_cast<unsigned>(random.below(8)));
            return true;
    }
}

}  // namespace

namespace {

// Of the index mostly where a stream is, for the rest of it is names and room.
std::uint64_t place_in_help(world& of, const damage_place& where, random_source& random) {
    using annals::detail::index_header;
    const bytes_type bytes = of.disk.content(where.path);
    if (where.path == "log/streams.index" && bytes.size() >= sizeof(index_header) && !random.one_in(4)) {
        const std::uint64_t streams = annals::detail::record_at<index_header>(bytes.data()).streams;
        const std::uint64_t room    = (where.size - std::min<std::uint64_t>(where.size, sizeof(index_header))) / sizeof(annals::detail::stream_record);
        const std::uint64_t count   = std::min(streams, room);
        if (count != 0)
            return sizeof(index_header) + random.below(count) * sizeof(annals::detail::stream_record) +
                   random.below(offsetof(annals::detail::stream_state, ordinal));
    }
    return random.below(where.size);
}

}  // namespace

damage_report damage_something(world& of, std::uint64_t number, random_source& random) {
    const auto     segments = tested_log::layout(of.disk, world::directory);
    const file_map before   = of.files();
    if (segments.empty()) throw broken("a log that nothing happened to is damaged");

    const std::size_t last = segments.size() - 1;
    damage_place      where{};
    where.segment = &segments[random.one_in(2) ? last : static_cast<std::size_t>(random.below(segments.size()))];
    where.path    = where.segment->path;
    if (random.one_in(4)) {
        constexpr const char* helps[] = {"log/streams.index", "log/streams.index", "log/streams.index", "log/published", "log/lock"};
        where.segment                 = nullptr;
        where.path                    = helps[random.below(std::size(helps))];
    }
    where.size = std::min(of.disk.content(where.path).size(), of.disk.durable_content(where.path).size());
    if (where.size == 0) return compare(of, before, segments);
    where.offset           = where.segment ? place_in(*where.segment, where.size, random) : place_in_help(of, where, random);
    where.offset           = std::min(where.offset, where.size - 1);
    const bool    is_plain = damage(of, where, segments, number % 11, random);
    damage_report hit      = compare(of, before, segments);
    if (!is_plain) hit.can_be_salvaged = false;
    return hit;
}

}  // namespace crash_simulation

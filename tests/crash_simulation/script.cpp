#include "crash_simulation/script.hpp"

#include <annals/log/file/draft.hpp>
#include <annals/testing/arbitrary/random_source.hpp>

#include <algorithm>
#include <utility>

namespace crash_simulation {
namespace {

using annals::random_source;
using kind = operation::kind;

// Bytes that look like a frame of some other segment, which says that everything is durable. Wherever frames may begin.
std::string something_like_frames() {
    namespace detail         = annals::detail;
    detail::frame_draft mark = detail::control_draft(detail::frame_kind::mark, {});
    mark.put_in_place({0x12345678, 0, 0x7fffffff, 1, 0});
    const auto        bytes = mark.view().bytes();
    const std::string frame(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    std::string       text;
    for (std::size_t i = 0; i < 8; ++i) text += frame + std::string(1, 'x');
    return text;
}

any_event an_event(random_source& random) {
    const auto text = [&](std::uint64_t most) {
        std::string made(static_cast<std::size_t>(random.below(most + 1)), ' ');
        for (char& letter : made) letter = static_cast<char>(random.below(256));
        return made;
    };
    switch (random.below(8)) {
        case 0:
        case 1: return noted{text(40)};
        case 2: return listed{{1, 2, static_cast<std::int32_t>(random.below(1000))}, text(20)};
        case 3: return noted{text(900)};
        case 4: return noted{random.one_in(2) ? something_like_frames() : std::string{}};
        default: return counted{static_cast<std::int64_t>(random.next())};
    }
}

std::vector<any_event> some_events(random_source& random) {
    std::vector<any_event> made;
    const std::uint64_t    choice = random.below(24);
    if (choice == 0) {  // larger than a segment
        made.emplace_back(noted{std::string(static_cast<std::size_t>(9000 + random.below(12000)), 'l')});
    } else if (choice <= 2) {
        for (std::uint64_t i = 100 + random.below(200); i != 0; --i) made.emplace_back(counted{static_cast<std::int64_t>(i)});
    } else if (choice <= 6) {  // whole sectors, as far as the log lets it
        made.emplace_back(noted{std::string(512 * (1 + static_cast<std::size_t>(random.below(3))) - 160, 's')});
    } else {
        for (std::uint64_t i = 1 + (random.one_in(2) ? 0 : random.below(4)); i != 0; --i) made.push_back(an_event(random));
    }
    return made;
}

operation an_append(random_source& random, std::size_t streams) {
    operation   made;
    std::size_t count = random.one_in(5) ? 2 + static_cast<std::size_t>(random.below(2)) : 1;
    for (std::size_t stream = static_cast<std::size_t>(random.below(streams)); count != 0; --count, ++stream)
        made.shares.push_back({stream % streams, some_events(random)});
    made.names_version = random.one_in(2);
    made.gives_ids     = random.one_in(4);
    made.is_annotated  = random.one_in(4);
    return made;
}

}  // namespace

script make_script(std::uint64_t seed, std::size_t length) {
    random_source random(seed);
    script        made;
    made.seed         = seed;
    made.segment_size = random.one_in(4) ? 64 * 1024 : random.one_in(2) ? 8 * 1024 : 16 * 1024;
    made.when_written = random.one_in(3);
    made.streams      = {
             "account-ann", "account-bob", "order-1", "o", "visit-" + std::string(60, 'v'), "cart-" + std::string(24, 'c')};
    while (made.streams.size() < 6 + length / 8) made.streams.push_back("cat-" + std::to_string(made.streams.size()));

    constexpr kind    rare[] = {kind::conflict, kind::repeat,   kind::end_stream, kind::drop_events, kind::truncate,
                                kind::copy,     kind::compress, kind::reopen,     kind::look,        kind::follow,
                                kind::verify,   kind::sync,     kind::reopen};
    std::vector<kind> order;
    for (std::size_t i = 0; i < length; ++i)
        order.push_back(i % 3 == 2 ? rare[static_cast<std::size_t>(random.below(std::size(rare)))] : kind::append);
    for (std::size_t i = 0; i < std::size(rare) && 3 * i + 2 < length; ++i) order[3 * i + 2] = rare[i];
    for (std::size_t i = length; i > 1; --i) std::swap(order[i - 1], order[static_cast<std::size_t>(random.below(i))]);
    for (const kind each : order) {
        const bool appends = each == kind::append || each == kind::conflict;
        operation  next    = appends ? an_append(random, made.streams.size()) : operation{};
        next.what          = each;
        next.later =
            random.one_in(8) ? -static_cast<std::int64_t>(random.below(1000)) : static_cast<std::int64_t>(random.below(1000));
        next.chance = random.next();
        made.operations.push_back(std::move(next));
    }
    return made;
}

script make_busy_script(std::uint64_t seed) {
    random_source random(seed);
    script        made = make_script(seed, 800);
    made.streams       = {"account-ann", "account-bob", "order-1"};
    for (operation& each : made.operations) {
        const bool is_rare = each.what == kind::truncate || each.what == kind::drop_events || each.what == kind::end_stream;
        if (each.what == kind::conflict || (is_rare && !random.one_in(100))) each.what = kind::append;
        if (each.what != kind::append) {
            if (random.one_in(10)) continue;
            each.what = kind::append;
        }
        each.shares = {{random.one_in(4) ? 1U : 0U, {counted{static_cast<std::int64_t>(each.chance % 1000)}}}};
    }
    return made;
}

const char* name_of(kind what) {
    switch (what) {
        case kind::append: return "append";
        case kind::conflict: return "append with a conflict";
        case kind::repeat: return "repeated append";
        case kind::end_stream: return "end_stream";
        case kind::drop_events: return "drop_events";
        case kind::truncate: return "truncate_before";
        case kind::copy: return "copy_to";
        case kind::compress: return "compress_sealed";
        case kind::reopen: return "close and open";
        case kind::look: return "reading";
        case kind::follow: return "open_read_only";
        case kind::verify: return "verify";
        case kind::sync: break;
    }
    return "sync";
}

}  // namespace crash_simulation

// The program of 2021. All that is left of it today is what it wrote: ../shop-2021.archive.
#include "events.hpp"

#include <annals/log/archive.hpp>

#include <cstdint>
#include <cstdlib>
#include <iostream>

namespace {

// A test writes the archive once more and compares it, so nothing in it may depend on the hour or on chance.
struct black_friday {
    std::int64_t minutes = 0;

    annals::timestamp operator()() { return annals::timestamp{(1'637'917'200 + 60 * minutes++) * 1'000'000'000}; }
};
struct counted_ids {
    std::uint8_t count = 0;

    annals::uuid operator()() {
        annals::uuid id;
        id.bytes[15] = ++count;
        return id;
    }
};

}  // namespace

int main() {
    using namespace shop;
    using annals::no_stream, annals::stream_exists, annals::metadata;

    annals::memory_log<shop::events, black_friday, counted_ids> log;
    const metadata                                              ann{.actor = "ann"};

    const bool written =
        log.append("order-1", no_stream, ann, opened{7, country::austria}, item_added{4, 19.99F}) &&
        log.append("visit-1", no_stream, clicked{4, place::picture}, clicked{9, place::heart}) &&
        log.append("order-1", stream_exists, ann, item_added{9, 10.50F}, checked_out{delivery::post, payment::card}) &&
        log.append("order-2", no_stream, faxed{"+49 30 1234"}, opened{65535, country::germany}, item_added{9, 10.50F}) &&
        log.append("order-2", stream_exists, cancelled{}) &&
        log.append("order-3", no_stream, opened{12, country::germany}, item_added{2, 180.00F});
    return written && annals::write_archive(log, std::cout) ? EXIT_SUCCESS : EXIT_FAILURE;
}

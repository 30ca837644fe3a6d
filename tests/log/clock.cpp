#include "catch.hpp"

#include <annals/log/clock.hpp>

#include <chrono>
#include <set>

TEST_CASE("the clock tells UTC") {
    const annals::timestamp before = std::chrono::system_clock::now();
    const auto              now    = annals::utc_clock{}();
    const annals::timestamp after  = std::chrono::system_clock::now();
    // The two clocks are read one after the other; they may differ by their resolution.
    CHECK(now.nanoseconds >= before.nanoseconds - 10'000'000);
    CHECK(now.nanoseconds <= after.nanoseconds + 10'000'000);
}

TEST_CASE("timestamps convert from and to time points of any tick") {
    using namespace std::chrono;
    CHECK(annals::timestamp{sys_time<seconds>{seconds{3}}} == annals::timestamp{3'000'000'000});
    CHECK(annals::timestamp{sys_time<nanoseconds>{nanoseconds{-7}}} == annals::timestamp{-7});
    CHECK(annals::timestamp{sys_days{year{1970} / 1 / 2}} == annals::timestamp{86'400'000'000'000});
    CHECK(static_cast<sys_time<milliseconds>>(annals::timestamp{1'999'999}).time_since_epoch() == milliseconds{1});
    CHECK(static_cast<sys_time<nanoseconds>>(annals::timestamp{1'999'999}).time_since_epoch() == nanoseconds{1'999'999});
}

TEST_CASE("ids are UUIDs of version 7: time first, unique, and in order over milliseconds") {
    annals::uuid_v7_generator make;
    const annals::uuid        id = make(annals::timestamp{0x0123456789ab * std::int64_t{1'000'000} + 500'000});
    // RFC 9562, section 5.7: 48 bits of milliseconds, the version, and the variant.
    const std::uint8_t time[] = {0x01, 0x23, 0x45, 0x67, 0x89, 0xab};
    for (int i = 0; i < 6; ++i) CHECK(id.bytes[i] == time[i]);
    CHECK(id.bytes[6] >> 4 == 7);
    CHECK(((id.bytes[6] & 0x0f) << 8 | id.bytes[7]) == 2048);  // half a millisecond, in 4096ths
    CHECK(id.bytes[8] >> 6 == 2);

    std::set<annals::uuid> made;
    for (int i = 0; i < 10'000; ++i) made.insert(make());
    CHECK(made.size() == 10'000);
    CHECK(make(annals::timestamp{1'000'000'000}) < make(annals::timestamp{1'001'000'000}));
}

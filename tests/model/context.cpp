// What is known of an event beside its payload: versions, positions, times, ids.
#include "catch.hpp"

#include <annals/model/context.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <ratio>
#include <span>
#include <string_view>
#include <type_traits>

namespace {

using annals::position;
using annals::timestamp;
using annals::uuid;
using annals::version;

// Versions and positions: numbers that are not mixed up.
static_assert(version{} == version{0} && version{1} < version{2} && version{3} != version{4} && version{3} >= version{3});
static_assert(position{} == position{0} && position{9} > position{8});
static_assert(!std::is_convertible_v<version, position> && !std::is_constructible_v<position, version>);
static_assert(!std::is_convertible_v<std::uint64_t, version>);

// UUIDs.
constexpr std::array<std::uint8_t, 16> sixteen{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 254, 255};
constexpr uuid                         id = sixteen;
static_assert(uuid{}.is_nil() && !id.is_nil());
static_assert(id.bytes[0] == 0 && id.bytes[1] == 1 && id.bytes[15] == 255);
static_assert(static_cast<std::array<std::uint8_t, 16>>(id) == sixteen);
static_assert(id == uuid(sixteen) && id != uuid{} && uuid{} < id);
static_assert(sizeof(uuid) == 16);
static_assert([] {
    uuid last;
    last.bytes[15] = 1;
    return !last.is_nil() && last < id && uuid{} < last;
}());

// Another library's id: 16 bytes of a type of its own, with begin and end.
struct foreign_id {
    std::byte                  data[16]{};
    constexpr std::byte*       begin() { return data; }
    constexpr std::byte*       end() { return data + 16; }
    constexpr const std::byte* begin() const { return data; }
    constexpr const std::byte* end() const { return data + 16; }
};
static_assert([] {
    foreign_id there;
    there.data[0]  = std::byte{200};
    there.data[15] = std::byte{7};
    const uuid here{there};
    const auto back = static_cast<foreign_id>(here);
    return here.bytes[0] == 200 && here.bytes[1] == 0 && here.bytes[15] == 7 && back.data[0] == std::byte{200} &&
           back.data[15] == std::byte{7};
}());
static_assert(std::is_convertible_v<foreign_id, uuid> && !std::is_convertible_v<uuid, foreign_id>);
static_assert(!std::is_constructible_v<uuid, std::array<std::uint8_t, 15>> && !std::is_constructible_v<uuid, std::uint64_t>);
static_assert(!std::is_constructible_v<uuid, std::array<std::uint32_t, 4>>);
// A view is 16 bytes long itself, whatever it shows.
static_assert(!std::is_constructible_v<uuid, std::string_view> && !std::is_constructible_v<uuid, std::span<std::uint8_t>>);
static_assert(!std::is_constructible_v<std::string_view, uuid> && !std::is_constructible_v<uuid, std::span<const std::byte>>);

// Times.
using namespace std::chrono_literals;
template <class Duration>
using clock_time = std::chrono::time_point<std::chrono::system_clock, Duration>;
static_assert(timestamp{}.nanoseconds == 0 && timestamp{5} > timestamp{4} && timestamp{-1} < timestamp{});
static_assert(!std::is_convertible_v<std::int64_t, timestamp>);
static_assert(timestamp(clock_time<std::chrono::nanoseconds>{7ns}).nanoseconds == 7);
static_assert(timestamp(clock_time<std::chrono::microseconds>{7us}).nanoseconds == 7'000);
static_assert(timestamp(clock_time<std::chrono::milliseconds>{-7ms}).nanoseconds == -7'000'000);
static_assert(timestamp(clock_time<std::chrono::seconds>{7s}).nanoseconds == 7'000'000'000);
static_assert(timestamp(clock_time<std::chrono::hours>{2h}).nanoseconds == 7'200'000'000'000);
using thirds = std::chrono::duration<std::int64_t, std::ratio<1, 3>>;
static_assert(timestamp(clock_time<thirds>{thirds{4}}).nanoseconds == 1'333'333'333);
using picoseconds = std::chrono::duration<std::int64_t, std::pico>;
static_assert(timestamp(clock_time<picoseconds>{picoseconds{1'999}}).nanoseconds == 1);
static_assert(timestamp(clock_time<picoseconds>{picoseconds{-1'999}}).nanoseconds == -1);
static_assert(std::is_convertible_v<std::chrono::system_clock::time_point, timestamp>);

static_assert(static_cast<clock_time<std::chrono::nanoseconds>>(timestamp{1'999}).time_since_epoch() == 1'999ns);
static_assert(static_cast<clock_time<std::chrono::microseconds>>(timestamp{1'999}).time_since_epoch() == 1us);
static_assert(static_cast<clock_time<std::chrono::microseconds>>(timestamp{-1'999}).time_since_epoch() == -1us);
static_assert(static_cast<clock_time<std::chrono::seconds>>(timestamp{90'000'000'000}).time_since_epoch() == 90s);
static_assert(static_cast<clock_time<std::chrono::minutes>>(timestamp{90'000'000'000}).time_since_epoch() == 1min);
static_assert(!std::is_convertible_v<timestamp, clock_time<std::chrono::seconds>>);

// Fractions of seconds.
using fractional = std::chrono::duration<double>;
static_assert(timestamp(clock_time<fractional>{fractional{1.5}}).nanoseconds == 1'500'000'000);
static_assert(static_cast<clock_time<fractional>>(timestamp{1'500'000'000}).time_since_epoch().count() == 1.5);

// Metadata.
constexpr annals::key_value_view  entries[] = {{"tenant", "north"}, {"reason", ""}, {"tenant", "south"}};
constexpr annals::key_values_view values{entries, 3};
static_assert(values.size() == 3 && values.end() - values.begin() == 3 && values.begin()->key == "tenant");
static_assert(*values.find("tenant") == "north" && values.find("reason")->empty());
static_assert(values.find("tenan") == nullptr && values.find("") == nullptr);
static_assert(annals::key_values_view{}.size() == 0 && annals::key_values_view{}.find("tenant") == nullptr);

// Of an event that nothing is known of.
constexpr annals::context unknown;
static_assert(unknown.stream.empty() && unknown.version == version{0} && unknown.position == position{0});
static_assert(unknown.time == timestamp{} && unknown.id.is_nil() && unknown.correlation.is_nil() && unknown.causation.is_nil());
static_assert(unknown.actor.empty() && unknown.values.size() == 0);

}  // namespace

TEST_CASE("a time of the system clock survives the way to a timestamp and back") {
    const auto now = std::chrono::system_clock::now();
    CHECK(static_cast<std::chrono::system_clock::time_point>(timestamp(now)) == now);
    // The furthest moments that a timestamp knows.
    using nanos = clock_time<std::chrono::nanoseconds>;
    CHECK(timestamp(nanos::max()).nanoseconds == std::numeric_limits<std::int64_t>::max());
    CHECK(static_cast<nanos>(timestamp(nanos::min())) == nanos::min());
}

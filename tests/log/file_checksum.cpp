// The check of a log's files is CRC-32C, whichever way it is calculated.
#include "catch.hpp"

#include <annals/log/file/checksum.hpp>
#include <annals/testing/arbitrary/random_source.hpp>

#include <array>
#include <boost/crc.hpp>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

using annals::detail::crc32c;
using annals::detail::crc32c_portable;

namespace {

template <std::size_t Size>
constexpr std::array<std::byte, Size> filled(int first, int step) {
    std::array<std::byte, Size> bytes{};
    int                         value = first;
    for (std::byte& each : bytes) each = static_cast<std::byte>(value), value += step;
    return bytes;
}

// The examples of RFC 3720, B.4; its sixth is a command of iSCSI.
constexpr auto zeros   = filled<32>(0x00, 0);
constexpr auto ones    = filled<32>(0xff, 0);
constexpr auto rising  = filled<32>(0, 1);
constexpr auto falling = filled<32>(31, -1);
constexpr auto command = [] {
    std::array<std::byte, 48> bytes{};
    bytes[0]  = std::byte{0x01};
    bytes[1]  = std::byte{0xc0};
    bytes[16] = std::byte{0x14};
    bytes[22] = std::byte{0x04};
    bytes[27] = std::byte{0x14};
    bytes[31] = std::byte{0x18};
    bytes[32] = std::byte{0x28};
    bytes[40] = std::byte{0x02};
    return bytes;
}();

static_assert(crc32c_portable({}) == 0);
static_assert(crc32c_portable(zeros) == 0x8a9136aa);
static_assert(crc32c_portable(ones) == 0x62a8ab43);
static_assert(crc32c_portable(rising) == 0x46dd794e);
static_assert(crc32c_portable(falling) == 0x113fdb5c);
static_assert(crc32c_portable(command) == 0xd9963a56);
static_assert(crc32c_portable(std::span(rising).subspan(13), crc32c_portable(std::span(rising).first(13))) == 0x46dd794e);

std::span<const std::byte> bytes_of(std::string_view text) { return std::as_bytes(std::span(text.data(), text.size())); }

std::vector<std::byte> random_bytes(std::size_t size, std::uint64_t seed) {
    annals::random_source  random(seed);
    std::vector<std::byte> bytes(size);
    for (std::byte& each : bytes) each = static_cast<std::byte>(random.next());
    return bytes;
}

std::uint32_t by_boost(std::span<const std::byte> bytes) {
    boost::crc_optimal<32, 0x1edc6f41, 0xffffffff, 0xffffffff, true, true> check;
    check.process_bytes(bytes.data(), bytes.size());
    return check.checksum();
}

}  // namespace

TEST_CASE("the check of bytes is the one that RFC 3720 gives for them") {
    CHECK(crc32c({}) == 0);
    CHECK(crc32c(zeros) == 0x8a9136aa);
    CHECK(crc32c(ones) == 0x62a8ab43);
    CHECK(crc32c(rising) == 0x46dd794e);
    CHECK(crc32c(falling) == 0x113fdb5c);
    CHECK(crc32c(command) == 0xd9963a56);
    CHECK(crc32c(bytes_of("123456789")) == 0xe3069283);
}

TEST_CASE("every way to calculate a check has the same result, for any length and alignment") {
    const auto all = random_bytes(3100, 1);
    for (std::size_t skipped = 0; skipped <= 8; ++skipped) {
        for (std::size_t size = 0; size <= 3000; ++size) {
            const auto bytes    = std::span(all).subspan(skipped, size);
            const auto expected = by_boost(bytes);
            if (crc32c(bytes) == expected && crc32c_portable(bytes) == expected) continue;
            CAPTURE(skipped, size);
            CHECK(crc32c(bytes) == expected);
            CHECK(crc32c_portable(bytes) == expected);
        }
    }
}

TEST_CASE("the check of a long input is that of any other way") {
    for (const std::size_t size : {3071U, 3072U, 3073U, 3287U, 3288U, 4096U, 6144U, 6145U, 9000U, 65536U, 1000003U}) {
        CAPTURE(size);
        const auto bytes = random_bytes(size, size);
        CHECK(crc32c(bytes) == by_boost(bytes));
        CHECK(crc32c_portable(bytes) == by_boost(bytes));
    }
}

TEST_CASE("a check goes on where another one ended") {
    const auto          all   = random_bytes(4000, 2);
    const std::uint32_t whole = crc32c(all);
    for (std::size_t size = 0; size <= all.size(); ++size) {
        const auto first = std::span(all).first(size), second = std::span(all).subspan(size);
        if (crc32c(second, crc32c(first)) == whole && crc32c_portable(second, crc32c_portable(first)) == whole) continue;
        CAPTURE(size);
        CHECK(crc32c(second, crc32c(first)) == whole);
        CHECK(crc32c_portable(second, crc32c_portable(first)) == whole);
    }
}

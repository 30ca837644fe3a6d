// CRC-32C (Castagnoli; RFC 3720, B.4), the check of everything that a file log writes: by the processor's instruction for it
// where there is one, else by tables.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

#if defined(__x86_64__) && defined(__GNUC__)
#define ANNALS_CRC32C_X86 1
#include <nmmintrin.h>
#include <wmmintrin.h>
#elif defined(__aarch64__) && defined(__ARM_FEATURE_CRC32)
#define ANNALS_CRC32C_ARM 1
#include <arm_acle.h>
#endif

namespace annals::detail {

// A check is a polynomial over the field of two elements, modulo Castagnoli's, whose highest power stands in the lowest bit:
// the bit i is the factor of x^(31 - i). A further byte multiplies what came before it by x^8.
struct crc32c_arithmetic {
    static constexpr std::uint32_t polynomial = 0x82f63b78;

    static constexpr std::uint32_t times_x(std::uint32_t value) noexcept {
        return (value >> 1U) ^ ((value & 1U) != 0 ? polynomial : 0);
    }
    static constexpr std::uint32_t times_x(std::uint32_t value, std::size_t times) noexcept {
        for (std::size_t i = 0; i < times; ++i) value = times_x(value);
        return value;
    }
};

// [zeros][byte]: the byte, and as many bytes of 0 after it.
inline constexpr auto crc32c_of_bytes = [] {
    std::array<std::array<std::uint32_t, 256>, 8> table{};
    for (std::uint32_t byte = 0; byte < 256; ++byte) {
        std::uint32_t check = byte;
        for (auto& row : table) row[byte] = check = crc32c_arithmetic::times_x(check, 8);
    }
    return table;
}();

/// `crc32c` without the processor's help, about 2 GB/s; for the compiler too.
constexpr std::uint32_t crc32c_portable(std::span<const std::byte> bytes, std::uint32_t before = 0) noexcept {
    const auto&      table = crc32c_of_bytes;
    const std::byte* at    = bytes.data();
    std::size_t      left  = bytes.size();
    std::uint32_t    state = ~before;
    const auto       byte  = [&](std::size_t i) { return static_cast<std::uint32_t>(at[i]); };
    for (; left >= 8; at += 8, left -= 8) {
        const std::uint32_t first = state ^ (byte(0) | byte(1) << 8U | byte(2) << 16U | byte(3) << 24U);
        state = table[7][first & 0xffU] ^ table[6][(first >> 8U) & 0xffU] ^ table[5][(first >> 16U) & 0xffU] ^
                table[4][first >> 24U] ^ table[3][byte(4)] ^ table[2][byte(5)] ^ table[1][byte(6)] ^ table[0][byte(7)];
    }
    for (; left > 0; ++at, --left) state = (state >> 8U) ^ table[0][(state ^ byte(0)) & 0xffU];
    return ~state;
}

template <class Number>
Number crc32c_load(const std::byte* from) noexcept {
    Number number;
    std::memcpy(&number, from, sizeof(number));
    return number;
}

#if defined(ANNALS_CRC32C_X86)

// The instruction takes 3 cycles and can start in each of them, so a long input is checked in three lanes side by side. The
// check of a lane is then moved over the lanes behind it: multiplied by x^64 for each word of them.
inline constexpr std::size_t crc32c_longest_lane = 128;  // words of 8 bytes
inline constexpr std::size_t crc32c_in_lanes     = 144;  // bytes; fewer are faster in one lane

// [words]: the factor that moves a check over so many words. The carry-less product of two such numbers, read as 64 bits of
// input, has a further x in it, and the instruction multiplies its input by x^32: the factor is x^(64 words - 33).
inline constexpr auto crc32c_moves = [] {
    std::array<std::uint32_t, 2 * crc32c_longest_lane + 1> moves{};
    moves[1] = 1;  // x^31
    for (std::size_t words = 2; words < moves.size(); ++words) moves[words] = crc32c_arithmetic::times_x(moves[words - 1], 64);
    return moves;
}();

__attribute__((target("sse4.2,pclmul"))) inline std::uint64_t crc32c_moved(std::uint64_t check, std::size_t words) noexcept {
    const __m128i product = _mm_clmulepi64_si128(_mm_cvtsi64_si128(static_cast<long long>(check)),
                                                 _mm_cvtsi64_si128(static_cast<long long>(crc32c_moves[words])), 0);
    return static_cast<std::uint64_t>(_mm_cvtsi128_si64(product));
}

// The state after all but the last bytes, fewer than `crc32c_in_lanes`; `from` and `left` are then theirs. Not inline, so
// that a short input need not save the registers that this takes.
__attribute__((target("sse4.2,pclmul"), noinline)) inline std::uint64_t crc32c_of_lanes(const std::byte*& from,
                                                                                        std::size_t&      left,
                                                                                        std::uint64_t     state) noexcept {
    const std::byte* at   = from;
    std::size_t      size = left;
    do {
        const std::size_t words  = size / 24 < crc32c_longest_lane ? size / 24 : crc32c_longest_lane;
        const std::byte*  begin  = at;
        const std::byte*  end    = at + 8 * words;
        std::uint64_t     second = 0, third = 0;
        for (; at != end; at += 8) {
            // The processor foresees one stream of reads, and not three: what comes in 3 KiB is asked for in the order of
            // memory.
            if ((at - begin) % 64 == 0) {
                const auto* const ahead = reinterpret_cast<const char*>(  // which may be behind the end: it is not read
                    reinterpret_cast<std::uintptr_t>(begin) + static_cast<std::uintptr_t>(3 * (at - begin) + 3072));
                _mm_prefetch(ahead, _MM_HINT_T0);
                _mm_prefetch(ahead + 64, _MM_HINT_T0);
                _mm_prefetch(ahead + 128, _MM_HINT_T0);
            }
            state  = _mm_crc32_u64(state, crc32c_load<std::uint64_t>(at));
            second = _mm_crc32_u64(second, crc32c_load<std::uint64_t>(at + 8 * words));
            third  = _mm_crc32_u64(third, crc32c_load<std::uint64_t>(at + 16 * words));
        }
        state = third ^ _mm_crc32_u64(0, crc32c_moved(state, 2 * words) ^ crc32c_moved(second, words));
        at += 16 * words;
        size -= 24 * words;
    } while (size >= crc32c_in_lanes);
    from = at;
    left = size;
    return state;
}

__attribute__((target("sse4.2,pclmul"))) inline std::uint32_t crc32c_by_processor(const std::byte* at, std::size_t left,
                                                                                  std::uint32_t before) noexcept {
    std::uint64_t state = static_cast<std::uint32_t>(~before);
    if (left >= crc32c_in_lanes) state = crc32c_of_lanes(at, left, state);
    const auto word = [&](std::size_t i) { return crc32c_load<std::uint64_t>(at + 8 * i); };
    for (; left >= 32; at += 32, left -= 32) {
        state = _mm_crc32_u64(_mm_crc32_u64(state, word(0)), word(1));
        state = _mm_crc32_u64(_mm_crc32_u64(state, word(2)), word(3));
    }
    if ((left & 16U) != 0) state = _mm_crc32_u64(_mm_crc32_u64(state, word(0)), word(1)), at += 16;
    if ((left & 8U) != 0) state = _mm_crc32_u64(state, word(0)), at += 8;
    auto narrow = static_cast<std::uint32_t>(state);
    if ((left & 7U) == 0) return ~narrow;
    if ((left & 4U) != 0) narrow = _mm_crc32_u32(narrow, crc32c_load<std::uint32_t>(at)), at += 4;
    if ((left & 2U) != 0) narrow = _mm_crc32_u16(narrow, crc32c_load<std::uint16_t>(at)), at += 2;
    if ((left & 1U) != 0) narrow = _mm_crc32_u8(narrow, static_cast<std::uint8_t>(*at));
    return ~narrow;
}

#if defined(__SSE4_2__) && defined(__PCLMUL__)
inline constexpr bool crc32c_has_processor = true;
#else
// False until it is initialised, which is as good: both ways have the same result.
inline const bool crc32c_has_processor = [] {
    __builtin_cpu_init();
    return __builtin_cpu_supports("sse4.2") && __builtin_cpu_supports("pclmul");
}();
#endif

#elif defined(ANNALS_CRC32C_ARM)

inline std::uint32_t crc32c_by_processor(const std::byte* at, std::size_t left, std::uint32_t before) noexcept {
    std::uint32_t state = ~before;
    for (; left >= 8; at += 8, left -= 8) state = __crc32cd(state, crc32c_load<std::uint64_t>(at));
    for (; left > 0; ++at, --left) state = __crc32cb(state, static_cast<std::uint8_t>(*at));
    return ~state;
}

inline constexpr bool crc32c_has_processor = true;

#endif

/// The CRC-32C of the bytes. `before` is that of what stands before them: crc32c(b, crc32c(a)) is the one of a and b in a row.
inline std::uint32_t crc32c(std::span<const std::byte> bytes, std::uint32_t before = 0) noexcept {
#if defined(ANNALS_CRC32C_X86) || defined(ANNALS_CRC32C_ARM)
    if (crc32c_has_processor) return crc32c_by_processor(bytes.data(), bytes.size(), before);
#endif
    return crc32c_portable(bytes, before);
}

}  // namespace annals::detail

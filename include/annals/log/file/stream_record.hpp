// What a table of streams is made of, in memory and as a saved index: see stream_table.hpp, saved_index.hpp.
#pragma once

#include <boost/endian/conversion.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <type_traits>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace annals::detail {

/// Where a stream is in the log. Addresses are segment number << 32 | offset in the segment; 0 is none.
struct stream_state {
    std::uint64_t version   = 0;      // of its last event
    std::uint64_t last      = 0;      // the address of the last frame that has events of it
    std::uint64_t milestone = 0;      // the address of the last milestone among its frames
    std::uint16_t ordinal   = 0;      // how many of its frames came since that milestone: 0 to 255
    bool          ended     = false;  // nothing is appended to it any more
    bool          trimmed   = false;  // there is a rule about its past, in the owner's hands
    std::uint32_t zero      = 0;      // in place of padding, whose bytes would be any: records are saved as they are
};
static_assert(sizeof(stream_state) == 32 && std::has_unique_object_representations_v<stream_state>);

/// What a table holds of a stream, in memory and in a saved index: one cache line. A name of up to 30 bytes stands in it. Of a
/// longer one, the last eight bytes say where it begins among the long names.
struct alignas(64) stream_record {
    static constexpr std::size_t short_name = 30;

    stream_state  state{};
    std::uint16_t name_size        = 0;
    char          name[short_name] = {};

    [[nodiscard]] bool          has_long_name() const noexcept { return name_size > short_name; }
    [[nodiscard]] std::uint64_t long_name() const noexcept {
        std::uint64_t offset = 0;
        std::memcpy(&offset, name + short_name - sizeof(offset), sizeof(offset));
        return offset;
    }
    void set_long_name(std::uint64_t offset) noexcept {
        std::memcpy(name + short_name - sizeof(offset), &offset, sizeof(offset));
    }
};
static_assert(sizeof(stream_record) == 64 && std::is_trivially_copyable_v<stream_record>);

/// A hash of a name. It is the same on every machine and in every version, for it is the order of saved tables. `k` are the
/// first 64 bits behind the point of the square roots of 2, 3, 5 and 7. `fold` multiplies two words, and combines both halves
/// of the product by exclusive or, as `^` does everywhere here. Words are little-endian. It begins with h = k0 ^ size * k1
/// (modulo 2^64).
///   1. As long as more than 16 bytes are left, the first two words a, b of them are taken: h = fold(a ^ k1, b ^ h).
///   2. Then a, b are
///      - the last two words of the name, if it has 16 bytes or more (they may overlap what was taken);
///      - its first word and its last, if it has 8 to 15 (they may overlap each other);
///      - the same with words of 32 bits, if it has 4 to 7;
///      - else, 0 and the number whose bytes are its first, its middle one (at size / 2) and its last, the first one lowest;
///        for an empty name 0 and 0.
///   3. h = fold(a ^ k2, b ^ h), and the hash is fold(h ^ k3, k0).
/// Whoever chooses names can choose some that collide: that makes them slow to find.
inline std::uint64_t hash_of_name(std::string_view name) noexcept {
    constexpr std::uint64_t k0 = 0x6a09e667f3bcc908, k1 = 0xbb67ae8584caa73b, k2 = 0x3c6ef372fe94f82b, k3 = 0xa54ff53a5f1d36f1;
    const auto              fold = [](std::uint64_t left, std::uint64_t right) {
        __extension__ using wide = unsigned __int128;
        const wide product       = static_cast<wide>(left) * right;
        return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64U);
    };
    const auto* const bytes = reinterpret_cast<const unsigned char*>(name.data());
    const std::size_t size  = name.size();
    const auto        word  = [=](std::size_t at) { return boost::endian::load_little_u64(bytes + at); };
    const auto        half  = [=](std::size_t at) { return std::uint64_t{boost::endian::load_little_u32(bytes + at)}; };

    std::uint64_t h = k0 ^ std::uint64_t{size} * k1, a = 0, b = 0;
    for (std::size_t at = 0; size - at > 16; at += 16) h = fold(word(at) ^ k1, word(at + 8) ^ h);
    if (size >= 16) {
        a = word(size - 16);
        b = word(size - 8);
    } else if (size >= 8) {
        a = word(0);
        b = word(size - 8);
    } else if (size >= 4) {
        a = half(0);
        b = half(size - 4);
    } else if (size != 0) {
        b = std::uint64_t{bytes[0]} | std::uint64_t{bytes[size / 2]} << 8U | std::uint64_t{bytes[size - 1]} << 16U;
    }
    h = fold(a ^ k2, b ^ h);
    return fold(h ^ k3, k0);
}

/// Sixteen slots of the hash table: one cache line. They are filled from the first one on, and never emptied. A slot is 0, or
/// a stream's number plus one in its lower bits, and bits of its hash above.
struct alignas(64) slot_group {
    static constexpr unsigned size = 16;

    std::uint32_t slots[size] = {};

    [[nodiscard]] bool is_full() const noexcept { return slots[size - 1] != 0; }
    /// For each slot that has the bits of `wanted` under the mask, a bit. Without branches: which slot it is, is known only
    /// when the line has come from memory, and a wrong guess would cost that time once more.
    [[nodiscard]] unsigned like(std::uint32_t wanted, std::uint32_t mask) const noexcept {
#if defined(__SSE2__)
        const __m128i all = _mm_set1_epi32(static_cast<int>(wanted)), relevant = _mm_set1_epi32(static_cast<int>(mask));
        const auto    four = [&](std::size_t at) {
            const __m128i some = _mm_load_si128(reinterpret_cast<const __m128i*>(slots + at));
            return _mm_cmpeq_epi32(_mm_and_si128(_mm_xor_si128(some, all), relevant), _mm_setzero_si128());
        };
        const __m128i lower = _mm_packs_epi32(four(0), four(4)), upper = _mm_packs_epi32(four(8), four(12));
        return static_cast<unsigned>(_mm_movemask_epi8(_mm_packs_epi16(lower, upper)));
#else
        return like_portable(wanted, mask);
#endif
    }
    /// The same without the processor's help, which takes three times as long.
    [[nodiscard]] unsigned like_portable(std::uint32_t wanted, std::uint32_t mask) const noexcept {
        unsigned found = 0;
        for (unsigned i = 0; i < size; ++i) found |= static_cast<unsigned>(((slots[i] ^ wanted) & mask) == 0) << i;
        return found;
    }
};
static_assert(sizeof(slot_group) == 64);

}  // namespace annals::detail

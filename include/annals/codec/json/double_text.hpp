// The double that is nearest to what a JSON number says.
#pragma once

#include <array>
#include <bit>
#include <charconv>
#include <clocale>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <version>

namespace annals::detail {

__extension__ using unsigned_128 = unsigned __int128;

// The 64 leading bits of a power of ten, and how many bits follow them: it is `bits * 2^shift`, or up to one bit more.
struct power_of_ten {
    std::uint64_t bits  = 0;
    int           shift = 0;
};

inline constexpr int largest_power = 38;  // fits into 128 bits

consteval auto find_powers_of_ten() {
    std::array<power_of_ten, 2 * largest_power + 1> powers{};
    unsigned_128                                    power = 1;
    for (int i = 0; i <= largest_power; ++i, power *= 10) {
        int length = 0;
        for (unsigned_128 rest = power; rest != 0; rest >>= 1U) ++length;
        const auto up    = static_cast<std::size_t>(largest_power + i);
        const auto down  = static_cast<std::size_t>(largest_power - i);
        powers[up].bits  = static_cast<std::uint64_t>(length > 64 ? power >> (length - 64) : power << (64 - length));
        powers[up].shift = length - 64;
        if (i == 0) continue;
        // Its inverse, by long division.
        unsigned_128 rest = unsigned_128{1} << (length - 1);
        for (int bit = 0; bit < 64; ++bit) {
            rest *= 2;
            powers[down].bits = powers[down].bits * 2 + (rest >= power ? 1 : 0);
            if (rest >= power) rest -= power;
        }
        powers[down].shift = -length - 63;
    }
    return powers;
}
inline constexpr auto powers_of_ten    = find_powers_of_ten();
inline constexpr int  last_exact_power = 27;  // of 63 bits and zeros

// A number without its sign, as `digits * 10^exponent`.
struct decimal {
    std::uint64_t digits   = 0;
    int           exponent = 0;
};

// Eight digits at once, as four, two and one pair of sums. False if they are not all digits.
inline bool eight_digits(const char* from, std::uint64_t& value) {
    if constexpr (std::endian::native != std::endian::little) return false;
    std::uint64_t eight = 0;
    std::memcpy(&eight, from, sizeof(eight));
    if (((eight & 0xf0f0f0f0f0f0f0f0U) | ((eight + 0x0606060606060606U) & 0xf0f0f0f0f0f0f0f0U) >> 4U) != 0x3333333333333333U)
        return false;
    eight = (eight & 0x0f0f0f0f0f0f0f0fU) * (1 + (10U << 8U)) >> 8U;
    eight = (eight & 0x00ff00ff00ff00ffU) * (1 + (100U << 16U)) >> 16U;
    value = (eight & 0x0000ffff0000ffffU) * (1 + (std::uint64_t{10000} << 32U)) >> 32U;
    return true;
}
inline const char* take_digits(const char* at, const char* end, std::uint64_t& digits) {
    for (std::uint64_t eight = 0; end - at >= 8 && eight_digits(at, eight); at += 8) digits = digits * 100'000'000 + eight;
    for (; at != end && *at >= '0' && *at <= '9'; ++at) digits = digits * 10 + static_cast<std::uint64_t>(*at - '0');
    return at;
}

/// Reads a number as JSON has them. False for one of more digits than 64 bits hold.
inline bool decimal_from(std::string_view text, decimal& number) {
    const char* const begin = text.data();
    const char* const end   = begin + text.size();
    const char*       at    = take_digits(begin, end, number.digits);
    std::ptrdiff_t    count = at - begin;
    if (at != end && *at == '.') {
        const char* const fraction = at + 1;
        at                         = take_digits(fraction, end, number.digits);
        number.exponent            = static_cast<int>(fraction - at);
        count += at - fraction;
    }
    if (count > 19) return false;
    if (at == end) return true;
    const bool down    = end - at > 1 && at[1] == '-';
    int        written = 0;
    for (at += down || (end - at > 1 && at[1] == '+') ? 2 : 1; at != end && written < 10000; ++at)
        written = written * 10 + (*at - '0');
    number.exponent += down ? -written : written;
    return true;
}

/// The double nearest to a decimal. The product of its digits and the power of ten is known but for what the power was cut off
/// by; false where that might decide how it is rounded, or the power is beyond those that are known.
constexpr bool nearest_double(decimal number, double& value) {
    if (number.digits == 0) {
        value = 0;
        return true;
    }
    if (number.exponent < -largest_power || number.exponent > largest_power) return false;
    const power_of_ten& power   = powers_of_ten[static_cast<std::size_t>(number.exponent + largest_power)];
    const int           zeros   = std::countl_zero(number.digits);
    const std::uint64_t digits  = number.digits << static_cast<unsigned>(zeros);
    const unsigned_128  product = static_cast<unsigned_128>(digits) * power.bits;  // or up to `digits` more
    // 53 bits are kept. Whether they are rounded up is a coin's toss, and no branch.
    const unsigned     cut   = 74 + static_cast<unsigned>(product >> 127U);
    const unsigned_128 half  = unsigned_128{1} << (cut - 1);
    const unsigned_128 rest  = product & ((half << 1U) - 1);
    std::uint64_t      kept  = static_cast<std::uint64_t>(product >> cut);
    const bool         exact = number.exponent >= 0 && number.exponent <= last_exact_power;
    if (!exact && ((rest < half) & (rest + digits > half))) return false;
    const std::uint64_t tie_goes_up = exact ? kept & 1U : 1U;
    kept += static_cast<std::uint64_t>(rest + tie_goes_up > half);
    const int exponent = static_cast<int>(cut) - zeros + power.shift;
    // Where the 53 bits overflowed they are a power of two, and the one above goes into the exponent.
    value = std::bit_cast<double>((static_cast<std::uint64_t>(exponent + 1075) << 52U) + (kept - (std::uint64_t{1} << 52U)));
    return true;
}

/// The double nearest to what a JSON number says; `approximate` if that is beyond their range.
inline double double_from(std::string_view text, double approximate) {
    const bool negative = text.front() == '-';
    decimal    number;
    if (double value = 0; decimal_from(text.substr(negative ? 1 : 0), number) && nearest_double(number, value))
        return negative ? -value : value;
#if defined(__cpp_lib_to_chars)
    double value = approximate;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
#else
    // What std::strtod takes for a decimal point depends on the locale.
    std::string copy(text);
    if (const auto point = copy.find('.'); point != copy.npos) copy.replace(point, 1, std::localeconv()->decimal_point);
    char*        end   = nullptr;
    const double value = std::strtod(copy.c_str(), &end);
    return end == copy.c_str() + copy.size() ? value : approximate;
#endif
}

}  // namespace annals::detail

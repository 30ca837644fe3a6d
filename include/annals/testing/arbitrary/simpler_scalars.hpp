// Simpler numbers, letters, enumerators and ids, the simplest first. Each chain of simpler values ends.
#pragma once

#include <annals/model/context.hpp>
#include <annals/schema/enumerators.hpp>

#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <type_traits>

namespace annals::detail {

/// Takes one simpler value after the other, and answers true if it wants no more of them. Refers to a function that must
/// live as long.
template <class T>
class taker {
public:
    template <class Function>
    taker(const Function& function)
        : function_(&function),
          call_([](const void* to, const T& value) -> bool { return (*static_cast<const Function*>(to))(value); }) {}

    bool operator()(const T& value) const { return call_(function_, value); }

private:
    const void* function_;
    bool (*call_)(const void*, const T&);
};

// Towards 0: 0 itself, the positive number in place of the negative one, then half the way, a quarter of it …
template <class Integer>
bool each_simpler_integer(Integer value, taker<Integer> take) {
    if (value == 0) return false;
    if (take(Integer{0})) return true;
    if constexpr (std::is_signed_v<Integer>)
        if (value < 0 && value != std::numeric_limits<Integer>::min() && take(static_cast<Integer>(-value))) return true;
    for (Integer step = static_cast<Integer>(value / 2); step != 0; step = static_cast<Integer>(step / 2))
        if (take(static_cast<Integer>(value - step))) return true;
    return false;
}

// Whole numbers are simpler than others, and these the simpler, the fewer bits they have.
template <class Floating>
bool each_simpler_floating(Floating value, taker<Floating> take) {
    using limits       = std::numeric_limits<Floating>;
    using bits         = std::conditional_t<sizeof(Floating) == 4, std::uint32_t, std::uint64_t>;
    const bool is_zero = value == Floating{0};
    if (is_zero && !std::signbit(value)) return false;
    if (take(Floating{0})) return true;
    if (is_zero) return false;
    if (std::isnan(value)) return take(Floating{1}) || take(limits::infinity());
    if (std::signbit(value) && take(-value)) return true;
    const Floating sign = std::signbit(value) ? Floating{-1} : Floating{1};
    if (std::isinf(value)) return take(sign) || take(sign * limits::max());
    if (const Floating whole = std::trunc(value); whole != value) {
        if (take(sign) || (whole != Floating{0} && whole != sign && take(whole))) return true;
        constexpr int fraction = limits::digits - 1;
        for (int cut = fraction; cut > 0; --cut) {
            const auto fewer = std::bit_cast<Floating>(static_cast<bits>(std::bit_cast<bits>(value) >> cut << cut));
            if (fewer != value && std::trunc(fewer) != fewer && take(fewer)) return true;
        }
        return false;
    }
    for (Floating step = std::trunc(value / 2); step != Floating{0}; step = std::trunc(step / 2))
        if (const Floating nearer = value - step; nearer != value && take(nearer)) return true;
    return false;
}

inline bool each_simpler_character(char value, taker<char> take) {
    for (const char simpler : {'a', '0', ' '}) {
        if (simpler == value) return false;
        if (take(simpler)) return true;
    }
    return false;
}

// Enumerators are simpler than other values. The one that is 0 is the simplest, then they count as they are ordered.
template <class Enum>
bool each_simpler_enumerator(Enum value, taker<Enum> take) {
    using number      = underlying<Enum>;
    const auto simple = static_cast<Enum>(number{});
    if (value == simple && !enumerator_name(simple).empty()) return false;
    if (!enumerator_name(simple).empty() && take(simple)) return true;
    for (const enumerator& each : enumerators_of<Enum>) {
        const auto known = static_cast<Enum>(static_cast<number>(each.value));
        if (known == value) return false;
        if (known != simple && take(known)) return true;
    }
    if constexpr (std::is_same_v<number, bool>)
        return static_cast<bool>(value) && take(simple);
    else {
        const auto take_number = [&](number simpler) { return take(static_cast<Enum>(simpler)); };
        return each_simpler_integer<number>(static_cast<number>(value), taker<number>(take_number));
    }
}

// The nil id, then one that differs from it in a byte.
inline bool each_simpler_uuid(const uuid& value, taker<uuid> take) {
    uuid one;
    one.bytes[15] = 1;
    if (value.is_nil()) return false;
    return take(uuid{}) || (value != one && take(one));
}

}  // namespace annals::detail

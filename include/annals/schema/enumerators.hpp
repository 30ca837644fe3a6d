// The enumerators of an enum: their names and values.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>
#include <type_traits>
#include <utility>

namespace annals {

/// Where enumerators are looked for: from `first` to `last`, and at the powers of two above. Specialise it for an enum that
/// has others. Those that are not found are stored all the same, and are printed as numbers.
template <class Enum>
struct enumerator_range {
    static constexpr int first = -16;
    static constexpr int last  = 127;
};

/// One enumerator.
struct enumerator {
    std::string_view name;
    std::int64_t     value = 0;  // of an unsigned 64-bit enum above the signed range, the value modulo 2^64
};

namespace detail {

template <class Enum>
using underlying = std::underlying_type_t<Enum>;

// The values that are tried.
template <class Enum>
struct candidates {
    using limits = std::numeric_limits<underlying<Enum>>;
    using range  = enumerator_range<Enum>;

    static constexpr bool is_signed = std::is_signed_v<underlying<Enum>>;

    static constexpr std::int64_t first = [] {
        constexpr auto lowest = is_signed ? static_cast<std::int64_t>(limits::min()) : 0;
        return range::first < lowest ? lowest : static_cast<std::int64_t>(range::first);
    }();
    static constexpr std::int64_t last = [] {
        constexpr auto highest = static_cast<std::uint64_t>(limits::max());
        return range::last > 0 && static_cast<std::uint64_t>(range::last) > highest ? static_cast<std::int64_t>(highest)
                                                                                    : static_cast<std::int64_t>(range::last);
    }();
    static constexpr std::size_t powers = [] {
        std::size_t count = 0;
        for (int bit = 0; bit < limits::digits; ++bit)
            if (std::int64_t value = static_cast<std::int64_t>(std::uint64_t{1} << bit); value > last || value < 0) ++count;
        return count;
    }();
    static constexpr std::size_t in_range = static_cast<std::size_t>(last - first + 1);
    static constexpr std::size_t count    = in_range + powers;

    static constexpr std::int64_t at(std::size_t index) {
        if (index < in_range) return first + static_cast<std::int64_t>(index);
        return static_cast<std::int64_t>(std::uint64_t{1} << (static_cast<std::size_t>(limits::digits) - powers + index - in_range));
    }
};

template <auto... Values>
consteval std::string_view signature_with_values() {
    return {__PRETTY_FUNCTION__, sizeof(__PRETTY_FUNCTION__) - 1};
}
template <class Enum, std::size_t... I>
consteval std::string_view spelled_values(std::index_sequence<I...>) {
    return signature_with_values<static_cast<Enum>(static_cast<underlying<Enum>>(candidates<Enum>::at(I)))...>();
}

constexpr bool is_letter_of_name(char letter) {
    return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') || (letter >= '0' && letter <= '9') ||
           letter == '_' || letter == '$' || static_cast<unsigned char>(letter) >= 0x80;
}

// The name at the end of what a compiler calls a value: `bank::kind::savings`; empty for `(bank::kind)7`, which is no
// enumerator.
constexpr std::string_view name_at_end(std::string_view spelled) {
    std::size_t begin = spelled.size();
    while (begin != 0 && is_letter_of_name(spelled[begin - 1])) --begin;
    const std::string_view name = spelled.substr(begin);
    return name.empty() || (name[0] >= '0' && name[0] <= '9') ? std::string_view{} : name;
}

template <std::size_t N>
struct enumerator_list {
    enumerator  list[N]{};
    std::size_t count = 0;

    [[nodiscard]] constexpr const enumerator* begin() const noexcept { return list; }
    [[nodiscard]] constexpr const enumerator* end() const noexcept { return list + count; }
};

// g++:   … [with auto ...Values = {kind::current, (kind)1, …}]       clang:  … [Values = <kind::current, (kind)1, …>]
template <class Enum>
consteval auto find_enumerators() {
    using tried             = candidates<Enum>;
    std::string_view text   = spelled_values<Enum>(std::make_index_sequence<tried::count>{});
    text                    = text.substr(text.find("Values = ") + 10);
    enumerator_list<tried::count> found;
    std::size_t begin = 0, index = 0, open = 0;
    for (std::size_t at = 0; index < tried::count; ++at) {
        const char letter = text[at];
        if (open == 0 && (letter == ',' || letter == '}' || letter == '>')) {
            if (const auto name = name_at_end(text.substr(begin, at - begin)); !name.empty())
                found.list[found.count++] = {name, tried::at(index)};
            begin = at + 2;
            ++index;
        } else if (letter == '(' || letter == '<' || letter == '{')
            ++open;
        else if (letter == ')' || letter == '>' || letter == '}')
            --open;
    }
    return found;
}

template <std::size_t N, class List>
consteval auto shrunk(const List& all) {
    enumerator_list<N == 0 ? 1 : N> few;
    for (const enumerator& each : all) few.list[few.count++] = each;
    return few;
}

}  // namespace detail

/// The enumerators of an enum with a fixed underlying type, in the order of their values, as far as `enumerator_range`
/// reaches. Of several with one value the compiler names one.
template <class Enum>
inline constexpr auto enumerators_of = [] {
    constexpr auto all = detail::find_enumerators<Enum>();
    return detail::shrunk<all.count>(all);
}();

/// The name of an enumerator, or empty if the value has none that is known.
template <class Enum>
    requires std::is_enum_v<Enum>
[[nodiscard]] constexpr std::string_view enumerator_name(Enum value) noexcept {
    for (const enumerator& each : enumerators_of<Enum>)
        if (each.value == static_cast<std::int64_t>(static_cast<detail::underlying<Enum>>(value))) return each.name;
    return {};
}

}  // namespace annals

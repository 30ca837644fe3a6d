// Values to bytes. The encoding is packed and of fixed widths, little-endian:
//
//     bool                     1 byte, 0 or 1
//     char, integers, floats   their bytes; an enum those of its underlying type
//     text                     count of bytes (u32), bytes
//     list, set, map           count (u32), elements; of a map key and value; an element without bytes takes a byte 0
//     optional                 1 byte, 0 or 1, and the value if 1
//     variant                  number of the alternative (1 byte), its value
//     duration, time           ticks (i64, u64, f32 or f64), as the schema says
//     uuid                     16 bytes
//     array, tuple, struct     elements or fields one behind the other, nothing between them
//
// A struct without padding whose fields are encoded as they lie in memory is therefore copied as it is.
#pragma once

#include <annals/codec/error.hpp>
#include <annals/codec/layout.hpp>
#include <annals/model/dispatch.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>

namespace annals::detail {

// A time in nanoseconds, unless it is beyond their range. The clock's first and last time stand for themselves.
template <class Time>
constexpr bool stored_time(const Time& time, stored_ticks<typename Time::rep>& ticks) {
    using period = typename Time::period;
    using stored = stored_ticks<typename Time::rep>;
    const auto count = time.time_since_epoch().count();
    if constexpr (std::is_same_v<stored_tick<Time>, period>) {
        ticks = static_cast<stored>(count);
        return true;
    } else {
        using ratio     = std::ratio_divide<period, stored_tick<Time>>;
        using rep       = std::numeric_limits<typename Time::rep>;
        using limits    = std::numeric_limits<stored>;
        constexpr bool up = ratio::num > 1;
        if (count == rep::max() || (rep::is_signed && count == rep::min())) {
            ticks = count == rep::max() ? limits::max() : limits::min();
            return true;
        }
        if (up && (static_cast<stored>(count) > limits::max() / ratio::num || static_cast<stored>(count) < limits::min() / ratio::num))
            return false;
        ticks = static_cast<stored>(count) * ratio::num / ratio::den;
        return true;
    }
}

// How many bytes a value takes, and what stands in the way of encoding it.
struct encoding_measure {
    std::size_t bytes   = 0;
    std::size_t depth   = 0;
    bool        failed  = false;
    codec_errc  trouble = codec_errc::too_long;

    constexpr void fail(codec_errc code) {
        failed  = true;
        trouble = code;
    }

    template <class T>
    constexpr void add(const T& value) {
        constexpr field_kind kind = kind_of<T>;
        if constexpr (kind == field_kind::another)
            add(stored_as<T>::to(value));
        else if constexpr (kind == field_kind::time) {
            if (stored_ticks<typename T::rep> ticks{}; !stored_time(value, ticks)) fail(codec_errc::out_of_range);
            bytes += layout_of<T>.minimum;
        } else if constexpr (kind == field_kind::text)
            add_count(value.size(), 1);
        else if constexpr (kind == field_kind::list || kind == field_kind::set || kind == field_kind::map)
            add_elements(value);
        else if constexpr (kind == field_kind::optional) {
            bytes += 1;
            if (value.has_value()) add(*value);
        } else if constexpr (kind == field_kind::variant) {
            bytes += 1;
            if (value.valueless_by_exception()) return fail(codec_errc::no_value);
            add_alternative(value, std::make_index_sequence<std::variant_size_v<T>>{});
        } else if constexpr (kind == field_kind::array) {
            if constexpr (always_encodes<T>)
                bytes += layout_of<T>.minimum;
            else
                for (const auto& each : value) add(each);
        } else if constexpr (kind == field_kind::tuple)
            std::apply([&](const auto&... each) { (add(each), ...); }, value);
        else if constexpr (kind == field_kind::structure) {
            if constexpr (always_encodes<T>)
                bytes += layout_of<T>.minimum;
            else
                with_fields(value, add_each{*this});
        } else
            bytes += layout_of<T>.minimum;
    }

    // Named for the fields alone, so that structs with the same types of fields have it in common.
    struct add_each {
        encoding_measure& measure;

        template <class... T>
        constexpr void operator()(const T&... field) const {
            (measure.add(field), ...);
        }
    };

private:
    // Nothing to measure, and nothing that could fail.
    template <class T>
    static constexpr bool always_encodes = layout_of<T>.bitwise;

    constexpr void add_count(std::size_t count, std::size_t each) {
        if (count > std::numeric_limits<std::uint32_t>::max()) fail(codec_errc::too_long);
        bytes += 4 + count * each;
    }
    template <class T>
    constexpr void add_elements(const T& container) {
        using element = container_element<T>;
        if constexpr (layout_of<element>.bitwise || needs_filler<element>)
            add_count(container.size(), smallest_element<element>);
        else {
            add_count(container.size(), 0);
            if constexpr (is_recursive<element>)
                if (depth == deepest_nesting) return fail(codec_errc::nested_too_deep);
            ++depth;
            for (const auto& each : container) {
                if constexpr (kind_of<T> == field_kind::map) {
                    add(each.first);
                    add(each.second);
                } else
                    add<element>(each);
            }
            --depth;
        }
    }
    template <class T, std::size_t... I>
    constexpr void add_alternative(const T& value, std::index_sequence<I...>) {
        ((value.index() == I ? add(*std::get_if<I>(&value)) : void()), ...);
    }
};

template <class Integer>
[[gnu::always_inline]] inline std::byte* put_integer(Integer value, std::byte* at) noexcept {
    if constexpr (!is_little_endian) value = static_cast<Integer>(reversed_bytes(value, sizeof(Integer)));
    std::memcpy(at, &value, sizeof(Integer));
    return at + sizeof(Integer);
}

/// Copies bytes. Most texts and lists are short, and a call of memcpy has to find that out with jumps that nobody can foresee:
/// these few moves, which overlap, took a third off the encoding of an event with three texts.
inline void copy_bytes(std::byte* to, const void* source, std::size_t count) noexcept {
    struct block {
        std::byte bytes[16];
    };
    const auto* const from = static_cast<const std::byte*>(source);
    const auto        copy = [&]<class Word>(std::size_t first, std::size_t last, Word a, Word b) {
        std::memcpy(&a, from + first, sizeof(Word));
        std::memcpy(&b, from + last, sizeof(Word));
        std::memcpy(to + first, &a, sizeof(Word));
        std::memcpy(to + last, &b, sizeof(Word));
    };
    if (count > 64)
        std::memcpy(to, from, count);
    else if (count >= 16) {
        const std::size_t last = count - 16;
        copy(0, last < 16 ? last : 16, block{}, block{});
        copy(last < 16 ? 0 : last - 16, last, block{}, block{});
    } else if (count >= 8)
        copy(0, count - 8, std::uint64_t{}, std::uint64_t{});
    else if (count >= 4)
        copy(0, count - 4, std::uint32_t{}, std::uint32_t{});
    else if (count != 0) {
        to[0]         = from[0];
        to[count / 2] = from[count / 2];
        to[count - 1] = from[count - 1];
    }
}

template <class T>
inline std::byte* put(const T& value, std::byte* at);

struct put_each {
    std::byte* at;

    template <class... T>
    std::byte* operator()(const T&... field) {
        ((at = put(field, at)), ...);
        return at;
    }
};

// Not inlined: one function for each type of container is enough for all events that have one.
template <class T>
[[gnu::noinline]] inline std::byte* put_elements(const T& container, std::byte* at) {
    using element = container_element<T>;
    at            = put_integer(static_cast<std::uint32_t>(container.size()), at);
    if constexpr (needs_filler<element>)
        return static_cast<std::byte*>(std::memset(at, 0, container.size())) + container.size();
    else if constexpr (bitwise_elements<T>) {
        const std::size_t bytes = container.size() * sizeof(element);
        copy_bytes(at, container.data(), bytes);
        return at + bytes;
    } else {
        for (const auto& each : container) {
            if constexpr (kind_of<T> == field_kind::map)
                at = put(each.second, put(each.first, at));
            else
                at = put<element>(each, at);
        }
        return at;
    }
}

/// Writes a value to where there is room for what `encoding_measure` says. Returns the end of what was written.
template <class T>
inline std::byte* put(const T& value, std::byte* at) {
    constexpr field_kind kind = kind_of<T>;
    if constexpr (kind == field_kind::another)
        return put<typename stored_as<T>::type>(stored_as<T>::to(value), at);
    else if constexpr (layout_of<T>.bitwise) {
        std::memcpy(at, &value, sizeof(T));
        return at + sizeof(T);
    } else if constexpr (kind == field_kind::boolean) {
        *at = std::byte{value};
        return at + 1;
    } else if constexpr (kind == field_kind::character || kind == field_kind::integer || kind == field_kind::floating ||
                         kind == field_kind::enumeration) {
        stored_integer<T> bits{};
        std::memcpy(&bits, &value, sizeof(T));
        return put_integer(bits, at);
    } else if constexpr (kind == field_kind::text) {
        at = put_integer(static_cast<std::uint32_t>(value.size()), at);
        copy_bytes(at, value.data(), value.size());
        return at + value.size();
    } else if constexpr (kind == field_kind::optional) {
        *at++ = std::byte{value.has_value()};
        return value.has_value() ? put<typename T::value_type>(*value, at) : at;
    } else if constexpr (kind == field_kind::variant) {
        *at++ = static_cast<std::byte>(value.index());
        [&]<std::size_t... I>(std::index_sequence<I...>) {
            ((value.index() == I ? static_cast<void>(at = put(*std::get_if<I>(&value), at)) : void()), ...);
        }(std::make_index_sequence<std::variant_size_v<T>>{});
        return at;
    } else if constexpr (kind == field_kind::duration)
        return put(static_cast<stored_ticks<typename T::rep>>(value.count()), at);
    else if constexpr (kind == field_kind::time) {
        stored_ticks<typename T::rep> ticks{};
        stored_time(value, ticks);
        return put(ticks, at);
    } else if constexpr (kind == field_kind::uuid) {
        const uuid plain(value);
        std::memcpy(at, plain.bytes, 16);
        return at + 16;
    } else if constexpr (kind == field_kind::array) {
        for (const auto& each : value) at = put<typename T::value_type>(each, at);
        return at;
    } else if constexpr (kind == field_kind::tuple) {
        std::apply([&](const auto&... each) { ((at = put(each, at)), ...); }, value);
        return at;
    } else if constexpr (kind == field_kind::structure)
        return with_fields(value, put_each{at});
    else
        return put_elements(value, at);
}

}  // namespace annals::detail

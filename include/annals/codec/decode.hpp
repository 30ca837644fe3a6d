// Bytes to values. Nothing is taken for granted: each count is checked against the bytes at hand before room is made for it,
// and bytes that are no value are an error. `codec/encode.hpp` describes the encoding.
#pragma once

#include <annals/codec/encode.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>

namespace annals::detail {

// What the elements behind one of them take at least.
template <std::size_t N>
constexpr std::size_t sum_behind(const std::size_t (&minima)[N], std::size_t index) {
    std::size_t sum = 0;
    for (std::size_t i = index + 1; i < N; ++i) sum += minima[i];
    return sum;
}

/// Reads values from bytes. Each `get` may rely on as many bytes as its type takes at least; who calls it sees to that, once
/// for all fields of a fixed size. `end` is drawn in while there are fields behind the one that is read, so that a text or
/// container cannot take what belongs to them.
class byte_reader {
public:
    byte_reader(const std::byte* begin, const std::byte* end) noexcept : begin_(begin), at_(begin), end_(end) {}

    /// Reads a value from all the bytes.
    template <class T>
    [[nodiscard]] bool get_whole(T& into) {
        return need(layout_of<T>.minimum) && get(into) && (at_ == end_ || fail(codec_errc::left_over));
    }

    /// True if each bool in a value that is encoded as it lies in memory is 0 or 1.
    template <class T>
    static bool bools_hold(const std::byte* from) noexcept {
        if constexpr (!layout_of<T>.has_bool)
            return true;
        else if constexpr (kind_of<T> == field_kind::array) {
            for (std::size_t i = 0; i < std::tuple_size_v<T>; ++i)
                if (!bools_hold<typename T::value_type>(from + i * sizeof(typename T::value_type))) return false;
            return true;
        } else if constexpr (kind_of<T> == field_kind::structure)
            return bools_hold_in(types_of_fields<T>{}, from);
        else
            return *from <= std::byte{1};
    }

    template <class... T>
    static bool bools_hold_in(type_list<T...>, const std::byte* from) noexcept {
        return (bools_hold<T>(std::exchange(from, from + sizeof(T))) && ...);
    }

    [[nodiscard]] codec_error error() const noexcept { return {trouble_, static_cast<std::size_t>(at_ - begin_)}; }

private:
    [[nodiscard]] std::size_t left() const noexcept { return static_cast<std::size_t>(end_ - at_); }

    // Inlined, because a call that takes the reader's address keeps it out of registers.
    [[gnu::always_inline]] bool fail(codec_errc code) noexcept {
        trouble_ = code;
        return false;
    }
    bool need(std::size_t bytes) noexcept { return left() >= bytes || fail(codec_errc::too_short); }

    template <class Integer>
    [[gnu::always_inline]] Integer take() noexcept {
        Integer value;
        std::memcpy(&value, at_, sizeof(Integer));
        at_ += sizeof(Integer);
        if constexpr (!is_little_endian) value = static_cast<Integer>(reversed_bytes(value, sizeof(Integer)));
        return value;
    }

    // Reads what has `Behind` bytes behind it at least.
    template <std::size_t Behind, class T>
    [[gnu::always_inline]] bool get_before(T& into) {
        if constexpr (layout_of<T>.fixed || Behind == 0)
            return get(into);
        else {
            end_ -= Behind;
            const bool good = get(into);
            end_ += Behind;
            return good;
        }
    }

    struct get_fields {
        byte_reader& reader;

        template <class... T>
        [[gnu::always_inline]] bool operator()(T&... field) const {
            return get_each(std::index_sequence_for<T...>{}, field...);
        }
        template <std::size_t... I, class... T>
        [[gnu::always_inline]] bool get_each(std::index_sequence<I...>, T&... field) const {
            [[maybe_unused]] constexpr std::size_t minima[] = {layout_of<T>.minimum..., 0};
            return (reader.get_before<sum_behind(minima, I)>(field) && ...);
        }
    };
    template <class T, std::size_t... I>
    [[gnu::always_inline]] bool get_elements_of_tuple(T& into, std::index_sequence<I...>) {
        [[maybe_unused]] constexpr std::size_t minima[] = {layout_of<std::tuple_element_t<I, T>>.minimum..., 0};
        return (get_before<sum_behind(minima, I)>(std::get<I>(into)) && ...);
    }

    // A value that is not the last one, and of whose bytes nothing is known yet.
    template <class T>
    [[gnu::always_inline]] bool get_element(T& into) {
        if constexpr (needs_filler<T>)
            return *at_++ == std::byte{0} ? get(into) : fail(codec_errc::no_bool);
        else
            return (layout_of<T>.fixed || need(layout_of<T>.minimum)) && get(into);
    }

    // How many elements a container has, of which each has its bytes.
    template <class Element>
    [[gnu::always_inline]] bool get_count(std::size_t& count) {
        count = take<std::uint32_t>();
        return count <= left() / smallest_element<Element> || fail(codec_errc::too_short);
    }

    // Not inlined: one function for each type of container is enough for all events that have one.
    template <class T>
    [[gnu::noinline]] bool get_list(T& into) {
        using element     = typename T::value_type;
        std::size_t count = 0;
        if (!get_count<element>(count)) return false;
        into.resize(count);
        if constexpr (bitwise_elements<T>) {
            const std::size_t bytes = count * sizeof(element);
            if (!holds_bools<element>(at_, count)) return false;
            copy_bytes(reinterpret_cast<std::byte*>(into.data()), at_, bytes);
            at_ += bytes;
        } else if constexpr (std::is_same_v<decltype(*into.begin()), element&>) {
            for (element& each : into)
                if (!get_element(each)) return false;
        } else {
            for (auto&& each : into) {  // of a std::vector<bool>
                element value{};
                if (!get_element(value)) return false;
                each = std::move(value);
            }
        }
        return true;
    }

    // Elements come in order where they were in order, so that each belongs at the end.
    template <class T>
    [[gnu::noinline]] bool get_set(T& into) {
        using element     = typename T::value_type;
        std::size_t count = 0;
        if (!get_count<element>(count)) return false;
        into.clear();
        for (std::size_t i = 0; i < count; ++i) {
            element value{};
            if (!get_element(value)) return false;
            into.insert(into.end(), std::move(value));
            if (into.size() != i + 1) return fail(codec_errc::duplicate_key);
        }
        return true;
    }
    template <class T>
    [[gnu::noinline]] bool get_map(T& into) {
        std::size_t count = 0;
        if (!get_count<container_element<T>>(count)) return false;
        into.clear();
        for (std::size_t i = 0; i < count; ++i) {
            container_element<T> element{};
            if (!get_element(element)) return false;
            into.emplace_hint(into.end(), std::move(element.first), std::move(element.second));
            if (into.size() != i + 1) return fail(codec_errc::duplicate_key);
        }
        return true;
    }

    template <class T>
    bool get_container(T& into) {
        if constexpr (kind_of<T> == field_kind::list)
            return get_list(into);
        else if constexpr (kind_of<T> == field_kind::set)
            return get_set(into);
        else
            return get_map(into);
    }

    template <class T>
    [[gnu::noinline]] bool get_variant(T& into) {
        const auto number = static_cast<std::size_t>(take<std::uint8_t>());
        bool       good   = false;
        const bool known  = dispatch<std::variant_size_v<T>>(number, [&](auto index) {
            if (into.index() != index()) into.template emplace<index()>();
            auto& value = *std::get_if<index()>(&into);
            good        = need(layout_of<std::remove_cvref_t<decltype(value)>>.minimum) && get(value);
        });
        return known ? good : fail(codec_errc::no_alternative);
    }

    // The ticks of a duration or time, of the type that it has in memory.
    template <class Rep>
    bool get_ticks(Rep& count) {
        using stored       = stored_ticks<Rep>;
        const stored ticks = get_plain<stored>();
        if constexpr (std::is_integral_v<Rep>)
            if (ticks < static_cast<stored>(std::numeric_limits<Rep>::min()) ||
                ticks > static_cast<stored>(std::numeric_limits<Rep>::max()))
                return fail(codec_errc::out_of_range);
        count = static_cast<Rep>(ticks);
        return true;
    }
    // Ticks finer than the clock's are rounded down, as std::chrono::floor does.
    template <class Time>
    bool get_time(Time& into) {
        using rep  = typename Time::rep;
        using tick = std::ratio_divide<stored_tick<Time>, typename Time::period>;
        rep count{};
        if constexpr (std::is_same_v<stored_tick<Time>, typename Time::period>) {
            if (!get_ticks(count)) return false;
        } else {
            using stored       = stored_ticks<rep>;
            using limits       = std::numeric_limits<stored>;
            const stored ticks = get_plain<stored>();
            if (ticks == limits::max())
                count = std::numeric_limits<rep>::max();
            else if (ticks == limits::min() && limits::is_signed)
                count = std::numeric_limits<rep>::min();
            else {
                constexpr auto per  = static_cast<stored>(tick::den);
                const stored   down = static_cast<stored>(ticks / per - (ticks % per < 0 ? 1 : 0));
                // Nor what rounding took out of the range that is stored.
                if (down > limits::max() / static_cast<stored>(tick::num) ||
                    down < limits::min() / static_cast<stored>(tick::num) || down < limits::min() / per)
                    return fail(codec_errc::out_of_range);
                count = static_cast<rep>(down * static_cast<stored>(tick::num));
            }
        }
        into = Time(typename Time::duration(count));
        return true;
    }

    template <class T>
    [[gnu::always_inline]] T get_plain() noexcept {
        const auto bits = take<stored_integer<T>>();
        T          value;
        std::memcpy(&value, &bits, sizeof(T));
        return value;
    }

    // True if each bool in `count` values that are encoded as they lie in memory is one.
    template <class T>
    bool holds_bools(const std::byte* from, std::size_t count) noexcept {
        if constexpr (layout_of<T>.has_bool)
            for (std::size_t i = 0; i < count; ++i)
                if (!bools_hold<T>(from + i * sizeof(T))) return fail(codec_errc::no_bool);
        return true;
    }
    template <class T>
    bool get(T& into) {
        constexpr field_kind kind = kind_of<T>;
        if constexpr (kind == field_kind::another) {
            typename stored_as<T>::type stored{};
            if (!get(stored)) return false;
            auto made = stored_as<T>::from(std::move(stored));
            if constexpr (std::is_same_v<decltype(made), T>)
                into = std::move(made);
            else {
                if (!made) return fail(codec_errc::refused);
                into = std::move(*made);
            }
            return true;
        } else if constexpr (layout_of<T>.bitwise) {
            if (!holds_bools<T>(at_, 1)) return false;
            std::memcpy(static_cast<void*>(&into), at_, sizeof(T));
            at_ += sizeof(T);
            return true;
        } else if constexpr (kind == field_kind::boolean) {
            const auto byte = take<std::uint8_t>();
            into            = byte != 0;
            return byte <= 1 || fail(codec_errc::no_bool);
        } else if constexpr (kind == field_kind::character || kind == field_kind::integer || kind == field_kind::floating ||
                             kind == field_kind::enumeration) {
            into = get_plain<T>();
            return true;
        } else if constexpr (kind == field_kind::text) {
            std::size_t count = 0;
            if (!get_count<char>(count)) return false;
            const auto* const letters = reinterpret_cast<const char*>(at_);
            if (count > into.capacity())
                into = T(letters, count);
            else
                into.assign(letters, count);
            at_ += count;
            return true;
        } else if constexpr (kind == field_kind::optional) {
            const auto flag = take<std::uint8_t>();
            if (flag > 1) return fail(codec_errc::no_bool);
            if (flag == 0) {
                into.reset();
                return true;
            }
            if (!into.has_value()) into.emplace();
            return need(layout_of<typename T::value_type>.minimum) && get(*into);
        } else if constexpr (kind == field_kind::variant)
            return get_variant(into);
        else if constexpr (kind == field_kind::duration) {
            typename T::rep count{};
            if (!get_ticks(count)) return false;
            into = T(count);
            return true;
        } else if constexpr (kind == field_kind::time)
            return get_time(into);
        else if constexpr (kind == field_kind::uuid) {
            uuid plain;
            std::memcpy(plain.bytes, at_, 16);
            at_ += 16;
            into = static_cast<T>(plain);
            return true;
        } else if constexpr (kind == field_kind::array)
            return get_array(into);
        else if constexpr (kind == field_kind::tuple)
            return get_elements_of_tuple(into, std::make_index_sequence<std::tuple_size_v<T>>{});
        else if constexpr (kind == field_kind::structure)
            return with_fields(into, get_fields{*this});
        else if constexpr (is_recursive<container_element<T>>) {
            if (depth_ == deepest_nesting) return fail(codec_errc::nested_too_deep);
            ++depth_;
            const bool good = get_container(into);
            --depth_;
            return good;
        } else
            return get_container(into);
    }

    template <class T>
    bool get_array(T& into) {
        using element                  = typename T::value_type;
        constexpr std::size_t  minimum = layout_of<element>.minimum;
        const std::byte* const end     = end_;
        std::size_t            behind  = layout_of<T>.minimum;
        for (element& each : into) {
            behind -= minimum;
            if constexpr (!layout_of<element>.fixed) end_ = end - behind;
            if (!get(each)) return false;
        }
        end_ = end;
        return true;
    }

    const std::byte* begin_;
    const std::byte* at_;
    const std::byte* end_;
    std::size_t      depth_   = 0;
    codec_errc       trouble_ = codec_errc::too_short;
};

}  // namespace annals::detail

// What is known of a stored event beside its payload.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>

namespace annals {

namespace detail {

// Another library's UUID: 16 bytes of its own. A view has 16 bytes too, but they are not those that it shows: its
// elements are as changeable in a constant view as in any other.
template <class T>
concept sixteen_bytes = sizeof(T) == 16 && requires(T& value, const T& constant) {
    requires sizeof(*value.begin()) == 1;
    requires !std::is_same_v<decltype(value.begin()), decltype(constant.begin())>;
    value.begin() + 16 == value.end();
};

}  // namespace detail

/// A UUID (RFC 9562) in network byte order; nil by default. Converts from and to other libraries' 16-byte ids, such as
/// `boost::uuids::uuid`, which itself is no constant expression before Boost 1.86 and costs each includer more to compile
/// than all of `model/` does.
struct uuid {
    std::uint8_t bytes[16] = {};

    constexpr uuid() = default;

    template <detail::sixteen_bytes Other>
    constexpr uuid(const Other& other) {
        for (std::size_t i = 0; i < 16; ++i) bytes[i] = static_cast<std::uint8_t>(*(other.begin() + i));
    }

    template <detail::sixteen_bytes Other>
    constexpr explicit operator Other() const {
        Other other{};
        for (std::size_t i = 0; i < 16; ++i)
            *(other.begin() + i) = static_cast<std::remove_cvref_t<decltype(*other.begin())>>(bytes[i]);
        return other;
    }

    [[nodiscard]] constexpr bool is_nil() const noexcept { return *this == uuid{}; }

    friend constexpr auto operator<=>(const uuid&, const uuid&) = default;
};

/// An event's number in its stream: 1, 2, 3 … Version 0 is the empty stream.
struct version {
    std::uint64_t value = 0;

    friend constexpr auto operator<=>(const version&, const version&) = default;
};

/// An event's place in the whole log: 1, 2, 3 … Position 0 is before the first event.
struct position {
    std::uint64_t value = 0;

    friend constexpr auto operator<=>(const position&, const position&) = default;
};

/// A moment as nanoseconds of UTC since 1970-01-01T00:00 (years 1677 to 2262). Converts from and to time points of
/// `std::chrono::system_clock` and the like without <chrono>, which would cost each includer a third of its compile time.
struct timestamp {
    std::int64_t nanoseconds = 0;

    constexpr timestamp() = default;
    constexpr explicit timestamp(std::int64_t since_epoch) : nanoseconds(since_epoch) {}

    /// Finer ticks than nanoseconds are rounded towards zero.
    template <class TimePoint>
        requires requires(TimePoint at) {
            typename TimePoint::clock;
            at.time_since_epoch().count();
        }
    constexpr timestamp(const TimePoint& at) {
        using tick              = typename TimePoint::period;
        constexpr auto common   = common_divisor(per_second, tick::den);
        constexpr auto multiply = per_second / common * tick::num;
        constexpr auto divide   = tick::den / common;
        nanoseconds             = static_cast<std::int64_t>(at.time_since_epoch().count() * multiply / divide);
    }

    /// Coarser ticks than nanoseconds are rounded towards zero, unless they are counted in fractions.
    template <class TimePoint>
        requires requires { typename TimePoint::clock; }
    constexpr explicit operator TimePoint() const {
        using tick     = typename TimePoint::period;
        using duration = typename TimePoint::duration;
        using number   = typename duration::rep;
        static_assert(tick::num * per_second % tick::den == 0, "a tick must be a whole number of nanoseconds");
        constexpr auto per_tick = tick::num * per_second / tick::den;
        if constexpr (std::is_floating_point_v<number>)
            return TimePoint(duration(static_cast<number>(nanoseconds) / static_cast<number>(per_tick)));
        else
            return TimePoint(duration(static_cast<number>(nanoseconds / per_tick)));
    }

    friend constexpr auto operator<=>(const timestamp&, const timestamp&) = default;

private:
    static constexpr std::intmax_t per_second = 1'000'000'000;

    static constexpr std::intmax_t common_divisor(std::intmax_t a, std::intmax_t b) {
        return b == 0 ? a : common_divisor(b, a % b);
    }
};

/// A free entry of an event's metadata, as the log holds it.
struct key_value_view {
    std::string_view key;
    std::string_view value;
};

/// The free entries of an event's metadata, in the order in which they were given.
class key_values_view {
public:
    constexpr key_values_view() = default;
    constexpr key_values_view(const key_value_view* first, std::size_t count) : first_(first), count_(count) {}

    [[nodiscard]] constexpr const key_value_view* begin() const noexcept { return first_; }
    [[nodiscard]] constexpr const key_value_view* end() const noexcept { return first_ + count_; }
    [[nodiscard]] constexpr std::size_t           size() const noexcept { return count_; }

    /// The first value under `key`, or null.
    [[nodiscard]] constexpr const std::string_view* find(std::string_view key) const noexcept {
        for (const key_value_view& entry : *this)
            if (entry.key == key) return &entry.value;
        return nullptr;
    }

private:
    const key_value_view* first_ = nullptr;
    std::size_t           count_ = 0;
};

/// What is known of a stored event beside its payload. The views stay valid as long as the log that gave them.
/// Events that never were in a log (`replay<P>(events…)`) count version and position from 1 and have no more than that.
struct context {
    std::string_view stream;
    annals::version  version{};
    annals::position position{};
    timestamp        time{};         // when the log accepted it; never earlier than the event before
    uuid             id{};           // unique in its stream
    uuid             correlation{};  // the conversation it belongs to; nil if none was given
    uuid             causation{};    // the message that caused it; nil if none was given
    std::string_view actor;          // who did it; empty if not given
    key_values_view  values;
    /// Where the events begin that were appended to the stream in the same step: up to this one, they came together.
    annals::position first_of_append{};
};

}  // namespace annals

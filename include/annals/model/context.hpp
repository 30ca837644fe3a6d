// What is known of a stored event beside its payload.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>

namespace annals {

/// A UUID (RFC 9562) in network byte order; nil by default. Converts from and to other libraries' 16-byte ids, such as
/// `boost::uuids::uuid`, which itself is no constant expression before Boost 1.86 and costs each includer more to compile
/// than all of `model/` does.
struct uuid {
    std::uint8_t bytes[16] = {};

    constexpr uuid() = default;

    template <class Other>
        requires(sizeof(Other) == 16 && requires(const Other& other) { other.begin() + 16 == other.end(); })
    constexpr uuid(const Other& other) {
        for (std::size_t i = 0; i < 16; ++i) bytes[i] = static_cast<std::uint8_t>(*(other.begin() + i));
    }

    template <class Other>
        requires(sizeof(Other) == 16 && requires(Other other) { other.begin() + 16 == other.end(); })
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
        using tick       = typename TimePoint::period;
        const auto ticks = at.time_since_epoch().count();
        if constexpr (tick::num * std::intmax_t{1'000'000'000} % tick::den == 0)
            nanoseconds = static_cast<std::int64_t>(ticks * (tick::num * std::intmax_t{1'000'000'000} / tick::den));
        else
            nanoseconds = static_cast<std::int64_t>(ticks / (tick::den / (tick::num * std::intmax_t{1'000'000'000})));
    }

    /// Coarser ticks than nanoseconds are rounded towards zero.
    template <class TimePoint>
        requires requires { typename TimePoint::clock; }
    constexpr explicit operator TimePoint() const {
        using tick     = typename TimePoint::period;
        using duration = typename TimePoint::duration;
        static_assert(tick::num * std::intmax_t{1'000'000'000} % tick::den == 0, "ticks finer than nanoseconds");
        return TimePoint(duration(static_cast<typename duration::rep>(
            nanoseconds / (tick::num * std::intmax_t{1'000'000'000} / tick::den))));
    }

    friend constexpr auto operator<=>(const timestamp&, const timestamp&) = default;
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
};

}  // namespace annals

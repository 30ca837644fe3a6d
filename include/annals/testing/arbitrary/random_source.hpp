// Where arbitrary values come from: numbers that follow from a seed, the same ones everywhere.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>

namespace annals {

/// A source of random numbers that follow from the seed alone, whatever the compiler and the standard library. It carries
/// how large values may become: a container has few more than `size()` elements, and what is in it is smaller yet, so that
/// a struct that holds more of its own kind comes to an end.
class random_source {
public:
    explicit constexpr random_source(std::uint64_t seed, std::size_t size = 8) noexcept : state_(seed), size_(size) {}

    /// 64 random bits (SplitMix64: Steele, Lea, Flood, "Fast Splittable Pseudorandom Number Generators", 2014).
    constexpr std::uint64_t next() noexcept {
        state_ += 0x9e3779b97f4a7c15U;
        std::uint64_t mixed = state_;
        mixed               = (mixed ^ (mixed >> 30U)) * 0xbf58476d1ce4e5b9U;
        mixed               = (mixed ^ (mixed >> 27U)) * 0x94d049bb133111ebU;
        return mixed ^ (mixed >> 31U);
    }

    /// A number below `bound`, which is not 0.
    constexpr std::uint64_t below(std::uint64_t bound) noexcept { return next() % bound; }

    /// True once in `times`.
    constexpr bool one_in(std::uint64_t times) noexcept { return below(times) == 0; }

    /// How large the value that is made here may become; 0 asks for the smallest.
    [[nodiscard]] constexpr std::size_t size() const noexcept { return size_; }

    /// How many elements a container is to have: often none or one, at most one more than `size()`.
    constexpr std::size_t count() noexcept {
        const std::uint64_t choice = below(4);
        if (size_ == 0 || choice == 0) return 0;
        return choice == 1 ? 1 : 2 + static_cast<std::size_t>(below(size_));
    }

    /// True if the value that is made is a key, which must be equal to itself: it has no NaN in it.
    [[nodiscard]] constexpr bool makes_key() const noexcept { return makes_key_; }

    /// Calls `make` while values may become `size` large.
    template <class Make>
    constexpr decltype(auto) within(std::size_t size, Make&& make) {
        const restored<std::size_t> before(size_, size);
        return std::forward<Make>(make)();
    }

    /// Calls `make`, which makes a key.
    template <class Make>
    constexpr decltype(auto) for_key(Make&& make) {
        const restored<bool> before(makes_key_, true);
        return std::forward<Make>(make)();
    }

private:
    template <class T>
    class restored {
    public:
        constexpr restored(T& place, T meanwhile) noexcept : place_(place), before_(std::exchange(place, meanwhile)) {}
        constexpr ~restored() { place_ = before_; }
        restored(const restored&)            = delete;
        restored& operator=(const restored&) = delete;

    private:
        T& place_;
        T  before_;
    };

    std::uint64_t state_;
    std::size_t   size_;
    bool          makes_key_ = false;
};

}  // namespace annals

// Where a reader lies while it is folded: in its own place, or in registers.
#pragma once

#include <annals/model/reader.hpp>

#include <cstddef>
#include <type_traits>
#include <utility>

namespace annals::detail {

/// True for a reader that is a handful of plain values. Only such values can be kept in registers, and only where the
/// compiler sees that nobody else knows their address. Handlers refer to what others see, so they stay where they are.
template <class Reader>
inline constexpr bool fits_registers =
    std::is_trivially_move_constructible_v<Reader> && std::is_nothrow_move_assignable_v<Reader> &&
    std::is_trivially_destructible_v<Reader> && !is_handlers<Reader> && sizeof(Reader) <= 256;
// A std::tuple is not moved trivially even if its elements are.
template <class... State>
inline constexpr bool fits_registers<fused<State...>> =
    (fits_registers<State> && ...) && sizeof(fused<State...>) <= 256;

/// `reader` is what is to be folded. A copy is written back at the end, also when a handler throws.
template <class Reader, bool = fits_registers<Reader>>
struct folding_place {
    explicit folding_place(Reader& own) noexcept : reader(own) {}

    Reader& reader;
};

template <class Reader>
struct folding_place<Reader, true> {
    explicit folding_place(Reader& own) noexcept : reader(std::move(own)), own_(own) {}
    folding_place(const folding_place&)            = delete;
    folding_place& operator=(const folding_place&) = delete;
    ~folding_place() { own_ = std::move(reader); }

    Reader reader;

private:
    Reader& own_;
};

}  // namespace annals::detail

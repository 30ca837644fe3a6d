// From a number known at run time to a type known at compile time: the one branch that a replay makes for each event.
#pragma once

#include <cstddef>
#include <utility>

namespace annals::detail {

// A chain of comparisons, which g++ and clang turn into the jump table of a hand-written switch, and which compiles
// faster than a table of functions. Every arm is inlined, so that the state can stay in registers.
template <std::size_t First, class Function, std::size_t... I>
[[gnu::always_inline]] constexpr bool dispatch_block(std::size_t index, Function& function, std::index_sequence<I...>) {
    return ((index == First + I ? (function(std::integral_constant<std::size_t, First + I>{}), true) : false) || ...);
}

// Compilers limit how deep an expression may nest (clang: 256), so a long list is a chain of blocks.
inline constexpr std::size_t block_size = 64;

template <std::size_t Count, class Function, std::size_t... Block>
[[gnu::always_inline]] constexpr bool dispatch_blocks(std::size_t index, Function& function, std::index_sequence<Block...>) {
    return ((index < (Block + 1) * block_size &&
             dispatch_block<Block * block_size>(
                 index, function,
                 std::make_index_sequence<(Block + 1) * block_size <= Count ? block_size : Count % block_size>{})) ||
            ...);
}

/// Calls `function` with `index` as a std::integral_constant. False, and nothing is called, if it is not below `Count`.
template <std::size_t Count, class Function>
[[gnu::always_inline]] constexpr bool dispatch(std::size_t index, Function&& function) {
    if constexpr (Count <= block_size)
        return dispatch_block<0>(index, function, std::make_index_sequence<Count>{});
    else
        return dispatch_blocks<Count>(index, function, std::make_index_sequence<(Count + block_size - 1) / block_size>{});
}

}  // namespace annals::detail

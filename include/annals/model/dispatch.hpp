// From a number known at run time to a type known at compile time: the one branch that a replay makes for each event.
#pragma once

#include <annals/model/type_list.hpp>

#include <cstddef>
#include <type_traits>
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

template <std::size_t First, class Visitor, class... T, std::size_t... I>
[[gnu::always_inline]] constexpr bool visit_chunk(std::size_t index, Visitor& visitor, type_list<T...>, std::index_sequence<I...>) {
    return ((index == First + I ? (visitor(std::type_identity<T>{}), true) : false) || ...);
}

// The longest list whose steps are all compiled into the caller, as a hand-written switch is. Compilers' time grows with
// the square of a function's length, so of a longer list each chunk is a function of its own: one more call for an event.
inline constexpr std::size_t longest_inlined = 64;

template <class Visitor, class... T, std::size_t... I>
[[gnu::noinline]] constexpr bool visit_chunk_apart(std::size_t index, Visitor& visitor, type_list<T...>,
                                                   std::index_sequence<I...>) {
    return ((index == I ? (visitor(std::type_identity<T>{}), true) : false) || ...);
}

template <class Visitor, class... Chunk, std::size_t... I>
[[gnu::always_inline]] constexpr bool visit_chunks(std::size_t index, Visitor& visitor, type_list<Chunk...>,
                                                   std::index_sequence<I...>) {
    if constexpr (sizeof...(Chunk) * chunk_size <= longest_inlined)
        return (visit_chunk<I * chunk_size>(index, visitor, Chunk{}, std::make_index_sequence<size_of<Chunk>>{}) || ...);
    else
        return ((index / chunk_size == I &&
                 visit_chunk_apart(index % chunk_size, visitor, Chunk{}, std::make_index_sequence<size_of<Chunk>>{})) ||
                ...);
}

/// Calls `visitor` with the type at place `index` of `List`, as a std::type_identity. False, and nothing is called, if there
/// is no such place. The visitor's type is a part of the name of what is compiled for each type: where it does not name
/// the list, what is compiled grows as the list does, and not as its square.
template <class List, class Visitor>
[[gnu::always_inline]] constexpr bool visit_type(std::size_t index, Visitor& visitor) {
    using cut = chunks<List>;
    return visit_chunks(index, visitor, cut{}, std::make_index_sequence<size_of<cut>>{});
}

}  // namespace annals::detail

// Events as older programs wrote them: for tests of upcasts, and for imports.
#pragma once

#include <type_traits>
#include <utility>

namespace annals {

/// An older revision, or a retired event, that is to be put into a log as it is: `log.append(stream, expected,
/// historic(deposited_v1{5}))`. Whoever reads it sees what became of it.
template <class E>
struct historic {
    E event;

    constexpr explicit historic(E older) : event(std::move(older)) {}
};

namespace detail {

template <class E>
inline constexpr bool is_historic = false;
template <class E>
inline constexpr bool is_historic<historic<E>> = true;

template <class E>
struct appended {
    using type = E;
};
template <class E>
struct appended<historic<E>> {
    using type = E;
};
/// The event that is stored where an `E` is appended.
template <class E>
using appended_event = typename appended<E>::type;

template <class E>
constexpr auto&& event_to_append(E&& event) {
    if constexpr (is_historic<std::remove_cvref_t<E>>)
        return std::forward<E>(event).event;
    else
        return std::forward<E>(event);
}

}  // namespace detail

}  // namespace annals

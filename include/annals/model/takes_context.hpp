// Whether a reader looks at contexts. A log that knows that it does not need not find them out.
#pragma once

#include <annals/model/reader.hpp>

#include <type_traits>

namespace annals::detail {

template <class State, class... E>
consteval bool applies_with_context(events<E...>) {
    return ((apply_shape_of<State, E> == apply_shape::member_with_context ||
             apply_shape_of<State, E> == apply_shape::free_with_context) ||
            ...);
}

template <class Handler, class E>
inline constexpr bool handler_takes_context =
    std::is_invocable_v<Handler&, const E&, const context&> || std::is_invocable_v<const Handler&, const E&, const context&>;

template <class Handler, class... Rest>
consteval bool takes_context_of_any(events<Rest...>) {
    return (handler_takes_context<Handler, Rest> || ...);
}

// An `otherwise` is asked about what it is called with, and no more: a generic lambda need not compile with anything else.
template <class Rest, class Handler>
inline constexpr bool any_handler_takes_context = handler_takes_context<Handler, event_of_handler<Handler>>;
template <class Rest, class Handler>
inline constexpr bool any_handler_takes_context<Rest, otherwise_handler<Handler>> = takes_context_of_any<Handler>(Rest{});
template <class Rest>
inline constexpr bool any_handler_takes_context<Rest, otherwise_handler<skip_event>> = false;

template <class List, class Reader>
struct context_use {
    static constexpr bool value = applies_with_context<Reader>(flat<typename Reader::events>{});
};
template <class List, class Reader>
struct context_use<List, const Reader> : context_use<List, Reader> {};
template <class List, class... Handler>
struct context_use<List, handlers<Handler...>> {
    using rest = difference<flat<List>, flat<typename handlers<Handler...>::events>>;

    static constexpr bool value = (any_handler_takes_context<rest, Handler> || ...);
};
template <class List, class... State>
struct context_use<List, fused<State...>> {
    static constexpr bool value = (context_use<List, State>::value || ...);
};

/// True if `Reader` may ask for the context of an event that a log of `List` hands to it.
template <class List, class Reader>
inline constexpr bool takes_context = context_use<List, Reader>::value;

}  // namespace annals::detail

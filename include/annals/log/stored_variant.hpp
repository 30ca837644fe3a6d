// Events whose types are known at run time only, as a log takes them.
#pragma once

#include <annals/log/historic.hpp>
#include <annals/model/deliver_stored.hpp>

#include <utility>
#include <variant>

namespace annals::detail {

/// How a log of `List` is given an event that is stored somewhere, be it of today or an older one.
template <class List, class E>
auto event_as_stored(const E& event) {
    if constexpr (is_older<List, E>)
        return historic<E>(event);
    else
        return event;
}
template <class List, class... E>
auto variant_of_stored(events<E...>) -> std::variant<decltype(event_as_stored<List>(std::declval<const E&>()))...>;

/// One of the events of `Stored`, as a log of `List` takes it.
template <class List, class Stored = stored<List>>
using stored_variant = decltype(variant_of_stored<List>(Stored{}));

}  // namespace annals::detail

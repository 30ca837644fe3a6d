// Hands what a log holds to a reader: events of today as they are, older ones as what became of them.
#pragma once

#include <annals/model/dispatch.hpp>
#include <annals/model/reader.hpp>
#include <annals/model/upcast.hpp>

#include <cstddef>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>

namespace annals::detail {

/// True if `E` is stored by logs of `List`, but is no event of today.
template <class List, class E>
inline constexpr bool is_older = types_in<stored<List>>.holds_once(id_of<E>) && !is_current<List, E>;

/// For `handlers{otherwise(as_stored{f})}`: `f` is called with each event as it is stored, older ones, too.
template <class Function>
struct as_stored {
    Function take;

    explicit as_stored(Function function) : take(std::move(function)) {}

    template <class E>
    void operator()(const E& event, const context& where) {
        take(event, where);
    }
};
template <class Reader>
inline constexpr bool reads_as_stored = false;
template <class Function>
inline constexpr bool reads_as_stored<handlers<otherwise_handler<as_stored<Function>>>> = true;

template <class List, class Reader, class... E>
consteval bool reads_any_of(type_list<E...>);

/// True if `Reader` is handed something where a log of `List` holds an `E`.
template <class List, class Reader, class E>
consteval bool reads_in_some_shape() {
    if constexpr (!is_older<List, E> || reads_as_stored<Reader>)
        return reads<Reader, E>;
    else if constexpr (has_upcast<E>)
        return reads_any_of<List, Reader>(upcast_events<E>{});
    else
        return false;
}
template <class List, class Reader, class... E>
consteval bool reads_any_of(type_list<E...>) {
    return (reads_in_some_shape<List, Reader, E>() || ...);
}

// Lists without older events, which are the most, are spared the questions about them.
template <class List>
inline constexpr bool has_older_events = !std::is_same_v<flat<List>, stored<List>>;

/// The same, at least cost to compile.
template <class List, class Reader, class E>
consteval bool reads_stored() {
    if constexpr (has_older_events<List>)
        return reads_in_some_shape<List, Reader, E>();
    else
        return reads<Reader, E>;
}

template <class List, class Reader, class E, class Where>
[[gnu::always_inline]] constexpr void deliver_stored(Reader& reader, const E& event, const Where& where);

template <class List, class Reader, class Result, class Where>
[[gnu::always_inline]] constexpr void deliver_result(Reader& reader, const Result& result, const Where& where);

// Not std::apply: a function that takes the reader's address keeps its state out of registers.
template <class List, class Reader, class Result, class Where, std::size_t... I>
[[gnu::always_inline]] constexpr void deliver_each(Reader& reader, const Result& result, const Where& where,
                                                   std::index_sequence<I...>) {
    (deliver_result<List>(reader, std::get<I>(result), where), ...);
}

// What `upcast` returned: one event, several or none.
template <class List, class Reader, class Result, class Where>
[[gnu::always_inline]] constexpr void deliver_result(Reader& reader, const Result& result, const Where& where) {
    if constexpr (holds_one_or_none<Result>) {
        if (result.has_value()) deliver_result<List>(reader, *result, where);
    } else if constexpr (holds_many<Result>) {
        for (const auto& each : result) deliver_result<List>(reader, each, where);
    } else if constexpr (is_variant<Result>) {
        dispatch<std::variant_size_v<Result>>(
            result.index(), [&](auto index) { deliver_result<List>(reader, *std::get_if<index()>(&result), where); });
    } else if constexpr (is_tuple<Result>) {
        deliver_each<List>(reader, result, where, std::make_index_sequence<std::tuple_size_v<Result>>{});
    } else
        deliver_stored<List>(reader, result, where);
}

/// Hands an event that a log of `List` holds to a reader, through its upcasts if it is an older one. What the reader does
/// not read costs nothing.
template <class List, class Reader, class E, class Where>
[[gnu::always_inline]] constexpr void deliver_stored(Reader& reader, const E& event, const Where& where) {
    if constexpr (!reads_in_some_shape<List, Reader, E>())
        return;
    else if constexpr (!is_older<List, E> || reads_as_stored<Reader>)
        deliver(reader, event, where);
    else
        deliver_result<List>(reader, upcast(event), where);
}

}  // namespace annals::detail

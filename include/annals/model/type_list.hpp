// Positions in a pack of types, without recursion: each question is one overload deduction.
#pragma once

#include <cstddef>
#include <type_traits>
#include <utility>

namespace annals::detail {

template <class... T>
struct type_list {};

template <std::size_t I, class T>
struct indexed {};

template <class Indices, class... T>
struct indexed_list;

template <std::size_t... I, class... T>
struct indexed_list<std::index_sequence<I...>, T...> : indexed<I, T>... {};

template <class List>
struct positions_of;

template <template <class...> class List, class... T>
struct positions_of<List<T...>> {
    using type = indexed_list<std::index_sequence_for<T...>, T...>;
};

template <class List>
using positions = typename positions_of<List>::type;

// Never defined: only their deduction is asked for. Deducing `I` fails for a type that stands in the list twice.
template <class T, std::size_t I>
std::integral_constant<std::size_t, I> find_by_type(const indexed<I, T>*);
template <std::size_t I, class T>
std::type_identity<T> find_by_index(const indexed<I, T>*);

/// True if `T` stands in `List` exactly once.
template <class List, class T>
inline constexpr bool holds_once = requires(const positions<List>* list) { find_by_type<T>(list); };

/// The place of `T`, which stands in `List` exactly once.
template <class List, class T>
inline constexpr std::size_t index_in = decltype(find_by_type<T>(static_cast<const positions<List>*>(nullptr)))::value;

template <class List, std::size_t I>
using element_at = typename decltype(find_by_index<I>(static_cast<const positions<List>*>(nullptr)))::type;

/// True if a flag is set. An array and a loop, because compilers limit how deep a fold may nest (clang: 256).
template <std::size_t N>
consteval bool any_of(const bool (&flags)[N]) {
    for (bool flag : flags)
        if (flag) return true;
    return false;
}

template <std::size_t N>
struct chosen_indices {
    std::size_t index[N]{};
    std::size_t count = 0;
};

template <std::size_t N>
consteval chosen_indices<N> choose(const bool (&flags)[N]) {
    chosen_indices<N> chosen;
    for (std::size_t i = 0; i < N; ++i)
        if (flags[i]) chosen.index[chosen.count++] = i;
    return chosen;
}

/// `List` cut down to the types whose flag is set, in their order. `Flags` has one element more than the list.
template <class List, const auto& Flags>
struct filter;

template <template <class...> class List, class... T, const auto& Flags>
struct filter<List<T...>, Flags> {
    static constexpr auto chosen = choose(Flags);

    template <std::size_t... I>
    static std::type_identity<List<element_at<type_list<T...>, chosen.index[I]>...>> pick(std::index_sequence<I...>);

    static constexpr auto answer() {
        if constexpr (chosen.count == 0)
            return std::type_identity<List<>>{};
        else if constexpr (chosen.count == sizeof...(T))
            return std::type_identity<List<T...>>{};
        else
            return decltype(pick(std::make_index_sequence<chosen.count>{})){};
    }
    using type = typename decltype(answer())::type;
};

// Flattening: a list may hold lists of its own kind, to any depth.
template <template <class...> class List, class... T>
struct flatten;

template <template <class...> class List, class T>
struct parts {
    using type                        = type_list<T>;
    static constexpr std::size_t size = 1;
    static constexpr bool        nest = false;
};

template <template <class...> class List, class... T>
struct parts<List, List<T...>> {
    using type                        = typename flatten<List, T...>::type;
    static constexpr std::size_t size = flatten<List, T...>::size;
    static constexpr bool        nest = true;
};

template <std::size_t N>
struct nested_places {
    std::size_t outer[N + 1]{};
    std::size_t inner[N + 1]{};
};

template <std::size_t N>
consteval std::size_t total(const std::size_t (&sizes)[N]) {
    std::size_t sum = 0;
    for (std::size_t size : sizes) sum += size;
    return sum;
}

template <std::size_t Total, std::size_t N>
consteval nested_places<Total> places(const std::size_t (&sizes)[N]) {
    nested_places<Total> found;
    std::size_t          next = 0;
    for (std::size_t outer = 0; outer < N; ++outer)
        for (std::size_t inner = 0; inner < sizes[outer]; ++inner) {
            found.outer[next]   = outer;
            found.inner[next++] = inner;
        }
    return found;
}

template <template <class...> class List, class... T>
struct flatten {
    static constexpr std::size_t sizes[] = {parts<List, T>::size..., 0};
    static constexpr std::size_t size    = total(sizes);

    template <std::size_t... I>
    static auto pick(std::index_sequence<I...>) {
        [[maybe_unused]] constexpr auto place = places<size>(sizes);
        return type_list<std::type_identity<
            element_at<element_at<type_list<typename parts<List, T>::type...>, place.outer[I]>, place.inner[I]>>...>{};
    }

    template <class... U>
    static type_list<U...> unwrap(type_list<std::type_identity<U>...>);

    static auto answer() {
        constexpr bool nest[] = {parts<List, T>::nest..., false};
        if constexpr (choose(nest).count == 0)
            return std::type_identity<type_list<T...>>{};
        else
            return std::type_identity<decltype(unwrap(pick(std::make_index_sequence<size>{})))>{};
    }
    using type = typename decltype(answer())::type;
};

template <class From, template <class...> class To>
struct rebind;
template <template <class...> class From, class... T, template <class...> class To>
struct rebind<From<T...>, To> {
    using type = To<T...>;
};

}  // namespace annals::detail

// Lists of types, and what is asked about them: without recursion over the list, and in time that grows as the list does.
#pragma once

#include <annals/model/type_text.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>
#include <utility>

namespace annals::detail {

template <class... T>
struct type_list {};

template <class List>
inline constexpr std::size_t size_of = 0;
template <template <class...> class List, class... T>
inline constexpr std::size_t size_of<List<T...>> = sizeof...(T);

// A type as a value, which constant expressions compare and look up: an address that no other type has, and a number that
// few others have.
struct type_id {
    const char*   mark = nullptr;
    std::uint32_t hash = 0;
};

template <class T>
inline constexpr char variable_of_its_own{};

constexpr bool differ(const char* a, const char* b) {
    return a != b;
}
template <class A, class B>
concept told_apart_by_address =
    requires { typename std::bool_constant<differ(&variable_of_its_own<A>, &variable_of_its_own<B>)>; };

// An address of the type's own. Under -fsanitize=undefined g++ knows no two variables' addresses to differ in a constant
// expression, only those of texts; types without a name have one text between them there, but no such type is an event.
template <class T>
consteval const char* mark_of() {
    if constexpr (told_apart_by_address<int, long>)
        return &variable_of_its_own<T>;
    else
        return signature_with_type<T>().data();
}

// FNV-1a over the end of the name, where types of one list differ.
consteval std::uint32_t hash_of(std::string_view text) {
    std::uint32_t hash = 2166136261u;
    for (std::size_t i = text.size() < 24 ? 0 : text.size() - 24; i < text.size(); ++i)
        hash = (hash ^ static_cast<unsigned char>(text[i])) * 16777619u;
    return hash;
}

template <class T>
inline constexpr type_id id_of{mark_of<T>(), hash_of(type_text<T>())};

/// Where each type of a list stands: a hash table with linear probing, so that a thousand questions about a thousand types
/// take a thousand steps, not a million. That is why lists are asked through values and not by deduction.
template <std::size_t N>
struct type_table {
    static constexpr std::size_t room = 2 * N + 1;

    type_id     ids[N + 1]{};
    std::size_t places[room]{};  // one more than the place in `ids`; 0 is free
    bool        repeated[N + 1]{};

    consteval explicit type_table(const type_id (&types)[N + 1]) {
        for (std::size_t i = 0; i < N; ++i) {
            ids[i]               = types[i];
            const std::size_t at = slot_of(types[i]);
            if (places[at] == 0)
                places[at] = i + 1;
            else
                repeated[places[at] - 1] = true;
        }
    }

    /// True if the list has this type exactly once.
    [[nodiscard]] constexpr bool holds_once(const type_id& type) const {
        const std::size_t place = places[slot_of(type)];
        return place != 0 && !repeated[place - 1];
    }
    /// The place of a type that stands in the list.
    [[nodiscard]] constexpr std::size_t index_of(const type_id& type) const { return places[slot_of(type)] - 1; }

private:
    constexpr std::size_t slot_of(const type_id& type) const {
        std::size_t at = type.hash % room;
        while (places[at] != 0 && ids[places[at] - 1].mark != type.mark) at = (at + 1) % room;
        return at;
    }
};

template <class... T>
inline constexpr type_table<sizeof...(T)> table_of{{id_of<T>..., type_id{}}};

template <class List>
struct types_of;
template <template <class...> class List, class... T>
struct types_of<List<T...>> {
    static constexpr const auto& table = table_of<T...>;
};

/// The table of a list. Ask it with `id_of<T>` where a question is asked about each type: unlike the two templates below
/// it makes nothing of its own for each of them.
template <class List>
inline constexpr const auto& types_in = types_of<List>::table;

/// True if `T` stands in `List` exactly once.
template <class List, class T>
inline constexpr bool holds_once = types_in<List>.holds_once(id_of<T>);

/// The place of `T`, which stands in `List` exactly once.
template <class List, class T>
inline constexpr std::size_t index_in = types_in<List>.index_of(id_of<T>);

// A list cut into chunks of sixteen, by which it is gone through where one step for each type would nest too deep.
template <class Done, class... T>
struct chunked {
    using type = type_list<type_list<T...>>;
};
template <class... Done, class... T>
struct chunked<type_list<Done...>, T...> {
    using type = type_list<Done..., type_list<T...>>;
};
template <class... Done, class A, class B, class C, class D, class E, class F, class G, class H, class I, class J, class K,
          class L, class M, class N, class O, class P, class Next, class... Rest>
struct chunked<type_list<Done...>, A, B, C, D, E, F, G, H, I, J, K, L, M, N, O, P, Next, Rest...>
    : chunked<type_list<Done..., type_list<A, B, C, D, E, F, G, H, I, J, K, L, M, N, O, P>>, Next, Rest...> {};

inline constexpr std::size_t chunk_size = 16;

template <class List>
struct chunks_of;
template <template <class...> class List, class... T>
struct chunks_of<List<T...>> {
    using type = typename chunked<type_list<>, T...>::type;
};

template <class List>
using chunks = typename chunks_of<List>::type;

// Never defined: only its deduction is asked for.
template <std::size_t I, class T>
struct indexed {};

template <class Indices, class... T>
struct indexed_list;
template <std::size_t... I, class... T>
struct indexed_list<std::index_sequence<I...>, T...> : indexed<I, T>... {};

template <class List>
struct indexed_from;
template <class... T>
struct indexed_from<type_list<T...>> {
    using type = indexed_list<std::index_sequence_for<T...>, T...>;
};

template <std::size_t I, class T>
std::type_identity<T> find_by_index(const indexed<I, T>*);

template <class List, std::size_t I>
using element_of_few = typename decltype(find_by_index<I>(static_cast<const typename indexed_from<List>::type*>(nullptr)))::type;

/// The type at place `I` of `List`, counted from 0.
template <class List, std::size_t I>
using element_at = element_of_few<element_of_few<chunks<List>, I / chunk_size>, I % chunk_size>;

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

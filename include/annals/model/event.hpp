// What may be an event or a command: a plain aggregate struct that owns what it holds.
#pragma once

#include <annals/model/events.hpp>
#include <annals/model/upcast.hpp>

#include <cstddef>
#include <type_traits>
#include <utility>

namespace annals {

namespace detail {

// Asked of each event, and much faster to compile than what the standard library has.
template <class T>
concept can_be_moved_and_destroyed = requires(T& value) {
    T(static_cast<T&&>(value));
    value.~T();
};
template <class T>
concept can_be_move_assigned = requires(T& value) { value = static_cast<T&&>(value); };

// Values that convert to any type of a kind. Only ever named in unevaluated code.
struct any_value {
    template <class T>
    operator T() const;
};
struct any_value_but_a_pointer {
    template <class T>
        requires(!std::is_pointer_v<T> && !std::is_member_pointer_v<T>)
    operator T() const;
};
struct any_variable {
    template <class T>
    operator T&() const;
};
template <class Value, std::size_t>
using repeated = Value;

template <class Struct, class Value, std::size_t... I>
consteval bool takes(std::index_sequence<I...>) {
    return requires { Struct{repeated<Value, I>{}...}; };
}
template <class Struct, std::size_t... I>
consteval bool takes_variable_behind(std::index_sequence<I...>) {
    return requires { Struct{repeated<any_value, I>{}..., any_variable{}}; };
}
template <class Struct, std::size_t... I>
consteval bool takes_braced(std::index_sequence<I...>) {
    return requires { Struct{{repeated<any_value, I>{}}...}; };
}
template <class Struct, std::size_t... Before, std::size_t... After>
consteval bool takes_empty_between(std::index_sequence<Before...>, std::index_sequence<After...>) {
    return requires { Struct{repeated<any_value, Before>{}..., {}, repeated<any_value, After>{}...}; };
}

// How many values initialise a `Struct`; each element of an array member counts. `no_count` if no number of them does.
inline constexpr std::size_t no_count = static_cast<std::size_t>(-1);

// Nobody writes a struct of that many fields (Boost.PFR reads 200): what takes so many values has a long array.
inline constexpr std::size_t longest_count = 256;

template <class Struct, std::size_t N = 0, bool Found = false>
consteval std::size_t count_initializers() {
    if constexpr (N > longest_count)
        return Found ? N : no_count;
    else if constexpr (takes<Struct, any_value>(std::make_index_sequence<N>{}))
        return count_initializers<Struct, N + 1, true>();
    else if constexpr (Found)
        return N - 1;
    else if constexpr (N > sizeof(Struct))
        return no_count;
    else
        return count_initializers<Struct, N + 1, false>();
}

// An array of two or more takes several values without braces, but only one pair of braces: behind the braces
// there is then room for fewer values than before.
template <class Struct, std::size_t N, std::size_t I>
consteval bool array_at() {
    constexpr auto before = std::make_index_sequence<I>{};
    if constexpr (takes_empty_between<Struct>(before, std::make_index_sequence<N - I - 1>{}))
        return false;
    else
        return [before]<std::size_t... Fewer>(std::index_sequence<Fewer...>) {
            return (takes_empty_between<Struct>(before, std::make_index_sequence<Fewer>{}) || ...);
        }(std::make_index_sequence<N - I - 1>{});
}

template <class Struct, std::size_t N>
consteval bool has_array() {
    if constexpr (N < 2 || takes_braced<Struct>(std::make_index_sequence<N>{}))
        return false;
    else
        return []<std::size_t... I>(std::index_sequence<I...>) {
            return (array_at<Struct, N, I>() || ...);
        }(std::make_index_sequence<N - 1>{});
}

enum class members { fine, pointer_or_reference, array };

template <class Struct>
consteval members inspect_members() {
    constexpr std::size_t count = count_initializers<Struct>();
    if constexpr (count == no_count)
        return members::pointer_or_reference;
    else if constexpr (count > longest_count)
        return members::array;
    // The count ends before a reference that has a default, for it takes no value, only a variable.
    else if constexpr (takes_variable_behind<Struct>(std::make_index_sequence<count>{}))
        return members::pointer_or_reference;
    else if constexpr (has_array<Struct, count>())
        return members::array;
    else if constexpr (!takes<Struct, any_value_but_a_pointer>(std::make_index_sequence<count>{}))
        return members::pointer_or_reference;
    // A reference cannot be assigned, nor left without a value; a const member can at least be left so.
    else if constexpr (takes<Struct, any_value>(std::index_sequence<>{}))
        return members::fine;
    else if constexpr (can_be_move_assigned<Struct>)
        return members::fine;
    else
        return members::pointer_or_reference;
}

template <class T>
inline constexpr bool plain_struct =
    std::is_class_v<T> && std::is_aggregate_v<T> && !std::is_const_v<T> && !std::is_volatile_v<T> &&
    can_be_moved_and_destroyed<T> && !list<T>;

template <class T, bool = plain_struct<T>>
inline constexpr members members_of = members::fine;
template <class T>
inline constexpr members members_of<T, true> = inspect_members<T>();

}  // namespace detail

/// A plain aggregate struct that can be moved and owns its fields: no pointer, reference or C array among them.
template <class T>
concept event = detail::plain_struct<T> && detail::members_of<T> == detail::members::fine;

/// A command has the same shape as an event.
template <class T>
concept command = event<T>;

/// Mistake: a listed type is no plain aggregate struct: it has a constructor, a private or virtual part, or it is a
/// reference, a pointer, const or built in.
template <class Listed>
struct not_a_plain_struct {
    static consteval void explain() {
        static_assert(detail::never<Listed>,
                      "annals: an event or command is a plain aggregate struct, listed by its own name: no constructor, "
                      "no private or virtual part, no reference, pointer, const or built-in type");
    }
};

/// Mistake: a listed type has a member that points to what it does not own.
template <class Listed>
struct pointer_or_reference_member_cannot_be_stored {
    static consteval void explain() {
        static_assert(detail::never<Listed>, "annals: hold the value itself, or an id, instead of a pointer or reference");
    }
};

/// Mistake: a listed type has a C array as a member.
template <class Listed>
struct array_member_cannot_be_stored {
    static consteval void explain() {
        static_assert(detail::never<Listed>, "annals: write std::array instead of a C array");
    }
};

namespace detail {

template <class Types, class List>
struct defects_in;
template <class... T, template <class...> class List, class... Listed>
struct defects_in<type_list<T...>, List<Listed...>> {
    static constexpr bool shape[]   = {!plain_struct<T>..., false};
    static constexpr bool pointer[] = {(members_of<T> == members::pointer_or_reference)..., false};
    static constexpr bool array[]   = {(members_of<T> == members::array)..., false};

    static constexpr auto answer() {
        if constexpr (any_of(shape))
            return not_a_plain_struct<typename filter<List<T...>, shape>::type>{};
        else if constexpr (any_of(pointer))
            return pointer_or_reference_member_cannot_be_stored<typename filter<List<T...>, pointer>::type>{};
        else if constexpr (any_of(array))
            return array_member_cannot_be_stored<typename filter<List<T...>, array>::type>{};
        else
            return sound_design{};
    }
};

// Whether a list may be used at all: each type once, each an event (or command). Does not complete `List` itself.
template <class List>
consteval auto judge_list() {
    if constexpr (!listed<List>::unique::value)
        return judge_repetition<List>();
    else {
        using all = typename listed<List>::all;
        if constexpr (!is_sound<decltype(defects_in<all, List>::answer())>)
            return defects_in<all, List>::answer();
        else
            return judge_all_upcasts<List>();
    }
}

}  // namespace detail

}  // namespace annals

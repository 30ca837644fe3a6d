// Whether each field of an event can be stored, and which one cannot.
#pragma once

#include <annals/model/mistake.hpp>
#include <annals/model/type_list.hpp>
#include <annals/schema/field_kind.hpp>
#include <annals/schema/fields.hpp>

#include <cstddef>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>

namespace annals {

/// A text as a template argument.
template <std::size_t N>
struct field_path {
    char text[N]{};
};

/// A field's path, as errors show it: `lines[].price`.
#if defined(__clang_major__) && __clang_major__ < 15
// These print texts as numbers, and letters as such.
template <char... Letter>
struct field_named {};
#else
template <field_path Path>
struct field_named {};
#endif

/// Mistake: a field has a type that is not one of those that can be stored.
template <class Event, class Field, class Type>
struct field_that_cannot_be_stored {
    static consteval void explain() {
        static_assert(detail::never<Event>,
                      "annals: give the field a type that can be stored (annals/schema/field_kind.hpp lists them), or say how "
                      "with annals::stored_as<Type>; it must be default constructible and assignable");
    }
};

/// Mistake: a field is an enum whose values take as many bytes as the compiler likes.
template <class Event, class Field, class Enum>
struct enum_without_an_underlying_type {
    static consteval void explain() {
        static_assert(detail::never<Event>, "annals: fix how the enum is stored: `enum class kind : std::uint8_t { ... }`");
    }
};

namespace detail {

template <class T>
concept enum_of_fixed_type = std::is_enum_v<T> && requires {
    T{0};
};

template <class T>
inline constexpr bool can_be_filled = std::is_default_constructible_v<T>&& std::is_move_assignable_v<T>;

// Walks through the fields and what is in them, up to the first that cannot be stored; `steps` is then the way there.
struct field_inspector {
    static constexpr std::size_t deepest = 64;

    type_id     enclosing[deepest]{};
    std::size_t depth = 0;
    std::size_t steps[deepest]{};
    std::size_t length = 0;
    bool        sound  = false;

    template <class T>
    constexpr bool part(std::size_t number) {
        steps[length++] = number;
        const bool good = type<T>();
        if (good) --length;
        return good;
    }

    template <class... T>
    constexpr bool fields(type_list<T...>) {
        [[maybe_unused]] std::size_t number = 0;
        return (part<T>(number++) && ...);
    }
    template <class Struct>
    constexpr bool structure() {
        for (std::size_t i = 0; i < depth; ++i)
            if (enclosing[i].mark == id_of<Struct>.mark) return true;
        enclosing[depth++] = id_of<Struct>;
        const bool good    = fields(types_of_fields<Struct>{});
        --depth;
        return good;
    }
    template <template <class...> class List, class... T>
    constexpr bool parts(std::type_identity<List<T...>>) {
        [[maybe_unused]] std::size_t number = 0;
        return (part<T>(number++) && ...);
    }

    template <class T>
    constexpr bool type() {
        constexpr field_kind kind = kind_of<T>;
        if constexpr (kind == field_kind::unsupported || !can_be_filled<T>)
            return false;
        else if constexpr (kind == field_kind::enumeration)
            return enum_of_fixed_type<T>;
        else if constexpr (kind == field_kind::another)
            return part<typename stored_as<T>::type>(0);
        else if constexpr (kind == field_kind::array || kind == field_kind::optional || kind == field_kind::list ||
                           kind == field_kind::set)
            return part<typename T::value_type>(0);
        else if constexpr (kind == field_kind::map)
            return part<typename T::key_type>(0) && part<typename T::mapped_type>(1);
        else if constexpr (kind == field_kind::tuple || kind == field_kind::variant)
            return parts(std::type_identity<T>{});
        else if constexpr (kind == field_kind::structure)
            return structure<T>();
        else
            return true;
    }
};

template <class E>
consteval field_inspector inspect_fields() {
    field_inspector inspector;
    inspector.sound = inspector.type<E>();
    return inspector;
}

// What can be stored is found out for each type once, and not anew for each event that has it in a field.
template <class T>
inline constexpr bool is_storable_part = inspect_fields<T>().sound;

template <class... T>
consteval bool all_can_be_stored(type_list<T...>) {
    return (is_storable_part<T> && ...);
}
template <class E>
inline constexpr bool all_fields_can_be_stored = [] {
    if constexpr (kind_of<E> != field_kind::structure)
        return is_storable_part<E>;
    else
        return can_be_filled<E> && all_can_be_stored(types_of_fields<E>{});
}();

/// The type at place `I` of what a `T` consists of, and how that is written in a path.
template <class T, std::size_t I>
consteval auto part_of() {
    constexpr field_kind kind = kind_of<T>;
    if constexpr (kind == field_kind::structure)
        return std::type_identity<field_type<I, T>>{};
    else if constexpr (kind == field_kind::another)
        return std::type_identity<typename stored_as<T>::type>{};
    else if constexpr (kind == field_kind::map)
        return std::type_identity<std::conditional_t<I == 0, typename T::key_type, typename T::mapped_type>>{};
    else if constexpr (kind == field_kind::tuple)
        return std::type_identity<std::tuple_element_t<I, T>>{};
    else if constexpr (kind == field_kind::variant)
        return std::type_identity<std::variant_alternative_t<I, T>>{};
    else
        return std::type_identity<typename T::value_type>{};
}

struct path_text {
    char        letters[512]{};
    std::size_t size = 0;

    constexpr void append(std::string_view text) {
        for (char letter : text)
            if (size + 1 < sizeof(letters)) letters[size++] = letter;
    }
};

// Goes the way that the inspector went.
template <class E, std::size_t Step, class T>
constexpr void spell_path(path_text& spelled) {
    constexpr field_inspector way = inspect_fields<E>();
    if constexpr (Step != way.length) {
        constexpr std::size_t number = way.steps[Step];
        constexpr field_kind  kind   = kind_of<T>;
        if constexpr (kind == field_kind::structure) {
            if (spelled.size != 0) spelled.append(".");
            spelled.append(field_names<T>[number]);
        } else if constexpr (kind != field_kind::another && kind != field_kind::optional && kind != field_kind::variant)
            spelled.append("[]");
        spell_path<E, Step + 1, typename decltype(part_of<T, number>())::type>(spelled);
    }
}
template <class E, std::size_t Step, class T>
consteval auto type_at_end() {
    constexpr field_inspector way = inspect_fields<E>();
    if constexpr (Step == way.length)
        return std::type_identity<T>{};
    else
        return type_at_end<E, Step + 1, typename decltype(part_of<T, way.steps[Step]>())::type>();
}

template <class E>
inline constexpr path_text path_to_mistake = [] {
    path_text spelled;
    spell_path<E, 0, E>(spelled);
    return spelled;
}();

template <class E, std::size_t... I>
consteval auto name_of_mistake(std::index_sequence<I...>) {
#if defined(__clang_major__) && __clang_major__ < 15
    return field_named<path_to_mistake<E>.letters[I]...>{};
#else
    constexpr std::size_t size = sizeof...(I) + 1;
    return field_named<field_path<size>{{path_to_mistake<E>.letters[I]..., '\0'}}>{};
#endif
}

/// The verdict on the fields of an event: `sound_design`, or the first field that cannot be stored.
template <class E>
consteval auto judge_fields() {
    if constexpr (all_fields_can_be_stored<E>)
        return sound_design{};
    else {
        using type  = typename decltype(type_at_end<E, 0, E>())::type;
        using field = decltype(name_of_mistake<E>(std::make_index_sequence<path_to_mistake<E>.size>{}));
        if constexpr (kind_of<type> == field_kind::enumeration && can_be_filled<type>)
            return enum_without_an_underlying_type<E, field, type>{};
        else
            return field_that_cannot_be_stored<E, field, type>{};
    }
}

}  // namespace detail

/// An event each of whose fields can be stored.
template <class E>
concept storable = kind_of<E>
== field_kind::structure&& detail::all_fields_can_be_stored<E>;

}  // namespace annals

// What a struct consists of: the names and values of its fields.
#pragma once

#include <annals/model/type_list.hpp>
#include <annals/schema/bind_fields.hpp>

#include <array>
#include <cstddef>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

namespace annals {

namespace detail {

struct list_types {
    template <class... T>
    constexpr auto operator()(T&...) const {
        return type_list<std::remove_const_t<T>...>{};
    }
};

/// The types of a struct's fields.
template <class Struct>
using types_of_fields = decltype(with_fields(std::declval<Struct&>(), list_types{}));

// The compiler spells the names of subobjects whose addresses are template arguments: here of all fields of a struct in one text.
// The object is never defined, and needs not be. Boost.PFR has names from 1.84 on, by the same technique, each in its own text.
#if defined(__clang__)
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wundefined-var-template"
#pragma clang diagnostic ignored "-Wundefined-internal"
#endif

template <class T>
struct holder {
    const T value;
};
template <class T>
extern const holder<T> nowhere;

// Not an array, of which clang 14 spells the first ten elements.
template <std::size_t>
struct address {
    const void* of;
};
template <class Indices>
struct addresses;
template <std::size_t... I>
struct addresses<std::index_sequence<I...>> : address<I>... {};

template <auto Addresses>
consteval std::string_view signature_with_addresses() {
    return {__PRETTY_FUNCTION__, sizeof(__PRETTY_FUNCTION__) - 1};
}

struct find_names {
    template <class... Field>
    constexpr auto operator()(Field&... field) const {
        return addresses<std::index_sequence_for<Field...>>{{&field}...};
    }
};

// g++:    … {address<0>{((const void*)(& nowhere<S>.holder<S>::value.S::first))}, address<1>{((const void*)(& … S::second))}}; …
// clang:  … {{&nowhere.value.first}, {&nowhere.value.second}}]
template <class Struct, std::size_t N>
consteval auto find_field_names() {
    std::array<std::string_view, N> names{};
    if constexpr (N != 0) {
        constexpr std::string_view text = signature_with_addresses<with_fields(nowhere<Struct>.value, find_names{})>();
        // By hand, in one pass: compilers take their time over calls in constant expressions.
        const char* at = text.data();
        for (std::string_view& name : names) {
            const char* begin = nullptr;
#if defined(__clang__)
            for (; *at != '}' || !begin; ++at)
                if (*at == '.') begin = at + 1;
#else
            for (; *at != ')' || at[1] != ')' || !begin; ++at)
                if (*at == ':') begin = at + 1;
#endif
            name = {begin, static_cast<std::size_t>(at - begin)};
            ++at;
        }
    }
    return names;
}

#if defined(__clang__)
#pragma clang diagnostic pop
#endif

template <std::size_t I>
struct pick_field {
    template <class... Field>
    constexpr auto& operator()(Field&... field) const noexcept {
        return std::get<I>(std::tie(field...));
    }
};

}  // namespace detail

/// How many fields a struct has.
template <class Struct>
inline constexpr std::size_t field_count = detail::size_of<detail::types_of_fields<Struct>>;

/// The names of a struct's fields, in the order of their declaration.
template <class Struct>
inline constexpr std::array<std::string_view, field_count<Struct>> field_names =
    detail::find_field_names<Struct, field_count<Struct>>();

/// The type of the field at place `I` of a struct.
template <std::size_t I, class Struct>
using field_type = detail::element_at<detail::types_of_fields<Struct>, I>;

/// The field at place `I` of a struct.
template <std::size_t I, class Struct>
[[nodiscard]] constexpr auto& field(Struct& value) noexcept {
    return detail::with_fields(value, detail::pick_field<I>{});
}

}  // namespace annals

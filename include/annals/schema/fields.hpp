// What a struct consists of: the names and values of its fields (Boost.PFR).
#pragma once

#include <boost/pfr/core.hpp>
#if __has_include(<boost/pfr/core_name.hpp>)
#include <boost/pfr/core_name.hpp>
#endif

#include <array>
#include <cstddef>
#include <string_view>
#include <type_traits>
#include <utility>

namespace annals {

namespace detail {

#if !(defined(BOOST_PFR_CORE_NAME_ENABLED) && BOOST_PFR_CORE_NAME_ENABLED)
// Boost.PFR knows names from 1.84 on. Before, the same technique by hand: the compiler spells the name of a subobject
// whose address is a template argument. The object is never defined, and needs not be.
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

template <auto Pointer>
consteval std::string_view signature_with_field() {
    return __PRETTY_FUNCTION__;
}

template <class T>
struct address {
    const T* to;
};
template <class T>
address(const T*) -> address<T>;

template <class Struct, std::size_t I>
consteval std::string_view field_name_of() {
    constexpr std::string_view text = signature_with_field<address{&boost::pfr::get<I>(nowhere<Struct>.value)}>();
    // g++:   … {(& nowhere<S>.holder<S>::value.S::name)}; …       clang:  … {&nowhere<S>.value.name}]
    // and where the address was converted: … {((const int*)(& … S::name))}; …
    constexpr auto gnu   = text.rfind(")}");
    constexpr auto end   = gnu != text.npos ? text.find_last_not_of(')', gnu) + 1 : text.rfind("}]");
    constexpr auto begin = text.find_last_of(":.", end) + 1;
    return text.substr(begin, end - begin);
}

#if defined(__clang__)
#pragma clang diagnostic pop
#endif
#endif

template <class Struct, std::size_t... I>
consteval auto names_of_fields(std::index_sequence<I...>) {
#if defined(BOOST_PFR_CORE_NAME_ENABLED) && BOOST_PFR_CORE_NAME_ENABLED
    return std::array<std::string_view, sizeof...(I)>{boost::pfr::get_name<I, Struct>()...};
#else
    return std::array<std::string_view, sizeof...(I)>{field_name_of<Struct, I>()...};
#endif
}

}  // namespace detail

/// How many fields a struct has.
template <class Struct>
inline constexpr std::size_t field_count = boost::pfr::tuple_size_v<Struct>;

/// The names of a struct's fields, in the order of their declaration.
template <class Struct>
inline constexpr std::array<std::string_view, field_count<Struct>> field_names =
    detail::names_of_fields<Struct>(std::make_index_sequence<field_count<Struct>>{});

/// The type of the field at place `I` of a struct.
template <std::size_t I, class Struct>
using field_type = boost::pfr::tuple_element_t<I, Struct>;

/// The field at place `I` of a struct.
template <std::size_t I, class Struct>
[[nodiscard]] constexpr auto& field(Struct& value) noexcept {
    return boost::pfr::get<I>(value);
}

}  // namespace annals

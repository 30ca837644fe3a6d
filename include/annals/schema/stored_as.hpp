// How a type that is none of the supported ones is stored: as one that is.
#pragma once

#include <type_traits>

namespace annals {

/// Specialise it for a type of your own, or of a library, that has private parts or an invariant:
///
///     template <>
///     struct annals::stored_as<money> {
///         using type = std::int64_t;                                // any supported type, a struct say
///         static type  to(const money& value) { return value.cents(); }
///         static money from(const type& stored) { return money(stored); }
///     };
///
/// In the schema, the codec and JSON the value is then what `type` is. `from` may return a `std::optional<money>` instead;
/// empty says that no such value can have been stored, and what is being decoded is refused. `from(to(value))` is `value`.
template <class T>
struct stored_as;

namespace detail {

template <class T>
concept stored_as_another = requires { typename stored_as<T>::type; };

template <class T>
struct stored_type {
    using type = T;
};
template <stored_as_another T>
struct stored_type<T> : stored_type<typename stored_as<T>::type> {};

}  // namespace detail

}  // namespace annals

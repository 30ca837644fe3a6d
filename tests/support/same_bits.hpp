// Whether two values are the same bit by bit: NaN is itself, and 0 is not -0. Hashed containers have no order here either.
#pragma once

#include <annals/schema/field_kind.hpp>
#include <annals/schema/fields.hpp>
#include <annals/schema/kinds.hpp>

#include <cstddef>
#include <cstring>
#include <iterator>
#include <tuple>
#include <utility>
#include <variant>

namespace support {

template <class T>
bool same_bits(const T& a, const T& b) {
    using annals::field_kind;
    constexpr field_kind kind = annals::kind_of<T>;
    if constexpr (kind == field_kind::another)
        return same_bits(annals::stored_as<T>::to(a), annals::stored_as<T>::to(b));
    else if constexpr (kind == field_kind::floating)
        return std::memcmp(&a, &b, sizeof(T)) == 0;
    else if constexpr (kind == field_kind::duration)
        return same_bits<typename T::rep>(a.count(), b.count());
    else if constexpr (kind == field_kind::time)
        return same_bits(a.time_since_epoch(), b.time_since_epoch());
    else if constexpr (kind == field_kind::optional)
        return a.has_value() == b.has_value() && (!a.has_value() || same_bits(*a, *b));
    else if constexpr (annals::detail::hashed_range<T>) {
        if (a.size() != b.size()) return false;
        for (const auto& element : a) {
            if constexpr (kind == field_kind::map) {
                const auto found = b.find(element.first);
                if (found == b.end() || !same_bits(found->second, element.second)) return false;
            } else if (b.find(element) == b.end())
                return false;
        }
        return true;
    } else if constexpr (kind == field_kind::list || kind == field_kind::set || kind == field_kind::array) {
        auto at = a.begin();
        auto to = b.begin();
        for (; at != a.end() && to != b.end(); ++at, ++to)
            if (!same_bits<typename T::value_type>(*at, *to)) return false;
        return at == a.end() && to == b.end();
    } else if constexpr (kind == field_kind::map) {
        auto at = a.begin();
        auto to = b.begin();
        for (; at != a.end() && to != b.end(); ++at, ++to)
            if (!same_bits(at->first, to->first) || !same_bits(at->second, to->second)) return false;
        return at == a.end() && to == b.end();
    } else if constexpr (kind == field_kind::tuple)
        return [&]<std::size_t... I>(std::index_sequence<I...>) { return (same_bits(std::get<I>(a), std::get<I>(b)) && ...); }(std::make_index_sequence<std::tuple_size_v<T>>{});
    else if constexpr (kind == field_kind::variant) return a.index() ==
        b.index()&& [&]<std::size_t... I>(std::index_sequence<I...>) {
        return ((a.index() != I || same_bits(*std::get_if<I>(&a), *std::get_if<I>(&b))) && ...);
    }(std::make_index_sequence<std::variant_size_v<T>>{});
    else if constexpr (kind == field_kind::structure) return [&]<std::size_t... I>(std::index_sequence<I...>) {
        return (same_bits(annals::field<I>(a), annals::field<I>(b)) && ...);
    }(std::make_index_sequence<annals::field_count<T>>{});
    else return a == b;
}

}  // namespace support

// Values of every kind as JSON.
#pragma once

#include <annals/codec/encode.hpp>
#include <annals/codec/json/scalars.hpp>
#include <annals/codec/layout.hpp>
#include <annals/model/dispatch.hpp>
#include <annals/schema/enumerators.hpp>
#include <annals/schema/field_kind.hpp>
#include <annals/schema/fields.hpp>
#include <annals/schema/name.hpp>
#include <annals/schema/schema_text.hpp>

#include <boost/json.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>

namespace annals::detail {

// What a type is as JSON: what it is stored as.
template <class T>
using json_type = typename stored_type<T>::type;

// An optional in an optional would have two values that are null; the outer one is therefore a list of no or one value.
template <class T>
consteval bool find_null() {
    if constexpr (kind_of<json_type<T>> == field_kind::optional)
        return !find_null<typename json_type<T>::value_type>();
    else
        return false;
}
template <class T>
inline constexpr bool may_be_null = find_null<T>();

// An enum's underlying type, where bool is an integer.
template <class Enum>
using enum_number = std::conditional_t<std::is_same_v<underlying<Enum>, bool>, std::uint8_t, underlying<Enum>>;

template <class Map>
inline constexpr bool has_text_keys = kind_of<json_type<typename Map::key_type>> == field_kind::text;

// The name of a variant's alternative: of a struct the name that the schema has for it.
template <class T>
consteval std::string_view find_alternative_name() {
    if constexpr (kind_of<json_type<T>> == field_kind::structure)
        return unqualified_name<json_type<T>>();
    else
        return {};
}
template <class... T>
consteval auto names_of_alternatives(std::type_identity<std::variant<T...>>) {
    return std::array<std::string_view, sizeof...(T)>{find_alternative_name<T>()...};
}
template <class Variant>
inline constexpr auto alternative_names = names_of_alternatives(std::type_identity<Variant>{});

/// True for names that tell the alternatives of a variant apart.
constexpr bool tell_apart(const std::string_view* names, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
        if (names[i].empty()) return false;
        for (std::size_t j = 0; j < i; ++j)
            if (names[i] == names[j]) return false;
    }
    return true;
}
template <class Variant>
inline constexpr bool has_names = tell_apart(alternative_names<Variant>.data(), alternative_names<Variant>.size());

// The struct that is converted as a whole: where it is in itself as a variant's alternative, the schema has its stored name.
struct json_root {
    type_id          type{};
    std::string_view name;

    template <class T>
    static constexpr json_root of() {
        if constexpr (kind_of<T> == field_kind::structure)
            return {id_of<T>, event_name<T>()};
        else
            return {};
    }
    template <class Variant, std::size_t I>
    [[nodiscard]] constexpr std::string_view name_of() const {
        return id_of<json_type<std::variant_alternative_t<I, Variant>>>.mark == type.mark ? name
                                                                                          : alternative_names<Variant>[I];
    }
};

/// Makes JSON of values. What cannot be stored is null: a variant without a value, and what is nested too deep.
class json_writer {
public:
    constexpr explicit json_writer(json_root root) : root_(root) {}

    template <class T>
    void put(boost::json::value& out, const T& value) {
        constexpr field_kind kind = kind_of<T>;
        if constexpr (kind == field_kind::another)
            put<typename stored_as<T>::type>(out, stored_as<T>::to(value));
        else if constexpr (kind == field_kind::boolean)
            out.emplace_bool() = value;
        else if constexpr (kind == field_kind::character)
            put_character(out, value);
        else if constexpr (kind == field_kind::integer)
            put_number(out, value);
        else if constexpr (kind == field_kind::floating)
            put_floating(out, static_cast<double>(value));
        else if constexpr (kind == field_kind::enumeration)
            put_enumerator(out, wide(static_cast<enum_number<T>>(value)), enumerators_of<T>.begin(), enumerators_of<T>.end());
        else if constexpr (kind == field_kind::text)
            put_text(out, plain_view(value));
        else if constexpr (kind == field_kind::uuid)
            put_uuid(out, uuid(value));
        else if constexpr (kind == field_kind::duration)
            put_number(out, value.count());
        else if constexpr (kind == field_kind::time)
            put_time_point(out, value);
        else if constexpr (kind == field_kind::optional)
            put_optional(out, value);
        else if constexpr (kind == field_kind::variant)
            put_variant(out, value);
        else if constexpr (kind == field_kind::tuple)
            put_tuple(out, value, std::make_index_sequence<std::tuple_size_v<T>>{});
        else if constexpr (kind == field_kind::structure)
            put_fields(out, value, std::make_index_sequence<field_count<T>>{});
        else if constexpr (kind == field_kind::array)
            put_elements(out, value);
        else
            put_container(out, value);
    }

private:
    template <class Integer>
    static constexpr auto wide(Integer value) {
        if constexpr (std::is_signed_v<Integer>)
            return static_cast<std::int64_t>(value);
        else
            return static_cast<std::uint64_t>(value);
    }
    template <class Number>
    static void put_number(boost::json::value& out, Number value) {
        if constexpr (std::is_floating_point_v<Number>)
            put_floating(out, static_cast<double>(value));
        else
            put_integer(out, wide(value));
    }

    template <class T>
    static void put_time_point(boost::json::value& out, const T& value) {
        if constexpr (std::is_integral_v<typename T::rep>) {
            using tick = typename stored_tick<T>::type;
            if (stored_ticks<typename T::rep> ticks{}; stored_time(value, ticks))
                return put_time(out, ticks, static_cast<std::uint64_t>(tick::num), static_cast<std::uint64_t>(tick::den));
        }
        put_number(out, value.time_since_epoch().count());
    }

    template <class T>
    void put_optional(boost::json::value& out, const T& value) {
        if constexpr (may_be_null<typename T::value_type>) {
            auto& list = out.emplace_array();
            if (value.has_value()) put<typename T::value_type>(add_element(list), *value);
        } else if (value.has_value())
            put<typename T::value_type>(out, *value);
    }

    template <class T>
    void put_variant(boost::json::value& out, const T& value) {
        dispatch<std::variant_size_v<T>>(value.index(), [&](auto index) {
            const auto& held = *std::get_if<index()>(&value);
            if constexpr (has_names<T>)
                put(add_member(out.emplace_object(), root_.name_of<T, index()>()), held);
            else {
                auto& pair = out.emplace_array();
                pair.reserve(2);
                put_integer(add_element(pair), static_cast<std::uint64_t>(index()));
                put(add_element(pair), held);
            }
        });
    }

    template <class T, std::size_t... I>
    void put_tuple(boost::json::value& out, const T& value, std::index_sequence<I...>) {
        auto& list = out.emplace_array();
        list.reserve(sizeof...(I));
        (put<std::tuple_element_t<I, T>>(add_element(list), std::get<I>(value)), ...);
    }
    template <class T, std::size_t... I>
    void put_fields(boost::json::value& out, const T& value, std::index_sequence<I...>) {
        auto& object = out.emplace_object();
        object.reserve(sizeof...(I));
        (put<field_type<I, T>>(add_member(object, field_names<T>[I]), field<I>(value)), ...);
    }

    template <class T>
    void put_elements(boost::json::value& out, const T& value) {
        auto& list = out.emplace_array();
        list.reserve(value.size());
        for (const auto& each : value) put<typename T::value_type>(add_element(list), each);
    }
    template <class T>
    void put_container(boost::json::value& out, const T& value) {
        if constexpr (is_recursive<container_element<T>>)
            if (depth_ == deepest_nesting) return;
        ++depth_;
        if constexpr (kind_of<T> == field_kind::map)
            put_map(out, value);
        else
            put_elements(out, value);
        --depth_;
    }

    template <class T>
    void put_map(boost::json::value& out, const T& map) {
        using key    = typename T::key_type;
        using mapped = typename T::mapped_type;
        if constexpr (has_text_keys<T>)
            if (have_names(map)) {
                auto& object = out.emplace_object();
                object.reserve(map.size());
                for (const auto& each : map) {
                    decltype(auto) name = text_of_key(each.first);
                    put<mapped>(add_member(object, plain_view(name)), each.second);
                }
                return;
            }
        auto& list = out.emplace_array();
        list.reserve(map.size());
        for (const auto& each : map) {
            auto& pair = add_element(list).emplace_array();
            pair.reserve(2);
            put<key>(add_element(pair), each.first);
            put<mapped>(add_element(pair), each.second);
        }
    }
    template <class Key>
    static decltype(auto) text_of_key(const Key& key) {
        if constexpr (kind_of<Key> == field_kind::another)
            return json_type<Key>(stored_text(key));
        else
            return (key);
    }
    template <class Key>
    static auto stored_text(const Key& key) {
        if constexpr (kind_of<typename stored_as<Key>::type> == field_kind::another)
            return stored_text(stored_as<Key>::to(key));
        else
            return stored_as<Key>::to(key);
    }
    template <class T>
    static bool have_names(const T& map) {
        for (const auto& each : map) {
            decltype(auto) name = text_of_key(each.first);
            if (!is_utf8(plain_view(name))) return false;
        }
        return true;
    }

    json_root   root_;
    std::size_t depth_ = 0;
};

}  // namespace annals::detail

// Values of every kind from JSON.
#pragma once

#include <annals/codec/json/scalars.hpp>
#include <annals/codec/json/stored_time.hpp>
#include <annals/codec/json/trouble.hpp>
#include <annals/codec/json/write.hpp>
#include <annals/codec/layout.hpp>
#include <annals/model/dispatch.hpp>
#include <annals/schema/enumerators.hpp>
#include <annals/schema/field_kind.hpp>
#include <annals/schema/fields.hpp>
#include <annals/schema/schema_text.hpp>

#include <boost/json.hpp>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>

namespace annals::detail {

/// Makes values of JSON.
class json_reader : public json_trouble {
public:
    explicit json_reader(json_root root) : root_(root) {}

    /// What is read from here on is, as a whole, a value of that type.
    void enter(json_root root) { root_ = root; }

    template <class T>
    [[nodiscard]] bool get(const boost::json::value& in, T& out) {
        constexpr field_kind kind = kind_of<T>;
        if constexpr (std::is_same_v<T, timestamp>)  // a context's, no event's
            return get_timestamp(in, out);
        else if constexpr (kind == field_kind::another)
            return get_another(in, out);
        else if constexpr (kind == field_kind::boolean) {
            if (!in.is_bool()) return fail("expected true or false");
            out = in.get_bool();
            return true;
        } else if constexpr (kind == field_kind::character)
            return character_from(in, out, reason_);
        else if constexpr (kind == field_kind::integer)
            return get_integer(in, out);
        else if constexpr (kind == field_kind::floating)
            return get_floating(in, out);
        else if constexpr (kind == field_kind::enumeration) {
            std::uint64_t bits = 0;
            if (!enumerator_from(in, enumerators_of<T>.begin(), enumerators_of<T>.end(), range_of<enum_number<T>>, bits,
                                 reason_))
                return false;
            out = static_cast<T>(static_cast<enum_number<T>>(bits));
            return true;
        } else if constexpr (kind == field_kind::text)
            return get_text(in, out);
        else if constexpr (kind == field_kind::uuid) {
            uuid id;
            if (!uuid_from(in, id, reason_)) return false;
            out = static_cast<T>(id);
            return true;
        } else if constexpr (kind == field_kind::duration) {
            typename T::rep count{};
            if (!get_number(in, count)) return false;
            out = T(count);
            return true;
        } else if constexpr (kind == field_kind::time)
            return get_time_point(in, out);
        else if constexpr (kind == field_kind::optional)
            return get_optional(in, out);
        else if constexpr (kind == field_kind::variant)
            return get_variant(in, out);
        else if constexpr (kind == field_kind::tuple)
            return get_tuple(in, out, std::make_index_sequence<std::tuple_size_v<T>>{});
        else if constexpr (kind == field_kind::structure)
            return get_struct(in, out, std::make_index_sequence<field_count<T>>{});
        else if constexpr (kind == field_kind::array) {
            const auto* const list = elements_of(in, std::tuple_size_v<T>);
            return list != nullptr && get_elements(*list, out);
        } else
            return get_container(in, out);
    }

private:
    template <class T>
    bool get_another(const boost::json::value& in, T& out) {
        typename stored_as<T>::type stored{};
        if (!get(in, stored)) return false;
        auto made = stored_as<T>::from(std::move(stored));
        if constexpr (std::is_same_v<decltype(made), T>)
            out = std::move(made);
        else {
            if (!made) return fail("no such value is stored");
            out = std::move(*made);
        }
        return true;
    }

    template <class Integer>
    bool get_integer(const boost::json::value& in, Integer& out) {
        std::uint64_t bits = 0;
        if constexpr (std::is_same_v<Integer, std::byte>) {
            if (!integer_from(in, range_of<std::uint8_t>, bits, reason_)) return false;
        } else if (!integer_from(in, range_of<Integer>, bits, reason_))
            return false;
        out = static_cast<Integer>(bits);
        return true;
    }
    template <class Floating>
    bool get_floating(const boost::json::value& in, Floating& out) {
        double value = 0;
        if (!floating_from(in, static_cast<double>(std::numeric_limits<Floating>::max()), value, reason_)) return false;
        out = static_cast<Floating>(value);
        return true;
    }
    template <class Number>
    bool get_number(const boost::json::value& in, Number& out) {
        if constexpr (std::is_floating_point_v<Number>)
            return get_floating(in, out);
        else
            return get_integer(in, out);
    }

    template <class T>
    bool get_text(const boost::json::value& in, T& out) {
        if (const auto* string = in.if_string()) {
            out.assign(string->data(), string->size());
            return true;
        }
        std::string_view text;
        std::string      room;
        if (!text_from(in, text, room, reason_)) return false;
        out.assign(text.data(), text.size());
        return true;
    }

    bool get_timestamp(const boost::json::value& in, timestamp& out) {
        const auto* const string = in.if_string();
        return time_from(string == nullptr ? std::string_view() : plain_view(*string), 1, nanoseconds_per_second,
                         out.nanoseconds, reason_);
    }
    template <class T>
    bool get_time_point(const boost::json::value& in, T& out) {
        using rep = typename T::rep;
        if constexpr (std::is_integral_v<rep>)
            if (const auto* string = in.if_string()) {
                using tick         = typename stored_tick<T>::type;
                using stored       = stored_ticks<rep>;
                std::int64_t ticks = 0;
                if (!time_from(plain_view(*string), static_cast<std::uint64_t>(tick::num),
                               static_cast<std::uint64_t>(tick::den), ticks, reason_))
                    return false;
                return ((std::is_signed_v<stored> || ticks >= 0) && time_from_stored(static_cast<stored>(ticks), out)) ||
                       fail("expected a time within the range of the field");
            }
        rep count{};
        if (!get_number(in, count)) return false;
        out = T(typename T::duration(count));
        return true;
    }

    template <class T>
    bool get_optional(const boost::json::value& in, T& out) {
        using held = typename T::value_type;
        if constexpr (may_be_null<held>) {
            const auto* const list = elements_of(in);
            if (list == nullptr) return false;
            if (list->size() > 1) return fail("expected an array of no or one element");
            if (list->empty()) {
                out.reset();
                return true;
            }
            if (!out.has_value()) out.emplace();
            return get(list->front(), *out) || in_element(0);
        } else if (in.is_null()) {
            out.reset();
            return true;
        } else {
            if (!out.has_value()) out.emplace();
            return get(in, *out);
        }
    }

    template <class T>
    bool get_alternative(std::size_t number, const boost::json::value& in, T& out) {
        bool good = false;
        dispatch<std::variant_size_v<T>>(number, [&](auto index) {
            if (out.index() != index()) out.template emplace<index()>();
            good = get(in, *std::get_if<index()>(&out));
        });
        return good;
    }
    template <class T>
    bool get_variant(const boost::json::value& in, T& out) {
        constexpr std::size_t count = std::variant_size_v<T>;
        if constexpr (has_names<T>) {
            const auto* const member = only_member(in);
            if (member == nullptr) return false;
            const std::string_view name   = plain_view(member->key());
            std::size_t            number = 0;
            while (number < count && name != alternative_name<T>(number)) ++number;
            if (number == count) return no_alternative<T>(name);
            return get_alternative(number, member->value(), out) || in_member(name);
        } else {
            const auto* const pair = elements_of(in, 2);
            if (pair == nullptr) return false;
            constexpr integer_range places{0, count - 1};
            std::uint64_t           number = 0;
            if (!integer_from((*pair)[0], places, number, reason_)) return in_element(0);
            return get_alternative(static_cast<std::size_t>(number), (*pair)[1], out) || in_element(1);
        }
    }
    template <class T>
    [[nodiscard]] std::string_view alternative_name(std::size_t number) const {
        std::string_view name;
        dispatch<std::variant_size_v<T>>(number, [&](auto index) { name = root_.name_of<T, index()>(); });
        return name;
    }
    template <class T>
    [[gnu::noinline, gnu::cold]] bool no_alternative(std::string_view name) {
        reason_ = "expected one of";
        for (std::size_t i = 0; i < std::variant_size_v<T>; ++i)
            reason_.append(i == 0 ? " " : ", ").append(alternative_name<T>(i));
        return in_member(name);
    }

    template <class T, std::size_t... I>
    bool get_tuple(const boost::json::value& in, T& out, std::index_sequence<I...>) {
        const auto* const list = elements_of(in, sizeof...(I));
        return list != nullptr && ((get((*list)[I], std::get<I>(out)) || in_element(I)) && ...);
    }

    template <class T, std::size_t... I>
    bool get_struct(const boost::json::value& in, T& out, std::index_sequence<I...>) {
        const auto* const object = in.if_object();
        if (object == nullptr) return fail("expected an object");
        std::size_t found = 0;
        return (get_field<I>(*object, found, out) && ...) &&
               (found == object->size() || unknown_member(*object, field_names<T>.data(), sizeof...(I)));
    }
    // A member is looked for first where it stands if the members are in the fields' order.
    template <std::size_t I, class T>
    bool get_field(const boost::json::object& object, std::size_t& found, T& out) {
        constexpr std::string_view name   = field_names<T>[I];
        const boost::json::value*  member = nullptr;
        if (found < object.size() && plain_view(object.begin()[found].key()) == name)
            member = &object.begin()[found].value();
        else
            member = object.if_contains(json_view(name));
        if (member == nullptr) return may_be_missing(field<I>(out)) || (fail("missing"), in_member(name));
        ++found;
        return get(*member, field<I>(out)) || in_member(name);
    }
    template <class T>
    bool may_be_missing(T& out) {
        if constexpr (kind_of<json_type<T>> != field_kind::optional)
            return false;
        else if constexpr (may_be_null<T>)
            return get(boost::json::value(nullptr), out);
        else
            return get(boost::json::value(boost::json::array()), out);
    }
    [[gnu::noinline, gnu::cold]] bool unknown_member(const boost::json::object& object, const std::string_view* names,
                                                     std::size_t count) {
        for (const auto& member : object) {
            const std::string_view name = plain_view(member.key());
            std::size_t            i    = 0;
            while (i < count && names[i] != name) ++i;
            if (i == count) return fail("there is no such field") || in_member(name);
        }
        return false;
    }

    template <class List, class T>
    bool get_elements(const List& list, T& out) {
        std::size_t index = 0;
        for (auto&& each : out) {
            using element = typename T::value_type;
            if constexpr (std::is_same_v<decltype(each), element&>) {
                if (!get(list[index], each)) return in_element(index);
            } else {  // of a std::vector<bool>
                element value{};
                if (!get(list[index], value)) return in_element(index);
                each = std::move(value);
            }
            ++index;
        }
        return true;
    }

    template <class T>
    bool get_container(const boost::json::value& in, T& out) {
        if constexpr (is_recursive<container_element<T>>)
            if (depth_ == deepest_nesting) return fail("nested too deep");
        ++depth_;
        bool good = false;
        if constexpr (kind_of<T> == field_kind::map)
            good = get_map(in, out);
        else if constexpr (kind_of<T> == field_kind::set)
            good = get_set(in, out);
        else if (const auto* list = elements_of(in)) {
            out.resize(list->size());
            good = get_elements(*list, out);
        }
        --depth_;
        return good;
    }
    template <class T>
    bool get_set(const boost::json::value& in, T& out) {
        const auto* const list = elements_of(in);
        if (list == nullptr) return false;
        out.clear();
        for (std::size_t i = 0; i < list->size(); ++i) {
            typename T::value_type value{};
            if (!get((*list)[i], value)) return in_element(i);
            out.insert(out.end(), std::move(value));
            if (out.size() != i + 1) return fail("stands there twice") || in_element(i);
        }
        return true;
    }
    template <class T>
    bool get_map(const boost::json::value& in, T& out) {
        out.clear();
        if constexpr (has_text_keys<T>)
            if (const auto* object = in.if_object()) return get_members(*object, out);
        const auto* const list = in.if_array();
        if (list == nullptr) return fail(has_text_keys<T> ? "expected an object" : "expected an array");
        for (std::size_t i = 0; i < list->size(); ++i) {
            typename T::key_type    key{};
            typename T::mapped_type value{};
            const auto* const       pair = elements_of((*list)[i], 2);
            if (pair == nullptr || !(get((*pair)[0], key) || in_element(0)) || !(get((*pair)[1], value) || in_element(1)))
                return in_element(i);
            out.emplace_hint(out.end(), std::move(key), std::move(value));
            if (out.size() != i + 1) return fail("the key stands there twice") || in_element(0) || in_element(i);
        }
        return true;
    }
    template <class T>
    bool get_members(const boost::json::object& object, T& out) {
        for (const auto& member : object) {
            const std::string_view  name = plain_view(member.key());
            typename T::key_type    key{};
            typename T::mapped_type value{};
            if (!get_key(member.key(), key) || !get(member.value(), value)) return in_member(name);
            const std::size_t before = out.size();
            out.emplace_hint(out.end(), std::move(key), std::move(value));
            if (out.size() == before) return fail("the key stands there twice") || in_member(name);
        }
        return true;
    }
    template <class Key>
    bool get_key(boost::json::string_view name, Key& key) {
        if constexpr (kind_of<Key> == field_kind::text) {
            key.assign(name.data(), name.size());
            return true;
        } else
            return get(boost::json::value(name), key);
    }

    json_root   root_;
    std::size_t depth_ = 0;
};

}  // namespace annals::detail

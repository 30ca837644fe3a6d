// Simpler values: how a counterexample becomes one that can be read.
#pragma once

#include <annals/schema/field_kind.hpp>
#include <annals/schema/fields.hpp>
#include <annals/testing/arbitrary/simpler_scalars.hpp>
#include <annals/testing/arbitrary/value.hpp>

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace annals {

namespace detail {

template <class T>
bool each_simpler(const T& value, taker<T> take);

// `changed` with a simpler part, for each simpler one; the part is one of it, and afterwards as it was before.
template <class T, class Part>
bool each_simpler_part(const T& changed, Part& part, taker<T> take) {
    const Part before = part;
    const auto put    = [&](const Part& simpler) {
        part = simpler;
        return take(changed);
    };
    if (each_simpler<Part>(before, put)) return true;
    part = before;
    return false;
}

// `value` without some of its elements: without all, without a half of them … without one.
template <class T>
bool each_shorter(const T& value, taker<T> take) {
    const std::size_t size = value.size();
    for (std::size_t gone = size; gone != 0; gone /= 2)
        for (std::size_t first = 0; first + gone <= size; first += gone) {
            T           shorter{};
            std::size_t at = 0;
            for (const auto& each : value)
                if (const std::size_t here = at++; here < first || here >= first + gone) shorter.insert(shorter.end(), each);
            if (take(shorter)) return true;
        }
    return false;
}

// A text's letters at once, in halves, quarters … and one by one, for it may have hundreds of them.
template <class T>
bool each_simpler_text(const T& value, taker<T> take) {
    if (each_shorter<T>(value, take)) return true;
    for (std::size_t part = value.size(); part > 1; part /= 2)
        for (std::size_t first = 0; first + part <= value.size(); first += part) {
            T changed = value;
            changed.replace(first, part, part, 'a');
            if (changed != value && take(changed)) return true;
        }
    T changed = value;
    for (char& letter : changed)
        if (each_simpler_part<T>(changed, letter, take)) return true;
    return false;
}

template <class T>
bool each_simpler_element(const T& value, taker<T> take) {
    using element = typename T::value_type;
    T changed     = value;
    for (auto at = changed.begin(); at != changed.end(); ++at) {
        const element before = *at;
        const auto    put    = [&](const element& simpler) {
            *at = simpler;
            return take(changed);
        };
        if (each_simpler<element>(before, put)) return true;
        *at = before;
    }
    return false;
}

template <class T>
inline constexpr bool is_plain =
    kind_of<T> == field_kind::integer || kind_of<T> == field_kind::character || kind_of<T> == field_kind::enumeration ||
    kind_of<T> == field_kind::text || kind_of<T> == field_kind::uuid;

// Equal elements at once: where their being equal is what matters, none of them gets simpler alone.
template <class T>
bool each_simpler_group(const T& value, taker<T> take) {
    using element = typename T::value_type;
    for (auto at = value.begin(); at != value.end(); ++at) {
        if (std::find(value.begin(), at, *at) != at || std::find(std::next(at), value.end(), *at) == value.end()) continue;
        const auto put = [&](const element& simpler) {
            T changed = value;
            std::replace(changed.begin(), changed.end(), *at, simpler);
            return take(changed);
        };
        if (each_simpler<element>(*at, put)) return true;
    }
    return false;
}

template <class T>
bool each_simpler_list(const T& value, taker<T> take) {
    if (each_shorter<T>(value, take) || each_simpler_element<T>(value, take)) return true;
    if constexpr (is_plain<typename T::value_type>)
        return each_simpler_group<T>(value, take);
    else
        return false;
}

// Of a set or map: what a simpler key would take the place of stays away.
template <class T>
bool each_simpler_keyed(const T& value, taker<T> take) {
    using key = typename T::key_type;
    if (each_shorter<T>(value, take)) return true;
    for (auto at = value.begin(); at != value.end(); ++at) {
        const auto with = [&](auto element) {
            T changed{};
            changed.insert(std::move(element));
            for (auto other = value.begin(); other != value.end(); ++other)
                if (other != at) changed.insert(*other);
            return take(changed);
        };
        if constexpr (kind_of<T> == field_kind::set) {
            if (each_simpler<key>(*at, [&](const key& simpler) { return with(simpler); })) return true;
        } else {
            using mapped          = typename T::mapped_type;
            const auto with_key   = [&](const key& simpler) { return with(typename T::value_type(simpler, at->second)); };
            const auto with_value = [&](const mapped& simpler) { return with(typename T::value_type(at->first, simpler)); };
            if (each_simpler<key>(at->first, with_key) || each_simpler<mapped>(at->second, with_value)) return true;
        }
    }
    return false;
}

// Alternatives that stand before the one that is held, with nothing in them; then a simpler value of the same.
template <class T>
bool each_simpler_alternative(const T& value, taker<T> take) {
    return [&]<std::size_t... I>(std::index_sequence<I...>) {
        return ((I < value.index() && take(T(std::in_place_index<I>))) || ...) ||
               ((I == value.index() &&
                 [&] {
                     T changed = value;
                     return each_simpler_part<T>(changed, *std::get_if<I>(&changed), take);
                 }()) ||
                ...);
    }(std::make_index_sequence<std::variant_size_v<T>>{});
}

template <class T>
bool each_simpler_made_by_hand([[maybe_unused]] const T& value, [[maybe_unused]] taker<T> take) {
    if constexpr (requires { arbitrary_as<T>::shrink(value); })
        for (const auto& simpler : arbitrary_as<T>::shrink(value))
            if (take(simpler)) return true;
    return false;
}

template <class T>
bool each_simpler_stored_as(const T& value, taker<T> take) {
    using stored          = typename stored_as<T>::type;
    const auto take_value = [&](const stored& simpler) {
        auto made = stored_as<T>::from(simpler);
        if constexpr (std::is_same_v<decltype(made), T>)
            return take(made);
        else
            return made && take(*made);
    };
    return each_simpler<stored>(stored_as<T>::to(value), take_value);
}

template <class T>
bool each_simpler_ticks(const T& ticks, taker<T> take) {
    if constexpr (std::is_floating_point_v<T>)
        return each_simpler_floating<T>(ticks, take);
    else
        return each_simpler_integer<T>(ticks, take);
}

template <class T>
consteval std::size_t part_count() {
    if constexpr (kind_of<T> == field_kind::tuple)
        return std::tuple_size_v<T>;
    else
        return field_count<T>;
}

/// Calls `take` with each simpler value, the simplest first, until it answers true; then the answer is true.
template <class T>
bool each_simpler(const T& value, taker<T> take) {
    constexpr field_kind kind = kind_of<T>;
    if constexpr (made_by_hand<T>)
        return each_simpler_made_by_hand<T>(value, take);
    else if constexpr (kind == field_kind::another)
        return each_simpler_stored_as<T>(value, take);
    else if constexpr (kind == field_kind::boolean)
        return value && take(false);
    else if constexpr (kind == field_kind::character)
        return each_simpler_character(value, take);
    else if constexpr (std::is_enum_v<T>)  // a std::byte too
        return each_simpler_enumerator<T>(value, take);
    else if constexpr (kind == field_kind::integer)
        return each_simpler_integer<T>(value, take);
    else if constexpr (kind == field_kind::floating)
        return each_simpler_floating<T>(value, take);
    else if constexpr (kind == field_kind::text)
        return each_simpler_text<T>(value, take);
    else if constexpr (kind == field_kind::list)
        return each_simpler_list<T>(value, take);
    else if constexpr (kind == field_kind::set || kind == field_kind::map)
        return each_simpler_keyed<T>(value, take);
    else if constexpr (kind == field_kind::optional) {
        if (!value.has_value()) return false;
        if (take(T{})) return true;
        T changed = value;
        return each_simpler_part<T>(changed, *changed, take);
    } else if constexpr (kind == field_kind::variant)
        return each_simpler_alternative<T>(value, take);
    else if constexpr (kind == field_kind::duration) {
        const auto put = [&](const typename T::rep& ticks) { return take(T(ticks)); };
        return each_simpler_ticks<typename T::rep>(value.count(), put);
    } else if constexpr (kind == field_kind::time) {
        const auto put = [&](const typename T::rep& ticks) {
            const T simpler{typename T::duration(ticks)};
            return can_be_counted(simpler) && take(simpler);
        };
        return each_simpler_ticks<typename T::rep>(value.time_since_epoch().count(), put);
    } else if constexpr (kind == field_kind::uuid) {
        const auto put = [&](const uuid& simpler) { return take(static_cast<T>(simpler)); };
        return each_simpler_uuid(uuid(value), put);
    } else if constexpr (kind == field_kind::array) {
        T changed = value;
        for (auto& each : changed)
            if (each_simpler_part<T>(changed, each, take)) return true;
        return false;
    } else {
        static_assert(kind == field_kind::tuple || kind == field_kind::structure, "annals: no such value is shrunk");
        [[maybe_unused]] T changed = value;
        return [&]<std::size_t... I>(std::index_sequence<I...>) {
            if constexpr (kind == field_kind::tuple)
                return (each_simpler_part<T>(changed, std::get<I>(changed), take) || ...);
            else
                return (each_simpler_part<T>(changed, field<I>(changed), take) || ...);
        }(std::make_index_sequence<part_count<T>()>{});
    }
}

}  // namespace detail

/// Values that are simpler than this one by one step, the simplest first; none for the simplest value of all. Numbers
/// come closer to 0, texts and containers get shorter and then what is in them simpler, an optional is emptied, a variant
/// holds an earlier alternative, a struct differs in one field. To go on with any of them comes to an end.
template <class T>
[[nodiscard]] std::vector<T> shrink(const T& value) {
    std::vector<T> simpler;
    detail::each_simpler<T>(value, [&](const T& each) {
        simpler.push_back(each);
        return false;
    });
    return simpler;
}

}  // namespace annals

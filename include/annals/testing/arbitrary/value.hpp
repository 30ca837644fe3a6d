// Arbitrary values of any type that can be stored, made field by field.
#pragma once

#include <annals/model/events.hpp>
#include <annals/model/mistake.hpp>
#include <annals/schema/field_kind.hpp>
#include <annals/schema/fields.hpp>
#include <annals/testing/arbitrary/random_source.hpp>
#include <annals/testing/arbitrary/scalars.hpp>

#include <cstddef>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace annals {

/// Specialise it for a type of which not every value makes sense, or some are worth more than others:
///
///     template <>
///     struct annals::arbitrary_as<amount> {
///         static amount make(annals::random_source& random) { return {1 + random.below(1000)}; }
///         static std::vector<amount> shrink(const amount& value);  // simpler ones, the simplest first; may be left out
///     };
///
/// Without `shrink` such a value is never made simpler, for a simpler one might make no sense.
template <class T>
struct arbitrary_as;

namespace detail {

template <class T>
concept made_by_hand = requires(random_source& random) {
    arbitrary_as<T>::make(random);
};

}  // namespace detail

/// A value of any type that can be stored (`kind_of`), or that `arbitrary_as` makes: a struct's fields one by one, each
/// alternative of a variant, containers of few elements and of none, numbers at their limits, texts that are no UTF-8,
/// enums that are none of the enumerators, NaN. The same for the same state of `random`, everywhere.
template <class T>
[[nodiscard]] T arbitrary(random_source& random);

namespace detail {

template <class T>
T arbitrary_stored_as(random_source& random) {
    // A value that `from` refuses is replaced by another, for some time.
    for (int attempt = 0; attempt < 1000; ++attempt) {
        auto made = stored_as<T>::from(arbitrary<typename stored_as<T>::type>(random));
        if constexpr (std::is_same_v<decltype(made), T>)
            return made;
        else if (made)
            return *std::move(made);
    }
    return T{};
}

template <class T>
T arbitrary_container(random_source& random) {
    T                 value{};
    const std::size_t count = random.count();
    random.within(random.size() / 2, [&] {
        for (std::size_t i = 0; i < count; ++i) {
            if constexpr (kind_of<T> == field_kind::list)
                value.emplace_back(arbitrary<typename T::value_type>(random));
            else {
                auto key = random.for_key([&] { return arbitrary<typename T::key_type>(random); });
                if constexpr (kind_of<T> == field_kind::set)
                    value.insert(std::move(key));
                else
                    value.insert(typename T::value_type(std::move(key), arbitrary<typename T::mapped_type>(random)));
            }
        }
    });
    return value;
}

template <class T>
T arbitrary_optional(random_source& random) {
    T value{};
    if (const bool empty = random.one_in(3); !empty && random.size() != 0)
        random.within(random.size() - 1, [&] { value = arbitrary<typename T::value_type>(random); });
    return value;
}

template <class T>
T arbitrary_alternative(random_source& random) {
    T          value{};
    const auto index = static_cast<std::size_t>(random.below(std::variant_size_v<T>));
    [&]<std::size_t... I>(std::index_sequence<I...>) {
        const auto make = [&](auto chosen) {
            if (chosen() == index) value.template emplace<chosen()>(arbitrary<std::variant_alternative_t<chosen(), T>>(random));
        };
        (make(std::integral_constant<std::size_t, I>{}), ...);
    }(std::make_index_sequence<std::variant_size_v<T>>{});
    return value;
}

}  // namespace detail

template <class T>
T arbitrary(random_source& random) {
    constexpr field_kind kind = kind_of<T>;
    if constexpr (detail::made_by_hand<T>)
        return arbitrary_as<T>::make(random);
    else if constexpr (kind == field_kind::another)
        return detail::arbitrary_stored_as<T>(random);
    else if constexpr (kind == field_kind::boolean)
        return random.one_in(2);
    else if constexpr (kind == field_kind::character)
        return detail::arbitrary_character(random);
    else if constexpr (std::is_same_v<T, std::byte>)
        return std::byte{detail::arbitrary_integer<unsigned char>(random)};
    else if constexpr (kind == field_kind::integer)
        return detail::arbitrary_integer<T>(random);
    else if constexpr (kind == field_kind::floating)
        return detail::arbitrary_floating<T>(random);
    else if constexpr (kind == field_kind::enumeration)
        return detail::arbitrary_enumerator<T>(random);
    else if constexpr (kind == field_kind::text)
        return T(std::string_view(detail::arbitrary_text(random)));
    else if constexpr (kind == field_kind::duration)
        return T(detail::arbitrary_ticks<typename T::rep>(random));
    else if constexpr (kind == field_kind::time)
        return detail::arbitrary_time<T>(random);
    else if constexpr (kind == field_kind::uuid)
        return static_cast<T>(detail::arbitrary_uuid(random));
    else if constexpr (kind == field_kind::list || kind == field_kind::set || kind == field_kind::map)
        return detail::arbitrary_container<T>(random);
    else if constexpr (kind == field_kind::optional)
        return detail::arbitrary_optional<T>(random);
    else if constexpr (kind == field_kind::variant)
        return detail::arbitrary_alternative<T>(random);
    else if constexpr (kind == field_kind::array) {
        T value{};
        for (auto& each : value) each = arbitrary<typename T::value_type>(random);
        return value;
    } else if constexpr (kind == field_kind::tuple) {
        T value{};
        [&]<std::size_t... I>(std::index_sequence<I...>) {
            ((std::get<I>(value) = arbitrary<std::tuple_element_t<I, T>>(random)), ...);
        }(std::make_index_sequence<std::tuple_size_v<T>>{});
        return value;
    } else if constexpr (kind == field_kind::structure) {
        T value{};
        [&]<std::size_t... I>(std::index_sequence<I...>) { ((field<I>(value) = arbitrary<field_type<I, T>>(random)), ...); }(std::make_index_sequence<field_count<T>>{});
        return value;
    } else
        static_assert(detail::never<T>, "annals: say how to make such a value with annals::arbitrary_as<T>");
}

/// Some events of a list, from none to about three dozen, in any order: what a domain's rules would allow is not asked. A
/// projection that must not fail whatever is in the log is tested with these.
template <list Events>
[[nodiscard]] std::vector<typename Events::variant> arbitrary_history(random_source& random) {
    std::vector<typename Events::variant> history;
    for (std::size_t count = random.count() * (1 + random.below(4)); count != 0; --count)
        history.push_back(arbitrary<typename Events::variant>(random));
    return history;
}

}  // namespace annals

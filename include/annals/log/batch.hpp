// The events of one append, however they were given: one by one, as a range of variants, or as a decision.
#pragma once

#include <annals/log/event_log.hpp>
#include <annals/model/decision.hpp>
#include <annals/model/replay.hpp>

#include <cstddef>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>

namespace annals::detail {

/// Events given one by one; those given as rvalues are moved into the log.
template <class... E>
struct event_batch {
    std::tuple<E&&...> given;

    template <class Held>
    static consteval auto judge() {
        return judge_append<Held, std::remove_cvref_t<E>...>();
    }
    [[nodiscard]] constexpr std::size_t size() const noexcept { return sizeof...(E); }

    template <class Function>
    constexpr void for_each(Function&& function) {
        std::apply([&](auto&... event) { (function(static_cast<E&&>(event)), ...); }, given);
    }
};

/// A range of variants.
template <class Range>
struct range_batch {
    const Range& given;

    template <class Held>
    static consteval auto judge() {
        return []<class... E>(std::type_identity<std::variant<E...>>) {
            return judge_append<Held, E...>();
        }(std::type_identity<element_of<Range>>{});
    }
    // Counted by hand where it has to be: <iterator>, for std::distance, would bring the streams along.
    [[nodiscard]] constexpr std::size_t size() const {
        if constexpr (requires { given.size(); })
            return static_cast<std::size_t>(given.size());
        else {
            std::size_t count = 0;
            for (auto at = given.begin(); at != given.end(); ++at) ++count;
            return count;
        }
    }
    template <class Function>
    constexpr void for_each(Function&& function) {
        for (const auto& event : given)
            dispatch<std::variant_size_v<element_of<Range>>>(event.index(),
                                                             [&](auto index) { function(*std::get_if<index()>(&event)); });
    }
};

/// The events of a decision, which are moved into the log.
template <class Decision>
struct decision_batch {
    Decision& given;

    template <class Held>
    static consteval auto judge() {
        return []<class... E>(events<E...>) { return judge_append<Held, E...>(); }(typename Decision::events{});
    }
    [[nodiscard]] constexpr std::size_t size() const noexcept { return given.size(); }

    template <class Function>
    constexpr void for_each(Function&& function) {
        given.for_each([&](auto& event) { function(std::move(event)); });
    }
};

template <class... Given>
constexpr auto make_batch(Given&&... given) {
    if constexpr (sizeof...(Given) == 1 && (is_decision<std::remove_cvref_t<Given>> && ...))
        return decision_batch<std::remove_reference_t<Given>...>{given...};
    else if constexpr (sizeof...(Given) == 1 && (variant_range<std::remove_cvref_t<Given>> && ...))
        return range_batch<std::remove_cvref_t<Given>...>{given...};
    else
        return event_batch<Given...>{std::tuple<Given&&...>(std::forward<Given>(given)...)};
}

/// Calls `function(metadata, events...)`, with empty metadata if what was given does not begin with any.
template <class Function>
constexpr auto with_metadata(Function&& function) {
    return function(metadata{});
}
template <class Function, class First, class... Rest>
constexpr auto with_metadata(Function&& function, First&& first, Rest&&... rest) {
    if constexpr (std::is_same_v<std::remove_cvref_t<First>, metadata>)
        return function(first, std::forward<Rest>(rest)...);
    else
        return function(metadata{}, std::forward<First>(first), std::forward<Rest>(rest)...);
}

/// The verdict on appending what was given to a log of `Held`.
template <class Held, class... Given>
consteval auto judge_given() {
    return decltype(with_metadata([](const metadata&, auto&&... event) { return make_batch(std::forward<decltype(event)>(event)...); },
                                  std::declval<Given>()...))::template judge<Held>();
}

/// Calls `function(metadata, batch)` with what was given.
template <class Function, class... Given>
constexpr auto with_batch(Function&& function, Given&&... given) {
    return with_metadata(
        [&](const metadata& about, auto&&... event) {
            auto batch = make_batch(std::forward<decltype(event)>(event)...);
            return function(about, batch);
        },
        std::forward<Given>(given)...);
}

}  // namespace annals::detail

// Replay from a log: one or several projections, folded in one pass.
#pragma once

#include <annals/log/event_log.hpp>

#include <tuple>
#include <utility>

namespace annals {

namespace detail {

template <class... State>
struct replayed {
    using type = std::tuple<State...>;
};
template <class State>
struct replayed<State> {
    using type = State;
};

}  // namespace detail

/// Folds what `what` selects from a log (by default all of it) into the default value of each projection, in one pass
/// over the log. One projection: `expected<P, error>`; several: `expected<std::tuple<P, Q...>, error>`.
template <class First, class... Rest, event_log Log, class Unit = position>
[[nodiscard]] auto replay(const Log& log, const query<Unit>& what = whole_log()) {
    using answer = typename detail::replayed<First, Rest...>::type;
    constexpr auto verdict          = detail::judge_readings<typename Log::events, First, Rest...>();
    using accepted [[maybe_unused]] = typename decltype(verdict)::accepted;
    verdict.explain();
    return [&]() -> expected<answer, error> {
        if constexpr (!detail::is_sound<decltype(verdict)>)
            return answer{};
        else if constexpr (sizeof...(Rest) == 0) {
            First state{};
            if (auto read = log.read(what, state); !read) return unexpected<error>(std::move(read.error()));
            return state;
        } else {
            fused<First, Rest...> states{};
            if (auto read = log.read(what, states); !read) return unexpected<error>(std::move(read.error()));
            return std::move(states.states);
        }
    }();
}

}  // namespace annals

// A reader is what a fold or a log hands events to: a projection, `handlers{…}`, or several projections at once.
#pragma once

#include <annals/model/handlers.hpp>
#include <annals/model/projection.hpp>

#include <cstddef>
#include <tuple>
#include <type_traits>

namespace annals {

/// Mistake: the reader handles these events, but what it reads never holds them.
template <class Reader, class Foreign>
struct event_that_the_log_never_holds {
    static consteval void explain() {
        static_assert(detail::never<Reader>, "annals: add the event to what the log lists, or take its handler away");
    }
};

/// Mistake: the log holds these events, and the reader says nothing about them.
template <class Reader, class Open>
struct event_neither_handled_nor_ignored {
    static consteval void explain() {
        static_assert(detail::never<Reader>,
                      "annals: handle the event named above, or say that it is left out: in the projection's `ignores`, "
                      "or with annals::otherwise() in handlers{...}");
    }
};

/// Several projections that read one pass together.
template <class... State>
struct fused {
    std::tuple<State...> states;
};

namespace detail {

/// True if `Reader` wants to see an `E`. What nobody reads is never touched.
template <class Reader, class E>
inline constexpr bool reads = contains<typename Reader::events, E>;
template <class... Handler, class E>
inline constexpr bool reads<handlers<Handler...>, E> =
    handlers<Handler...>::reads_the_rest || contains<typename handlers<Handler...>::events, E>;
template <class... State, class E>
inline constexpr bool reads<fused<State...>, E> = (reads<State, E> || ...);

/// Hands one event to a reader that reads it.
template <class Reader, class E, class Where>
constexpr void deliver(Reader& reader, const E& event, const Where& where) {
    if constexpr (is_handlers<Reader>)
        reader.handle(event, where);
    else
        apply_event(reader, event, where);
}
template <class... State, class E, class Where>
constexpr void deliver(fused<State...>& reader, const E& event, const Where& where) {
    std::apply(
        [&](auto&... state) {
            const auto to = [&](auto& each) {
                if constexpr (reads<std::remove_reference_t<decltype(each)>, E>) deliver(each, event, where);
            };
            (to(state), ...);
        },
        reader.states);
}

// Who names what is left out, or has no other way to say so, must decide on every event.
template <class Reader>
inline constexpr bool must_decide_on_all = names_what_it_ignores<Reader>;
template <class... Handler>
inline constexpr bool must_decide_on_all<handlers<Handler...>> = !handlers<Handler...>::has_otherwise;

template <class Reader>
consteval auto judge_reader() {
    if constexpr (is_handlers<Reader>)
        return Reader::judge();
    else
        return judge_projection<Reader>();
}

/// The verdict on one reader of a source that holds `Held`.
template <class Held, class Reader>
consteval auto judge_single_reading() {
    if constexpr (!is_sound<decltype(judge_list<Held>())>)
        return judge_list<Held>();
    else if constexpr (!is_sound<decltype(judge_reader<Reader>())>)
        return judge_reader<Reader>();
    else {
        using handled  = flat<typename Reader::events>;
        using ignored  = flat<typename ignored_by<Reader>::type>;
        using foreign  = difference<handled, flat<Held>>;
        using open     = difference<difference<flat<Held>, handled>, ignored>;
        if constexpr (foreign::size != 0)
            return event_that_the_log_never_holds<Reader, foreign>{};
        else if constexpr (open::size != 0 && must_decide_on_all<Reader>)
            return event_neither_handled_nor_ignored<Reader, open>{};
        else
            return sound_design{};
    }
}

/// The verdict on several readers of one source.
template <class Held, class... Reader>
consteval auto judge_readings() {
    return first_mistake<decltype(judge_single_reading<Held, Reader>())...>();
}

template <class Held, class Reader>
struct reading {
    static consteval auto judge() { return judge_single_reading<Held, Reader>(); }
};
template <class Held, class... State>
struct reading<Held, fused<State...>> {
    static consteval auto judge() { return judge_readings<Held, State...>(); }
};

/// The verdict on a reader of any kind.
template <class Held, class Reader>
consteval auto judge_reading() {
    return reading<Held, Reader>::judge();
}

}  // namespace detail
}  // namespace annals

// A reader is what a fold or a log hands events to: a projection, `handlers{…}`, or several projections at once.
#pragma once

#include <annals/model/handlers.hpp>
#include <annals/model/projection.hpp>

#include <cstddef>
#include <tuple>
#include <type_traits>
#include <utility>

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
inline constexpr bool reads = types_in<flat<typename Reader::events>>.holds_once(id_of<E>);
template <class... Handler, class E>
inline constexpr bool reads<handlers<Handler...>, E> =
    handlers<Handler...>::reads_the_rest || types_in<flat<typename handlers<Handler...>::events>>.holds_once(id_of<E>);
template <class Reader, class E>
inline constexpr bool reads<const Reader, E> = reads<Reader, E>;
template <class... State, class E>
inline constexpr bool reads<fused<State...>, E> = (reads<State, E> || ...);

/// Hands one event to a reader that reads it. Inlined in any case: a compiler that is left to decide about hundreds of these
/// takes its time over it.
template <class Reader, class E, class Where>
[[gnu::always_inline]] constexpr void deliver(Reader& reader, const E& event, const Where& where) {
    if constexpr (is_handlers<Reader>)
        reader.handle(event, where);
    else
        apply_event(reader, event, where);
}
template <class State, class E, class Where>
[[gnu::always_inline]] constexpr void deliver_if_read(State& state, const E& event, const Where& where) {
    if constexpr (reads<State, E>) deliver(state, event, where);
}
template <class... State, std::size_t... I, class E, class Where>
[[gnu::always_inline]] constexpr void deliver_to_each(std::tuple<State...>& states, std::index_sequence<I...>, const E& event,
                                                      const Where& where) {
    (deliver_if_read(std::get<I>(states), event, where), ...);
}
template <class... State, class E, class Where>
[[gnu::always_inline]] constexpr void deliver(fused<State...>& reader, const E& event, const Where& where) {
    deliver_to_each(reader.states, std::index_sequence_for<State...>{}, event, where);
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

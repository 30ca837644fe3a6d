// `handlers{…}`: a reader made from lambdas, one for each event.
#pragma once

#include <annals/model/apply.hpp>
#include <annals/model/event.hpp>
#include <annals/model/events.hpp>

#include <cstddef>
#include <type_traits>
#include <utility>

namespace annals {

/// Mistake: a handler's event cannot be told: it is a template, is overloaded, or takes more than an event and a context.
template <class Handler>
struct handler_takes_no_single_event {
    static consteval void explain() {
        static_assert(detail::never<Handler>,
                      "annals: a handler takes `const E&` and, if it likes, `const annals::context&`; a handler for all "
                      "the rest is wrapped in annals::otherwise(...)");
    }
};

/// Mistake: `handlers{…}` with two catch-alls.
template <class Handlers>
struct more_than_one_otherwise {
    static consteval void explain() {
        static_assert(detail::never<Handlers>, "annals: write one annals::otherwise(...) in handlers{...}, not several");
    }
};

/// The one deliberate catch-all: what `handlers{…}` does with an event that no other handler takes.
template <class Handler>
struct otherwise_handler {
    Handler handle;
};

/// In `handlers{…}`: calls `handle` with each event that no other handler takes, as its own type.
template <class Handler>
[[nodiscard]] constexpr otherwise_handler<Handler> otherwise(Handler handle) {
    return {std::move(handle)};
}

namespace detail {
struct skip_event {};
}  // namespace detail

/// In `handlers{…}`: skips each event that no other handler takes, without looking at it.
[[nodiscard]] constexpr otherwise_handler<detail::skip_event> otherwise() {
    return {};
}

namespace detail {

// The event that a handler takes, from its call operator's one signature.
template <class Signature>
struct signature_event {
    using type = void;
};
template <class... Arguments>
struct arguments_event {
    using type = void;
};
template <class Argument>
inline constexpr bool takes_without_changing =
    !std::is_reference_v<Argument> || std::is_same_v<Argument, const std::remove_cvref_t<Argument>&>;
template <class Argument>
    requires takes_without_changing<Argument>
struct arguments_event<Argument> {
    using type = std::remove_cvref_t<Argument>;
};
template <class Argument, class Where>
    requires(takes_without_changing<Where> && std::is_same_v<std::remove_cvref_t<Where>, context>)
struct arguments_event<Argument, Where> : arguments_event<Argument> {};

template <class Result, class F, class... Arguments>
struct signature_event<Result (F::*)(Arguments...)> : arguments_event<Arguments...> {};
template <class Result, class F, class... Arguments>
struct signature_event<Result (F::*)(Arguments...) const> : arguments_event<Arguments...> {};
template <class Result, class F, class... Arguments>
struct signature_event<Result (F::*)(Arguments...) noexcept> : arguments_event<Arguments...> {};
template <class Result, class F, class... Arguments>
struct signature_event<Result (F::*)(Arguments...) const noexcept> : arguments_event<Arguments...> {};
template <class Result, class... Arguments>
struct signature_event<Result (*)(Arguments...)> : arguments_event<Arguments...> {};
template <class Result, class... Arguments>
struct signature_event<Result (*)(Arguments...) noexcept> : arguments_event<Arguments...> {};

template <class Handler>
consteval auto handled_event() {
    if constexpr (std::is_pointer_v<Handler>)
        return signature_event<Handler>{};
    else if constexpr (requires { &Handler::operator(); })
        return signature_event<decltype(&Handler::operator())>{};
    else
        return signature_event<void>{};
}

template <class Handler>
using event_of_handler = typename decltype(handled_event<Handler>())::type;

template <class Handler>
inline constexpr bool is_otherwise = false;
template <class Handler>
inline constexpr bool is_otherwise<otherwise_handler<Handler>> = true;

template <class Handler>
inline constexpr bool is_looking = is_otherwise<Handler>;
template <>
inline constexpr bool is_looking<otherwise_handler<skip_event>> = false;

template <class Handler>
inline constexpr bool is_unclear = !is_otherwise<Handler> && std::is_void_v<event_of_handler<Handler>>;

template <std::size_t I, class Handler>
struct handler_at {
    Handler handle;
};

template <class Indices, class... Handler>
struct handler_set;

template <std::size_t... I, class... Handler>
struct handler_set<std::index_sequence<I...>, Handler...> : handler_at<I, Handler>... {
    constexpr explicit handler_set(Handler... handler) : handler_at<I, Handler>{std::move(handler)}... {}
};

// An `otherwise` stands for no event of its own.
struct all_the_rest {};
template <class Handler>
using listed_event = std::conditional_t<is_otherwise<Handler>, all_the_rest, event_of_handler<Handler>>;

}  // namespace detail

/// A reader made from functions, one for each event, in any order; each takes `const E&` or `E`, and may take a
/// `const context&` behind it. What they return is ignored. `otherwise(…)` takes the rest, deliberately.
template <class... Handler>
class handlers : detail::handler_set<std::index_sequence_for<Handler...>, Handler...> {
    using base = detail::handler_set<std::index_sequence_for<Handler...>, Handler...>;

    static constexpr bool named[]      = {!detail::is_otherwise<Handler>..., false};
    static constexpr bool unclear[]    = {detail::is_unclear<Handler>..., false};
    static constexpr bool otherwises[] = {detail::is_otherwise<Handler>..., false};
    static constexpr bool looking[]    = {detail::is_looking<Handler>..., false};

public:
    /// The events that have a handler of their own.
    using events = typename detail::filter<annals::events<detail::listed_event<Handler>...>, named>::type;

    static constexpr bool has_otherwise = detail::any_of(otherwises);

    /// True if there is an `otherwise` that looks at events, not one that skips them.
    static constexpr bool reads_the_rest = detail::any_of(looking);

    constexpr explicit(sizeof...(Handler) == 1) handlers(Handler... handler) : base(std::move(handler)...) {}

    /// Hands one event to its handler. `where()` makes its context and is called only if the handler wants one.
    template <class E, class Where>
    constexpr void handle(const E& event, const Where& where) {
        hand_on(*this, event, where);
    }
    template <class E, class Where>
    constexpr void handle(const E& event, const Where& where) const {
        hand_on(*this, event, where);
    }

    /// The verdict on these handlers alone: `sound_design`, or the first mistake.
    static consteval auto judge() {
        if constexpr (detail::any_of(unclear))
            return handler_takes_no_single_event<typename detail::filter<detail::type_list<Handler...>, unclear>::type>{};
        else if constexpr (detail::choose(otherwises).count > 1)
            return more_than_one_otherwise<handlers>{};
        else
            return detail::judge_list<events>();
    }

private:
    template <class Self, class E, class Where>
    static constexpr void hand_on(Self& self, const E& event, const Where& where) {
        using all = detail::type_list<detail::listed_event<Handler>...>;
        if constexpr (detail::holds_once<all, E>)
            call(part<detail::index_in<all, E>>(self), event, where);
        else
            call(part<detail::choose(otherwises).index[0]>(self).handle, event, where);
    }

    template <std::size_t I, class H>
    static constexpr H& part(detail::handler_at<I, H>& at) {
        return at.handle;
    }
    template <std::size_t I, class H>
    static constexpr const H& part(const detail::handler_at<I, H>& at) {
        return at.handle;
    }

    template <class H, class E, class Where>
    static constexpr void call(H& handler, const E& event, const Where& where) {
        if constexpr (requires { handler(event, where()); })
            static_cast<void>(handler(event, where()));
        else
            static_cast<void>(handler(event));
    }
};

namespace detail {
template <class T>
inline constexpr bool is_handlers = false;
template <class... Handler>
inline constexpr bool is_handlers<handlers<Handler...>> = true;
template <class... Handler>
inline constexpr bool is_handlers<const handlers<Handler...>> = true;
}  // namespace detail

}  // namespace annals

// What a command yields: events, nothing, or a refusal, held in place.
#pragma once

#include <annals/model/event.hpp>
#include <annals/model/events.hpp>
#include <annals/model/one_of.hpp>

#include <cstddef>
#include <tuple>
#include <type_traits>
#include <utility>

namespace annals {

/// Mistake: a decision was given events that its type does not list.
template <class Decision, class Foreign>
struct event_that_the_decision_does_not_list {
    static consteval void explain() {
        static_assert(detail::never<Decision>, "annals: add the event to the decision's type: decision<events<...>, Refusal>");
    }
};

/// Mistake: a decision was given more events than it has room for.
template <class Decision>
struct more_events_than_the_decision_has_room_for {
    static consteval void explain() {
        static_assert(detail::never<Decision>, "annals: give the decision more room: decision<events<...>, Refusal, Capacity>");
    }
};

/// Mistake: a command was refused for a reason that is not of the decision's refusal type, nor converts to it.
template <class Decision, class Reason>
struct refusal_that_the_decision_does_not_name {
    static consteval void explain() {
        static_assert(detail::never<Decision>,
                      "annals: name the refusal in the decision's type: decision<events<...>, Refusal>");
    }
};

/// The refusal type of a decision that never refuses.
struct no_refusal {
    friend constexpr bool operator==(const no_refusal&, const no_refusal&) = default;
};

/// What `nothing` is: a decision without events.
struct nothing_decided {};
/// The decision that nothing has to happen.
inline constexpr nothing_decided nothing{};

/// What `refuse` returns; converts to every decision whose refusal can be made from the reason.
template <class Refusal>
struct refused {
    Refusal reason;
};

/// Refuses the command, with a reason of the decision's refusal type, or one that converts to it (an alternative of a
/// variant, say).
template <class Refusal>
[[nodiscard]] constexpr refused<Refusal> refuse(Refusal reason) {
    return {std::move(reason)};
}

/// What `emit` returns; converts to every decision that lists the events.
template <class... E>
struct emitted {
    std::tuple<E...> list;
};

/// Yields one or more events, in this order.
template <event... E>
[[nodiscard]] constexpr emitted<E...> emit(E... events) {
    return {std::tuple<E...>(std::move(events)...)};
}

namespace detail {

template <class Events>
struct as_events {
    using type = events<Events>;
};
template <class... E>
struct as_events<events<E...>> {
    using type = flat<events<E...>>;
};

template <class Events>
struct slot_for;
template <class... E>
struct slot_for<events<E...>> {
    using type = one_of<E...>;
};

// The slots are bases, not an array: g++ 12 cannot destroy an array member of a temporary in a constant expression.
template <std::size_t, class Slot>
struct slot_at {
    Slot slot{};
};
template <class Indices, class Slot>
struct slot_row;
template <std::size_t... I, class Slot>
struct slot_row<std::index_sequence<I...>, Slot> : slot_at<I, Slot>... {
    constexpr slot_row() = default;
    /// Each slot is what `make` returns for its number.
    template <class Make>
    constexpr explicit slot_row(const Make& make) : slot_at<I, Slot>{make(std::integral_constant<std::size_t, I>{})}... {}

    template <class Self, class Function>
    static constexpr void visit(Self& self, std::size_t size, Function& function) {
        ((I < size ? self.slot_at<I, Slot>::slot.visit(function) : void()), ...);
    }
    template <std::size_t N>
    constexpr Slot& at() noexcept {
        return this->slot_at<N, Slot>::slot;
    }
};

template <class T>
inline constexpr bool is_decision = false;

/// Makes decisions of events whose types are known at run time only; whoever reads decisions defines it.
struct decision_access;
struct at_run_time {};

constexpr std::size_t default_capacity(std::size_t types) { return types < 4 ? 4 : types; }

}  // namespace detail

/// What a command yields: up to `Capacity` events of the types in `Events` (one type, or `events<…>`), or a refusal.
/// It holds them in place: no heap, and no wider than the widest event that it names. `Capacity` is at least 4, and at
/// least one for each type, unless given. Usable in constant expressions if its events are.
template <class Events, class Refusal = no_refusal,
          std::size_t Capacity = detail::default_capacity(detail::as_events<Events>::type::size)>
class decision {
    using slot  = typename detail::slot_for<typename detail::as_events<Events>::type>::type;
    using slots = detail::slot_row<std::make_index_sequence<Capacity>, slot>;

public:
    using events  = typename detail::as_events<Events>::type;
    using refusal = Refusal;

    static constexpr std::size_t capacity = Capacity;

    constexpr decision(nothing_decided) {}

    template <class Reason>
    constexpr decision(refused<Reason> why) : decision(std::move(why), judge_refusal<Reason>()) {
        constexpr auto verdict          = judge_refusal<Reason>();
        using accepted [[maybe_unused]] = typename decltype(verdict)::accepted;
        verdict.explain();
    }

    /// One event, or what `emit` returned. An event that the decision does not list is an error that names it.
    template <class E>
    requires(std::is_aggregate_v<E> && !detail::is_decision<E>) constexpr decision(E event)
        : decision(emitted<E>{std::tuple<E>(std::move(event))}, judge<E>()) {
        constexpr auto verdict          = judge<E>();
        using accepted [[maybe_unused]] = typename decltype(verdict)::accepted;
        verdict.explain();
    }
    template <class... E>
    constexpr decision(emitted<E...> emission) : decision(std::move(emission), judge<E...>()) {
        constexpr auto verdict          = judge<E...>();
        using accepted [[maybe_unused]] = typename decltype(verdict)::accepted;
        verdict.explain();
    }

    /// From a decision over fewer types, with less room, or whose refusal converts to this one's; or that never refuses.
    template <class Narrow, class Reason, std::size_t Smaller>
    requires(!std::is_same_v<decision<Narrow, Reason, Smaller>, decision> && Smaller <= Capacity &&
             (std::is_same_v<Reason, no_refusal> ||
              std::is_convertible_v<Reason, Refusal>)&&difference<typename decision<Narrow, Reason, Smaller>::events,
                                                                  events>::size ==
                 0) constexpr decision(decision<Narrow, Reason, Smaller> other)
        : slots_([&](auto i) {
              if constexpr (i() < Smaller)
                  return detail::widened<slot>(other.slots_.template at<i()>());
              else
                  return slot();
          }),
          size_(other.size_),
          reason_(reason_from(other.reason_)) {}

    /// True if the command was refused.
    [[nodiscard]] constexpr bool is_refused() const noexcept { return reason_.index() == 0; }
    /// How many events it yields; 0 if refused or `nothing`.
    [[nodiscard]] constexpr std::size_t size() const noexcept { return size_; }

    /// The reason, if the command was refused; else null.
    [[nodiscard]] constexpr const Refusal* refusal_reason() const noexcept {
        return is_refused() ? &reason_.template get<0>() : nullptr;
    }

    /// Calls `function` with each event as its own type, in order.
    template <class Function>
    constexpr void for_each(Function&& function) const {
        slots::visit(slots_, size_, function);
    }
    template <class Function>
    constexpr void for_each(Function&& function) {
        slots::visit(slots_, size_, function);
    }

private:
    template <class, class, std::size_t>
    friend class decision;
    friend detail::decision_access;

    /// The verdict on yielding these events: `sound_design`, or the first mistake.
    template <class... E>
    static consteval auto judge() {
        using foreign = detail::strangers<flat<events>, E...>;
        if constexpr (foreign::any)
            return event_that_the_decision_does_not_list<decision, typename foreign::type>{};
        else if constexpr (sizeof...(E) > Capacity)
            return more_events_than_the_decision_has_room_for<decision>{};
        else
            return detail::sound_design{};
    }
    template <class Reason>
    static consteval auto judge_refusal() {
        if constexpr (std::is_convertible_v<Reason, Refusal>)
            return detail::sound_design{};
        else
            return refusal_that_the_decision_does_not_name<decision, Reason>{};
    }
    template <class Reason>
    static constexpr detail::one_of<Refusal> reason_from(detail::one_of<Reason>& other) {
        if constexpr (std::is_convertible_v<Reason, Refusal>)
            if (other.index() == 0) return detail::one_of<Refusal>(Refusal(std::move(other.template get<0>())));
        return detail::one_of<Refusal>();
    }

    template <class Given, class Mistake>
    constexpr decision(Given, Mistake) {}
    template <class Reason>
    constexpr decision(refused<Reason> why, detail::sound_design) : reason_(Refusal(std::move(why.reason))) {}
    template <class... E>
    constexpr decision(emitted<E...> given, detail::sound_design)
        : slots_([&](auto i) {
              if constexpr (i() < sizeof...(E))
                  return slot(std::move(std::get<i()>(given.list)));
              else
                  return slot();
          }),
          size_(sizeof...(E)) {}

    template <class Make>
    constexpr decision(detail::at_run_time, std::size_t size, const Make& make) : slots_(make), size_(size) {}

    slots                   slots_{};
    std::size_t             size_ = 0;
    detail::one_of<Refusal> reason_{};
};

namespace detail {
template <class Events, class Refusal, std::size_t Capacity>
inline constexpr bool is_decision<decision<Events, Refusal, Capacity>> = true;
}  // namespace detail

}  // namespace annals

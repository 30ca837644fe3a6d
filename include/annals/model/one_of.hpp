// Room for one of a few types, in place: what a decision keeps its events in. Unlike std::variant it may be empty, is
// never assigned, and costs nothing to compile that is not used.
#pragma once

#include <annals/model/type_list.hpp>

#include <cstddef>
#include <type_traits>
#include <utility>

namespace annals::detail {

struct at_head {};
struct at_rest {};

// A union of the types, one below the other. Members are constructed by returning them in place, so that no placement
// is needed and everything works in a constant expression. An index past the last type stands for no value.
template <class... T>
union stack_of {
    constexpr stack_of() {}
    constexpr ~stack_of() {}

    template <class Other>
    static constexpr stack_of copy(Other&&, std::size_t) {
        return stack_of();
    }
    template <class Stack, class Function>
    static constexpr void visit(Stack&, std::size_t, Function&) {}
};

template <class Head, class... Rest>
union stack_of<Head, Rest...> {
    char              nothing;
    Head              head;
    stack_of<Rest...> rest;

    constexpr stack_of() : nothing{} {}
    constexpr ~stack_of() {}

    template <class T>
    constexpr stack_of(at_head, T&& value) : head(std::forward<T>(value)) {}
    template <std::size_t I, class T>
    constexpr stack_of(at_rest, std::integral_constant<std::size_t, I> index, T&& value)
        : rest(stack_of<Rest...>::make(index, std::forward<T>(value))) {}
    template <class Other>
    constexpr stack_of(at_rest, Other&& other, std::size_t index)
        : rest(stack_of<Rest...>::copy(std::forward<Other>(other).rest, index)) {}

    template <std::size_t I, class T>
    static constexpr stack_of make(std::integral_constant<std::size_t, I>, T&& value) {
        if constexpr (I == 0)
            return stack_of(at_head{}, std::forward<T>(value));
        else
            return stack_of(at_rest{}, std::integral_constant<std::size_t, I - 1>{}, std::forward<T>(value));
    }

    template <class Other>
    static constexpr stack_of copy(Other&& other, std::size_t index) {
        if (index == 0) return stack_of(at_head{}, std::forward<Other>(other).head);
        if (index <= sizeof...(Rest)) return stack_of(at_rest{}, std::forward<Other>(other), index - 1);
        return stack_of();
    }

    template <class Stack, class Function>
    static constexpr void visit(Stack& stack, std::size_t index, Function& function) {
        if (index == 0)
            function(stack.head);
        else if (index <= sizeof...(Rest))
            stack_of<Rest...>::visit(stack.rest, index - 1, function);
    }

    template <std::size_t I, class Stack>
    static constexpr auto& get(Stack& stack) {
        if constexpr (I == 0)
            return stack.head;
        else
            return stack_of<Rest...>::template get<I - 1>(stack.rest);
    }
};

/// One value of one of the types, or none. Copies and moves; is not assigned.
template <class... T>
class one_of {
public:
    static constexpr std::size_t none = sizeof...(T);

    constexpr one_of() = default;

    template <class Value>
        requires holds_once<type_list<T...>, std::remove_cvref_t<Value>>
    constexpr explicit one_of(Value&& value)
        : stack_(stack_of<T...>::make(
              std::integral_constant<std::size_t, index_in<type_list<T...>, std::remove_cvref_t<Value>>>{},
              std::forward<Value>(value))),
          index_(index_in<type_list<T...>, std::remove_cvref_t<Value>>) {}

    constexpr one_of(const one_of& other) : stack_(stack_of<T...>::copy(other.stack_, other.index_)), index_(other.index_) {}
    constexpr one_of(one_of&& other) : stack_(stack_of<T...>::copy(std::move(other.stack_), other.index_)), index_(other.index_) {}
    one_of& operator=(const one_of&) = delete;
    one_of& operator=(one_of&&)      = delete;

    constexpr ~one_of() {
        visit([]<class Value>(Value& value) { value.~Value(); });
    }

    /// The place of the value's type in `T...`; `none` if empty.
    [[nodiscard]] constexpr std::size_t index() const noexcept { return index_; }

    /// Calls `function` with the value, unless it is empty.
    template <class Function>
    constexpr void visit(Function&& function) {
        stack_of<T...>::visit(stack_, index_, function);
    }
    template <class Function>
    constexpr void visit(Function&& function) const {
        stack_of<T...>::visit(stack_, index_, function);
    }

    /// The value of the type at place `I`, which is the one that it holds.
    template <std::size_t I>
    [[nodiscard]] constexpr auto& get() noexcept {
        return stack_of<T...>::template get<I>(stack_);
    }
    template <std::size_t I>
    [[nodiscard]] constexpr const auto& get() const noexcept {
        return stack_of<T...>::template get<I>(stack_);
    }

private:
    stack_of<T...> stack_{};
    std::size_t    index_ = none;
};

/// The value of `narrow`, moved into a `Wide` that has room for more types.
template <class Wide, std::size_t I = 0, class... T>
constexpr Wide widened(one_of<T...>& narrow) {
    if constexpr (I == sizeof...(T))
        return Wide();
    else
        return narrow.index() == I ? Wide(std::move(narrow.template get<I>())) : widened<Wide, I + 1>(narrow);
}

}  // namespace annals::detail

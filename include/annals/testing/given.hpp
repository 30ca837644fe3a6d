// given(events).when(command).emits(events): a domain's rules as tests, in the compiler or at run time.
#pragma once

#include <annals/model/aggregate.hpp>
#include <annals/model/replay.hpp>
#include <annals/schema/equal.hpp>
#include <annals/schema/print.hpp>

#include <cstddef>
#include <ostream>
#include <tuple>
#include <type_traits>
#include <utility>

namespace annals {

/// What a test found: true if it held. Prints, where it is printed (Catch2 does), what was expected, what was decided
/// and the fields that differ.
template <class Decision, class Expectation>
struct verdict {
    bool        held;
    Decision    decided;
    Expectation expected;

    constexpr explicit operator bool() const noexcept { return held; }

    friend std::ostream& operator<<(std::ostream& out, const verdict& found) {
        found.expected.describe(out, found.decided);
        return out;
    }
};

namespace detail {

template <class T>
void print_line(std::ostream& out, const char* mark, const T& event) {
    out << "  " << mark << ' ';
    print(out, event);
    out << '\n';
}

// What was decided, line by line, and where an expected event differs from it, field by field.
template <class Expected, class Actual>
void print_pair(std::ostream& out, const Expected& expected, const Actual& actual) {
    if constexpr (!std::is_same_v<Expected, Actual>) {
        print_line(out, "-", expected);
        print_line(out, "+", actual);
    } else if (equal_fields(expected, actual)) {
        print_line(out, " ", actual);
    } else {
        print_line(out, "-", expected);
        print_line(out, "+", actual);
        [&]<std::size_t... I>(std::index_sequence<I...>) {
            [[maybe_unused]] const auto compare = [&](auto index) {
                if (equal_fields(field<index()>(expected), field<index()>(actual))) return;
                out << "      " << field_names<Expected>[index()] << ": expected ";
                print(out, field<index()>(expected));
                out << ", decided ";
                print(out, field<index()>(actual));
                out << '\n';
            };
            (compare(std::integral_constant<std::size_t, I>{}), ...);
        }(std::make_index_sequence<field_count<Expected>>{});
    }
}

template <class... E>
struct expected_events {
    std::tuple<E...> events;

    template <class Decision>
    constexpr bool holds(const Decision& decided) const {
        if (decided.is_refused() || decided.size() != sizeof...(E)) return false;
        bool        all = true;
        std::size_t at  = 0;
        decided.for_each([&](const auto& actual) {
            all = all && with_expected(at, [&](const auto& expected) {
                      if constexpr (std::is_same_v<decltype(expected), decltype(actual)>)
                          return equal_fields(expected, actual);
                      else
                          return false;
                  });
            ++at;
        });
        return all;
    }

    template <class Decision>
    void describe(std::ostream& out, const Decision& decided) const {
        out << "\n  events: - expected, + decided\n";
        if (decided.is_refused()) {
            std::apply([&](const auto&... each) { (print_line(out, "-", each), ...); }, events);
            print_line(out, "+ refused:", *decided.refusal_reason());
            return;
        }
        std::size_t at = 0;
        decided.for_each([&](const auto& actual) {
            const bool paired = with_expected(at++, [&](const auto& expected) {
                print_pair(out, expected, actual);
                return true;
            });
            if (!paired) print_line(out, "+", actual);
        });
        for (; at < sizeof...(E); ++at)
            with_expected(at, [&](const auto& expected) {
                print_line(out, "-", expected);
                return true;
            });
    }

private:
    // Calls `function` with the expected event at `at`; false if there is none.
    template <class Function>
    constexpr bool with_expected(std::size_t at, Function&& function) const {
        return [&]<std::size_t... I>(std::index_sequence<I...>) {
            return ((at == I && function(std::get<I>(events))) || ...);
        }(std::index_sequence_for<E...>{});
    }
};

template <class Refusal>
struct expected_refusal {
    Refusal reason;

    template <class Decision>
    constexpr bool holds(const Decision& decided) const {
        return decided.is_refused() && equal_fields(*decided.refusal_reason(), reason);
    }

    template <class Decision>
    void describe(std::ostream& out, const Decision& decided) const {
        out << '\n';
        print_line(out, "- refused:", reason);
        if (decided.is_refused()) print_line(out, "+ refused:", *decided.refusal_reason());
        else if (decided.size() == 0) out << "  + nothing\n";
        else decided.for_each([&](const auto& event) { print_line(out, "+", event); });
    }
};

/// The second step of a test: what the command was decided to.
template <class Aggregate, class Decision>
class decided_test {
public:
    constexpr decided_test(Aggregate state, Decision decided) : state_(std::move(state)), decided_(std::move(decided)) {}

    /// True if just these events were yielded, in this order, equal field by field. Without arguments: none.
    template <event... E>
    [[nodiscard]] constexpr auto emits(E... event) const {
        const expected_events<E...> expected{std::tuple<E...>(std::move(event)...)};
        return verdict<Decision, expected_events<E...>>{expected.holds(decided_), decided_, expected};
    }

    /// True if the command was refused for just this reason.
    [[nodiscard]] constexpr auto refuses(typename Decision::refusal reason) const {
        const expected_refusal<typename Decision::refusal> expected{std::move(reason)};
        return verdict<Decision, expected_refusal<typename Decision::refusal>>{expected.holds(decided_), decided_, expected};
    }

    /// The state after what was decided.
    [[nodiscard]] constexpr Aggregate state() const {
        Aggregate after = state_;
        decided_.for_each([&](const auto& event) { fold(after, event); });
        return after;
    }

    /// The decision itself.
    [[nodiscard]] constexpr const Decision& decision() const noexcept { return decided_; }

private:
    Aggregate state_;
    Decision  decided_;
};

/// The first step of a test: the history.
template <class Aggregate>
class given_test {
public:
    constexpr explicit given_test(Aggregate state) : state_(std::move(state)) {}

    /// Decides a command on the state that the history led to.
    template <class C>
    [[nodiscard]] constexpr auto when(const C& command) const {
        constexpr auto found            = judge_command<Aggregate, C>();
        using accepted [[maybe_unused]] = typename decltype(found)::accepted;
        found.explain();
        if constexpr (is_sound<decltype(found)>)
            return decided_test<Aggregate, decision_on<Aggregate, C>>(state_, decide_command(state_, command));
        else
            return decided_test<Aggregate, decision<events<>>>(state_, nothing);
    }

    /// The state that the history led to.
    [[nodiscard]] constexpr const Aggregate& state() const noexcept { return state_; }

private:
    Aggregate state_;
};

}  // namespace detail

/// Begins a test of an aggregate with its history: `given<account>(opened{1}).when(withdraw{30}).refuses(overdrawn)`.
/// Each step can be used in a constant expression if the domain can.
template <class Aggregate, class... E>
[[nodiscard]] constexpr auto given(const E&... event) {
    constexpr auto found            = detail::judge_aggregate<Aggregate>();
    using accepted [[maybe_unused]] = typename decltype(found)::accepted;
    found.explain();
    Aggregate state{};
    if constexpr (detail::is_sound<decltype(found)>) fold(state, event...);
    return detail::given_test<Aggregate>(std::move(state));
}

}  // namespace annals

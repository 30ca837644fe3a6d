// Only an exact match applies an event: no conversion, no base class, no template that takes anything.
#include "catch.hpp"

#include <annals/model/apply.hpp>
#include <annals/model/projection.hpp>

#include <any>
#include <concepts>
#include <cstdint>
#include <variant>

namespace applied_exactly {

struct moved_money {
    std::int64_t cents;
};
struct deposited {
    std::int64_t cents;
};
struct withdrawn : moved_money {};
struct converts {
    operator deposited() const { return {}; }
};
struct closed {};

using annals::detail::apply_shape;
using annals::detail::apply_shape_of;
using annals::context;

template <class State, class E>
inline constexpr bool applies = apply_shape_of<State, E> != apply_shape::none;

// Implicit conversions of the event.
struct any_movement {
    any_movement(const deposited&);
};
struct takes_a_conversion {
    void apply(const any_movement&);
};
struct takes_a_conversion_by_value {
    void apply(any_movement);
};
struct takes_a_conversion_with_context {
    void apply(const any_movement&, const context&);
};
struct takes_a_variant {
    void apply(const std::variant<deposited, closed>&);
};
struct takes_any {
    void apply(const std::any&);
};
struct takes_deposits {
    void apply(const deposited&);
};
static_assert(!applies<takes_a_conversion, deposited>);
static_assert(!applies<takes_a_conversion_by_value, deposited>);
static_assert(!applies<takes_a_conversion_with_context, deposited>);
static_assert(!applies<takes_a_variant, deposited> && !applies<takes_a_variant, closed>);
static_assert(!applies<takes_any, deposited>);
static_assert(applies<takes_deposits, deposited> && !applies<takes_deposits, converts>);

// A base class of the event.
struct takes_the_base {
    void apply(const moved_money&);
};
struct takes_the_base_by_value {
    void apply(moved_money, const context&);
};
struct takes_base_and_derived {
    void apply(const moved_money&);
    void apply(const withdrawn&);
};
static_assert(applies<takes_the_base, moved_money> && !applies<takes_the_base, withdrawn>);
static_assert(!applies<takes_the_base_by_value, withdrawn>);
static_assert(applies<takes_base_and_derived, moved_money> && applies<takes_base_and_derived, withdrawn>);

// Member templates that take anything.
struct by_constant {
    template <class E>
    void apply(const E&);
};
struct by_copy {
    template <class E>
    void apply(E);
};
struct by_forwarding {
    template <class E>
    void apply(E&&);
};
struct by_auto {
    void apply(const auto&);
};
struct by_auto_const {
    void apply(const auto&) const;
};
struct by_auto_static {
    static void apply(const auto&);
};
struct by_auto_with_context {
    void apply(const auto&, const context&);
};
struct by_everything {
    template <class... E>
    void apply(const E&...);
};
struct by_ellipsis {
    void apply(...);
};
static_assert(!applies<by_constant, deposited> && !applies<by_copy, deposited> && !applies<by_forwarding, deposited>);
static_assert(!applies<by_auto, deposited> && !applies<by_auto_const, deposited> && !applies<by_auto_static, deposited>);
static_assert(!applies<by_auto_with_context, deposited> && !applies<by_everything, deposited>);
static_assert(!applies<by_ellipsis, deposited>);

// Beside a template that takes anything, an exact function is still found; the template takes none of the rest.
struct exact_and_auto {
    void apply(const deposited&);
    void apply(const auto&);
};
struct exact_and_forwarding {
    void apply(const deposited&) const;
    template <class E>
    void apply(E&&);
};
struct exact_and_auto_with_context {
    void apply(const deposited&, const context&);
    void apply(const auto&, const context&);
};
struct exact_and_deleted {
    void apply(const deposited&);
    void apply(const auto&) = delete;
};
struct exact_and_auto_beside_context {
    void apply(const deposited&, const context&);
    void apply(const auto&);
};
static_assert(applies<exact_and_deleted, deposited> && !applies<exact_and_deleted, closed>);
static_assert(applies<exact_and_auto_beside_context, deposited> && !applies<exact_and_auto_beside_context, closed>);
static_assert(applies<exact_and_auto, deposited> && !applies<exact_and_auto, closed>);
static_assert(applies<exact_and_forwarding, deposited> && !applies<exact_and_forwarding, closed>);
static_assert(applies<exact_and_auto_with_context, deposited> && !applies<exact_and_auto_with_context, closed>);

// A template held to events by name is no catch-all: it says what it takes.
template <class E>
concept money_event = requires(const E& event) { event.cents; };
struct by_concept {
    std::int64_t sum = 0;
    void         apply(const money_event auto& e) { sum += e.cents; }
};
struct by_one_of_these {
    template <class E>
        requires std::same_as<E, deposited> || std::same_as<E, closed>
    void apply(const E&);
};
static_assert(applies<by_concept, deposited> && applies<by_concept, withdrawn> && !applies<by_concept, closed>);
static_assert(applies<by_one_of_these, deposited> && applies<by_one_of_these, closed>);
static_assert(!applies<by_one_of_these, moved_money>);

// The same for free functions.
namespace free_functions {
struct of_conversion {};
struct of_variant {};
struct of_base {};
struct of_anything {};
struct of_anything_forwarded {};
struct of_anything_with_context {};
struct of_value {};
struct of_concept {};
struct of_exact_and_anything {};
struct returning {};
void apply(of_conversion&, const any_movement&);
void apply(of_variant&, const std::variant<deposited, closed>&);
void apply(of_base&, const moved_money&);
void apply(of_anything&, const auto&);
template <class E>
void apply(of_anything_forwarded&, E&&);
void apply(of_anything_with_context&, const auto&, const context&);
void apply(of_value&, deposited);
void apply(of_concept&, const money_event auto&);
void apply(of_exact_and_anything&, const deposited&);
void apply(of_exact_and_anything&, const auto&);
int  apply(returning&, const deposited&);
}  // namespace free_functions
static_assert(!applies<free_functions::of_conversion, deposited>);
static_assert(!applies<free_functions::of_variant, deposited>);
static_assert(applies<free_functions::of_base, moved_money> && !applies<free_functions::of_base, withdrawn>);
static_assert(!applies<free_functions::of_anything, deposited>);
static_assert(!applies<free_functions::of_anything_forwarded, deposited>);
static_assert(!applies<free_functions::of_anything_with_context, deposited>);
static_assert(applies<free_functions::of_value, deposited>);
static_assert(applies<free_functions::of_concept, deposited> && !applies<free_functions::of_concept, closed>);
static_assert(!applies<free_functions::returning, deposited>);
// Unlike members, a free function cannot be told from a template beside it that takes anything: both are refused.
static_assert(!applies<free_functions::of_exact_and_anything, deposited>);
static_assert(!applies<free_functions::of_exact_and_anything, closed>);

}  // namespace applied_exactly

TEST_CASE("an event is applied only by what names it") {
    using namespace applied_exactly;
    by_concept state;
    annals::detail::apply_event(state, deposited{5}, [] { return annals::context{}; });
    CHECK(state.sum == 5);
}

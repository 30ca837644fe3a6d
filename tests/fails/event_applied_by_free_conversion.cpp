// A free `apply` does not count for an event that only converts to what it takes.
// refused: annals::event_without_apply<bank::account, annals::events<bank::refunded>
#include <annals/annals.hpp>

namespace bank {

struct deposited { long cents; };
struct refunded {
    long cents;
    constexpr operator deposited() const { return {cents}; }
};

struct account {
    using events = annals::events<deposited, refunded>;

    long balance = 0;
};

constexpr void apply(account& state, const deposited& e) { state.balance += e.cents; }
#ifndef MUST_NOT_COMPILE
constexpr void apply(account& state, const refunded& e) { state.balance += e.cents; }
#endif

}  // namespace bank

static_assert(annals::replay<bank::account>(bank::refunded{100}).balance == 100);

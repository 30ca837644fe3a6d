// A state that the user does not own is applied to by free functions; one is missing.
// refused: annals::event_without_apply<bank::account, annals::events<bank::withdrawn>
#include <annals/annals.hpp>

namespace bank {

struct deposited { long cents; };
struct withdrawn { long cents; };

struct account {
    using events = annals::events<deposited, withdrawn>;

    long balance = 0;
};

constexpr void apply(account& state, const deposited& e) { state.balance += e.cents; }
#ifndef MUST_NOT_COMPILE
constexpr void apply(account& state, const withdrawn& e) { state.balance -= e.cents; }
#endif

}  // namespace bank

static_assert(annals::replay<bank::account>(bank::deposited{100}).balance == 100);

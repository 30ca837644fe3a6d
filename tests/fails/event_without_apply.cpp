// The aggregate lists an event, but has no `apply` for it.
// refused: annals::event_without_apply<bank::account, annals::events<bank::withdrawn>
// remedy: annals: give the state `void apply(const E&)` for each event named above
#include <annals/annals.hpp>

namespace bank {

struct deposited { long cents; };
struct withdrawn { long cents; };

struct account {
    using events = annals::events<deposited, withdrawn>;

    long balance = 0;

    constexpr void apply(const deposited& e) { balance += e.cents; }
#ifndef MUST_NOT_COMPILE
    constexpr void apply(const withdrawn& e) { balance -= e.cents; }
#endif
};

}  // namespace bank

static_assert(annals::replay<bank::account>(bank::deposited{100}).balance == 100);

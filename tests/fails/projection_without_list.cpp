// A state that says nowhere which events it is folded from.
// refused: annals::no_events_are_listed_by<bank::account>
#include <annals/annals.hpp>

namespace bank {

struct deposited { long cents; };

struct account {
#ifndef MUST_NOT_COMPILE
    using events = annals::events<deposited>;
#endif
    long balance = 0;

    constexpr void apply(const deposited& e) { balance += e.cents; }
};

}  // namespace bank

static_assert(annals::replay<bank::account>(bank::deposited{100}).balance == 100);

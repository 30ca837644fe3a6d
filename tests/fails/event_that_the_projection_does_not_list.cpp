// A history with an event that the projection does not know.
// refused: annals::event_that_the_projection_does_not_list<bank::account, annals::events<bank::withdrawn>
#include <annals/annals.hpp>

namespace bank {

struct deposited { long cents; };
struct withdrawn { long cents; };

struct account {
#ifdef MUST_NOT_COMPILE
    using events = annals::events<deposited>;
#else
    using events = annals::events<deposited, withdrawn>;
#endif

    long balance = 0;

    constexpr void apply(const deposited& e) { balance += e.cents; }
    constexpr void apply(const withdrawn& e) { balance -= e.cents; }
};

}  // namespace bank

static_assert(annals::replay<bank::account>(bank::deposited{100}, bank::withdrawn{30}).balance == 70);

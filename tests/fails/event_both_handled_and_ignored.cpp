// A projection that lists an event among those that it handles and those that it leaves out.
// refused: annals::event_both_handled_and_ignored<bank::account, annals::events<bank::withdrawn>
#include <annals/annals.hpp>

namespace bank {

struct deposited { long cents; };
struct withdrawn { long cents; };
struct closed {};

struct account {
    using events = annals::events<deposited, withdrawn>;
#ifdef MUST_NOT_COMPILE
    using ignores = annals::events<withdrawn, closed>;
#else
    using ignores = annals::events<closed>;
#endif

    long balance = 0;

    constexpr void apply(const deposited& e) { balance += e.cents; }
    constexpr void apply(const withdrawn& e) { balance -= e.cents; }
};

}  // namespace bank

static_assert(annals::replay<bank::account>(bank::deposited{100}).balance == 100);

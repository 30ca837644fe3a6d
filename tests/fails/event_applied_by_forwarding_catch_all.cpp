// The same with a forwarding reference, beside an exact `apply` for another event.
// refused: annals::event_without_apply<bank::account, annals::events<bank::withdrawn>
#include <annals/annals.hpp>

namespace bank {

struct deposited { long cents; };
struct withdrawn { long cents; };

struct account {
    using events = annals::events<deposited, withdrawn>;

    long balance = 0;

    constexpr void apply(const deposited& e) { balance += e.cents; }
#ifdef MUST_NOT_COMPILE
    template <class T>
    constexpr void apply(T&& e) { balance -= e.cents; }
#else
    constexpr void apply(const withdrawn& e) { balance -= e.cents; }
#endif
};

}  // namespace bank

static_assert(annals::replay<bank::account>(bank::deposited{100}).balance == 100);

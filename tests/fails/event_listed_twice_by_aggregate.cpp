// An aggregate lists an event twice.
// refused: annals::type_listed_more_than_once<annals::events<bank::deposited>
#include <annals/annals.hpp>

namespace bank {

struct deposited { long cents; };

struct account {
#ifdef MUST_NOT_COMPILE
    using events = annals::events<deposited, deposited>;
#else
    using events = annals::events<deposited>;
#endif

    long balance = 0;

    constexpr void apply(const deposited& e) { balance += e.cents; }
};

}  // namespace bank

static_assert(annals::replay<bank::account>(bank::deposited{100}).balance == 100);

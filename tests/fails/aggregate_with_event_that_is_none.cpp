// An aggregate lists a type that is no event.
// refused: annals::not_a_plain_struct<annals::events<bank::deposited>
#include <annals/annals.hpp>

namespace bank {

struct deposited {
#ifdef MUST_NOT_COMPILE
    constexpr deposited(long amount) : cents(amount) {}
#endif
    long cents;
};

struct account {
    using events = annals::events<deposited>;

    long balance = 0;

    constexpr void apply(const deposited& e) { balance += e.cents; }
};

}  // namespace bank

static_assert(annals::replay<bank::account>(bank::deposited{100}).balance == 100);

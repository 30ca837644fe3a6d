// The same in a test.
// refused: annals::command_that_the_aggregate_does_not_list<bank::account, bank::close>
#include <annals/annals.hpp>
#include <annals/testing/given.hpp>

namespace bank {

struct deposited { long cents; };
struct deposit { long cents; };
struct close {};

struct account {
    using events   = annals::events<deposited>;
    using commands = annals::commands<deposit>;

    long balance = 0;

    constexpr void apply(const deposited& e) { balance += e.cents; }

    constexpr annals::decision<deposited> decide(const deposit& c) const { return deposited{c.cents}; }
};

}  // namespace bank

static_assert(annals::given<bank::account>().when(bank::deposit{3}).emits(bank::deposited{3}));
#ifdef MUST_NOT_COMPILE
static_assert(annals::given<bank::account>().when(bank::close{}).emits());
#endif

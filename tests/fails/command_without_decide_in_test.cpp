// The same, where the aggregate is tested.
// refused: annals::command_without_decide<bank::account, annals::commands<bank::withdraw>
#include <annals/annals.hpp>
#include <annals/testing/given.hpp>

namespace bank {

struct deposited { long cents; };
struct deposit { long cents; };
struct withdraw { long cents; };

struct account {
    using events   = annals::events<deposited>;
    using commands = annals::commands<deposit, withdraw>;

    long balance = 0;

    constexpr void apply(const deposited& e) { balance += e.cents; }

    constexpr annals::decision<deposited> decide(const deposit& c) const { return deposited{c.cents}; }
#ifndef MUST_NOT_COMPILE
    constexpr annals::decision<deposited> decide(const withdraw& c) const { return deposited{-c.cents}; }
#endif
};

}  // namespace bank

static_assert(annals::given<bank::account>(bank::deposited{5}).when(bank::deposit{3}).emits(bank::deposited{3}));

// Commands decided by free functions; one is missing.
// refused: annals::command_without_decide<bank::account, annals::commands<bank::withdraw>
#include <annals/annals.hpp>

namespace bank {

struct deposited { long cents; };
struct deposit { long cents; };
struct withdraw { long cents; };

struct account {
    using events   = annals::events<deposited>;
    using commands = annals::commands<deposit, withdraw>;

    long balance = 0;

    void apply(const deposited& e) { balance += e.cents; }
};

annals::decision<deposited> decide(const account&, const deposit& c) { return deposited{c.cents}; }
#ifndef MUST_NOT_COMPILE
annals::decision<deposited> decide(const account&, const withdraw& c) { return deposited{-c.cents}; }
#endif

}  // namespace bank

long balance_of_bob(annals::memory_log<bank::account::events>& log) {
    return annals::repository_of<bank::account>(log).load("bob")->state.balance;
}

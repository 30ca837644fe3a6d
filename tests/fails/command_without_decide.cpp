// The aggregate lists commands, but has no `decide` for two of them.
// refused: annals::command_without_decide<bank::account, annals::commands<bank::withdraw, bank::close>
// remedy: annals: give the aggregate `decision<...> decide
#include <annals/annals.hpp>

namespace bank {

struct deposited { long cents; };
struct deposit { long cents; };
struct withdraw { long cents; };
struct close {};

struct account {
    using events   = annals::events<deposited>;
    using commands = annals::commands<deposit, withdraw, close>;

    long balance = 0;

    void apply(const deposited& e) { balance += e.cents; }

    annals::decision<deposited> decide(const deposit& c) const { return deposited{c.cents}; }
#ifndef MUST_NOT_COMPILE
    annals::decision<deposited> decide(const withdraw& c) const { return deposited{-c.cents}; }
    annals::decision<deposited> decide(const close&) const { return deposited{-balance}; }
#endif
};

}  // namespace bank

long balance_of_bob(annals::memory_log<bank::account::events>& log) {
    return annals::repository_of<bank::account>(log).load("bob")->state.balance;
}

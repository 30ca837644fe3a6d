// A projection that decides nothing is no aggregate.
// refused: annals::no_commands_are_listed_by<bank::account>
#include <annals/annals.hpp>

namespace bank {

struct deposited { long cents; };
struct deposit { long cents; };

struct account {
    using events = annals::events<deposited>;
#ifndef MUST_NOT_COMPILE
    using commands = annals::commands<deposit>;
#endif

    long balance = 0;

    void apply(const deposited& e) { balance += e.cents; }

    annals::decision<deposited> decide(const deposit& c) const { return deposited{c.cents}; }
};

}  // namespace bank

long balance_of_bob(annals::memory_log<bank::account::events>& log) {
    return annals::repository_of<bank::account>(log).load("bob")->state.balance;
}

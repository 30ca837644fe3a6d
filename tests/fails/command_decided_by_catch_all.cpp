// A template that takes anything decides nothing.
// refused: annals::command_without_decide<bank::account, annals::commands<bank::deposit, bank::transfer>
#include <annals/annals.hpp>

namespace bank {

struct deposited { long cents; };
struct deposit { long cents; };
struct transfer { long cents; };

struct account {
    using events   = annals::events<deposited>;
    using commands = annals::commands<deposit, transfer>;

    long balance = 0;

    void apply(const deposited& e) { balance += e.cents; }

#ifdef MUST_NOT_COMPILE
    annals::decision<deposited> decide(const auto& c) const { return deposited{c.cents}; }
#else
    annals::decision<deposited> decide(const deposit& c) const { return deposited{c.cents}; }
    annals::decision<deposited> decide(const transfer& c) const { return deposited{c.cents}; }
#endif
};

}  // namespace bank

long balance_of_bob(annals::memory_log<bank::account::events>& log) {
    return annals::repository_of<bank::account>(log).load("bob")->state.balance;
}

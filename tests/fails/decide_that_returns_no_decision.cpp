// A `decide` that returns the event itself.
// refused: annals::decide_returns_no_decision<bank::account, bank::deposit>
#include <annals/annals.hpp>

namespace bank {

struct deposited { long cents; };
struct deposit { long cents; };

struct account {
    using events   = annals::events<deposited>;
    using commands = annals::commands<deposit>;

    long balance = 0;

    void apply(const deposited& e) { balance += e.cents; }

#ifdef MUST_NOT_COMPILE
    deposited decide(const deposit& c) const { return deposited{c.cents}; }
#else
    annals::decision<deposited> decide(const deposit& c) const { return deposited{c.cents}; }
#endif
};

}  // namespace bank

long balance_of_bob(annals::memory_log<bank::account::events>& log) {
    return annals::repository_of<bank::account>(log).load("bob")->state.balance;
}

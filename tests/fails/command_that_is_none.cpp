// A command with a pointer in it.
// refused: annals::pointer_or_reference_member_cannot_be_stored<annals::commands<bank::deposit>
#include <annals/annals.hpp>

namespace bank {

struct deposited { long cents; };
struct deposit {
#ifdef MUST_NOT_COMPILE
    const long* cents;
#else
    long cents;
#endif
};

struct account {
    using events   = annals::events<deposited>;
    using commands = annals::commands<deposit>;

    long balance = 0;

    void apply(const deposited& e) { balance += e.cents; }

    annals::decision<deposited> decide(const deposit&) const { return deposited{100}; }
};

}  // namespace bank

long balance_of_bob(annals::memory_log<bank::account::events>& log) {
    return annals::repository_of<bank::account>(log).load("bob")->state.balance;
}

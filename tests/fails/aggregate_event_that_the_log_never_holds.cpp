// A repository over a log that does not list all events of the aggregate.
// refused: annals::event_that_the_log_never_holds<bank::account, annals::events<bank::deposited>
#include <annals/annals.hpp>

namespace bank {

struct opened {};
struct deposited { long cents; };
struct deposit { long cents; };

struct account {
    using events   = annals::events<opened, deposited>;
    using commands = annals::commands<deposit>;

    long balance = 0;

    void apply(const opened&) {}
    void apply(const deposited& e) { balance += e.cents; }

    annals::decision<deposited> decide(const deposit& c) const { return deposited{c.cents}; }
};

#ifdef MUST_NOT_COMPILE
using held = annals::events<opened>;
#else
using held = account::events;
#endif

}  // namespace bank

long balance_of_bob(annals::memory_log<bank::held>& log) {
    return annals::repository_of<bank::account>(log).load("bob")->state.balance;
}

// A decision's type names an event that the aggregate does not list.
// refused: annals::decision_yields_event_that_is_not_listed<bank::account, annals::events<bank::audited>
#include <annals/annals.hpp>

namespace bank {

struct deposited { long cents; };
struct audited { long cents; };
struct deposit { long cents; };

struct account {
#ifdef MUST_NOT_COMPILE
    using events = annals::events<deposited>;
#else
    using events = annals::events<deposited, audited>;
#endif
    using commands = annals::commands<deposit>;

    long balance = 0;

    void apply(const deposited& e) { balance += e.cents; }
    void apply(const audited&) {}

    annals::decision<annals::events<deposited, audited>> decide(const deposit& c) const {
        return annals::emit(deposited{c.cents}, audited{c.cents});
    }
};

}  // namespace bank

long balance_of_bob(annals::memory_log<bank::account::events>& log) {
    return annals::repository_of<bank::account>(log).load("bob")->state.balance;
}

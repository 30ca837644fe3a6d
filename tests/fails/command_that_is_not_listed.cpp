// A command is sent to an aggregate that does not know it.
// refused: annals::command_that_the_aggregate_does_not_list<bank::account, bank::close>
#include <annals/annals.hpp>

namespace bank {

struct deposited { long cents; };
struct deposit { long cents; };
struct close {};

struct account {
    using events   = annals::events<deposited>;
    using commands = annals::commands<deposit>;

    long balance = 0;

    void apply(const deposited& e) { balance += e.cents; }

    annals::decision<deposited> decide(const deposit& c) const { return deposited{c.cents}; }
};

}  // namespace bank

bool carry_out(annals::memory_log<bank::account::events>& log) {
    const auto accounts = annals::repository_of<bank::account>(log);
#ifdef MUST_NOT_COMPILE
    if (!accounts.handle("bob", bank::close{})) return false;
#endif
    return accounts.handle("bob", bank::deposit{100}).has_value();
}

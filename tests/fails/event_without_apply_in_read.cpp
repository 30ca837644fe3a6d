// The same, where a log is read into the state.
// refused: annals::event_without_apply<bank::account, annals::events<bank::withdrawn>
#include <annals/annals.hpp>

namespace bank {

struct deposited { long cents; };
struct withdrawn { long cents; };

struct account {
    using events = annals::events<deposited, withdrawn>;

    long balance = 0;

    void apply(const deposited& e) { balance += e.cents; }
#ifndef MUST_NOT_COMPILE
    void apply(const withdrawn& e) { balance -= e.cents; }
#endif
};

}  // namespace bank

bool catch_up(const annals::memory_log<bank::account::events>& log, bank::account& account) {
    return log.read(annals::stream("account-bob"), account).has_value();
}

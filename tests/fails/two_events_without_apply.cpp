// Two events without an `apply` are one error, which names both.
// refused: annals::event_without_apply<bank::account, annals::events<bank::withdrawn, bank::closed>
#include <annals/annals.hpp>

namespace bank {

struct deposited { long cents; };
struct withdrawn { long cents; };
struct closed {};

struct account {
    using events = annals::events<deposited, withdrawn, closed>;

    long balance = 0;

    void apply(const deposited& e) { balance += e.cents; }
#ifndef MUST_NOT_COMPILE
    void apply(const withdrawn& e) { balance -= e.cents; }
    void apply(const closed&) {}
#endif
};

}  // namespace bank

long balance_of_all_accounts(const annals::memory_log<bank::account::events>& log) {
    return annals::replay<bank::account>(log)->balance;
}

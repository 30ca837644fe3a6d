// Of several projections in one pass, the one that lacks an `apply` is named.
// refused: annals::event_without_apply<bank::turnover, annals::events<bank::withdrawn>
#include <annals/annals.hpp>

namespace bank {

struct deposited { long cents; };
struct withdrawn { long cents; };

struct income {
    using events = annals::events<deposited>;

    long cents = 0;

    void apply(const deposited& e) { cents += e.cents; }
};

struct turnover {
    using events = annals::events<deposited, withdrawn>;

    long cents = 0;

    void apply(const deposited& e) { cents += e.cents; }
#ifndef MUST_NOT_COMPILE
    void apply(const withdrawn& e) { cents += e.cents; }
#endif
};

}  // namespace bank

bool read_both(const annals::memory_log<annals::events<bank::deposited, bank::withdrawn>>& log) {
    return annals::replay<bank::income, bank::turnover>(log).has_value();
}

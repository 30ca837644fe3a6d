// A projection reads an event that the log does not list.
// refused: annals::event_that_the_log_never_holds<bank::cash_flow, annals::events<bank::withdrawn>
// remedy: annals: add the event to what the log lists
#include <annals/annals.hpp>

namespace bank {

struct deposited { long cents; };
struct withdrawn { long cents; };

struct cash_flow {
    using events = annals::events<deposited, withdrawn>;

    long in = 0, out = 0;

    void apply(const deposited& e) { in += e.cents; }
    void apply(const withdrawn& e) { out += e.cents; }
};

#ifdef MUST_NOT_COMPILE
using held = annals::events<deposited>;
#else
using held = annals::events<deposited, withdrawn>;
#endif

}  // namespace bank

long money_in(const annals::memory_log<bank::held>& log) {
    return annals::replay<bank::cash_flow>(log)->in;
}

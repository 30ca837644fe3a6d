// A projection that says what it ignores has to decide about every event of the log.
// refused: annals::event_neither_handled_nor_ignored<bank::cash_flow, annals::events<bank::withdrawn>
// remedy: annals: handle the event named above, or say that it is left out
#include <annals/annals.hpp>

namespace bank {

struct opened {};
struct deposited { long cents; };
struct withdrawn { long cents; };

struct cash_flow {
    using events = annals::events<deposited>;
#ifdef MUST_NOT_COMPILE
    using ignores = annals::events<opened>;
#else
    using ignores = annals::events<opened, withdrawn>;
#endif

    long in = 0;

    void apply(const deposited& e) { in += e.cents; }
};

}  // namespace bank

long money_in(const annals::memory_log<annals::events<bank::opened, bank::deposited, bank::withdrawn>>& log) {
    return annals::replay<bank::cash_flow>(log)->in;
}

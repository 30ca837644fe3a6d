// The same with a decision.
// refused: annals::event_that_the_log_does_not_list<annals::events<bank::deposited>, annals::events<bank::withdrawn>
#include <annals/annals.hpp>

namespace bank {

struct deposited { long cents; };
struct withdrawn { long cents; };

#ifdef MUST_NOT_COMPILE
using decided = annals::decision<annals::events<deposited, withdrawn>>;
#else
using decided = annals::decision<deposited>;
#endif

}  // namespace bank

bool append(annals::memory_log<annals::events<bank::deposited>>& log, const bank::decided& decision) {
    return log.append("account-bob", annals::any_version, decision).has_value();
}

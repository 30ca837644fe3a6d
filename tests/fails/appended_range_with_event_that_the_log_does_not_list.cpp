// The same with a range of variants.
// refused: annals::event_that_the_log_does_not_list<annals::events<bank::deposited>, annals::events<bank::withdrawn>
#include <annals/annals.hpp>

#include <vector>

namespace bank {

struct deposited { long cents; };
struct withdrawn { long cents; };

#ifdef MUST_NOT_COMPILE
using imported = annals::events<deposited, withdrawn>;
#else
using imported = annals::events<deposited>;
#endif

}  // namespace bank

bool append(annals::memory_log<annals::events<bank::deposited>>& log, const std::vector<bank::imported::variant>& all) {
    return log.append("account-bob", annals::any_version, all).has_value();
}

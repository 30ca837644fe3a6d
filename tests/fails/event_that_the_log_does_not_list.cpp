// An event is appended to a log that does not list it.
// refused: annals::event_that_the_log_does_not_list<annals::events<bank::deposited>, annals::events<bank::withdrawn>
// remedy: annals: add the event to the list that the log was made with
#include <annals/annals.hpp>

namespace bank {

struct deposited { long cents; };
struct withdrawn { long cents; };

}  // namespace bank

bool append(annals::memory_log<annals::events<bank::deposited>>& log) {
#ifdef MUST_NOT_COMPILE
    return log.append("account-bob", annals::any_version, bank::deposited{100}, bank::withdrawn{30}).has_value();
#else
    return log.append("account-bob", annals::any_version, bank::deposited{100}).has_value();
#endif
}

// `handlers` with one for an event that the log does not list.
// refused: annals::event_that_the_log_never_holds
// refused: annals::events<bank::withdrawn>
#include <annals/annals.hpp>

namespace bank {

struct deposited { long cents; };
struct withdrawn { long cents; };

}  // namespace bank

bool read(const annals::memory_log<annals::events<bank::deposited>>& log) {
    return log.read(annals::whole_log(), annals::handlers{
        [](const bank::deposited&) {},
#ifdef MUST_NOT_COMPILE
        [](const bank::withdrawn&) {},
#endif
        annals::otherwise(),
    }).has_value();
}

// Two handlers for one event.
// refused: annals::type_listed_more_than_once<annals::events<bank::deposited>
#include <annals/annals.hpp>

namespace bank {

struct deposited { long cents; };

}  // namespace bank

bool read(const annals::memory_log<annals::events<bank::deposited>>& log, long& sum) {
    return log.read(annals::whole_log(), annals::handlers{
        [&](const bank::deposited& e) { sum += e.cents; },
#ifdef MUST_NOT_COMPILE
        [&](const bank::deposited&) { ++sum; },
#else
        annals::otherwise(),
#endif
    }).has_value();
}

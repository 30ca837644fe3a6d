// A generic lambda is no handler, unless it says that it is meant to take the rest.
// refused: annals::handler_takes_no_single_event
// remedy: is wrapped in annals::otherwise
#include <annals/annals.hpp>

namespace bank {

struct deposited { long cents; };
struct withdrawn { long cents; };

}  // namespace bank

bool read(const annals::memory_log<annals::events<bank::deposited, bank::withdrawn>>& log, long& sum) {
    return log.read(annals::whole_log(), annals::handlers{
        [&](const bank::deposited& e) { sum += e.cents; },
#ifdef MUST_NOT_COMPILE
        [&](const auto& e) { sum -= e.cents; },
#else
        annals::otherwise([&](const auto& e) { sum -= e.cents; }),
#endif
    }).has_value();
}

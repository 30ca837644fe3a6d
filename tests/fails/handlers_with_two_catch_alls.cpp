// Two catch-alls in one set of handlers.
// refused: annals::more_than_one_otherwise
#include <annals/annals.hpp>

namespace bank {

struct deposited { long cents; };

}  // namespace bank

bool read(const annals::memory_log<annals::events<bank::deposited>>& log, long& sum) {
    return log.read(annals::whole_log(), annals::handlers{
#ifdef MUST_NOT_COMPILE
        annals::otherwise(),
#endif
        annals::otherwise([&](const auto&) { ++sum; }),
    }).has_value();
}

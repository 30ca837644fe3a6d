// A retired event is appended.
// refused: annals::event_that_is_no_longer_written<
// refused: bank::flagged
// remedy: annals: append what became of it
#include <annals/annals.hpp>

namespace bank {

struct flagged { int why; };
struct deposited { long cents; };

using events = annals::events<deposited, annals::retired<flagged>>;

}  // namespace bank

void flag(annals::memory_log<bank::events>& log) {
#ifdef MUST_NOT_COMPILE
    static_cast<void>(log.append("account-ann", annals::any_version, bank::flagged{1}));
#else
    static_cast<void>(log.append("account-ann", annals::any_version, bank::deposited{1}));
#endif
}

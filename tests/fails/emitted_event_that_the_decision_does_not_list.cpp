// The same among several events.
// refused: annals::event_that_the_decision_does_not_list<annals::decision<bank::deposited
// refused: annals::events<bank::audited>
#include <annals/annals.hpp>

namespace bank {

struct deposited { long cents; };
struct audited { long cents; };
struct deposit { long cents; };

#ifdef MUST_NOT_COMPILE
using decided = annals::decision<deposited>;
#else
using decided = annals::decision<annals::events<deposited, audited>>;
#endif

constexpr decided decide(const deposit& c) {
    return annals::emit(deposited{c.cents}, audited{c.cents});
}

}  // namespace bank

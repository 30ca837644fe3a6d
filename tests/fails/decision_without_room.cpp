// A decision is given more events than it has room for.
// refused: annals::more_events_than_the_decision_has_room_for<annals::decision<bank::deposited
#include <annals/annals.hpp>

namespace bank {

struct deposited { long cents; };

#ifdef MUST_NOT_COMPILE
using decided = annals::decision<deposited, annals::no_refusal, 2>;
#else
using decided = annals::decision<deposited, annals::no_refusal, 3>;
#endif

constexpr decided three_deposits() {
    return annals::emit(deposited{1}, deposited{2}, deposited{3});
}

}  // namespace bank

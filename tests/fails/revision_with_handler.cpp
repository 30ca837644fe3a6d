// A handler for an older revision, which no reader ever sees.
// refused: annals::event_that_the_log_never_holds<
// refused: bank::deposited_v1
#include <annals/annals.hpp>

namespace bank {

struct deposited_v1 { int euros; };
struct deposited { long cents; };

constexpr deposited upcast(const deposited_v1& e) { return {e.euros * 100L}; }

using events = annals::events<annals::revisions<deposited_v1, deposited>>;

}  // namespace bank

void read(const annals::memory_log<bank::events>& log) {
    long cents = 0;
    static_cast<void>(log.read(annals::whole_log(), annals::handlers{
        [&](const bank::deposited& e) { cents += e.cents; },
#ifdef MUST_NOT_COMPILE
        [&](const bank::deposited_v1& e) { cents += e.euros * 100L; },
#endif
    }));
}

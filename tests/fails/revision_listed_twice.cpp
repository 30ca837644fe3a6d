// One struct as a revision of two events.
// refused: annals::type_listed_more_than_once<annals::events<bank::moved_v1>
// remedy: annals: list each event and each command once
#include <annals/annals.hpp>

namespace bank {

struct moved_v1 { long cents; };
struct deposited { long cents; };
struct withdrawn { long cents; };

constexpr deposited upcast(const moved_v1& e) { return {e.cents}; }

#ifdef MUST_NOT_COMPILE
using events = annals::events<annals::revisions<moved_v1, deposited>, annals::revisions<moved_v1, withdrawn>>;
#else
using events = annals::events<annals::revisions<moved_v1, deposited>, withdrawn>;
#endif

}  // namespace bank

annals::memory_log<bank::events> ours;

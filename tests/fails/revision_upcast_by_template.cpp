// An upcast that takes anything.
// refused: annals::no_upcast_between<bank::deposited_v1, bank::deposited>
// remedy: annals: write `To upcast(const From&)`
#include <annals/annals.hpp>

namespace bank {

struct deposited_v1 { long amount; };
struct deposited { long cents; int branch; };

#ifdef MUST_NOT_COMPILE
template <class Old>
constexpr deposited upcast(const Old& e) { return {e.amount, 0}; }
#else
constexpr deposited upcast(const deposited_v1& e) { return {e.amount, 0}; }
#endif

using events = annals::events<annals::revisions<deposited_v1, deposited>>;

}  // namespace bank

using log = annals::memory_log<bank::events>;
log ours;

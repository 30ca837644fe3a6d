// An upcast that goes back in time.
// refused: annals::upcast_yields_event_that_is_not_listed<bank::deposited_v2, annals::events<bank::deposited_v1>
// remedy: annals: let `upcast` return a later revision of the same event
#include <annals/annals.hpp>

namespace bank {

struct deposited_v1 { int euros; };
struct deposited_v2 { long cents; };
struct deposited { long cents; int branch; };

constexpr deposited_v2 upcast(const deposited_v1& e) { return {e.euros * 100L}; }
#ifdef MUST_NOT_COMPILE
constexpr deposited_v1 upcast(const deposited_v2& e) { return {static_cast<int>(e.cents / 100)}; }
#else
constexpr deposited upcast(const deposited_v2& e) { return {e.cents, 0}; }
#endif

using events = annals::events<annals::revisions<deposited_v1, deposited_v2, deposited>>;

}  // namespace bank

annals::memory_log<bank::events> ours;

// An upcast that returns what the list does not have.
// refused: annals::upcast_yields_event_that_is_not_listed<bank::deposited_v1, annals::events<bank::paid_in>
// remedy: annals: let `upcast` return a later revision of the same event, or events that the list has today
#include <annals/annals.hpp>

#include <tuple>

namespace bank {

struct paid_in { long cents; };
struct noted { int branch; };
struct deposited_v1 { long cents; };
struct deposited { long cents; int branch; };

#ifdef MUST_NOT_COMPILE
constexpr std::tuple<paid_in, noted> upcast(const deposited_v1& e) { return {paid_in{e.cents}, noted{0}}; }
#else
constexpr std::tuple<deposited, noted> upcast(const deposited_v1& e) { return {deposited{e.cents, 0}, noted{0}}; }
#endif

using events = annals::events<noted, annals::revisions<deposited_v1, deposited>>;

}  // namespace bank

annals::memory_log<bank::events> ours;

// Two nested lists have a type in common.
// refused: annals::type_listed_more_than_once<annals::events<bank::closed>
#include <annals/annals.hpp>

namespace bank {

struct deposited {};
struct lent {};
struct closed {};

using account_events = annals::events<deposited, closed>;
#ifdef MUST_NOT_COMPILE
using loan_events = annals::events<lent, closed>;
#else
using loan_events = annals::events<lent>;
#endif
using all = annals::events<account_events, annals::events<loan_events>>;

}  // namespace bank

static_assert(bank::all::size == 3);

// A log's list holds an event twice, once in a nested list.
// refused: annals::type_listed_more_than_once<annals::events<bank::deposited>
#include <annals/annals.hpp>

namespace bank {

struct deposited { long cents; };
struct opened {};

using account_events = annals::events<opened, deposited>;

}  // namespace bank

#ifdef MUST_NOT_COMPILE
annals::memory_log<annals::events<bank::account_events, bank::deposited>> history;
#else
annals::memory_log<annals::events<bank::account_events>> history;
#endif

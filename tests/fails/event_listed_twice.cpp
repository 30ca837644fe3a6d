// A type stands in a list twice.
// refused: annals::type_listed_more_than_once<annals::events<bank::deposited>
#include <annals/annals.hpp>

namespace bank {

struct deposited { long cents; };
struct withdrawn { long cents; };

#ifdef MUST_NOT_COMPILE
using all = annals::events<deposited, withdrawn, deposited>;
#else
using all = annals::events<deposited, withdrawn>;
#endif

}  // namespace bank

static_assert(bank::all::size == 2);

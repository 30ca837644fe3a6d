// A command stands in a list twice.
// refused: annals::type_listed_more_than_once<annals::commands<bank::deposit>
#include <annals/annals.hpp>

namespace bank {

struct deposit { long cents; };

#ifdef MUST_NOT_COMPILE
using all = annals::commands<deposit, annals::commands<deposit>>;
#else
using all = annals::commands<deposit>;
#endif

}  // namespace bank

static_assert(bank::all::size == 1);

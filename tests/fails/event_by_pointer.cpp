// A pointer is no event.
// refused: annals::not_a_plain_struct<annals::events<bank::deposited
// remedy: annals: an event or command is a plain aggregate struct
#include <annals/annals.hpp>

namespace bank {

struct opened {};
struct deposited { long cents; };

#ifdef MUST_NOT_COMPILE
using listed = deposited*;
#else
using listed = deposited;
#endif

}  // namespace bank

annals::memory_log<annals::events<bank::opened, bank::listed>> history;

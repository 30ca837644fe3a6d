// A struct without a name, of which nothing could be stored.
// refused: annals::event_name_that_cannot_be_stored<
// remedy: choose one with `static constexpr std::string_view event_name`
#include <annals/annals.hpp>

namespace bank {

#ifdef MUST_NOT_COMPILE
struct { long cents; } sample;
using deposited = decltype(sample);
#else
struct deposited { long cents; };
#endif

}  // namespace bank

annals::memory_log<annals::events<bank::deposited>> ours;

// Two events that were given one name.
// refused: annals::two_events_with_one_stored_name<annals::events<bank::opened, bank::started>
#include <annals/annals.hpp>

#include <string_view>

namespace bank {

struct opened {};
struct started {
#ifdef MUST_NOT_COMPILE
    static constexpr std::string_view event_name = "opened";
#else
    static constexpr std::string_view event_name = "begun";
#endif
};

}  // namespace bank

annals::memory_log<annals::events<bank::opened, bank::started>> history;

// An event's name that a log could not tell from two words.
// refused: annals::event_name_that_cannot_be_stored<bank::deposited>
// remedy: annals: an event's name has letters, digits, `_`, `-` and characters beyond ASCII
#include <annals/annals.hpp>

#include <string_view>

namespace bank {

struct deposited {
#ifdef MUST_NOT_COMPILE
    static constexpr std::string_view event_name = "paid in";
#else
    static constexpr std::string_view event_name = "paid_in";
#endif
    long cents;
};

}  // namespace bank

annals::memory_log<annals::events<bank::deposited>> ours;

// An event's name with what separates subjects, paths or words somewhere.
// refused: annals::event_name_that_cannot_be_stored<bank::deposited>
// remedy: annals: an event's name has letters, digits, `_`, `-` and characters beyond ASCII
#include <annals/annals.hpp>

#include <string_view>

namespace bank {

struct deposited {
#ifdef MUST_NOT_COMPILE
    static constexpr std::string_view event_name = "bank.deposited";
#else
    static constexpr std::string_view event_name = "bank-deposited";
#endif
    long cents;
};

}  // namespace bank

annals::memory_log<annals::events<bank::deposited>> ours;

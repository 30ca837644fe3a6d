// A log of any kind holds one of the same events.
// refused: log_of_other_events<annals::memory_log<annals::events<till::sold>
// remedy: make both logs with the same list of events
#include <annals/annals.hpp>
#include <annals/log/any_log.hpp>

#include <utility>

namespace till {

struct sold {
    long cents;
};
struct returned {
    long cents;
};

}  // namespace till

int main() {
#ifdef MUST_NOT_COMPILE
    using events = annals::events<till::sold, till::returned>;
#else
    using events = annals::events<till::sold>;
#endif
    annals::any_log<events> log(std::in_place_type<annals::memory_log<annals::events<till::sold>>>);
    return log.head() ? 0 : 1;
}

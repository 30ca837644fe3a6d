// A history is a reading as any other: of what the log holds.
// refused: annals::event_that_the_log_never_holds<bank::account, annals::events<bank::withdrawn>
#include <annals/annals.hpp>
#include <annals/read/history.hpp>

namespace bank {

struct deposited { long cents; };
struct withdrawn { long cents; };

struct account {
    using events = annals::events<deposited, withdrawn>;

    long balance = 0;

    void apply(const deposited& e) { balance += e.cents; }
    void apply(const withdrawn& e) { balance -= e.cents; }
};

#ifdef MUST_NOT_COMPILE
using log_type = annals::memory_log<annals::events<deposited>>;
#else
using log_type = annals::memory_log<annals::events<deposited, withdrawn>>;
#endif

}  // namespace bank

bool was_poor(const bank::log_type& log) {
    const auto found =
        annals::first_when<bank::account>(log, annals::whole_log(), [](const bank::account& now) { return now.balance < 0; });
    return found.has_value() && found->has_value();
}

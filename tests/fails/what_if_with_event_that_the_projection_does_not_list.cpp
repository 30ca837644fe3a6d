// What might have happened is an event, too: the projection must have thought of it.
// refused: annals::event_that_the_projection_does_not_list<bank::account, annals::events<bank::withdrawn>
// remedy: annals: add the event to the projection's `events`, or to its `ignores`
#include <annals/annals.hpp>
#include <annals/read/what_if.hpp>

namespace bank {

struct deposited { long cents; };
struct withdrawn { long cents; };

struct account {
#ifdef MUST_NOT_COMPILE
    using events = annals::events<deposited>;
#else
    using events = annals::events<deposited, withdrawn>;
#endif
    long balance = 0;

    void apply(const deposited& e) { balance += e.cents; }
    void apply(const withdrawn& e) { balance -= e.cents; }
};

}  // namespace bank

bool would_be_poor(const annals::memory_log<annals::events<bank::deposited, bank::withdrawn>>& log) {
    const auto found = annals::what_if<bank::account>(log, annals::stream("account-bob"))
                           .insert_behind(annals::version{1}, bank::withdrawn{5})
                           .fold();
    return found.has_value() && found->hypothetical.balance < 0;
}

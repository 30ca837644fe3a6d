// A handler does not take an event that only converts to its own.
// refused: annals::event_neither_handled_nor_ignored
// refused: annals::events<bank::refunded>
#include <annals/annals.hpp>

namespace bank {

struct deposited { long cents; };
struct refunded {
    long cents;
    operator deposited() const { return {cents}; }
};

}  // namespace bank

bool read(const annals::memory_log<annals::events<bank::deposited, bank::refunded>>& log, long& sum) {
    return log.read(annals::whole_log(), annals::handlers{
        [&](const bank::deposited& e) { sum += e.cents; },
#ifndef MUST_NOT_COMPILE
        [&](const bank::refunded& e) { sum += e.cents; },
#endif
    }).has_value();
}

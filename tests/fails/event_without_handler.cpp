// `handlers` without `otherwise` that leaves events of the log open.
// refused: annals::event_neither_handled_nor_ignored
// refused: annals::events<bank::opened, bank::withdrawn>
#include <annals/annals.hpp>

namespace bank {

struct opened {};
struct deposited { long cents; };
struct withdrawn { long cents; };

}  // namespace bank

bool read(const annals::memory_log<annals::events<bank::opened, bank::deposited, bank::withdrawn>>& log, long& sum) {
    return log.read(annals::whole_log(), annals::handlers{
        [&](const bank::deposited& e) { sum += e.cents; },
#ifndef MUST_NOT_COMPILE
        annals::otherwise(),
#endif
    }).has_value();
}

// The contestant that the others are compared with: this library, as its users write it.
#include "search.hpp"

#include <annals/read/history.hpp>

found_state first_when(const ledger_log& log, std::int64_t fees) {
    const auto found = annals::first_when<ledger::balance_sheet>(
        log, annals::whole_log(), [&](const ledger::balance_sheet& now) { return now.fees > fees; });
    return {(**found).position.value, (**found).state};
}

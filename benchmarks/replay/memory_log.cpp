// The contestant that the others are compared with: this library, as its users write it.
#include "contestant.hpp"
#include "filled_log.hpp"

one_replay memory_log(ledger::pattern which, std::size_t count) {
    return [log = filled_log(which, count)] { return annals::replay<ledger::balance_sheet>(*log).value(); };
}

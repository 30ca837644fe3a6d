// Three projections over one log: in one pass, and for comparison in three.
#include "contestant.hpp"
#include "filled_log.hpp"

three_replay memory_log_fused(ledger::pattern which, std::size_t count) {
    return [log = filled_log(which, count)] {
        return annals::replay<ledger::balance_sheet, ledger::turnover, ledger::profit>(*log).value();
    };
}

three_replay memory_log_three_passes(ledger::pattern which, std::size_t count) {
    return [log = filled_log(which, count)] {
        return three_states{annals::replay<ledger::balance_sheet>(*log).value(),
                            annals::replay<ledger::turnover>(*log).value(), annals::replay<ledger::profit>(*log).value()};
    };
}

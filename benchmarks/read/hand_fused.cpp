// Four projections in one loop over the log, fused by hand.
#include "catch_up.hpp"

#include <cstdlib>

using namespace ledger;

namespace {

struct all_numbers {
    using events = all_events;

    std::int64_t  balance = 0, fees = 0, accounts = 0, in = 0, out = 0, earned = 0, paid_out = 0, customers = 0;
    std::uint64_t trail = 0, moves = 0, warnings = 0, transfers = 0, to = 0;

    void apply(const opened& e) {
        ++accounts;
        trail ^= e.customer;
        ++customers;
    }
    void apply(const deposited& e) {
        balance += e.cents;
        in += e.cents;
        ++moves;
    }
    void apply(const withdrawn& e) {
        balance -= e.cents;
        out += e.cents;
        ++moves;
    }
    void apply(const transferred& e) {
        balance -= e.cents;
        trail = trail * 3 + e.to;
        out += e.cents;
        ++moves;
        ++transfers;
        to ^= e.to;
    }
    void apply(const fee_charged& e) {
        balance -= e.cents;
        fees += e.cents;
        earned += e.cents - 1;
    }
    void apply(const interest_paid& e) {
        balance += e.cents + e.base % 8 * e.days;
        paid_out += e.cents;
    }
    void apply(const frozen& e) {
        trail = trail * 5 + e.reason;
        warnings += e.reason;
    }
    void apply(const closed&) {
        --accounts;
        --customers;
    }
};

template <class Log>
four_states read_all(const Log& log) {
    all_numbers all;
    if (!log.read(annals::whole_log(), all)) std::abort();
    return {balance_sheet{all.balance, all.fees, all.accounts, all.trail}, turnover{all.in, all.out, all.moves},
            profit{all.earned, all.paid_out, all.warnings}, traffic{all.customers, all.transfers, all.to}};
}

}  // namespace

four_states hand_fused(const ledger_log& log) { return read_all(log); }
four_states hand_fused(const ledger_file_log& log) { return read_all(log); }

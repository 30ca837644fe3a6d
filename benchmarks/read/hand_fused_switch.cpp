// Four projections in one loop, fused by hand: a switch over the bytes, all states in local variables.
#include "../replay/hand_written_blocks.hpp"
#include "catch_up.hpp"

using namespace ledger;

four_states hand_fused_switch(const hand_written_blocks& log) {
    std::int64_t  balance = 0, fees = 0, accounts = 0, in = 0, out = 0, earned = 0, paid_out = 0, customers = 0;
    std::uint64_t trail = 0, moves = 0, warnings = 0, transfers = 0, to = 0;
    for (const hand_written_block& block : log.blocks()) {
        const std::byte*  payload = block.payloads.get();
        const kind* const end     = block.kinds.get() + block.count;
        for (const kind* at = block.kinds.get(); at != end; ++at) {
            switch (*at) {
                case kind::opened:
                    ++accounts;
                    trail ^= as<opened>(payload).customer;
                    ++customers;
                    payload += stride<opened>;
                    break;
                case kind::deposited: {
                    const std::int64_t cents = as<deposited>(payload).cents;
                    balance += cents;
                    in += cents;
                    ++moves;
                    payload += stride<deposited>;
                    break;
                }
                case kind::withdrawn: {
                    const std::int64_t cents = as<withdrawn>(payload).cents;
                    balance -= cents;
                    out += cents;
                    ++moves;
                    payload += stride<withdrawn>;
                    break;
                }
                case kind::transferred: {
                    const transferred& moved = as<transferred>(payload);
                    balance -= moved.cents;
                    trail = trail * 3 + moved.to;
                    out += moved.cents;
                    ++moves;
                    ++transfers;
                    to ^= moved.to;
                    payload += stride<transferred>;
                    break;
                }
                case kind::fee_charged: {
                    const std::int32_t cents = as<fee_charged>(payload).cents;
                    balance -= cents;
                    fees += cents;
                    earned += cents - 1;
                    payload += stride<fee_charged>;
                    break;
                }
                case kind::interest_paid: {
                    const interest_paid& paid = as<interest_paid>(payload);
                    balance += paid.cents + paid.base % 8 * paid.days;
                    paid_out += paid.cents;
                    payload += stride<interest_paid>;
                    break;
                }
                case kind::frozen:
                    trail = trail * 5 + as<frozen>(payload).reason;
                    warnings += as<frozen>(payload).reason;
                    payload += stride<frozen>;
                    break;
                case kind::closed:
                    --accounts;
                    --customers;
                    payload += stride<closed>;
                    break;
                default: __builtin_unreachable();
            }
        }
    }
    return {balance_sheet{balance, fees, accounts, trail}, turnover{in, out, moves}, profit{earned, paid_out, warnings},
            traffic{customers, transfers, to}};
}

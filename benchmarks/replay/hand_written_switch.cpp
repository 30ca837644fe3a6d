// What a specialist would write: a switch over the bytes, the state in local variables, no function in between.
#include "contestant.hpp"
#include "hand_written_blocks.hpp"

using namespace ledger;

namespace {

balance_sheet replay_all(const hand_written_blocks& log) {
    std::int64_t  balance = 0, fees = 0, accounts = 0;
    std::uint64_t trail = 0;
    for (const hand_written_block& block : log.blocks()) {
        const std::byte*  payload = block.payloads.get();
        const kind* const end     = block.kinds.get() + block.count;
        for (const kind* at = block.kinds.get(); at != end; ++at) {
            switch (*at) {
                case kind::opened:
                    ++accounts;
                    trail ^= as<opened>(payload).customer;
                    payload += stride<opened>;
                    break;
                case kind::deposited:
                    balance += as<deposited>(payload).cents;
                    payload += stride<deposited>;
                    break;
                case kind::withdrawn:
                    balance -= as<withdrawn>(payload).cents;
                    payload += stride<withdrawn>;
                    break;
                case kind::transferred:
                    balance -= as<transferred>(payload).cents;
                    trail = trail * 3 + as<transferred>(payload).to;
                    payload += stride<transferred>;
                    break;
                case kind::fee_charged:
                    balance -= as<fee_charged>(payload).cents;
                    fees += as<fee_charged>(payload).cents;
                    payload += stride<fee_charged>;
                    break;
                case kind::interest_paid: {
                    const interest_paid& paid = as<interest_paid>(payload);
                    balance += paid.cents + paid.base % 8 * paid.days;
                    payload += stride<interest_paid>;
                    break;
                }
                case kind::frozen:
                    trail = trail * 5 + as<frozen>(payload).reason;
                    payload += stride<frozen>;
                    break;
                case kind::closed:
                    --accounts;
                    payload += stride<closed>;
                    break;
                default: __builtin_unreachable();
            }
        }
    }
    return {balance, fees, accounts, trail};
}

}  // namespace

one_replay hand_written_switch(pattern which, std::size_t count) {
    return [blocks = filled_blocks(which, count)] { return replay_all(*blocks); };
}

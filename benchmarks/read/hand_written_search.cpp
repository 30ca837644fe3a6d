// What is written by hand: a switch over the bytes, or a visitor of variants, and a look at the state behind each event.
#include "../replay/hand_written_blocks.hpp"
#include "search.hpp"

#include <variant>

using namespace ledger;

namespace {

template <class E>
void apply(balance_sheet& state, const std::byte*& payload) {
    state.apply(as<E>(payload));
    payload += stride<E>;
}

}  // namespace

found_state hand_written_search(const hand_written_blocks& log, std::int64_t fees) {
    balance_sheet state;
    std::uint64_t position = 0;
    for (const hand_written_block& block : log.blocks()) {
        const std::byte*  payload = block.payloads.get();
        const kind* const end     = block.kinds.get() + block.count;
        for (const kind* at = block.kinds.get(); at != end; ++at) {
            switch (*at) {
                case kind::opened: apply<opened>(state, payload); break;
                case kind::deposited: apply<deposited>(state, payload); break;
                case kind::withdrawn: apply<withdrawn>(state, payload); break;
                case kind::transferred: apply<transferred>(state, payload); break;
                case kind::fee_charged: apply<fee_charged>(state, payload); break;
                case kind::interest_paid: apply<interest_paid>(state, payload); break;
                case kind::frozen: apply<frozen>(state, payload); break;
                case kind::closed: apply<closed>(state, payload); break;
                default: __builtin_unreachable();
            }
            ++position;
            if (state.fees > fees) return {position, state};
        }
    }
    return {};
}

found_state variant_search(const std::vector<all_events::variant>& events, std::int64_t fees) {
    balance_sheet state;
    std::uint64_t position = 0;
    for (const auto& event : events) {
        std::visit([&](const auto& each) { state.apply(each); }, event);
        ++position;
        if (state.fees > fees) return {position, state};
    }
    return {};
}

// What a specialist would write: a switch over the bytes of each shape, which does at once what the conversions come to. The
// bytes are laid out as a memory log's.
#include "contestant.hpp"

#include <cstring>
#include <memory>
#include <vector>

using namespace bank;

namespace {

enum class kind : std::uint8_t {
    opened,
    withdrawn,
    fee_paid,
    deposited_v1,
    deposited_v2,
    deposited,
    transferred_v1,
    transferred,
    closed_v1,
    closed
};

kind kind_of(const opened&) { return kind::opened; }
kind kind_of(const withdrawn&) { return kind::withdrawn; }
kind kind_of(const fee_paid&) { return kind::fee_paid; }
kind kind_of(const deposited_v1&) { return kind::deposited_v1; }
kind kind_of(const deposited_v2&) { return kind::deposited_v2; }
kind kind_of(const deposited&) { return kind::deposited; }
kind kind_of(const transferred_v1&) { return kind::transferred_v1; }
kind kind_of(const transferred&) { return kind::transferred; }
kind kind_of(const closed_v1&) { return kind::closed_v1; }
kind kind_of(const closed&) { return kind::closed; }

template <class E>
inline constexpr std::size_t stride = (sizeof(E) + 7) / 8 * 8;

struct block {
    std::unique_ptr<kind[]>      kinds;
    std::unique_ptr<std::byte[]> payloads;
    std::size_t                  count    = 0;
    std::size_t                  used     = 0;
    std::size_t                  capacity = 0;
};

/// Blocks of the sizes that the memory log chooses: 4 KiB, doubling up to 512 KiB.
struct hand_written_log {
    std::vector<block> blocks;

    template <class E>
    void append(const E& event) {
        if (blocks.empty() || blocks.back().used + stride < E >> blocks.back().capacity) {
            const std::size_t capacity = std::size_t{4096} << (blocks.size() < 7 ? blocks.size() : 7);
            blocks.push_back({std::unique_ptr<kind[]>(new kind[capacity / 8]),
                              std::unique_ptr<std::byte[]>(new std::byte[capacity]), 0, 0, capacity});
        }
        block& into = blocks.back();
        std::memcpy(into.payloads.get() + into.used, &event, sizeof(E));
        into.kinds[into.count++] = kind_of(event);
        into.used += stride<E>;
    }
};

template <class E>
const E& as(const std::byte* payload) {
    return *reinterpret_cast<const E*>(payload);
}

balance_sheet replay_all(const hand_written_log& log) {
    std::int64_t  balance = 0, fees = 0, accounts = 0;
    std::uint64_t trail = 0;
    for (const block& each : log.blocks) {
        const std::byte*  payload = each.payloads.get();
        const kind* const end     = each.kinds.get() + each.count;
        for (const kind* at = each.kinds.get(); at != end; ++at) {
            switch (*at) {
                case kind::opened:
                    ++accounts;
                    trail ^= as<opened>(payload).customer;
                    payload += stride<opened>;
                    break;
                case kind::withdrawn:
                    balance -= as<withdrawn>(payload).cents;
                    payload += stride<withdrawn>;
                    break;
                case kind::fee_paid:
                    fees += as<fee_paid>(payload).cents;
                    payload += stride<fee_paid>;
                    break;
                case kind::deposited_v1:
                    balance += as<deposited_v1>(payload).euros * std::int64_t{100};
                    ++trail;
                    payload += stride<deposited_v1>;
                    break;
                case kind::deposited_v2:
                    balance += as<deposited_v2>(payload).cents;
                    ++trail;
                    payload += stride<deposited_v2>;
                    break;
                case kind::deposited:
                    balance += as<deposited>(payload).cents;
                    trail += as<deposited>(payload).branch;
                    payload += stride<deposited>;
                    break;
                case kind::transferred_v1: {
                    const transferred_v1& e = as<transferred_v1>(payload);
                    balance -= e.cents;
                    trail = trail * 3 + e.to;
                    fees += e.fee;
                    payload += stride<transferred_v1>;
                    break;
                }
                case kind::transferred:
                    balance -= as<transferred>(payload).cents;
                    trail = trail * 3 + as<transferred>(payload).to;
                    payload += stride<transferred>;
                    break;
                case kind::closed_v1: {
                    const std::uint16_t reason = as<closed_v1>(payload).reason;
                    if (reason % 4 != 0) {
                        --accounts;
                        trail = trail * 5 + reason;
                    }
                    payload += stride<closed_v1>;
                    break;
                }
                case kind::closed:
                    --accounts;
                    trail = trail * 5 + as<closed>(payload).reason;
                    payload += stride<closed>;
                    break;
                default: __builtin_unreachable();
            }
        }
    }
    return {balance, fees, accounts, trail};
}

}  // namespace

upcast_replay upcast_by_hand(std::size_t count) {
    const auto log = std::make_shared<hand_written_log>();
    generate(count, [&](const auto& event) { log->append(event); });
    return [log] { return replay_all(*log); };
}

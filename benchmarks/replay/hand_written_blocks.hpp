// The same bytes as a memory log's, laid out by hand: blocks of payloads one behind the other, each at its own size rounded
// up to eight bytes, and beside them one byte for each event that says which type it is.
#pragma once

#include "ledger.hpp"

#include <cstring>
#include <memory>
#include <vector>

enum class kind : std::uint8_t { opened, deposited, withdrawn, transferred, fee_charged, interest_paid, frozen, closed };

inline kind kind_of(const ledger::opened&) { return kind::opened; }
inline kind kind_of(const ledger::deposited&) { return kind::deposited; }
inline kind kind_of(const ledger::withdrawn&) { return kind::withdrawn; }
inline kind kind_of(const ledger::transferred&) { return kind::transferred; }
inline kind kind_of(const ledger::fee_charged&) { return kind::fee_charged; }
inline kind kind_of(const ledger::interest_paid&) { return kind::interest_paid; }
inline kind kind_of(const ledger::frozen&) { return kind::frozen; }
inline kind kind_of(const ledger::closed&) { return kind::closed; }

template <class E>
inline constexpr std::size_t stride = (sizeof(E) + 7) / 8 * 8;

struct hand_written_block {
    std::unique_ptr<kind[]>      kinds;
    std::unique_ptr<std::byte[]> payloads;
    std::size_t                  count    = 0;
    std::size_t                  used     = 0;
    std::size_t                  capacity = 0;
};

/// Blocks of the sizes that the memory log chooses: 4 KiB, doubling up to 512 KiB.
class hand_written_blocks {
public:
    template <class E>
    void append(const E& event) {
        if (blocks_.empty() || blocks_.back().used + stride<E> > blocks_.back().capacity) add_block();
        hand_written_block& into = blocks_.back();
        std::memcpy(into.payloads.get() + into.used, &event, sizeof(E));
        into.kinds[into.count++] = kind_of(event);
        into.used += stride<E>;
    }

    const std::vector<hand_written_block>& blocks() const { return blocks_; }

private:
    void add_block() {
        const std::size_t capacity = std::size_t{4096} << (blocks_.size() < 7 ? blocks_.size() : 7);
        blocks_.push_back({std::unique_ptr<kind[]>(new kind[capacity / 8]),
                           std::unique_ptr<std::byte[]>(new std::byte[capacity]), 0, 0, capacity});
    }

    std::vector<hand_written_block> blocks_;
};

inline std::shared_ptr<const hand_written_blocks> filled_blocks(ledger::pattern which, std::size_t count) {
    const auto blocks = std::make_shared<hand_written_blocks>();
    ledger::generate(which, count, [&](const auto& event) { blocks->append(event); });
    return blocks;
}

template <class E>
const E& as(const std::byte* payload) {
    return *reinterpret_cast<const E*>(payload);
}

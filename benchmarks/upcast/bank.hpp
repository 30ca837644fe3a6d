// The domain of the upcast benchmarks: a log most of whose events have had other shapes. Nothing here knows any contestant.
#pragma once

#include <annals/annals.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <tuple>
#include <utility>

namespace bank {

struct opened {
    std::uint32_t customer;
};
struct withdrawn {
    std::int64_t cents;
};
struct fee_paid {
    std::int32_t cents;
};

// A deposit was in euros, then in cents, then it said from which branch.
struct deposited_v1 {
    std::int32_t euros;
};
struct deposited_v2 {
    std::int64_t cents;
};
struct deposited {
    std::int64_t  cents;
    std::uint32_t branch;
};

constexpr deposited_v2 upcast(const deposited_v1& old) { return {old.euros * std::int64_t{100}}; }
constexpr deposited    upcast(const deposited_v2& old) { return {old.cents, 1}; }

// A transfer held its fee, which is an event of its own now.
struct transferred_v1 {
    std::int64_t  cents;
    std::int32_t  fee;
    std::uint32_t to;
};
struct transferred {
    std::int64_t  cents;
    std::uint64_t to;
};

constexpr std::tuple<transferred, fee_paid> upcast(const transferred_v1& old) {
    return {transferred{old.cents, old.to}, fee_paid{old.fee}};
}

// An account that was closed by mistake was closed nevertheless.
struct closed_v1 {
    std::uint16_t reason;
};
struct closed {
    std::uint64_t reason;
};

constexpr std::optional<closed> upcast(const closed_v1& old) {
    if (old.reason % 4 == 0) return std::nullopt;
    return closed{old.reason};
}

using all_events = annals::events<opened, withdrawn, fee_paid, annals::revisions<deposited_v1, deposited_v2, deposited>,
                                  annals::revisions<transferred_v1, transferred>, annals::revisions<closed_v1, closed>>;

/// The state that is replayed. `trail` depends on the order of the events.
struct balance_sheet {
    using events = all_events;

    std::int64_t  balance  = 0;
    std::int64_t  fees     = 0;
    std::int64_t  accounts = 0;
    std::uint64_t trail    = 0;

    constexpr void apply(const opened& e) {
        ++accounts;
        trail ^= e.customer;
    }
    constexpr void apply(const withdrawn& e) { balance -= e.cents; }
    constexpr void apply(const fee_paid& e) { fees += e.cents; }
    constexpr void apply(const deposited& e) {
        balance += e.cents;
        trail += e.branch;
    }
    constexpr void apply(const transferred& e) {
        balance -= e.cents;
        trail = trail * 3 + e.to;
    }
    constexpr void apply(const closed& e) {
        --accounts;
        trail = trail * 5 + e.reason;
    }

    friend constexpr bool operator==(const balance_sheet&, const balance_sheet&) = default;
};

/// Calls `sink` with `count` events, the same in each call (xorshift64*): each shape as often as any other.
template <class Sink>
void generate(std::size_t count, Sink&& sink) {
    std::uint64_t state  = 88172645463325252ULL;
    const auto    random = [&] {
        state ^= state >> 12;
        state ^= state << 25;
        state ^= state >> 27;
        return (state * 0x2545F4914F6CDD1DULL) >> 16;
    };
    for (std::size_t i = 0; i < count; ++i) {
        const std::uint64_t type   = random() % 10;
        const std::uint64_t number = random();
        const auto          cents  = static_cast<std::int64_t>(number % 100'000);
        switch (type) {
            case 0: sink(opened{static_cast<std::uint32_t>(number)}); break;
            case 1: sink(withdrawn{cents}); break;
            case 2: sink(fee_paid{static_cast<std::int32_t>(number % 500)}); break;
            case 3: sink(deposited_v1{static_cast<std::int32_t>(number % 1000)}); break;
            case 4: sink(deposited_v2{cents}); break;
            case 5: sink(deposited{cents, static_cast<std::uint32_t>(number % 300)}); break;
            case 6:
                sink(transferred_v1{cents, static_cast<std::int32_t>(number % 500), static_cast<std::uint32_t>(number % 4096)});
                break;
            case 7: sink(transferred{cents, number % 4096}); break;
            case 8: sink(closed_v1{static_cast<std::uint16_t>(number)}); break;
            default: sink(closed{number % 65536}); break;
        }
    }
}

}  // namespace bank

// What the tests of subscriptions keep up to date.
#pragma once

#include "support/bank.hpp"

#include <cstdint>

struct balances {
    using events = annals::events<bank::deposited, bank::withdrawn>;

    std::int64_t sum   = 0;
    std::int64_t count = 0;

    void apply(const bank::deposited& e) { sum += e.cents, ++count; }
    void apply(const bank::withdrawn& e) { sum -= e.cents, ++count; }

    friend bool operator==(const balances&, const balances&) = default;
};

inline constexpr auto state_of = [](const auto& state, annals::position) { return state; };

#pragma once

#include <annals/annals.hpp>

struct counted {
    int by;
};

struct total {
    using events = annals::events<counted>;

    int value = 0;

    constexpr void apply(const counted& e) { value += static_cast<int>(e.by); }
};

using counter_log = annals::memory_log<annals::events<counted>>;

void count(counter_log& log, int by);

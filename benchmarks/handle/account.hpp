// The domain of the command benchmarks: an account that decides whether it can pay.
#pragma once

#include <annals/annals.hpp>

#include <cstdint>

namespace account {

struct deposited { std::int64_t cents; };
struct withdrawn { std::int64_t cents; };
struct renamed   { std::uint64_t name; };

struct withdraw { std::int64_t cents; };

enum class refusal { overdrawn };

struct account {
    using events   = annals::events<deposited, withdrawn, renamed>;
    using commands = annals::commands<withdraw>;

    std::int64_t  balance = 0;
    std::uint64_t name    = 0;

    constexpr void apply(const deposited& e) { balance += e.cents; }
    constexpr void apply(const withdrawn& e) { balance -= e.cents; }
    constexpr void apply(const renamed& e) { name = e.name; }

    constexpr annals::decision<withdrawn, refusal> decide(const withdraw& c) const {
        if (balance < c.cents) return annals::refuse(refusal::overdrawn);
        return withdrawn{c.cents};
    }
};

/// The event with this number in every stream: mostly deposits, so that there is always enough to withdraw.
template <class Sink>
void event_number(std::uint64_t version, Sink&& sink) {
    if (version % 8 == 5)
        sink(renamed{version});
    else if (version % 8 == 7)
        sink(withdrawn{1});
    else
        sink(deposited{100});
}

}  // namespace account

// The domain of the replay benchmarks: eight events of different sizes, states with small handlers, and the ways in which
// the types of a log's events may follow each other. Nothing here knows any contestant.
#pragma once

#include <annals/annals.hpp>

#include <cstddef>
#include <cstdint>
#include <string>

namespace ledger {

struct opened        { std::uint32_t customer; };
struct deposited     { std::int64_t cents; };
struct withdrawn     { std::int64_t cents; };
struct transferred   { std::int64_t cents; std::uint64_t to; };
struct fee_charged   { std::int32_t cents; };
struct interest_paid { std::int64_t cents; std::int64_t base; std::int64_t days; };
struct frozen        { std::uint16_t reason; };
struct closed        {};

using all_events = annals::events<opened, deposited, withdrawn, transferred, fee_charged, interest_paid, frozen, closed>;

/// The state that is replayed. `trail` depends on the order of the events, so that no contestant may change it.
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
    constexpr void apply(const deposited& e) { balance += e.cents; }
    constexpr void apply(const withdrawn& e) { balance -= e.cents; }
    constexpr void apply(const transferred& e) {
        balance -= e.cents;
        trail = trail * 3 + e.to;
    }
    constexpr void apply(const fee_charged& e) {
        balance -= e.cents;
        fees += e.cents;
    }
    constexpr void apply(const interest_paid& e) { balance += e.cents + e.base % 8 * e.days; }
    constexpr void apply(const frozen& e) { trail = trail * 5 + e.reason; }
    constexpr void apply(const closed&) { --accounts; }

    friend constexpr bool operator==(const balance_sheet&, const balance_sheet&) = default;
};

/// A second state, of some of the events, for several projections in one pass.
struct turnover {
    using events = annals::events<deposited, withdrawn, transferred>;

    std::int64_t  in    = 0;
    std::int64_t  out   = 0;
    std::uint64_t count = 0;

    constexpr void apply(const deposited& e) {
        in += e.cents;
        ++count;
    }
    constexpr void apply(const withdrawn& e) {
        out += e.cents;
        ++count;
    }
    constexpr void apply(const transferred& e) {
        out += e.cents;
        ++count;
    }

    friend constexpr bool operator==(const turnover&, const turnover&) = default;
};

/// A third one.
struct profit {
    using events = annals::events<fee_charged, interest_paid, frozen>;

    std::int64_t  earned   = 0;
    std::int64_t  paid     = 0;
    std::uint64_t warnings = 0;

    constexpr void apply(const fee_charged& e) { earned += e.cents - 1; }
    constexpr void apply(const interest_paid& e) { paid += e.cents; }
    constexpr void apply(const frozen& e) { warnings += e.reason; }

    friend constexpr bool operator==(const profit&, const profit&) = default;
};

/// How types follow each other: each at random; in runs of 16; nine of ten of one type, the others at random.
enum class pattern { random, runs_of_16, mostly_one };

inline constexpr pattern patterns[] = {pattern::random, pattern::runs_of_16, pattern::mostly_one};

inline std::string name_of(pattern which) {
    switch (which) {
        case pattern::random: return "random";
        case pattern::runs_of_16: return "runs_of_16";
        case pattern::mostly_one: return "mostly_one";
    }
    return {};
}

/// Numbers that look random and are the same in each run (xorshift64*).
class random_numbers {
public:
    std::uint64_t operator()() {
        state_ ^= state_ >> 12;
        state_ ^= state_ << 25;
        state_ ^= state_ >> 27;
        return (state_ * 0x2545F4914F6CDD1DULL) >> 16;
    }

private:
    std::uint64_t state_ = 88172645463325252ULL;
};

/// Calls `sink` with `count` events, the same in each call.
template <class Sink>
void generate(pattern which, std::size_t count, Sink&& sink) {
    random_numbers random;
    std::uint64_t  type = 0;
    for (std::size_t i = 0; i < count; ++i) {
        const std::uint64_t chosen = random();
        switch (which) {
            case pattern::random: type = chosen % 8; break;
            case pattern::runs_of_16: type = i % 16 == 0 ? chosen % 8 : type; break;
            case pattern::mostly_one: type = chosen % 10 != 0 ? 1 : (chosen / 16) % 8; break;
        }
        const std::uint64_t number = random();
        const auto          cents  = static_cast<std::int64_t>(number % 100'000);
        switch (type) {
            case 0: sink(opened{static_cast<std::uint32_t>(number)}); break;
            case 1: sink(deposited{cents}); break;
            case 2: sink(withdrawn{cents}); break;
            case 3: sink(transferred{cents, number % 4096}); break;
            case 4: sink(fee_charged{static_cast<std::int32_t>(number % 500)}); break;
            case 5: sink(interest_paid{cents, cents * 7, cents % 31}); break;
            case 6: sink(frozen{static_cast<std::uint16_t>(number)}); break;
            default: sink(closed{}); break;
        }
    }
}

}  // namespace ledger

// Chapter 2: what the bank wants to know of all its accounts. Nobody had to plan for these questions: the events are
// all there, and a new read model is filled from the first of them on.
#pragma once

#include "account.hpp"

#include <cstdint>
#include <map>
#include <string>

namespace bank {

/// How much money came in and went out. It names what it handles and what it leaves out; whoever adds an event to the
/// log is told by the compiler that this read model must decide about it.
struct cash_flow {
    using events  = annals::events<deposited, withdrawn>;
    using ignores = annals::events<opened, annotated, closed>;

    std::int64_t in = 0, out = 0;

    constexpr void apply(const deposited& e) { in += e.cents; }
    constexpr void apply(const withdrawn& e) { out += e.cents; }
};

/// Which accounts are open. It takes a handler's second argument, to learn which account an event is about.
struct open_accounts {
    using events  = annals::events<opened, closed>;
    using ignores = annals::events<deposited, withdrawn, annotated>;

    std::map<std::string, std::uint32_t> customer_of;

    void apply(const opened& e, const annals::context& where) { customer_of[std::string{where.stream}] = e.customer; }
    void apply(const closed&, const annals::context& where) { customer_of.erase(std::string{where.stream}); }
};

static_assert(annals::replay<cash_flow>(opened{7}, deposited{100}, withdrawn{30}).out == 30);
static_assert(annals::projection<open_accounts>);

}  // namespace bank

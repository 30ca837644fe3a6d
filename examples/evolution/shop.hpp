// Chapter 3: the shop of today. Not a word of the past in here, until the rules at the end.
#pragma once

#include "events.hpp"

#include <annals/testing/given.hpp>

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace shop {

// Commands.
struct choose_delivery {
    delivery how;
};
struct pay {
    payment by;
};

enum class refusal { not_open, empty, no_delivery, too_much_for_an_invoice };

[[nodiscard]] constexpr std::string_view to_string(refusal reason) noexcept {
    switch (reason) {
        case refusal::not_open: return "the order is not open";
        case refusal::empty: return "there is nothing to pay for";
        case refusal::no_delivery: return "choose a delivery first";
        case refusal::too_much_for_an_invoice: return "that is too much for an invoice";
    }
    return "unknown";
}

struct order {
    using events   = order_events;
    using commands = annals::commands<choose_delivery, pay>;

    bool         is_open = false, has_delivery = false;
    std::int64_t cents = 0;

    constexpr void apply(const opened&) { is_open = true; }
    constexpr void apply(const item_added& e) { cents += e.price.cents; }
    constexpr void apply(const delivery_chosen&) { has_delivery = true; }
    constexpr void apply(const paid&) { is_open = false; }
    constexpr void apply(const revoked&) { is_open = false; }

    constexpr annals::decision<delivery_chosen, refusal> decide(const choose_delivery& c) const {
        if (!is_open) return annals::refuse(refusal::not_open);
        return delivery_chosen{c.how};
    }
    constexpr annals::decision<paid, refusal> decide(const pay& c) const {
        if (!is_open) return annals::refuse(refusal::not_open);
        if (cents == 0) return annals::refuse(refusal::empty);
        if (!has_delivery) return annals::refuse(refusal::no_delivery);
        if (c.by == payment::invoice && cents > 100'00) return annals::refuse(refusal::too_much_for_an_invoice);
        return paid{c.by};
    }
};

/// All orders at a glance.
struct order_book {
    using events  = annals::events<opened, item_added, delivery_chosen, paid, revoked>;
    using ignores = annals::events<wished>;

    struct line {
        std::uint32_t    customer;
        country          to;
        bool             gift;
        money            total{};
        std::string_view status = "open";
    };
    std::map<std::string, line> orders;

    void apply(const opened& e, const annals::context& where) {
        orders.emplace(where.stream, line{.customer = e.customer, .to = e.to, .gift = e.gift});
    }
    void apply(const item_added& e, const annals::context& where) {
        money& total = at(where).total;
        total        = {total.cents + e.price.cents, e.price.in};
    }
    void apply(const delivery_chosen& e, const annals::context& where) {
        at(where).status = e.how == delivery::post ? "to be sent" : "to be fetched";
    }
    void apply(const paid&, const annals::context& where) { at(where).status = "paid"; }
    void apply(const revoked&, const annals::context& where) { at(where).status = "revoked"; }

private:
    line& at(const annals::context& where) { return orders.at(std::string{where.stream}); }
};

/// What people dream of.
struct wishes {
    using events  = annals::events<wished>;
    using ignores = order_events;

    std::map<std::uint32_t, int> count_of;

    void apply(const wished& e) { ++count_of[e.article]; }
};

// The rules hold for histories of any age, and the compiler proves it.
namespace rules {

using annals::given;

static_assert(given<order>(v1::item_added{4, 19.99F}).state().cents == 1999, "a price is a price,");
static_assert(given<order>(v2::item_added{4, 1999}).state().cents == 1999, "however it was written down");
static_assert(given<order>(opened{7, country::austria}, v1::item_added{4, 19.99F}, v2::item_added{9, 1050},
                           v1::checked_out{delivery::post, payment::card})
                  .when(pay{payment::card})
                  .refuses(refusal::not_open),
              "who checked out in 2021 does not pay again");
static_assert(given<order>(opened{12, country::germany}, v1::item_added{2, 180.00F}, delivery_chosen{delivery::pickup})
                  .when(pay{payment::invoice})
                  .refuses(refusal::too_much_for_an_invoice),
              "an old basket is subject to today's rules");
static_assert(given<order>(opened{12, country::germany}, v1::item_added{2, 180.00F}, delivery_chosen{delivery::pickup})
                  .when(pay{payment::card})
                  .emits(paid{payment::card}));

}  // namespace rules
}  // namespace shop

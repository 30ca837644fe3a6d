// Chapter 2: an order, from when it is placed to its one end.
#pragma once

#include <annals/annals.hpp>
#include <annals/schema/tags.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace shop {

/// So many of one product, at so many cents each.
struct line {
    std::string  product;
    std::int32_t count;
    std::int64_t cents;
};

/// An order has the id of the cart that it was made from. Chapter 4 places it; by its tags it is found from three sides.
struct order_placed {
    std::string                cart;
    std::string                customer;
    std::vector<line>          lines;
    std::optional<std::string> voucher;
    std::int64_t               cents;     // what is to be paid for all of it
    std::chrono::milliseconds  patience;  // how long the payment may take

    using tags = annals::tags<&order_placed::cart, &order_placed::customer, &order_placed::voucher>;
};
struct order_confirmed {
    std::string order;
};

enum class trouble : std::uint8_t { sold_out, payment_declined, not_paid_in_time };
struct order_cancelled {
    std::string order;
    trouble     why;
};

struct confirm_order {
    std::string order;
};
struct cancel_order {
    std::string order;
    trouble     why;
};

using order_events = annals::events<order_placed, order_confirmed, order_cancelled>;

struct order {
    using events   = order_events;
    using commands = annals::commands<confirm_order, cancel_order>;

    bool is_open = false;

    void apply(const order_placed&) { is_open = true; }
    void apply(const order_confirmed&) { is_open = false; }
    void apply(const order_cancelled&) { is_open = false; }

    annals::decision<order_confirmed> decide(const confirm_order& c) const {
        if (!is_open) return annals::nothing;
        return order_confirmed{c.order};
    }
    annals::decision<order_cancelled> decide(const cancel_order& c) const {
        if (!is_open) return annals::nothing;
        return order_cancelled{c.order, c.why};
    }
};

static_assert(annals::aggregate<order>);

}  // namespace shop

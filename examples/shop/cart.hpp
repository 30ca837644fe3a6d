// Chapter 4: carts and vouchers, and the check-out, a rule about a cart, a voucher and a customer at once. No stream holds all
// of that. So events say by their tags what they are about, and a decision reads what carries the tags of its command.
#pragma once

#include "order.hpp"

#include <annals/annals.hpp>
#include <annals/app/decider.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace shop {

struct item_added {
    std::string  cart;
    std::string  product;
    std::int32_t count;
    std::int64_t cents;  // each

    using tags = annals::tags<&item_added::cart>;
};
struct item_removed {
    std::string cart;
    std::string product;

    using tags = annals::tags<&item_removed::cart>;
};
/// It takes so much off an order: once for each customer, and so many times in all.
struct voucher_issued {
    std::string  voucher;
    std::int64_t cents;
    std::int32_t uses;

    using tags = annals::tags<&voucher_issued::voucher>;
};
using cart_events = annals::events<item_added, item_removed, voucher_issued>;

struct add_item {
    std::string  cart;
    std::string  product;
    std::int32_t count;
    std::int64_t cents;

    using tags = annals::tags<&add_item::cart>;
};
struct remove_item {
    std::string cart;
    std::string product;

    using tags = annals::tags<&remove_item::cart>;
};
struct issue_voucher {
    std::string  voucher;
    std::int64_t cents;
    std::int32_t uses;

    using tags = annals::tags<&issue_voucher::voucher>;
};
struct check_out {
    std::string               cart;
    std::string               customer;
    std::string               voucher;  // may be empty
    std::chrono::milliseconds patience;

    using tags = annals::tags<&check_out::cart, &check_out::customer, &check_out::voucher>;
};

enum class refusal : std::uint8_t {
    already_ordered,
    not_in_the_cart,
    empty_cart,
    voucher_exists,
    no_such_voucher,
    voucher_used_up,
    voucher_used_by_customer,
};

/// What is in a cart. It reads what carries its tag, in whatever stream: also the order that was made from it.
struct cart_contents {
    std::string       cart;
    std::vector<line> lines;
    bool              is_ordered = false;

    static constexpr std::string_view category = "cart";

    using events   = annals::events<item_added, item_removed, order_placed>;
    using tags     = annals::tags<&cart_contents::cart>;
    using commands = annals::commands<add_item, remove_item>;

    void apply(const item_added& e) {
        const auto there = find(e.product);
        if (there != lines.end())
            lines[static_cast<std::size_t>(there - lines.begin())].count += e.count;
        else
            lines.push_back({e.product, e.count, e.cents});
    }
    void apply(const item_removed& e) { lines.erase(find(e.product)); }
    void apply(const order_placed&) { is_ordered = true; }

    annals::decision<item_added, refusal> decide(const add_item& c) const {
        if (is_ordered) return annals::refuse(refusal::already_ordered);
        return item_added{c.cart, c.product, c.count, c.cents};
    }
    annals::decision<item_removed, refusal> decide(const remove_item& c) const {
        if (is_ordered) return annals::refuse(refusal::already_ordered);
        if (find(c.product) == lines.end()) return annals::refuse(refusal::not_in_the_cart);
        return item_removed{c.cart, c.product};
    }

    std::int64_t sum() const {
        std::int64_t cents = 0;
        for (const line& each : lines) cents += each.count * each.cents;
        return cents;
    }

private:
    std::vector<line>::const_iterator find(const std::string& product) const {
        return std::find_if(lines.begin(), lines.end(), [&](const line& each) { return each.product == product; });
    }
};

/// What is known of a voucher.
struct voucher_uses {
    std::string  voucher;
    std::int64_t cents     = 0;
    std::int32_t left      = 0;
    bool         is_issued = false;

    static constexpr std::string_view category = "voucher";

    using events   = annals::events<voucher_issued, order_placed>;
    using tags     = annals::tags<&voucher_uses::voucher>;
    using commands = annals::commands<issue_voucher>;

    void apply(const voucher_issued& e) {
        is_issued = true;
        cents     = e.cents;
        left += e.uses;
    }
    void apply(const order_placed&) { --left; }

    annals::decision<voucher_issued, refusal> decide(const issue_voucher& c) const {
        if (is_issued) return annals::refuse(refusal::voucher_exists);
        return voucher_issued{c.voucher, c.cents, c.uses};
    }
};

/// Whether one customer has used one voucher.
struct use_by_customer {
    std::string customer;
    std::string voucher;
    bool        is_there = false;

    using events = annals::events<order_placed>;
    using tags   = annals::tags<&use_by_customer::customer, &use_by_customer::voucher>;

    void apply(const order_placed&) { is_there = true; }
};

/// The decision over all three. If anything was written meanwhile that one of its parts would have read, it is taken again. So
/// a cart becomes one order, however often somebody presses the button, and the last use of a voucher goes to one customer.
struct check_out_desk {
    cart_contents   cart;
    voucher_uses    voucher;
    use_by_customer use;

    // It writes into the stream `order-<cart>`, which chapter 2 goes on with.
    static constexpr std::string_view category = "order";

    using commands = annals::commands<check_out>;

    annals::decision<order_placed, refusal> decide(const check_out& c) const {
        if (cart.is_ordered) return annals::refuse(refusal::already_ordered);
        if (cart.lines.empty()) return annals::refuse(refusal::empty_cart);
        if (c.voucher.empty()) return order_placed{c.cart, c.customer, cart.lines, {}, cart.sum(), c.patience};
        if (!voucher.is_issued) return annals::refuse(refusal::no_such_voucher);
        if (use.is_there) return annals::refuse(refusal::voucher_used_by_customer);
        if (voucher.left <= 0) return annals::refuse(refusal::voucher_used_up);
        const std::int64_t cents = std::max<std::int64_t>(cart.sum() - voucher.cents, 0);
        return order_placed{c.cart, c.customer, cart.lines, c.voucher, cents, c.patience};
    }
};

}  // namespace shop

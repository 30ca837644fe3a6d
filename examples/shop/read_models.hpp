// Chapter 6: what the shop wants to know, the other side of CQRS. Read models are folded from all events, and kept up to date
// by a subscription; nothing that is written waits for them.
#pragma once

#include "events.hpp"

#include <cstdint>
#include <map>
#include <ostream>
#include <string>
#include <vector>

namespace shop {

/// What is sold, product by product, and the money.
struct sales {
    struct of_product {
        std::int64_t ordered = 0, shipped = 0, cents = 0;  // cents of confirmed orders, before vouchers
    };
    std::map<std::string, of_product>        products;
    std::map<std::string, std::vector<line>> under_way;  // lines of orders whose end is not known
    std::int64_t                             taken = 0, refunded = 0;

    using events = annals::events<order_events, stock_shipped, payment_taken, payment_refunded>;

    void apply(const order_placed& e) {
        for (const line& each : e.lines) products[each.product].ordered += each.count;
        under_way[e.cart] = e.lines;
    }
    void apply(const order_confirmed& e) {
        for (const line& each : under_way[e.order]) products[each.product].cents += each.count * each.cents;
        under_way.erase(e.order);
    }
    void apply(const order_cancelled& e) { under_way.erase(e.order); }
    void apply(const stock_shipped& e, const annals::context& where) {
        products[std::string{annals::id_of(where.stream)}].shipped += e.count;
    }
    void apply(const payment_taken& e) { taken += e.cents; }
    void apply(const payment_refunded& e) { refunded += e.cents; }
};

/// The orders that are under way, customer by customer.
struct open_orders {
    std::map<std::string, std::map<std::string, std::int64_t>> cents;  // of customer and order
    std::map<std::string, std::string>                         customer_of;

    using events = order_events;

    void apply(const order_placed& e) {
        cents[e.customer][e.cart] = e.cents;
        customer_of[e.cart]       = e.customer;
    }
    void apply(const order_confirmed& e) { end(e.order); }
    void apply(const order_cancelled& e) { end(e.order); }

private:
    void end(const std::string& order) {
        const auto customer = customer_of.find(order);
        if (customer == customer_of.end()) return;
        const auto orders = cents.find(customer->second);
        orders->second.erase(order);
        if (orders->second.empty()) cents.erase(orders);
        customer_of.erase(customer);
    }
};

inline void tell(std::ostream& out, const sales& all) {
    for (const auto& [product, of] : all.products)
        out << product << ": ordered " << of.ordered << ", shipped " << of.shipped << ", " << of.cents << " cents\n";
    out << "taken " << all.taken << " cents, given back " << all.refunded << '\n';
}
inline void tell(std::ostream& out, const open_orders& all) {
    out << "customers who wait: " << all.cents.size() << '\n';
    for (const auto& [customer, orders] : all.cents) out << customer << ": " << orders.size() << " under way\n";
}

}  // namespace shop

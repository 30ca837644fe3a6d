// Chapter 5: what becomes of an order. A process turns events into commands, for aggregates that know nothing of each other,
// and takes back what it has done when it cannot go on.
//
//     order_placed      reserve each line         refused: give up
//     stock_reserved    if that was the last one, request the payment, and wait so long for it
//     payment_taken     confirm the order, ship   after it was given up: give the money back
//     payment_declined, or nothing in time        give up: release what was reserved, cancel the order
#pragma once

#include "order.hpp"
#include "payment.hpp"
#include "stock.hpp"

#include <annals/app/process.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace shop {

// What it notes in the stream `fulfilment-<order>`. From that, not from the memory of a program, it knows what it waits for.
struct fulfilment_begun {
    std::string               order;
    std::vector<line>         lines;
    std::int64_t              cents;
    std::chrono::milliseconds patience;
};
struct line_reserved {};
struct payment_awaited {};
struct payment_overdue {};
struct order_fulfilled {};
struct order_given_up {};

struct fulfilment {
    using inputs   = annals::events<order_placed, stock_reserved, payment_taken, payment_declined>;
    using timeouts = annals::events<payment_overdue>;
    using events   = annals::events<fulfilment_begun, line_reserved, payment_awaited, order_fulfilled, order_given_up>;
    using sends =
        annals::sends<annals::to<stock, reserve_stock, release_stock, ship_stock>,
                      annals::to<payment, request_payment, request_refund>, annals::to<order, confirm_order, cancel_order>>;
    using reaction = annals::reaction<fulfilment>;

    // Which order an event is about.
    static std::string instance(const order_placed& e) { return e.cart; }
    static std::string instance(const stock_reserved& e) { return e.order; }
    static std::string instance(const payment_taken& e) { return e.order; }
    static std::string instance(const payment_declined& e) { return e.order; }

    enum class phase : std::uint8_t { new_order, reserving, paying, over };

    std::string               order_id;
    std::vector<line>         lines;
    std::int64_t              cents = 0;
    std::chrono::milliseconds patience{};
    std::size_t               reserved = 0;
    phase                     now      = phase::new_order;

    void apply(const fulfilment_begun& e) {
        order_id = e.order;
        lines    = e.lines;
        cents    = e.cents;
        patience = e.patience;
        now      = phase::reserving;
    }
    void apply(const line_reserved&) { ++reserved; }
    void apply(const payment_awaited&) { now = phase::paying; }
    void apply(const order_fulfilled&) { now = phase::over; }
    void apply(const order_given_up&) { now = phase::over; }

    reaction react(const order_placed& e) const {
        reaction todo;
        todo.record(fulfilment_begun{e.cart, e.lines, e.cents, e.patience});
        for (const line& each : e.lines) todo.send<stock>(each.product, reserve_stock{e.cart, each.count});
        return todo;
    }
    reaction react(const annals::command_refused<stock, reserve_stock>&) const {
        return now == phase::reserving ? give_up(trouble::sold_out) : reaction{};
    }
    reaction react(const stock_reserved&) const {
        reaction todo;
        if (now != phase::reserving) return todo;
        todo.record(line_reserved{});
        if (reserved + 1 == lines.size())
            todo.record(payment_awaited{})
                .send<payment>(order_id, request_payment{order_id, cents})
                .after(patience, payment_overdue{});
        return todo;
    }
    reaction react(const payment_taken& e) const {
        reaction todo;
        if (now != phase::paying) {
            todo.send<payment>(e.order, request_refund{e.order, e.cents});
            return todo;
        }
        todo.record(order_fulfilled{}).send<order>(order_id, confirm_order{order_id});
        for (const line& each : lines) todo.send<stock>(each.product, ship_stock{order_id});
        return todo;
    }
    reaction react(const payment_declined&) const {
        return now == phase::paying ? give_up(trouble::payment_declined) : reaction{};
    }
    reaction react(const payment_overdue&) const {
        return now == phase::paying ? give_up(trouble::not_paid_in_time) : reaction{};
    }

private:
    reaction give_up(trouble why) const {
        reaction todo;
        todo.record(order_given_up{});
        for (const line& each : lines) todo.send<stock>(each.product, release_stock{order_id});
        todo.send<order>(order_id, cancel_order{order_id, why});
        return todo;
    }
};

}  // namespace shop

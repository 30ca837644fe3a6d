// Orders, stock and what brings them together, for the tests of processes.
#pragma once

#include <annals/annals.hpp>
#include <annals/app/process.hpp>

#include <chrono>
#include <cstdint>
#include <string>

namespace shop {

struct order_placed {
    std::string  order;
    std::string  item;
    std::int32_t count;
};
struct order_paid {
    std::string order;
};
struct order_confirmed {};
struct order_cancelled {
    std::string reason;
};
using order_events = annals::events<order_placed, order_paid, order_confirmed, order_cancelled>;

struct place_order {
    std::string  order;
    std::string  item;
    std::int32_t count;
};
struct pay_order {
    std::string order;
};
struct confirm_order {};
struct cancel_order {
    std::string reason;
};

struct order {
    using events   = order_events;
    using commands = annals::commands<place_order, pay_order, confirm_order, cancel_order>;

    enum class status { none, placed, paid, confirmed, cancelled } now = status::none;

    void apply(const order_placed&) { now = status::placed; }
    void apply(const order_paid&) { now = status::paid; }
    void apply(const order_confirmed&) { now = status::confirmed; }
    void apply(const order_cancelled&) { now = status::cancelled; }

    annals::decision<order_placed, std::string> decide(const place_order& c) const {
        if (now != status::none) return annals::refuse("there is one");
        return order_placed{c.order, c.item, c.count};
    }
    annals::decision<order_paid, std::string> decide(const pay_order& c) const {
        if (now != status::placed) return annals::refuse("not to be paid");
        return order_paid{c.order};
    }
    annals::decision<order_confirmed> decide(const confirm_order&) const { return order_confirmed{}; }
    annals::decision<order_cancelled> decide(const cancel_order& c) const { return order_cancelled{c.reason}; }
};

struct stock_added {
    std::int32_t count;
};
struct stock_reserved {
    std::string  order;
    std::int32_t count;
};
struct stock_released {
    std::string  order;
    std::int32_t count;
};
using stock_events = annals::events<stock_added, stock_reserved, stock_released>;

struct add_stock {
    std::int32_t count;
};
struct reserve_stock {
    std::string  order;
    std::int32_t count;
};
struct release_stock {
    std::string  order;
    std::int32_t count;
};
enum class shortage { too_few };

struct stock {
    using events   = stock_events;
    using commands = annals::commands<add_stock, reserve_stock, release_stock>;

    std::int32_t left = 0;

    void apply(const stock_added& e) { left += e.count; }
    void apply(const stock_reserved& e) { left -= e.count; }
    void apply(const stock_released& e) { left += e.count; }

    annals::decision<stock_added>              decide(const add_stock& c) const { return stock_added{c.count}; }
    annals::decision<stock_reserved, shortage> decide(const reserve_stock& c) const {
        if (c.count > left) return annals::refuse(shortage::too_few);
        return stock_reserved{c.order, c.count};
    }
    annals::decision<stock_released> decide(const release_stock& c) const { return stock_released{c.order, c.count}; }
};

struct fulfilment_begun {
    std::string  order;
    std::string  item;
    std::int32_t count;
};
struct fulfilment_ended {};
struct payment_overdue {};

/// Reserves what was ordered, and releases it if nobody pays within half an hour.
struct fulfilment {
    using inputs   = annals::events<order_placed, order_paid>;
    using events   = annals::events<fulfilment_begun, fulfilment_ended>;
    using timeouts = annals::events<payment_overdue>;
    using sends =
        annals::sends<annals::to<stock, reserve_stock, release_stock>, annals::to<order, confirm_order, cancel_order>>;
    using reaction = annals::reaction<fulfilment>;

    static std::string instance(const order_placed& e) { return e.order; }
    static std::string instance(const order_paid& e) { return e.order; }

    std::string  order_id;
    std::string  item;
    std::int32_t count   = 0;
    bool         is_open = false;

    void apply(const fulfilment_begun& e) {
        order_id = e.order;
        item     = e.item;
        count    = e.count;
        is_open  = true;
    }
    void apply(const fulfilment_ended&) { is_open = false; }

    reaction react(const order_placed& e) const {
        reaction todo;
        todo.record(fulfilment_begun{e.order, e.item, e.count});
        todo.send<stock>(e.item, reserve_stock{e.order, e.count});
        todo.after(std::chrono::minutes(30), payment_overdue{});
        return todo;
    }
    reaction react(const annals::command_refused<stock, reserve_stock>&) const { return give_up("sold out"); }
    reaction react(const order_paid& e) const {
        reaction todo;
        if (is_open)
            todo.record(fulfilment_ended{}).send<order>(order_id, confirm_order{});
        else
            todo.send<order>(e.order, cancel_order{"paid in vain"});
        return todo;
    }
    reaction react(const payment_overdue&) const {
        reaction todo;
        if (is_open) todo = give_up("not paid").send<stock>(item, release_stock{order_id, count});
        return todo;
    }

private:
    reaction give_up(const char* why) const {
        reaction todo;
        todo.record(fulfilment_ended{}).send<order>(order_id, cancel_order{why});
        return todo;
    }
};

using events = annals::events<order_events, stock_events, annals::process_events<fulfilment>>;

/// A clock that stands where it was put, for the log and the process.
struct set_clock {
    const std::int64_t* minutes;

    annals::timestamp operator()() const { return annals::timestamp{*minutes * 60'000'000'000}; }
};
using log_type = annals::memory_log<events, set_clock>;

}  // namespace shop

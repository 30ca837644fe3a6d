// Chapter 1: the stock of one product. An aggregate: a stream of events, a state that is folded from them, and the rules.
#pragma once

#include <annals/annals.hpp>

#include <cstdint>
#include <map>
#include <string>

namespace shop {

struct stock_delivered {
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
struct stock_shipped {
    std::string  order;
    std::int32_t count;
};

struct deliver_stock {
    std::int32_t count;
};
struct reserve_stock {
    std::string  order;
    std::int32_t count;
};
struct release_stock {
    std::string order;
};
struct ship_stock {
    std::string order;
};

enum class shortage : std::uint8_t { too_few };

using stock_events = annals::events<stock_delivered, stock_reserved, stock_released, stock_shipped>;

struct stock {
    using events   = stock_events;
    using commands = annals::commands<deliver_stock, reserve_stock, release_stock, ship_stock>;

    std::int32_t                        left = 0;      // what is not promised to anybody
    std::map<std::string, std::int32_t> reserved_for;  // by order

    void apply(const stock_delivered& e) { left += e.count; }
    void apply(const stock_reserved& e) {
        left -= e.count;
        reserved_for[e.order] += e.count;
    }
    void apply(const stock_released& e) {
        left += e.count;
        reserved_for.erase(e.order);
    }
    void apply(const stock_shipped& e) { reserved_for.erase(e.order); }

    annals::decision<stock_delivered>          decide(const deliver_stock& c) const { return stock_delivered{c.count}; }
    annals::decision<stock_reserved, shortage> decide(const reserve_stock& c) const {
        if (c.count > left) return annals::refuse(shortage::too_few);
        return stock_reserved{c.order, c.count};
    }
    // Whoever gives an order up need not know what had been reserved for it. Nothing is an answer, too.
    annals::decision<stock_released> decide(const release_stock& c) const {
        const auto found = reserved_for.find(c.order);
        if (found == reserved_for.end()) return annals::nothing;
        return stock_released{c.order, found->second};
    }
    annals::decision<stock_shipped> decide(const ship_stock& c) const {
        const auto found = reserved_for.find(c.order);
        if (found == reserved_for.end()) return annals::nothing;
        return stock_shipped{c.order, found->second};
    }
};

static_assert(annals::aggregate<stock>);

}  // namespace shop

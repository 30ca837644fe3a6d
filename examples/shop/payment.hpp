// Chapter 3: the payment of an order. What the bank answers are facts: they are recorded, and not judged.
#pragma once

#include <annals/annals.hpp>

#include <cstdint>
#include <string>

namespace shop {

struct payment_requested {
    std::string  order;
    std::int64_t cents;
};
struct payment_taken {
    std::string  order;
    std::int64_t cents;
};
struct payment_declined {
    std::string order;
};
struct refund_requested {
    std::string  order;
    std::int64_t cents;
};
struct payment_refunded {
    std::string  order;
    std::int64_t cents;
};

struct request_payment {
    std::string  order;
    std::int64_t cents;
};
struct record_taken {
    std::string  order;
    std::int64_t cents;
};
struct record_declined {
    std::string order;
};
struct request_refund {
    std::string  order;
    std::int64_t cents;
};
struct record_refunded {
    std::string  order;
    std::int64_t cents;
};

using payment_events = annals::events<payment_requested, payment_taken, payment_declined, refund_requested, payment_refunded>;

/// It has nothing to refuse, and so no state. What it has instead is a stream of its own, to which each of its commands is
/// applied once: see chapters 5 and 7.
struct payment {
    using events   = payment_events;
    using commands = annals::commands<request_payment, record_taken, record_declined, request_refund, record_refunded>;

    void apply(const payment_requested&) {}
    void apply(const payment_taken&) {}
    void apply(const payment_declined&) {}
    void apply(const refund_requested&) {}
    void apply(const payment_refunded&) {}

    annals::decision<payment_requested> decide(const request_payment& c) const { return payment_requested{c.order, c.cents}; }
    annals::decision<payment_taken>     decide(const record_taken& c) const { return payment_taken{c.order, c.cents}; }
    annals::decision<payment_declined>  decide(const record_declined& c) const { return payment_declined{c.order}; }
    annals::decision<refund_requested>  decide(const request_refund& c) const { return refund_requested{c.order, c.cents}; }
    annals::decision<payment_refunded>  decide(const record_refunded& c) const { return payment_refunded{c.order, c.cents}; }
};

static_assert(annals::aggregate<payment>);

}  // namespace shop

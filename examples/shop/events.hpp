// All events of the shop: the list that its log is made with.
#pragma once

#include "cart.hpp"
#include "fulfilment.hpp"
#include "order.hpp"
#include "payment.hpp"
#include "stock.hpp"

namespace shop {

using events = annals::events<stock_events, order_events, payment_events, cart_events, annals::process_events<fulfilment>>;

}  // namespace shop

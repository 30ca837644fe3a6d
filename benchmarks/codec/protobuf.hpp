// The user's structs as messages and back, field by field.
#pragma once

#include "shop.hpp"

#include "shop.pb.h"

inline void copy(const shop::paid& e, shop_proto::Paid& to) {
    to.set_account(e.account);
    to.set_cents(e.cents);
    to.set_branch(e.branch);
    to.set_teller(e.teller);
}
inline void copy(const shop_proto::Paid& from, shop::paid& e) {
    e = {from.account(), from.cents(), from.branch(), from.teller()};
}

inline void copy(const shop::ordered& e, shop_proto::Ordered& to) {
    to.set_order(e.order);
    to.set_placed(e.placed);
    to.set_customer(e.customer);
    to.set_street(e.street);
    to.set_mail(e.mail);
    to.clear_lines();
    for (const shop::line& each : e.lines) {
        shop_proto::Line& line = *to.add_lines();
        line.set_article(each.article);
        line.set_count(each.count);
        line.set_cents(each.cents);
    }
}
inline void copy(const shop_proto::Ordered& from, shop::ordered& e) {
    e.order    = from.order();
    e.placed   = from.placed();
    e.customer = from.customer();
    e.street   = from.street();
    e.mail     = from.mail();
    e.lines.resize(static_cast<std::size_t>(from.lines_size()));
    for (int i = 0; i < from.lines_size(); ++i) {
        const shop_proto::Line& line         = from.lines(i);
        e.lines[static_cast<std::size_t>(i)] = {line.article(), line.count(), line.cents()};
    }
}

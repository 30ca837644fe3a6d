// Whether all is as it must be, seen from outside: by readers of the whole log that share no rule with what is checked.
#pragma once

#include "office.hpp"

#include <annals/read/diff.hpp>
#include <annals/read/history.hpp>

#include <cstddef>
#include <cstdint>
#include <iostream>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

namespace shop {

/// What the log says of each order, counted.
struct order_counts {
    struct of_product {
        std::int32_t wanted = 0, reserved = 0, released = 0, shipped = 0;
        std::int32_t reservations = 0, ends = 0;
    };
    struct of_order {
        std::int32_t                      placed = 0, confirmed = 0, cancelled = 0;
        std::int32_t                      requested = 0, taken = 0, declined = 0, refund_requested = 0, refunded = 0;
        std::int32_t                      timeouts = 0, timeouts_due = 0;
        std::int64_t                      cents = 0, cents_taken = 0, cents_refunded = 0;
        bool                              is_sold_out = false;
        std::map<std::string, of_product> products;
    };
    std::map<std::string, of_order>                             orders;
    std::map<trouble, std::int64_t>                             troubles;
    std::map<std::string, std::int64_t>                         uses_left;  // of vouchers
    std::map<std::pair<std::string, std::string>, std::int64_t> uses;       // of voucher and customer

    using events = annals::events<order_events, payment_events, voucher_issued, stock_reserved, stock_released, stock_shipped,
                                  annals::scheduled<payment_overdue>, payment_overdue>;

    void apply(const order_placed& e) {
        auto& one = orders[e.cart];
        ++one.placed;
        one.cents = e.cents;
        for (const line& each : e.lines) one.products[each.product].wanted += each.count;
        if (!e.voucher) return;
        --uses_left[*e.voucher];
        ++uses[{*e.voucher, e.customer}];
    }
    void apply(const order_confirmed& e) { ++orders[e.order].confirmed; }
    void apply(const order_cancelled& e) {
        ++orders[e.order].cancelled;
        orders[e.order].is_sold_out = e.why == trouble::sold_out;
        ++troubles[e.why];
    }
    void apply(const voucher_issued& e) { uses_left[e.voucher] += e.uses; }
    void apply(const payment_requested& e) { ++orders[e.order].requested; }
    void apply(const payment_declined& e) { ++orders[e.order].declined; }
    void apply(const refund_requested& e) { ++orders[e.order].refund_requested; }
    void apply(const payment_taken& e) {
        ++orders[e.order].taken;
        orders[e.order].cents_taken += e.cents;
    }
    void apply(const payment_refunded& e) {
        ++orders[e.order].refunded;
        orders[e.order].cents_refunded += e.cents;
    }
    void apply(const stock_reserved& e, const annals::context& where) {
        ++of(e.order, where).reservations;
        of(e.order, where).reserved += e.count;
    }
    void apply(const stock_released& e, const annals::context& where) {
        ++of(e.order, where).ends;
        of(e.order, where).released += e.count;
    }
    void apply(const stock_shipped& e, const annals::context& where) {
        ++of(e.order, where).ends;
        of(e.order, where).shipped += e.count;
    }
    void apply(const annals::scheduled<payment_overdue>&, const annals::context& where) { ++of_stream(where).timeouts; }
    void apply(const payment_overdue&, const annals::context& where) { ++of_stream(where).timeouts_due; }

private:
    of_order&   of_stream(const annals::context& where) { return orders[std::string{annals::id_of(where.stream)}]; }
    of_product& of(const std::string& order, const annals::context& where) {
        return orders[order].products[std::string{annals::id_of(where.stream)}];
    }
};

/// What lies on a shelf, promised or not, and what of it is free.
struct shelf {
    std::int64_t there = 0, free = 0;

    using events = stock_events;

    void apply(const stock_delivered& e) {
        there += e.count;
        free += e.count;
    }
    void apply(const stock_reserved& e) { free -= e.count; }
    void apply(const stock_released& e) { free += e.count; }
    void apply(const stock_shipped& e) { there -= e.count; }
};

template <class Log>
class inspection {
public:
    explicit inspection(const Log& log) : log_(log) {}

    /// All of it. Prints what was looked at, and each mistake. Answers whether there was none.
    template <class Office>
    bool pass(const Office& office, const bank& outside) {
        const auto counts = annals::replay<order_counts>(log_);
        if (!counts) return note("the log cannot be read: " + counts.error().message()), false;
        look_at_orders(*counts);
        look_at_vouchers(*counts);
        look_at_shelves();
        look_at_commands();
        look_at_bank(*counts, outside);
        look_at_read_models(office, *counts);
        std::cout << (mistakes_ == 0 ? "all is well" : std::to_string(mistakes_) + " mistakes") << std::endl;
        return mistakes_ == 0;
    }

private:
    void look_at_orders(const order_counts& all) {
        std::int64_t confirmed = 0, refunded = 0;
        for (const auto& [name, one] : all.orders) {
            const std::string order = "order " + name;
            must(one.placed == 1, order + " is placed once");
            must(one.confirmed + one.cancelled == 1, order + " ends once: confirmed or cancelled");
            must(one.taken <= 1, order + " is paid once at most");
            must(one.cents_taken - one.cents_refunded == (one.confirmed != 0 ? one.cents : 0),
                 order + " is paid for if it is confirmed, and else nothing is kept");
            must(one.requested <= 1, order + ": the bank is asked once at most");
            must(one.taken + one.declined == one.requested, order + ": the bank has answered");
            must(one.refunded <= one.taken && one.refunded == one.refund_requested, order + " is given back once, if asked");
            must(one.timeouts <= 1 && one.timeouts_due == one.timeouts, order + ": what is to come later has come");
            bool lacks_a_line = false;
            for (const auto& [product, of] : one.products) {
                lacks_a_line           = lacks_a_line || of.reservations == 0;
                const std::string line = order + ", " + product;
                must(of.reservations <= 1, line + " is reserved once at most");
                must(of.ends == of.reservations, line + ": what was reserved is shipped or released, once");
                must(of.reserved == of.shipped + of.released, line + ": all of what was reserved is");
                must(of.shipped == (one.confirmed != 0 ? of.wanted : 0), line + " is shipped if the order is confirmed");
            }
            must(one.is_sold_out == lacks_a_line, order + " is cancelled as sold out if a line of it could not be reserved");
            confirmed += one.confirmed;
            refunded += one.refunded;
        }
        std::cout << all.orders.size() << " orders, " << confirmed << " confirmed";
        for (const auto& [why, count] : all.troubles) std::cout << ", " << count << ' ' << annals::to_text(why);
        std::cout << "; " << refunded << " given back" << std::endl;
    }
    void look_at_vouchers(const order_counts& all) {
        for (const auto& [voucher, left] : all.uses_left)
            must(left >= 0, "voucher " + voucher + " is used no more often than it may be");
        for (const auto& [use, count] : all.uses) must(count == 1, "voucher " + use.first + " is used once by " + use.second);
        std::cout << all.uses.size() << " uses of " << all.uses_left.size() << " vouchers" << std::endl;
    }
    // Never, not only now.
    void look_at_shelves() {
        std::set<std::string> names;
        const auto            see  = [&](const auto&, const annals::context& where) { names.emplace(where.stream); };
        const auto            read = log_.read(annals::category("stock"), annals::handlers{annals::otherwise(see)});
        must(read.has_value(), "the stock can be read");
        for (const std::string& name : names) {
            const auto wrong = annals::first_when<shelf>(log_, annals::stream(name),
                                                         [](const shelf& now) { return now.free < 0 || now.there < now.free; });
            must(wrong.has_value(), name + " can be read");
            if (wrong && *wrong) note(name + " was oversold, at version " + std::to_string((*wrong)->version.value));
        }
        std::cout << names.size() << " shelves, never oversold" << std::endl;
    }
    // What an event was the cause of, in one stream, is there once.
    void look_at_commands() {
        std::set<std::tuple<annals::uuid, std::string, std::string_view>> caused;
        std::set<annals::uuid>                                            ids;
        const auto see = [&]<class E>(const E&, const annals::context& where) {
            const std::string at = " at position " + std::to_string(where.position.value);
            must(ids.insert(where.id).second, "the event has an id of its own" + at);
            if (where.causation.is_nil() || annals::category_of(where.stream) == "fulfilment") return;
            const bool is_new = caused.emplace(where.causation, where.stream, annals::event_name<E>()).second;
            must(is_new, "the command has not been carried out before" + at);
        };
        const auto read = log_.read(annals::whole_log(), annals::handlers{annals::otherwise(see)});
        must(read.has_value(), "the log can be read");
        std::cout << ids.size() << " events, " << caused.size() << " of them of commands that were sent, each once"
                  << std::endl;
    }
    void look_at_bank(const order_counts& all, const bank& outside) {
        std::map<std::string, std::pair<std::int64_t, std::int64_t>> moved;  // taken and refunded
        for (const auto& [key, each] : outside.books()) {
            if (each.what == "taken") moved[each.order].first += each.cents;
            if (each.what == "refunded") moved[each.order].second += each.cents;
        }
        for (const auto& [name, one] : all.orders)
            must(moved[name] == std::pair{one.cents_taken, one.cents_refunded},
                 "the bank has moved for order " + name + " what the log says");
        must(moved.size() == all.orders.size(), "the bank has moved money for orders alone");
        std::cout << outside.books().size() << " entries in the books of the bank, the same as in the log" << std::endl;
    }
    // What was saved, and folded on from there, beside what comes out from the first event on.
    template <class Office>
    void look_at_read_models(const Office& office, const order_counts& all) {
        const auto fresh = annals::replay<sales, open_orders>(log_);
        if (!fresh) return note("the log cannot be read: " + fresh.error().message());
        const auto compare = [&](const auto& kept, const auto& rebuilt) {
            for (const auto& each : annals::diff(kept, rebuilt))
                note("a read model is not as a new one: " + each.field + ' ' + each.before + ", and new " + each.after);
        };
        office.template look<sales>([&](const sales& kept) { compare(kept, std::get<0>(*fresh)); });
        office.template look<open_orders>([&](const open_orders& kept) { compare(kept, std::get<1>(*fresh)); });
        std::int64_t kept = 0;
        for (const auto& [name, one] : all.orders) kept += one.confirmed != 0 ? one.cents : 0;
        const auto& [sold, open] = *fresh;
        must(sold.taken - sold.refunded == kept, "the money that was kept is what confirmed orders cost");
        must(open.cents.empty(), "no order is under way");
        std::cout << "both read models, the same as new ones" << std::endl;
    }

    void must(bool holds, const std::string& what) {
        if (!holds) note("not so: " + what);
    }
    void note(const std::string& what) {
        if (++mistakes_ <= 20) std::cout << what << std::endl;
    }

    const Log&  log_;
    std::size_t mistakes_ = 0;
};

}  // namespace shop

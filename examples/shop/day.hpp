// A day at the shop, told in one thread, on a log in memory, with a clock that is put forward: always the same comes out.
#pragma once

#include "office.hpp"

#include <annals/read/snapshot.hpp>
#include <annals/schema/print.hpp>

#include <chrono>
#include <cstdint>
#include <iomanip>
#include <iostream>
#include <stdexcept>
#include <string>
#include <string_view>

namespace shop {

/// A clock that stands where it was put. It begins at nine in the morning.
struct set_clock {
    const std::int64_t* minutes;

    annals::timestamp operator()() const { return annals::timestamp{*minutes * 60'000'000'000}; }
};
/// Ids that are counted.
struct counted_ids {
    std::uint32_t count = 0;

    annals::uuid operator()() {
        annals::uuid made;
        ++count;
        for (unsigned i = 0; i < 4; ++i) made.bytes[12 + i] = static_cast<std::uint8_t>(count >> (24 - 8 * i));
        return made;
    }
};

class day {
public:
    void pass() {
        must(annals::repository_of<stock>(log_).handle("tea", deliver_stock{10}));
        must(annals::repository_of<stock>(log_).handle("pot", deliver_stock{5}));
        must(annals::decider_of<voucher_uses>(log_).handle(issue_voucher{"spring", 300, 1}));

        fill("ann", {{"tea", 2, 450}, {"pot", 1, 2900}});
        buy("ann", "spring");
        fill("bob", {{"tea", 1, 450}});
        buy("bob", "spring");
        buy("bob", "");
        buy("bob", "");
        office_settles();

        fill("cid", {{"pot", 1, 2900}, {"tea", 8, 450}});  // there are seven
        buy("cid", "");
        fill("dora", {{"pot", 4, 2900}});  // more than the bank lets her have
        buy("dora", "");
        office_settles();

        // The bank takes three quarters of an hour over Eve's payment. Nobody waits for that.
        fill("eve", {{"tea", 3, 450}, {"pot", 1, 2900}});
        must(annals::decider_of<cart_contents>(log_).handle(remove_item{cart_of("eve"), "pot"}));
        buy("eve", "");
        must(office_.orders.catch_up());
        minutes_ += 45;
        must(office_.orders.catch_up());
        office_settles();

        tell_all_of("eve");
        tell_read_models();
    }

private:
    using log_type = annals::memory_log<events, set_clock, counted_ids>;

    template <class Answer>
    static void must(const Answer& answer) {
        if (!answer) throw std::runtime_error("the log, or a rule, says no where the story says yes");
    }

    void fill(const std::string& customer, std::initializer_list<line> lines) {
        const auto carts = annals::decider_of<cart_contents>(log_);
        for (const line& each : lines) must(carts.handle(add_item{cart_of(customer), each.product, each.count, each.cents}));
    }
    void buy(const std::string& customer, const std::string& voucher) {
        const auto done = annals::decider_of<check_out_desk>(log_).handle(
            check_out{cart_of(customer), customer, voucher, std::chrono::minutes(30)});
        std::cout << time() << customer << " checks out" << (voucher.empty() ? "" : " with voucher " + voucher) << ": "
                  << (done ? "ordered" : annals::to_text(*done.error().refusal())) << '\n';
        ++minutes_;
    }
    void office_settles() {
        must(office_.settle());
        must(log_.read(annals::whole_log().from(annals::position{told_ + 1}),
                       annals::handlers{[&](const order_confirmed& e) { std::cout << time() << e.order << ": confirmed\n"; },
                                        [&](const order_cancelled& e) {
                                            std::cout << time() << e.order << ": cancelled, " << annals::to_text(e.why) << '\n';
                                        },
                                        annals::otherwise()}));
        told_ = log_.head()->value;
        ++minutes_;
    }
    // Whatever came of an order, in whichever stream, has the order's id as its correlation.
    void tell_all_of(const std::string& customer) {
        std::cout << "\nall that came of " << customer << "'s order:\n";
        annals::uuid order;
        const auto   see = [&](const auto& event, const annals::context& where) {
            if (where.stream == "order-" + cart_of(customer) && where.version.value == 1) order = where.id;
            if (order.is_nil() || (where.id != order && where.correlation != order)) return;
            std::cout << "  " << std::left << std::setw(22) << where.stream << annals::to_text(event) << '\n';
        };
        must(log_.read(annals::whole_log(), annals::handlers{annals::otherwise(see)}));
    }
    void tell_read_models() {
        std::cout << "\nsales and open orders:\n";
        office_.look<sales>([](const sales& all) { tell(std::cout, all); });
        office_.look<open_orders>([](const open_orders& all) { tell(std::cout, all); });
    }
    static std::string cart_of(const std::string& customer) { return "cart_" + customer; }

    std::string time() const {
        const auto two = [](std::int64_t number) { return std::to_string(number / 10) + std::to_string(number % 10); };
        return two(minutes_ / 60) + ':' + two(minutes_ % 60) + ' ';
    }

    static bank::habits habits() {
        bank::habits has;
        has.limit = 10'000;
        return has;
    }

    std::int64_t                                          minutes_ = 9 * 60;
    std::uint64_t                                         told_    = 0;
    log_type                                              log_{set_clock{&minutes_}};
    annals::memory_snapshots                              store_;
    bank                                                  bank_{habits()};
    office<log_type, annals::memory_snapshots, set_clock> office_{log_, store_, bank_, set_clock{&minutes_}};
};

}  // namespace shop

// Customers and a supplier, in threads, who do at random what such people do.
#pragma once

#include "office.hpp"

#include <annals/read/load.hpp>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <random>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace shop {

struct load_options {
    std::chrono::milliseconds time      = std::chrono::seconds(2);
    unsigned                  customers = 8;
    std::uint64_t             seed      = 1;
    std::chrono::milliseconds patience  = std::chrono::milliseconds(150);
};

inline constexpr std::array products{"tea", "pot", "cup", "tin", "jam", "bun", "egg", "ham", "fig", "oil"};

/// Each customer fills a cart, checks out, and waits until the read model says that the order is through.
template <class Log, class Office, class Store>
class load {
public:
    load(Log& log, Office& office, Store& store, const load_options& options)
        : log_(log), office_(office), store_(store), options_(options), run_(std::to_string(log.head()->value)) {}

    /// Takes as long as the options say. Answers how many orders were placed.
    std::uint64_t pass() {
        const auto uses = static_cast<std::int32_t>(options_.customers / 2);
        (void)annals::decider_of<voucher_uses>(log_).handle(issue_voucher{voucher_, 500, uses});
        std::vector<std::thread> people;
        people.emplace_back([this] { supply(); });
        for (unsigned number = 1; number <= options_.customers; ++number) people.emplace_back([this, number] { buy(number); });
        std::this_thread::sleep_for(options_.time);
        is_over_ = true;
        for (std::thread& each : people) each.join();
        return orders_;
    }

private:
    // Little of each at once, so that something is sold out now and then.
    void supply() {
        const auto shelf = annals::repository_of<stock>(log_, annals::with_snapshots(store_, annals::every(200)));
        for (std::mt19937_64 random(options_.seed); !is_over_; std::this_thread::sleep_for(std::chrono::milliseconds(20)))
            for (const char* product : products)
                if (const auto now = shelf.load(product); now && now->state.left < 6)
                    (void)shelf.handle(product, deliver_stock{1 + static_cast<std::int32_t>(random() % 12)});
    }

    void buy(unsigned number) {
        std::mt19937_64   random(options_.seed + number);
        const auto        any      = [&](unsigned most) { return static_cast<std::int32_t>(random() % most); };
        const auto        carts    = annals::decider_of<cart_contents>(log_);
        const auto        desk     = annals::decider_of<check_out_desk>(log_, 100);
        const std::string customer = "customer " + std::to_string(number);
        for (unsigned visit = 1; !is_over_; ++visit) {
            // No other run has this id: the log was shorter when that began.
            const std::string cart = run_ + '_' + std::to_string(number) + '_' + std::to_string(visit);
            for (int items = 1 + any(4); items > 0; --items) {
                const auto kind = static_cast<std::size_t>(any(products.size()));
                (void)carts.handle(add_item{cart, products[kind], 1 + any(4), 100 * (1 + static_cast<std::int64_t>(kind))});
            }
            if (any(8) == 0) (void)carts.handle(remove_item{cart, products[static_cast<std::size_t>(any(products.size()))]});
            if (any(20) == 0) continue;  // never comes back
            auto done = desk.handle(check_out{cart, customer, any(2) == 0 ? voucher_ : "", options_.patience});
            if (!done && done.error().refusal()) done = desk.handle(check_out{cart, customer, "", options_.patience});
            if (!done) continue;
            ++orders_;
            wait_for(*done, customer, cart);
        }
    }
    void wait_for(const annals::receipt& placed, const std::string& customer, const std::string& cart) const {
        (void)office_.models.wait_for(placed.position, std::chrono::seconds(10));
        const auto is_open = [&](const open_orders& all) {
            const auto found = all.cents.find(customer);
            return found != all.cents.end() && found->second.count(cart) != 0;
        };
        while (!is_over_ && office_.template look<open_orders>(is_open))
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }

    Log&                       log_;
    Office&                    office_;
    Store&                     store_;
    load_options               options_;
    std::string                run_;
    std::string                voucher_ = 'v' + run_;
    std::atomic<bool>          is_over_{false};
    std::atomic<std::uint64_t> orders_{0};
};

}  // namespace shop

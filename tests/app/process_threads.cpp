// A process that runs while others append, twice at once, and is stopped again and again.
#include "catch.hpp"
#include "support/fulfilment.hpp"

#include <annals/app/effects.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <vector>

using namespace shop;

namespace {

using shared_log = annals::memory_log<shop::events>;

struct seen_orders {
    using events = annals::events<order_placed>;

    std::atomic<int>* count;

    void react(const order_placed&, const annals::live&) const { ++*count; }
};

// What must hold in the end, seen in the whole log.
struct books {
    using events = annals::events<stock_reserved, stock_released, order_confirmed, order_cancelled>;

    std::multiset<std::string> reserved, released, confirmed, cancelled;

    void apply(const stock_reserved& e) { reserved.insert(e.order); }
    void apply(const stock_released& e) { released.insert(e.order); }
    void apply(const order_confirmed&, const annals::context& where) { confirmed.emplace(where.stream.substr(6)); }
    void apply(const order_cancelled&, const annals::context& where) { cancelled.emplace(where.stream.substr(6)); }
};

}  // namespace

TEST_CASE("Two that run one process, and are stopped at random, do everything once", "[process]") {
    constexpr int     customers = 2, orders = 60;
    shared_log        log;
    std::atomic<bool> is_over{false};
    std::atomic<int>  seen{0}, failures{0};
    REQUIRE(annals::repository_of<stock>(log).handle("tea", add_stock{200}));

    annals::memory_snapshots stores[2], mails;
    auto                     first   = annals::process_of<fulfilment>(log, stores[0]);
    auto                     second  = annals::process_of<fulfilment>(log, stores[1]);
    auto                     effects = annals::effects_of(log, seen_orders{&seen}, mails);
    std::vector<std::thread> running;
    const auto               run = [&](auto& who) {
        running.emplace_back([&] {
            while (!is_over)
                if (!who.run()) ++failures;
        });
    };
    run(first);
    run(second);
    run(effects);

    std::vector<std::thread> others;
    for (int c = 0; c < customers; ++c)
        others.emplace_back([&, c] {
            std::mt19937 random(static_cast<unsigned>(c));
            for (int i = 0; i < orders; ++i) {
                const std::string id    = std::to_string(c) + "." + std::to_string(i);
                const auto        count = 1 + static_cast<std::int32_t>(random() % 5);
                if (!annals::repository_of<order>(log).handle(id, place_order{id, "tea", count})) ++failures;
                if (random() % 2 == 0) (void)annals::repository_of<order>(log).handle(id, pay_order{id});
                if (random() % 4 == 0) (i % 2 == 0 ? first : second).stop();
                if (random() % 8 == 0) effects.stop();
            }
        });
    for (auto& each : others) each.join();

    const auto patience  = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    const auto is_behind = [&] {
        const auto head = *log.head();
        return first.place() < head || second.place() < head || effects.place() < head;
    };
    while (is_behind() && std::chrono::steady_clock::now() < patience)
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
    is_over = true;
    first.stop();
    second.stop();
    effects.stop();
    for (auto& each : running) each.join();

    CHECK(failures == 0);
    CHECK(seen >= customers * orders);
    books all;
    REQUIRE(log.read(annals::whole_log(), all));
    for (const std::string& order : all.reserved) CHECK(all.reserved.count(order) == 1);
    for (const std::string& order : all.confirmed) CHECK(all.confirmed.count(order) == 1);
    CHECK(all.confirmed.size() + all.cancelled.size() > 10);
    CHECK(annals::repository_of<stock>(log).load("tea")->state.left >= 0);
    const auto before = *log.head();
    REQUIRE(annals::process_of<fulfilment>(log).catch_up());
    CHECK(*log.head() == before);
}

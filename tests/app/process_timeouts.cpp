// Timeouts of processes: when they come, and in which order.
#include "catch.hpp"

#include <annals/annals.hpp>
#include <annals/app/process.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace kitchen {

struct put_in_oven {
    std::string               dish;
    std::vector<std::int64_t> minutes;  // when to look after it
};
struct looked {
    std::int64_t minutes;
};
struct look {
    std::int64_t minutes;
};

struct baking {
    using inputs   = annals::events<put_in_oven>;
    using events   = annals::events<looked>;
    using timeouts = annals::events<look>;
    using reaction = annals::reaction<baking>;

    static std::string instance(const put_in_oven& e) { return e.dish; }

    std::vector<std::int64_t> seen;

    void apply(const looked& e) { seen.push_back(e.minutes); }

    reaction react(const put_in_oven& e) const {
        reaction todo;
        for (const std::int64_t each : e.minutes) todo.after(std::chrono::minutes(each), look{each});
        return todo;
    }
    reaction react(const look& e) const { return reaction().record(looked{e.minutes}); }
};
using events = annals::events<put_in_oven, annals::process_events<baking>>;

struct set_clock {
    const std::int64_t* minutes;

    annals::timestamp operator()() const { return annals::timestamp{*minutes * 60'000'000'000}; }
};

}  // namespace kitchen

using namespace kitchen;

namespace {

struct evening {
    std::int64_t                                   minutes = 28'000'000;  // some time in 2023
    annals::memory_log<kitchen::events, set_clock> log{set_clock{&minutes}};
    annals::memory_snapshots                       store;

    void put(std::string dish, std::vector<std::int64_t> when) {
        const std::string stream = "oven-" + dish;
        REQUIRE(log.append(stream, annals::any_version, put_in_oven{std::move(dish), std::move(when)}));
    }
    std::vector<std::int64_t> looked_after(const std::string& dish) {
        baking state;
        REQUIRE(log.read(annals::stream("baking-" + dish), state));
        return state.seen;
    }
};

}  // namespace

TEST_CASE("Timeouts that became due while nobody ran come in the order of their times", "[process]") {
    evening today;
    auto    running = annals::process_of<baking>(today.log, today.store, set_clock{&today.minutes});
    today.put("bread", {50, 40, 20});
    REQUIRE(running.catch_up());
    today.minutes += 45;
    REQUIRE(running.catch_up());
    CHECK(today.looked_after("bread") == std::vector<std::int64_t>{20, 40});
    CHECK(running.waiting() == 1);
    today.minutes += 5;
    REQUIRE(running.catch_up());
    CHECK(today.looked_after("bread") == std::vector<std::int64_t>{20, 40, 50});
}

TEST_CASE("A timeout with no delay, or a negative one, comes at once; one in a thousand years does not", "[process]") {
    evening                today;
    constexpr std::int64_t year    = 60 * 24 * 365;
    auto                   running = annals::process_of<baking>(today.log, today.store, set_clock{&today.minutes});
    today.put("bread", {250 * year, 0, 1000 * year, -3, std::chrono::minutes::max().count(), -1000 * year});
    REQUIRE(running.catch_up());
    CHECK(today.looked_after("bread") == std::vector<std::int64_t>{-1000 * year, -3, 0});
    CHECK(running.waiting() == 3);
}

TEST_CASE("A clock that goes backwards makes no timeout come twice, or never", "[process]") {
    evening today;
    auto    running = annals::process_of<baking>(today.log, today.store, set_clock{&today.minutes});
    today.put("bread", {10});
    REQUIRE(running.catch_up());
    today.minutes += 10;
    REQUIRE(running.catch_up());
    today.minutes -= 60;
    REQUIRE(running.catch_up());
    today.put("cake", {10});
    REQUIRE(running.catch_up());
    today.minutes += 55;
    REQUIRE(running.catch_up());
    CHECK(today.looked_after("cake").empty());  // the log's time did not go back
    today.minutes += 20;
    REQUIRE(running.catch_up());
    CHECK(today.looked_after("bread").size() == 1);
    CHECK(today.looked_after("cake").size() == 1);
}

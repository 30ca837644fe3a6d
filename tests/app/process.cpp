// Processes: events become commands, each once.
#include "catch.hpp"
#include "support/fulfilment.hpp"
#include "support/temporary_directory.hpp"

#include <annals/app/effects.hpp>
#include <annals/log/file_log.hpp>
#include <annals/read/file_snapshots.hpp>
#include <annals/schema/print.hpp>

#include <functional>
#include <map>
#include <random>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

using namespace shop;

namespace {

// What happened to orders and stock, stream by stream.
template <class Log>
std::map<std::string, std::vector<std::string>> story_of(const Log& log) {
    std::map<std::string, std::vector<std::string>> story;
    const auto                                      done =
        log.read(annals::whole_log(), annals::handlers{annals::otherwise([&](const auto& event, const annals::context& where) {
                     story[std::string{where.stream}].push_back(annals::to_text(event));
                 })});
    REQUIRE(done);
    return story;
}

template <class Log>
void place(Log& log, const std::string& id, const std::string& item, std::int32_t count) {
    REQUIRE(annals::repository_of<order>(log).handle(id, place_order{id, item, count}));
}
template <class Log>
order::status status_of(Log& log, const std::string& id) {
    return annals::repository_of<order>(log).load(id)->state.now;
}
template <class Log>
std::int32_t left_of(Log& log, const std::string& item) {
    return annals::repository_of<stock>(log).load(item)->state.left;
}

struct opening {
    std::int64_t minutes = 0;
    log_type     log{set_clock{&minutes}};

    opening() { REQUIRE(annals::repository_of<stock>(log).handle("tea", add_stock{10})); }
};

}  // namespace

TEST_CASE("An order that is paid in time is confirmed", "[process]") {
    opening                  shop;
    annals::memory_snapshots store;
    auto                     running = annals::process_of<fulfilment>(shop.log, store, set_clock{&shop.minutes});
    place(shop.log, "o1", "tea", 4);
    REQUIRE(running.catch_up());
    CHECK(left_of(shop.log, "tea") == 6);
    CHECK(running.waiting() == 1);
    shop.minutes = 29;
    REQUIRE(annals::repository_of<order>(shop.log).handle("o1", pay_order{"o1"}));
    REQUIRE(running.catch_up());
    CHECK(status_of(shop.log, "o1") == order::status::confirmed);
    shop.minutes = 31;
    REQUIRE(running.catch_up());
    CHECK(running.waiting() == 0);
    CHECK(status_of(shop.log, "o1") == order::status::confirmed);
    CHECK(left_of(shop.log, "tea") == 6);
    CHECK(running.place() == *shop.log.head());
}

TEST_CASE("An order that nobody pays gives back what it had reserved", "[process]") {
    opening                  shop;
    annals::memory_snapshots store;
    auto                     running = annals::process_of<fulfilment>(shop.log, store, set_clock{&shop.minutes});
    place(shop.log, "o1", "tea", 4);
    REQUIRE(running.catch_up());
    shop.minutes = 30;
    SECTION("while it runs") { REQUIRE(running.catch_up()); }
    SECTION("when it runs again, with what it saved") {
        auto again = annals::process_of<fulfilment>(shop.log, store, set_clock{&shop.minutes});
        REQUIRE(again.catch_up());
    }
    SECTION("and without") {
        annals::memory_snapshots empty;
        auto                     again = annals::process_of<fulfilment>(shop.log, empty, set_clock{&shop.minutes});
        REQUIRE(again.catch_up());
    }
    CHECK(status_of(shop.log, "o1") == order::status::cancelled);
    CHECK(left_of(shop.log, "tea") == 10);
}

TEST_CASE("A refused command is an input", "[process]") {
    opening                  shop;
    annals::memory_snapshots store;
    auto                     running = annals::process_of<fulfilment>(shop.log, store, set_clock{&shop.minutes});
    place(shop.log, "o1", "tea", 11);
    REQUIRE(running.catch_up());
    CHECK(status_of(shop.log, "o1") == order::status::cancelled);
    CHECK(left_of(shop.log, "tea") == 10);
    const auto story = story_of(shop.log).at("fulfilment-o1");
    REQUIRE(story.size() == 4);
    CHECK(story[1].find("too_few") != std::string::npos);
}

TEST_CASE("What was done about an event, tells which", "[process]") {
    opening                  shop;
    annals::memory_snapshots store;
    auto                     running = annals::process_of<fulfilment>(shop.log, store, set_clock{&shop.minutes});
    place(shop.log, "o1", "tea", 4);
    REQUIRE(running.catch_up());
    annals::uuid placed, conversation;
    std::size_t  caused = 0;
    REQUIRE(
        shop.log.read(annals::whole_log(), annals::handlers{annals::otherwise([&](const auto&, const annals::context& where) {
                          if (where.stream == "order-o1") placed = where.id;
                          caused += !placed.is_nil() && where.causation == placed ? 1U : 0U;
                          if (where.stream == "stock-tea") conversation = where.correlation;
                      })}));
    CHECK(caused == 3);  // the reservation, and two records
    CHECK(conversation == placed);
    shop.minutes = 30;
    REQUIRE(running.catch_up());
    REQUIRE(shop.log.read(
        annals::stream("stock-tea").backwards().limit(1),
        annals::handlers{[&](const stock_released&, const annals::context& where) { CHECK(where.correlation == placed); },
                         annals::otherwise()}));
}

namespace {

struct cut_off {};

// A log that breaks off before or behind one of its appends.
struct breaking_log {
    using events = shop::events;

    log_type& log;
    int       appends = 0;
    int       last    = -1;
    bool      behind  = false;

    template <class Unit, class Reader>
    annals::expected<annals::read_result, annals::error> read(const annals::query<Unit>& what, Reader&& reader) const {
        return log.read(what, reader);
    }
    annals::expected<annals::position, annals::error> head() const { return log.head(); }
    template <class... Given>
    annals::expected<annals::receipt, annals::error> append(Given&&... given) {
        const bool is_last = ++appends == last;
        if (is_last && !behind) throw cut_off{};
        auto made = log.append(std::forward<Given>(given)...);
        if (is_last) throw cut_off{};
        return made;
    }
};

// Some orders of all kinds, and what becomes of them in two hours; the process breaks off at one of its appends, and runs
// again.
struct day {
    std::int64_t             minutes = 0;
    log_type                 log{set_clock{&minutes}};
    breaking_log             seen{log};
    annals::memory_snapshots store;
    bool                     loses_the_store = false;
    int                      broken_off      = 0;

    void run_process() {
        for (;;) {
            try {
                if (loses_the_store) store.~memory_snapshots(), new (&store) annals::memory_snapshots;
                annals::reaction_options options;
                options.save_every = 1;
                auto       running = annals::process_of<fulfilment>(seen, store, set_clock{&minutes}, options);
                const auto done    = running.catch_up();
                REQUIRE(done);
                return;
            } catch (const cut_off&) { ++broken_off; }
        }
    }
    void pass(unsigned seed) {
        std::mt19937 random(seed);
        const auto   any = [&](unsigned count) { return static_cast<std::int32_t>(random() % count); };
        REQUIRE(annals::repository_of<stock>(log).handle("tea", add_stock{12}));
        for (int hour = 0; hour < 4; ++hour) {
            for (int i = 0; i < 3; ++i) place(log, "o" + std::to_string(hour * 3 + i), "tea", 1 + any(6));
            if (any(2) == 0) run_process();
            minutes += 10 * any(3);
            for (int i = 0; i < 2; ++i) {
                const std::string id = "o" + std::to_string(any(static_cast<unsigned>(hour * 3 + 3)));
                (void)annals::repository_of<order>(log).handle(id, pay_order{id});
            }
            run_process();
            minutes += 30;
            run_process();
        }
    }
};

}  // namespace

TEST_CASE("A process that is cut off anywhere, and runs again, does what it would have done", "[process]") {
    for (unsigned seed = 1; seed <= 4; ++seed) {
        day undisturbed;
        undisturbed.pass(seed);
        const auto right = story_of(undisturbed.log);
        REQUIRE(undisturbed.seen.appends > 20);
        for (int at = 1; at <= undisturbed.seen.appends; ++at)
            for (const bool behind : {false, true})
                for (const bool loses : {false, true}) {
                    day disturbed;
                    disturbed.seen.last       = at;
                    disturbed.seen.behind     = behind;
                    disturbed.loses_the_store = loses;
                    disturbed.pass(seed);
                    CAPTURE(seed, at, behind, loses);
                    REQUIRE(disturbed.broken_off == 1);
                    REQUIRE(story_of(disturbed.log) == right);
                }
    }
}

TEST_CASE("A process that is given every event twice acts once", "[process]") {
    day twice;
    twice.pass(5);
    const auto               before = *twice.log.head();
    annals::memory_snapshots empty;
    auto                     again = annals::process_of<fulfilment>(twice.log, empty, set_clock{&twice.minutes});
    REQUIRE(again.catch_up());
    CHECK(again.place() == before);
    CHECK(*twice.log.head() == before);
}

namespace {

// A log on which somebody is slow: when the state of an instance was read, something else happens first.
struct slow_log {
    using events = shop::events;

    log_type&             log;
    std::function<void()> meanwhile;

    template <class Unit, class Reader>
    annals::expected<annals::read_result, annals::error> read(const annals::query<Unit>& what, Reader&& reader) const {
        const auto done = log.read(what, reader);
        if (what.name.starts_with("fulfilment-") && !what.descending && meanwhile)
            std::exchange(const_cast<slow_log*>(this)->meanwhile, nullptr)();
        return done;
    }
    annals::expected<annals::position, annals::error> head() const { return log.head(); }
    template <class... Given>
    annals::expected<annals::receipt, annals::error> append(Given&&... given) {
        return log.append(std::forward<Given>(given)...);
    }
};

}  // namespace

TEST_CASE("A process that falls behind another of its kind does not get through what that got refused", "[process]") {
    opening                  shop;
    annals::memory_snapshots store, other_store;
    place(shop.log, "o1", "tea", 11);
    auto     other = annals::process_of<fulfilment>(shop.log, other_store, set_clock{&shop.minutes});
    slow_log seen{shop.log, [&] {
                      REQUIRE(other.catch_up());
                      REQUIRE(annals::repository_of<stock>(shop.log).handle("tea", add_stock{10}));
                  }};
    REQUIRE(annals::process_of<fulfilment>(seen, store, set_clock{&shop.minutes}).catch_up());
    CHECK(status_of(shop.log, "o1") == order::status::cancelled);
    CHECK(left_of(shop.log, "tea") == 20);
}

TEST_CASE("A process whose own stream was dropped says so, and does not try for ever", "[process]") {
    const support::temporary_directory directory;
    std::int64_t                       minutes = 0;
    auto log = annals::file_log<shop::events, set_clock>::open(directory.path() / "log", {}, set_clock{&minutes});
    REQUIRE(log);
    REQUIRE(annals::repository_of<stock>(*log).handle("tea", add_stock{10}));
    place(*log, "o1", "tea", 4);
    annals::memory_snapshots store;
    auto                     running = annals::process_of<fulfilment>(*log, store, set_clock{&minutes});
    REQUIRE(running.catch_up());
    REQUIRE(log->drop_events("fulfilment-o1", {annals::version{100}}));
    SECTION("when an input comes") {
        REQUIRE(annals::repository_of<order>(*log).handle("o1", pay_order{"o1"}));
        CHECK(running.catch_up().error().code == annals::errc::version_conflict);
    }
    SECTION("when a timeout is due") {
        minutes = 30;
        CHECK(running.catch_up().error().code == annals::errc::version_conflict);
    }
    SECTION("but goes on with its other instances") {
        place(*log, "o2", "tea", 4);
        CHECK(running.catch_up());
    }
}

TEST_CASE("What a process knows is saved in files", "[process]") {
    const support::temporary_directory directory;
    opening                            shop;
    place(shop.log, "o1", "tea", 4);
    {
        auto store = annals::file_snapshots<>::open(directory.path() / "snapshots");
        REQUIRE(store);
        REQUIRE(annals::process_of<fulfilment>(shop.log, *store, set_clock{&shop.minutes}).catch_up());
    }
    auto store = annals::file_snapshots<>::open(directory.path() / "snapshots");
    REQUIRE(store);
    auto again   = annals::process_of<fulfilment>(shop.log, *store, set_clock{&shop.minutes});
    shop.minutes = 45;
    REQUIRE(again.catch_up());
    CHECK(status_of(shop.log, "o1") == order::status::cancelled);
}

namespace {

struct mail {
    std::string order;

    friend bool operator==(const mail&, const mail&) = default;
};
struct outbox {
    std::vector<mail>         sent;
    std::vector<annals::uuid> ids;
    int                       failures = 0;

    // Whoever wants to send a mail must show that it is now.
    void send(const annals::live& now, mail what) {
        if (failures > 0) {
            --failures;
            throw std::runtime_error("no connection");
        }
        sent.push_back(std::move(what));
        ids.push_back(now.where().id);
    }
};
struct confirmations {
    using events = annals::events<order_placed, order_confirmed>;

    outbox* box;

    void react(const order_placed& e, const annals::live& now) const { box->send(now, {e.order}); }
    void react(const order_confirmed&) const {}
};

}  // namespace

TEST_CASE("Effects happen once for each event, and again from the saved place", "[process]") {
    opening                  shop;
    annals::memory_snapshots store;
    outbox                   box;
    place(shop.log, "o1", "tea", 1);
    {
        auto mails = annals::effects_of(shop.log, confirmations{&box}, store);
        REQUIRE(mails.catch_up());
        place(shop.log, "o2", "tea", 1);
        REQUIRE(mails.catch_up());
    }
    CHECK(box.sent == std::vector<mail>{{"o1"}, {"o2"}});
    place(shop.log, "o3", "tea", 1);
    SECTION("when it runs again") {
        REQUIRE(annals::effects_of(shop.log, confirmations{&box}, store).catch_up());
        CHECK(box.sent == std::vector<mail>{{"o1"}, {"o2"}, {"o3"}});
    }
    SECTION("what failed is tried again") {
        box.failures     = 2;
        auto options     = annals::after_each_event();
        options.attempts = 3;
        options.pause    = std::chrono::milliseconds(1);
        REQUIRE(annals::effects_of(shop.log, confirmations{&box}, store, options).catch_up());
        CHECK(box.sent == std::vector<mail>{{"o1"}, {"o2"}, {"o3"}});
    }
    SECTION("or, if it gives up, when it runs again") {
        box.failures = 1;
        auto mails   = annals::effects_of(shop.log, confirmations{&box}, store);
        CHECK_THROWS_WITH(mails.catch_up(), "no connection");
        REQUIRE(mails.catch_up());
        CHECK(box.sent == std::vector<mail>{{"o1"}, {"o2"}, {"o3"}});
    }
    SECTION("without what was saved, all of it happens again, with the same ids") {
        annals::memory_snapshots empty;
        REQUIRE(annals::effects_of(shop.log, confirmations{&box}, empty).catch_up());
        REQUIRE(box.ids.size() == 5);
        CHECK(box.ids[2] == box.ids[0]);
    }
    SECTION("but not what is behind where it shall begin") {
        annals::memory_snapshots empty;
        auto                     options = annals::after_each_event();
        options.begin_behind             = annals::position{4};
        REQUIRE(annals::effects_of(shop.log, confirmations{&box}, empty, options).catch_up());
        CHECK(box.sent.size() == 2);
    }
}

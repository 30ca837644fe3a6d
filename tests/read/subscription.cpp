// A subscription's state is what a replay comes to, wherever it was stopped, whatever its handlers throw, and however often its
// process died.
#include "catch.hpp"
#include "read/balances.hpp"
#include "support/file_logs.hpp"

#include <annals/read/file_snapshots.hpp>
#include <annals/read/subscription.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <random>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

using namespace bank;
using annals::every;
using annals::position;
using annals::whole_log;

namespace {

struct notes {
    using events = annals::events<annotated>;

    std::vector<std::string> all;

    void apply(const annotated& e) { all.push_back(e.note); }

    friend bool operator==(const notes&, const notes&) = default;
};

using memory = annals::memory_log<bank::events>;

void deposit(memory& log, std::string_view stream, std::int64_t cents) {
    REQUIRE(log.append(stream, annals::any_version, deposited{cents}).has_value());
}
void fill(memory& log, int count) {
    for (int i = 1; i <= count; ++i) deposit(log, i % 3 == 0 ? "savings-1" : "account-" + std::to_string(i % 2), i);
}

// What a handler of a test throws on, and how often.
int trouble = 0;
struct touchy {
    using events = annals::events<deposited, annotated>;

    std::int64_t sum   = 0;
    std::int64_t notes = 0;

    void apply(const deposited& e) { sum += e.cents; }
    void apply(const annotated& e) {
        ++notes;  // half of what is to be done
        if (trouble > 0 && e.note == "bad") {
            --trouble;
            throw std::runtime_error("not that");
        }
    }
};

}  // namespace

TEST_CASE("a subscription folds what there is, and what came since") {
    memory log;
    fill(log, 10);
    auto all = annals::subscribe<balances>(log);
    CHECK(all.look(state_of) == balances{});
    REQUIRE(all.catch_up().has_value());
    CHECK(all.look(state_of) == balances{55, 10});
    CHECK(all.progress().lag() == 0);
    deposit(log, "account-1", 5);
    deposit(log, "account-1", 5);
    CHECK(all.progress().folded == position{10});
    CHECK(all.progress().lag() == 2);
    REQUIRE(all.catch_up().has_value());
    CHECK(all.look(state_of) == balances{65, 12});
    REQUIRE(all.catch_up().has_value());
    CHECK(all.look(state_of) == balances{65, 12});
}

TEST_CASE("a subscription to a category is up to date when nothing of it is missing") {
    memory log;
    fill(log, 10);  // the tenth is an account's, the ninth none
    auto savings = annals::subscribe<balances>(log, annals::category("savings"));
    REQUIRE(savings.catch_up().has_value());
    CHECK(savings.look(state_of) == balances{18, 3});
    CHECK(savings.progress().lag() == 0);
    CHECK(savings.wait_for(position{10}, std::chrono::seconds(0)));
    CHECK_FALSE(savings.wait_for(position{11}, std::chrono::milliseconds(1)));
}

TEST_CASE("a subscription that begins later is followed from there, and nothing is saved under the name of the whole") {
    memory log;
    fill(log, 10);
    annals::memory_snapshots store;
    for (int lives = 0; lives < 2; ++lives) {
        auto late = annals::subscribe<balances>(log, whole_log().from(position{9}), store);
        REQUIRE(late.catch_up().has_value());
        CHECK(late.look(state_of) == balances{19, 2});
    }
    CHECK(store.size() == 0);
    REQUIRE(annals::subscribe<balances>(log, whole_log(), store).catch_up().has_value());
    auto late = annals::subscribe<balances>(log, whole_log().from(position{9}), store);
    REQUIRE(late.catch_up().has_value());
    CHECK(late.look(state_of) == balances{19, 2});

    for (const auto& what : {whole_log().limit(3), whole_log().backwards()}) {
        const auto refused = annals::subscribe<balances>(log, what).catch_up();
        REQUIRE_FALSE(refused.has_value());
        CHECK(refused.error().code == annals::errc::out_of_range);
    }
}

TEST_CASE("several projections are kept in one pass") {
    memory log;
    fill(log, 4);
    REQUIRE(log.append("audit", annals::any_version, annotated{"a"}, annotated{"b"}).has_value());
    annals::memory_snapshots store;
    {
        auto both = annals::subscribe<annals::fused<balances, notes>>(log, whole_log(), store);
        REQUIRE(both.catch_up().has_value());
        CHECK(both.look([](const auto& all, position at) {
            return std::get<balances>(all.states) == balances{10, 4} && std::get<notes>(all.states).all.size() == 2 &&
                   at == position{6};
        }));
    }
    REQUIRE(log.append("audit", annals::any_version, annotated{"c"}).has_value());
    std::vector<annals::subscription_progress> steps;
    annals::subscription_options               options;
    options.on_progress = [&](const annals::subscription_progress& at) { steps.push_back(at); };
    auto both           = annals::subscribe<annals::fused<balances, notes>>(log, whole_log(), store, options);
    REQUIRE(both.catch_up().has_value());
    REQUIRE(steps.size() == 1);  // not from the beginning
    CHECK(both.look([](const auto& all, position) {
        return std::get<balances>(all.states) == balances{10, 4} && std::get<notes>(all.states) == notes{{"a", "b", "c"}};
    }));
}

TEST_CASE("it reads in batches, and tells how far it is") {
    memory log;
    fill(log, 10);
    std::vector<std::uint64_t>   lags;
    annals::subscription_options options;
    options.batch       = 4;
    options.on_progress = [&](const annals::subscription_progress& at) { lags.push_back(at.lag()); };
    auto all            = annals::subscribe<balances>(log, whole_log(), options);
    REQUIRE(all.catch_up().has_value());
    CHECK(lags == std::vector<std::uint64_t>{6, 2, 0});
    CHECK(all.look(state_of) == balances{55, 10});
}

TEST_CASE("state and place are saved together, and it goes on there") {
    memory log;
    fill(log, 10);
    annals::memory_snapshots     store;
    annals::subscription_options options;
    options.batch = 4;
    options.save  = every(8);
    int crashes   = 0;
    // The process dies at each batch, before or behind a save.
    for (int lives = 1; lives < 40; ++lives) {
        options.on_progress = [&](const annals::subscription_progress&) {
            if (++crashes % 3 == 0) throw std::runtime_error("died");
        };
        auto all = annals::subscribe<balances>(log, whole_log(), store, options);
        try {
            const auto done = all.catch_up();
            REQUIRE(done.has_value());
            CHECK(all.look(state_of) == annals::replay<balances>(log).value());
        } catch (const std::runtime_error&) {}
        deposit(log, "account-1", lives);
    }
    CHECK(store.size() == 1);
    CHECK(crashes > 20);
    options.on_progress = {};
    auto all            = annals::subscribe<balances>(log, whole_log(), store, options);
    REQUIRE(all.catch_up().has_value());
    CHECK(all.look(state_of) == annals::replay<balances>(log).value());
}

TEST_CASE("without a save, or with one that is none of this log's, it begins at the beginning") {
    memory                   log, other;
    annals::memory_snapshots store;
    fill(other, 3);
    REQUIRE(annals::subscribe<balances>(other, whole_log(), store).catch_up().has_value());
    fill(log, 10);
    auto all = annals::subscribe<balances>(log, whole_log(), store);
    REQUIRE(all.catch_up().has_value());
    CHECK(all.look(state_of) == balances{55, 10});
}

TEST_CASE("an event on which a handler throws stops it, with the state as before") {
    memory log;
    deposit(log, "a", 1);
    REQUIRE(log.append("a", annals::any_version, annotated{"good"}, annotated{"bad"}).has_value());
    deposit(log, "a", 2);
    const auto batch = GENERATE(std::uint64_t{1}, std::uint64_t{2}, std::uint64_t{3}, std::uint64_t{100});
    CAPTURE(batch);
    annals::subscription_options options;
    options.batch = batch;
    auto all      = annals::subscribe<touchy>(log, whole_log(), options);
    trouble       = 1000;
    CHECK_THROWS_WITH((void)all.catch_up(), "not that");
    CHECK(all.look([](const touchy& state, position at) { return state.sum == 1 && state.notes == 1 && at == position{2}; }));
    // It goes on when the cause is gone.
    trouble = 0;
    REQUIRE(all.catch_up().has_value());
    CHECK(all.look([](const touchy& state, position at) { return state.sum == 3 && state.notes == 2 && at == position{4}; }));
}

TEST_CASE("a handler that throws for a while is tried again") {
    memory log;
    REQUIRE(log.append("a", annals::any_version, annotated{"good"}, annotated{"bad"}, deposited{3}).has_value());
    annals::subscription_options options;
    options.attempts = 3;
    options.pause    = std::chrono::milliseconds(1);
    auto all         = annals::subscribe<touchy>(log, whole_log(), options);
    trouble          = 3;  // in the batch, and twice alone
    REQUIRE(all.catch_up().has_value());
    CHECK(trouble == 0);
    CHECK(all.look([](const touchy& state, position) { return state.sum == 3 && state.notes == 2; }));
}

TEST_CASE("an event that cannot be handled is put aside, and others are not held up") {
    memory log;
    deposit(log, "a", 1);
    REQUIRE(log.append("a", annals::any_version, annotated{"bad"}, deposited{10}).has_value());
    REQUIRE(log.append("b", annals::any_version, annotated{"bad"}, annotated{"good"}, deposited{100}).has_value());
    std::vector<std::string>     told;
    annals::memory_snapshots     store;
    annals::subscription_options options;
    options.park      = true;
    options.attempts  = 2;
    options.pause     = std::chrono::milliseconds(1);
    options.on_parked = [&](const annals::parked_event& event) { told.push_back(event.stream + " " + event.reason); };
    trouble           = 1000;
    auto all          = annals::subscribe<touchy>(log, whole_log(), store, options);
    REQUIRE(all.catch_up().has_value());
    CHECK(all.look([](const touchy& state, position) { return state.sum == 111 && state.notes == 1; }));
    CHECK(told == std::vector<std::string>{"a not that", "b not that"});
    REQUIRE(all.parked().size() == 2);
    CHECK(all.parked()[1].position == position{4});
    CHECK(all.parked()[1].version == annals::version{1});
    CHECK_FALSE(all.parked()[1].id.is_nil());

    // The one that is made next does not meet them again.
    auto next = annals::subscribe<touchy>(log, whole_log(), store, options);
    REQUIRE(next.catch_up().has_value());
    CHECK(next.parked().empty());
    CHECK(next.look([](const touchy& state, position) { return state.sum == 111 && state.notes == 1; }));
    trouble = 0;
}

namespace {

std::int64_t factor = 1;  // what is folded depends on it, as on code that is changed
struct scaled {
    using events = annals::events<deposited>;

    std::int64_t sum = 0;

    void apply(const deposited& e) { sum += factor * e.cents; }
};

}  // namespace

TEST_CASE("a read model is folded anew, and what was saved of it is, too") {
    memory log;
    fill(log, 10);
    annals::memory_snapshots store;
    auto                     all = annals::subscribe<scaled>(log, whole_log(), store);
    REQUIRE(all.catch_up().has_value());
    factor = 2;
    deposit(log, "a", 1);
    REQUIRE(all.catch_up().has_value());
    CHECK(all.look([](const scaled& state, position) { return state.sum; }) == 57);  // half and half
    REQUIRE(all.rebuild().has_value());
    CHECK(all.look([](const scaled& state, position at) { return state.sum == 112 && at == position{11}; }));
    REQUIRE(all.catch_up().has_value());
    auto next = annals::subscribe<scaled>(log, whole_log(), store);
    REQUIRE(next.catch_up().has_value());
    CHECK(next.look([](const scaled& state, position) { return state.sum; }) == 112);
    factor = 1;

    // What was put aside is tried again, and what throws leaves the old state.
    REQUIRE(log.append("a", annals::any_version, annotated{"bad"}).has_value());
    annals::subscription_options options;
    options.park = true;
    trouble      = 1000;
    auto parked  = annals::subscribe<touchy>(log, whole_log(), options);
    REQUIRE(parked.catch_up().has_value());
    CHECK(parked.parked().size() == 1);
    REQUIRE(parked.rebuild().has_value());
    CHECK(parked.parked().size() == 1);
    trouble = 0;
    REQUIRE(parked.rebuild().has_value());
    CHECK(parked.parked().empty());
    CHECK(parked.look([](const touchy& state, position) { return state.sum == 56 && state.notes == 1; }));
    auto strict = annals::subscribe<touchy>(log);
    REQUIRE(strict.catch_up().has_value());
    trouble = 1000;
    CHECK_THROWS_WITH((void)strict.rebuild(), "not that");
    CHECK(strict.look([](const touchy& state, position) { return state.sum == 56 && state.notes == 1; }));
    trouble = 0;
}

namespace {

// A log of which readings break off in the middle, as where a disk fails.
class shaky_log {
public:
    using events = memory::events;

    explicit shaky_log(const memory& log) : log_(&log) {}

    mutable int healthy  = 0;  // readings to come, before
    mutable int failures = 0;  // those that break off

    template <class Unit, class Reader>
    annals::expected<annals::read_result, annals::error> read(const annals::query<Unit>& what, Reader&& reader) const {
        if (healthy != 0 || failures == 0) {
            healthy -= healthy != 0;
            return log_->read(what, reader);
        }
        --failures;
        (void)log_->read(what.limit(std::min<std::uint64_t>(what.most, 2)), reader);
        return annals::unexpected<annals::error>(annals::error{annals::errc::io_failed, "the disk is tired", {}});
    }
    [[nodiscard]] annals::expected<position, annals::error> head() const { return log_->head(); }

private:
    const memory* log_;
};
static_assert(annals::event_log<shaky_log> && !annals::waking_log<shaky_log>);

}  // namespace

TEST_CASE("a reading that breaks off leaves nothing behind that is folded, shown or saved twice") {
    memory log;
    fill(log, 10);
    const int failures = GENERATE(1, 2, 3, 4);
    CAPTURE(failures);
    annals::memory_snapshots     store;
    const shaky_log              shaky(log);
    annals::subscription_options options;
    options.batch  = 4;
    auto all       = annals::subscribe<balances>(shaky, whole_log(), store, options);
    shaky.failures = 0;
    REQUIRE(all.catch_up().has_value());
    fill(log, 5);
    shaky.failures = failures;
    while (shaky.failures != 0) {
        CHECK_FALSE(all.catch_up().has_value());
        all.look([&](const balances& state, position at) {
            CHECK(state == annals::replay<balances>(log, whole_log().to(at)).value());
        });
        all.stop();
        (void)all.run();  // saves what there is
        auto next = annals::subscribe<balances>(log, whole_log(), store);
        REQUIRE(next.catch_up().has_value());
        CHECK(next.look(state_of) == annals::replay<balances>(log).value());
    }
    REQUIRE(all.catch_up().has_value());
    CHECK(all.look(state_of) == annals::replay<balances>(log).value());
    CHECK(all.progress().lag() == 0);
}

TEST_CASE("where the state before a handler threw cannot be folded anew at once, it is later") {
    memory log;
    deposit(log, "a", 1);
    deposit(log, "a", 2);
    REQUIRE(log.append("a", annals::any_version, annotated{"good"}, annotated{"bad"}).has_value());
    const shaky_log              shaky(log);
    annals::subscription_options options;
    options.batch = 2;
    annals::memory_snapshots store;
    auto                     all = annals::subscribe<touchy>(shaky, whole_log(), store, options);
    trouble                      = 1;
    shaky.healthy                = 2;  // both batches, in the second of which the handler throws
    shaky.failures               = 2;  // what is folded anew then
    for (int i = 0; i < 2; ++i) {
        CHECK_FALSE(all.catch_up().has_value());
        all.look([](const touchy& state, position at) {
            CHECK(state.sum == 0);
            CHECK(at == position{0});
        });
        all.stop();
        REQUIRE(all.run().has_value());
        CHECK(store.size() == 0);  // there is nothing to be kept
    }
    REQUIRE(all.catch_up().has_value());
    CHECK(all.look([](const touchy& state, position at) { return state.sum == 3 && state.notes == 2 && at == position{4}; }));
    trouble = 0;
}

TEST_CASE("a read model of a log on the disk outlives the process, too") {
    const support::temporary_directory home;
    for (int lives = 1; lives <= 3; ++lives) {
        auto log   = support::opened(home / "log");
        auto store = annals::file_snapshots<>::open(home / "models").value();
        REQUIRE(log.append("account-1", annals::any_version, deposited{lives}, annotated{"x"}).has_value());
        std::uint64_t                batches = 0;
        annals::subscription_options options;
        options.batch       = 1;
        options.on_progress = [&](const annals::subscription_progress&) { ++batches; };
        auto all            = annals::subscribe<balances>(log, whole_log(), store, options);
        REQUIRE(all.catch_up().has_value());
        CHECK(all.look(state_of) == annals::replay<balances>(log).value());
        CHECK(batches == 2);  // what is new
    }
    const auto reader = support::opened_read_only(home / "log");
    auto       all    = annals::subscribe<balances>(reader);
    REQUIRE(all.catch_up().has_value());
    CHECK(all.look(state_of) == balances{6, 3});
}

TEST_CASE("with any batches, saves and deaths, a subscription is what a replay is") {
    const auto seed = GENERATE(range(1U, 60U));
    CAPTURE(seed);
    std::mt19937             random(seed);
    memory                   log;
    annals::memory_snapshots store;
    for (int lives = 0; lives < 12; ++lives) {
        annals::subscription_options options;
        options.batch       = 1 + random() % 9;
        options.save        = every(1 + random() % 20);
        options.on_progress = [&](const annals::subscription_progress&) {
            if (random() % 8 == 0) throw std::runtime_error("died");
        };
        const auto what = random() % 2 == 0 ? whole_log() : annals::category("account");
        auto       all  = annals::subscribe<balances>(log, what, store, options);
        for (int i = 0; i < 4; ++i) {
            fill(log, static_cast<int>(random() % 7));
            try {
                const auto done = all.catch_up();
                REQUIRE(done.has_value());
                CHECK(all.look(state_of) == annals::replay<balances>(log, what).value());
                CHECK(all.progress().lag() == 0);
            } catch (const std::runtime_error&) {}
        }
    }
}

TEST_CASE("whatever is put aside, and whenever it dies, everything else is folded once") {
    const auto seed = GENERATE(range(1U, 40U));
    CAPTURE(seed);
    std::mt19937             random(seed);
    memory                   log;
    annals::memory_snapshots store;
    std::int64_t             sum = 0, good = 0;
    for (int lives = 0; lives < 8; ++lives) {
        annals::subscription_options options;
        options.batch = 1 + random() % 9;
        options.save  = every(1 + random() % 20);
        options.park  = true;
        auto all      = annals::subscribe<touchy>(log, whole_log(), store, options);
        for (int i = 0; i < 3; ++i) {
            for (std::size_t count = random() % 8; count != 0; --count)
                if (random() % 4 == 0) {
                    REQUIRE(log.append("a", annals::any_version, annotated{"bad"}).has_value());
                } else if (random() % 3 == 0) {
                    REQUIRE(log.append("a", annals::any_version, annotated{"good"}).has_value());
                    ++good;
                } else {
                    deposit(log, "b", static_cast<std::int64_t>(count));
                    sum += static_cast<std::int64_t>(count);
                }
            trouble = 1'000'000;
            REQUIRE(all.catch_up().has_value());
            CHECK(all.look([&](const touchy& state, position) { return state.sum == sum && state.notes == good; }));
        }
    }
    trouble = 0;
}

TEST_CASE("what a rebuild has folded is saved as if it had been folded before: by the number of events, not by their positions") {
    memory                   log;
    annals::memory_snapshots store;
    for (int i = 0; i < 20; ++i) deposit(log, "account-1", 1);
    deposit(log, "savings-1", 1);
    annals::subscription_options options;
    options.save  = every(5);
    auto  savings = annals::subscribe<touchy>(log, annals::category("savings"), store, options);
    REQUIRE(savings.rebuild().has_value());
    std::thread running([&] { CHECK(savings.run().has_value()); });
    deposit(log, "savings-1", 1);
    CHECK(savings.wait_for(position{22}, std::chrono::seconds(60)));
    deposit(log, "savings-1", 1);
    CHECK(savings.wait_for(position{23}, std::chrono::seconds(60)));
    CHECK(store.size() == 0);
    savings.stop();
    running.join();
    CHECK(store.size() == 1);
}

// What was kept of the past makes questions about it cheap, and changes no answer.
#include "catch.hpp"
#include "support/bank.hpp"
#include "support/file_logs.hpp"

#include <annals/read/diff.hpp>
#include <annals/read/file_snapshots.hpp>
#include <annals/read/history.hpp>
#include <annals/read/load.hpp>
#include <annals/read/milestones.hpp>

#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

using namespace bank;
using annals::once_true_stays;
using annals::position;
using annals::stream;
using annals::timestamp;
using annals::version;
using annals::whole_log;

namespace {

std::uint64_t folded = 0;  // events, by any account

struct account {
    using events = annals::events<deposited, withdrawn>;

    std::int64_t balance  = 0;
    std::int64_t turnover = 0;

    void apply(const deposited& e) { ++folded, balance += e.cents, turnover += e.cents; }
    void apply(const withdrawn& e) { ++folded, balance -= e.cents, turnover += e.cents; }

    friend bool operator==(const account&, const account&) = default;
};

using memory = annals::memory_log<bank::events>;

// A long life of one account: a cent a day.
struct long_life {
    memory log;

    explicit long_life(std::size_t days) {
        std::vector<deposited> all(1000, deposited{1});
        for (std::size_t i = 0; i < days; i += all.size()) {
            std::vector<bank::events::variant> events(all.begin(), all.end());
            REQUIRE(log.append("account-ann", annals::any_version, events).has_value());
        }
    }
};

template <class Function>
std::uint64_t folds(Function&& function) {
    folded = 0;
    function();
    return folded;
}

constexpr std::uint64_t piece = 8192;  // what is read at a time

const auto ann = stream("account-ann");

}  // namespace

TEST_CASE("what stays true once it is so is looked for behind the last snapshot at which it was not") {
    const long_life          life(100'000);
    annals::memory_snapshots store;
    REQUIRE(annals::save_snapshot<account>(life.log, ann.to(version{90'000}), store).value());
    const auto rich  = [](const account& now) { return now.turnover >= 95'000; };
    const auto count = folds([&] {
        const auto found = annals::first_when<account>(life.log, ann, once_true_stays(rich), store);
        REQUIRE(found->has_value());
        CHECK((*found)->version == version{95'000});
        CHECK((*found)->state == account{95'000, 95'000});
    });
    CHECK(count >= 5'000);
    CHECK(count <= 5'000 + piece);

    // What never was so is not looked for at all where it is not so now.
    REQUIRE(annals::save_snapshot<account>(life.log, ann, store).value());
    const auto never = once_true_stays([](const account& now) { return now.turnover > 100'000; });
    CHECK(folds([&] { CHECK_FALSE(annals::first_when<account>(life.log, ann, never, store)->has_value()); }) == 0);
    CHECK(folds([&] { CHECK_FALSE(annals::first_when<account>(life.log, ann.to(version{500}), never, store)->has_value()); }) ==
          0);
    // A snapshot at which it is so already is of no use.
    CHECK(folds([&] {
              CHECK((*annals::first_when<account>(life.log, ann, once_true_stays(rich), store))->version == version{95'000});
          }) >= 95'000);
}

TEST_CASE("between milestones, any moment of the past is near") {
    long_life                life(100'000);
    annals::memory_snapshots store;
    CHECK(annals::keep_milestones<account>(life.log, ann, store, 10'000).value() == 10);
    REQUIRE(annals::save_snapshot<account>(life.log, ann, store).value());
    for (const std::int64_t wanted : {1, 9'999, 10'000, 10'001, 35'000, 99'999, 100'000}) {
        CAPTURE(wanted);
        const auto rich  = [&](const account& now) { return now.turnover >= wanted; };
        const auto place = version{static_cast<std::uint64_t>(wanted)};
        CHECK(folds([&] {
                  CHECK((*annals::first_when<account>(life.log, ann, once_true_stays(rich), store))->version == place);
              }) <= 10'000 + piece);
        CHECK(folds([&] { CHECK(annals::replay<account>(life.log, ann.to(place), store)->balance == wanted); }) < 10'000);
        CHECK(folds([&] {
                  CHECK(annals::first_when<account>(life.log, ann.from(place).limit(2), rich, store)->value().version == place);
              }) <= 10'001);
        const auto now = [&](const auto&, const annals::context&, const account& then) { CHECK(then.balance == wanted); };
        CHECK(folds([&] { REQUIRE(annals::history<account>(life.log, ann.from(place).to(place), now, store).has_value()); }) <=
              10'000);
    }
    CHECK(folds([&] {
              CHECK(annals::diff<account>(life.log, ann, version{55'000}, version{95'001}, store).value() ==
                    std::vector<annals::field_difference>{{"balance", "55000", "95001"}, {"turnover", "55000", "95001"}});
          }) == 10'001);

    // They go on where they were, and are only a cache.
    REQUIRE(life.log.append("account-ann", annals::any_version, deposited{1}).has_value());
    CHECK(folds([&] { CHECK(annals::keep_milestones<account>(life.log, ann, store, 10'000).value() == 10); }) == 1);
    CHECK(annals::keep_milestones<account>(life.log, ann, store, 1).value() == 11);
    CHECK(annals::keep_milestones<account>(life.log, ann.from(version{5}), store, 1).value() == 0);
    REQUIRE(store.remove(annals::detail::snapshot_name<account>(ann) + " at 30000").has_value());
    CHECK(annals::replay<account>(life.log, ann.to(version{35'000}), store)->balance == 35'000);
    REQUIRE(store.remove(annals::detail::snapshot_name<account>(ann) + " milestones").has_value());
    CHECK(folds([&] { CHECK(annals::replay<account>(life.log, ann.to(version{35'000}), store)->balance == 35'000); }) ==
          35'000);
}

TEST_CASE("what was so only for a while is found, though no snapshot knows of it") {
    memory log;
    for (int i = 0; i < 100; ++i) {
        REQUIRE(log.append("account-ann", annals::any_version, deposited{5}).has_value());
        if (i == 40) REQUIRE(log.append("account-ann", annals::any_version, withdrawn{500}, deposited{500}).has_value());
    }
    annals::memory_snapshots store;
    REQUIRE(annals::keep_milestones<account>(log, ann, store, 10).value() == 10);
    REQUIRE(annals::save_snapshot<account>(log, ann, store).value());
    const auto below = [](const account& now) { return now.balance < 0; };
    CHECK((*annals::first_when<account>(log, ann, below, store))->version == version{42});
    CHECK((*annals::first_when<account>(log, ann.from(version{41}), below, store))->version == version{42});
    CHECK_FALSE(annals::first_when<account>(log, ann.from(version{43}), below, store)->has_value());
    CHECK_FALSE(annals::first_when<account>(log, ann.backwards(), below, store).has_value());
}

TEST_CASE("milestones in files, some of them damaged or of a past that is gone, are left out") {
    const support::temporary_directory home;
    const auto                         log_of = [&](const std::string& name, std::int64_t cents, int count) {
        auto log = support::opened(home / name);
        for (int i = 0; i < count; ++i) REQUIRE(log.append("account-ann", annals::any_version, deposited{cents}).has_value());
        return log;
    };
    auto       store    = annals::file_snapshots<>::open(home / "kept").value();
    const auto log      = log_of("log", 1, 60);
    const auto is_right = [&](const auto& which, std::int64_t cents, std::uint64_t count) {
        for (std::uint64_t at = 1; at <= count; ++at) {
            const auto wanted = static_cast<std::int64_t>(at) * cents;
            const auto rich   = once_true_stays([&](const account& now) { return now.turnover >= wanted; });
            const auto found  = annals::first_when<account>(which, ann, rich, store).value();
            CHECK((found && found->version.value == at));
            CHECK(annals::replay<account>(which, ann.to(version{at}), store)->balance == wanted);
        }
    };
    REQUIRE(annals::keep_milestones<account>(log, ann, store, 7).value() == 8);
    is_right(log, 1, 60);
    std::mt19937 random(5);
    for (const auto& each : std::filesystem::directory_iterator(home / "kept")) {
        const std::string good = support::contents_of(each.path());
        std::string       bad  = good;
        bad[random() % bad.size()] ^= 1;
        support::write_file(each.path(), bad);
        is_right(log, 1, 60);
        support::write_file(each.path(), good);
    }
    // Another log, in the place of the first one.
    const auto other = log_of("other", 3, 40);
    is_right(other, 3, 40);
    REQUIRE(annals::keep_milestones<account>(other, ann, store, 7).value() == 5);
    is_right(other, 3, 40);
    is_right(log, 1, 60);
}

TEST_CASE("over arbitrary histories and whatever is kept of them, every answer is that without a store") {
    const auto seed = GENERATE(range(1U, 40U));
    CAPTURE(seed);
    std::mt19937                                               random(seed);
    std::int64_t                                               now  = 0;
    std::uint8_t                                               last = 0;
    const auto                                                 ids  = [&] { return id_of(++last); };
    annals::memory_snapshots                                   store;
    annals::memory_log<bank::events, set_clock, decltype(ids)> log{set_clock{&now}, ids};
    const auto                                                 cents = [&] { return static_cast<std::int64_t>(random() % 20); };

    const auto compare = [&](auto what) {
        if (random() % 2 == 0) what.first = random() % 40;
        if (random() % 3 == 0) what.last = random() % 80;
        if (random() % 3 == 0) what.most = random() % 30;
        if (random() % 4 == 0) what = what.until(timestamp{static_cast<std::int64_t>(random() % 60)});
        if (random() % 4 == 0) what = what.until(position{random() % 60});
        const auto same = [&](const auto& holds) {
            const auto with = annals::first_when<account>(log, what, holds, store).value();
            const auto bare = annals::first_when<account>(log, what, holds).value();
            REQUIRE(with.has_value() == bare.has_value());
            if (bare) CHECK((with->state == bare->state && with->id == bare->id && with->position == bare->position));
        };
        const std::int64_t wanted = static_cast<std::int64_t>(random() % 400) - 20;
        same(once_true_stays([&](const account& state) { return state.turnover >= wanted; }));
        same([&](const account& state) { return state.turnover >= wanted; });
        same([&](const account& state) { return state.balance % 7 == 3; });
        std::vector<std::pair<std::uint64_t, account>> with, bare;
        const auto                                     into = [](auto& all) {
            return [&all](const auto&, const annals::context& where, const account& state) {
                all.emplace_back(where.position.value, state);
            };
        };
        REQUIRE(annals::history<account>(log, what, into(with), store).has_value());
        REQUIRE(annals::history<account>(log, what, into(bare)).has_value());
        CHECK(with == bare);
        what.first = 1;
        what.most  = annals::unlimited;
        CHECK(annals::replay<account>(log, what, store).value() == annals::replay<account>(log, what).value());
        const position before{random() % 60}, after{random() % 60};
        CHECK(annals::diff<account>(log, what, before, after, store).value() ==
              annals::diff<account>(log, what, before, after).value());
    };
    for (int i = 0; i < 50; ++i) {
        now += static_cast<std::int64_t>(random() % 3);
        const std::string name = "account-" + std::to_string(random() % 2);
        switch (random() % 3) {
            case 0: REQUIRE(log.append(name, annals::any_version, withdrawn{cents()}).has_value()); break;
            case 1: REQUIRE(log.append(name, annals::any_version, annotated{"x"}, deposited{cents()}).has_value()); break;
            default: REQUIRE(log.append(name, annals::any_version, deposited{cents()}).has_value()); break;
        }
        if (random() % 6 == 0) REQUIRE(annals::save_snapshot<account>(log, stream(name), store).has_value());
        if (random() % 6 == 0) REQUIRE(annals::save_snapshot<account>(log, whole_log(), store).has_value());
        if (random() % 6 == 0)
            REQUIRE(annals::keep_milestones<account>(log, stream(name), store, 1 + random() % 9).has_value());
        if (random() % 6 == 0) REQUIRE(annals::keep_milestones<account>(log, whole_log(), store, 1 + random() % 9).has_value());
        compare(stream(name));
        compare(whole_log());
        compare(annals::category("account"));
    }
    CHECK(store.size() > 3);
}

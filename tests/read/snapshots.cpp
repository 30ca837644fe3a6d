// Snapshots change nothing but how long a load takes: whatever is in the store, a load answers what a replay does.
#include "catch.hpp"
#include "support/bank.hpp"
#include "support/file_logs.hpp"

#include <annals/app/repository.hpp>
#include <annals/read/file_snapshots.hpp>
#include <annals/read/load.hpp>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <random>
#include <string>
#include <vector>

using namespace bank;
using annals::every;
using annals::position;
using annals::stream;
using annals::timestamp;
using annals::version;
using annals::whole_log;

static_assert(annals::snapshot_store<annals::memory_snapshots>);
static_assert(annals::snapshot_store<annals::file_snapshots<>>);

namespace {

int folded = 0;  // events, by whatever is folded here

struct deposit {
    std::int64_t cents;
};

struct account {
    using events   = annals::events<bank::opened, deposited, withdrawn, bank::closed>;
    using commands = annals::commands<deposit>;

    annals::decision<deposited> decide(const deposit& command) const { return deposited{command.cents + (balance % 2)}; }

    std::int64_t balance = 0;
    std::string  last;

    void apply(const bank::opened&) { ++folded, last = "opened"; }
    void apply(const deposited& e) { ++folded, balance += e.cents, last = "deposited"; }
    void apply(const withdrawn& e) { ++folded, balance -= e.cents, last = "withdrawn"; }
    void apply(const bank::closed&) { ++folded, last = "closed"; }

    friend bool operator==(const account&, const account&) = default;
};

namespace today {
// The same name, and other fields.
struct account {
    using events = annals::events<deposited>;

    std::int32_t deposits = 0;

    void apply(const deposited&) { ++folded, ++deposits; }
};
}  // namespace today

// The same fields, folded by other code.
template <unsigned Revision>
struct counted {
    using events                                = annals::events<deposited>;
    static constexpr unsigned snapshot_revision = Revision;

    std::int64_t sum = 0;

    void apply(const deposited& e) { ++folded, sum += Revision * e.cents; }
};

using memory = annals::memory_log<bank::events, set_clock, counted_ids>;

struct filled {
    std::int64_t now = 0;
    memory       log{set_clock{&now}, counted_ids{}};

    explicit filled(int deposits) {
        for (int i = 1; i <= deposits; ++i) deposit("account-ann", i);
    }
    void deposit(std::string_view name, std::int64_t cents) {
        now += 1'000'000'000;
        REQUIRE(log.append(name, annals::any_version, deposited{cents}).has_value());
    }
};

// How many events a load folds.
template <class State, class Query, class Store>
int folds(const memory& log, const Query& what, Store& store, const annals::snapshot_policy& policy = {}) {
    folded = 0;
    REQUIRE(annals::replay<State>(log, what, store, policy).has_value());
    return folded;
}

}  // namespace

TEST_CASE("a load begins with the last snapshot, which the policy takes") {
    filled                   bank(10);
    annals::memory_snapshots store;
    const auto               ann = stream("account-ann");
    CHECK(folds<account>(bank.log, ann, store) == 10);
    CHECK(store.size() == 0);  // nobody asked for one
    CHECK(folds<account>(bank.log, ann, store, every(11)) == 10);
    CHECK(store.size() == 0);
    CHECK(folds<account>(bank.log, ann, store, every(10)) == 10);
    CHECK(store.size() == 1);
    CHECK(folds<account>(bank.log, ann, store, every(10)) == 0);
    CHECK(annals::replay<account>(bank.log, ann, store)->balance == 55);
    bank.deposit("account-ann", 45);
    CHECK(folds<account>(bank.log, ann, store) == 1);
    CHECK(annals::replay<account>(bank.log, ann, store)->balance == 100);
    CHECK(folds<account>(bank.log, stream("account-bob"), store, every(1)) == 0);
    CHECK(store.size() == 1);  // there is nothing to be kept of nothing
}

TEST_CASE("a snapshot is taken when the last one is old, by the log's times") {
    filled                   bank(10);
    annals::memory_snapshots store;
    const auto               ann = stream("account-ann");
    CHECK(folds<account>(bank.log, ann, store, every(std::chrono::minutes(1))) == 10);
    CHECK(store.size() == 0);  // ten seconds since 1970
    bank.now += 60'000'000'000;
    bank.deposit("account-ann", 1);
    CHECK(folds<account>(bank.log, ann, store, every(std::chrono::minutes(1))) == 11);
    CHECK(folds<account>(bank.log, ann, store, every(std::chrono::minutes(1))) == 0);
    bank.deposit("account-ann", 1);
    CHECK(folds<account>(bank.log, ann, store, every(std::chrono::minutes(1))) == 1);
    CHECK(folds<account>(bank.log, ann, store, every(std::chrono::minutes(1))) == 1);
}

TEST_CASE("a snapshot is taken on demand") {
    filled                   bank(3);
    annals::memory_snapshots store;
    CHECK(annals::save_snapshot<account>(bank.log, stream("account-ann"), store).value());
    CHECK(folds<account>(bank.log, stream("account-ann"), store) == 0);
    CHECK(annals::save_snapshot<account>(bank.log, whole_log(), store).value());
    CHECK(annals::save_snapshot<account>(bank.log, annals::category("account"), store).value());
    CHECK(store.size() == 3);
    CHECK_FALSE(annals::save_snapshot<account>(bank.log, stream("account-bob"), store).value());
    CHECK_FALSE(annals::save_snapshot<account>(bank.log, stream("account-ann").from(version{2}), store).value());
    bank.deposit("account-bob", 4);
    CHECK(folds<account>(bank.log, whole_log(), store) == 1);
    CHECK(folds<account>(bank.log, annals::category("account"), store) == 1);
    CHECK(folds<account>(bank.log, stream("account-ann"), store) == 0);
}

TEST_CASE("the past is loaded with a snapshot from before it, and not with one from behind") {
    filled                   bank(10);
    annals::memory_snapshots store;
    const auto               ann = stream("account-ann");
    REQUIRE(annals::save_snapshot<account>(bank.log, ann.to(version{6}), store).value());
    CHECK(folds<account>(bank.log, ann, store) == 4);
    CHECK(folds<account>(bank.log, ann.to(version{8}), store) == 2);
    CHECK(folds<account>(bank.log, ann.to(version{6}), store) == 0);
    CHECK(folds<account>(bank.log, ann.to(version{5}), store) == 5);
    CHECK(folds<account>(bank.log, ann.until(timestamp{8'000'000'000}), store) == 2);
    CHECK(folds<account>(bank.log, ann.until(timestamp{5'000'000'000}), store) == 5);
    CHECK(folds<account>(bank.log, ann.until(position{7}), store) == 1);
    CHECK(folds<account>(bank.log, ann.until(position{3}), store) == 3);
    CHECK(folds<account>(bank.log, ann.from(version{8}), store) == 3);
    CHECK(annals::replay<account>(bank.log, ann.from(version{8}), store)->balance == 27);
    CHECK(annals::replay<account>(bank.log, ann.to(version{5}), store)->balance == 15);
}

TEST_CASE("a type that changed never sees an old snapshot, and neither does other code that says so") {
    filled                   bank(5);
    annals::memory_snapshots store;
    REQUIRE(annals::save_snapshot<account>(bank.log, whole_log(), store).value());
    CHECK(folds<today::account>(bank.log, whole_log(), store) == 5);
    CHECK(annals::replay<today::account>(bank.log, whole_log(), store)->deposits == 5);
    // Even under the same name: as if the type had been changed in its place.
    const auto name = annals::detail::snapshot_name<account>(whole_log());
    REQUIRE(store.save(annals::detail::snapshot_name<today::account>(whole_log()), **store.load(name)).has_value());
    CHECK(annals::replay<today::account>(bank.log, whole_log(), store)->deposits == 5);

    REQUIRE(annals::save_snapshot<counted<1>>(bank.log, whole_log(), store).value());
    REQUIRE(store
                .save(annals::detail::snapshot_name<counted<2>>(whole_log()),
                      **store.load(annals::detail::snapshot_name<counted<1>>(whole_log())))
                .has_value());
    CHECK(annals::replay<counted<1>>(bank.log, whole_log(), store)->sum == 15);
    CHECK(annals::replay<counted<2>>(bank.log, whole_log(), store)->sum == 30);
}

TEST_CASE("a snapshot of another log, or of more than there is, is not used") {
    annals::memory_snapshots store;
    {
        filled other(7);
        other.log.append("x", annals::any_version, deposited{1}).value();
        REQUIRE(annals::save_snapshot<account>(other.log, stream("account-ann"), store).value());
    }
    filled shorter(3);
    CHECK(folds<account>(shorter.log, stream("account-ann"), store) == 3);
    annals::memory_log<bank::events> with_other_ids;
    for (int i = 1; i <= 9; ++i) REQUIRE(with_other_ids.append("account-ann", annals::any_version, deposited{1}).has_value());
    CHECK(annals::replay<account>(with_other_ids, stream("account-ann"), store)->balance == 9);
}

TEST_CASE("a repository loads with snapshots, and decides as without") {
    filled                   bank(20);
    annals::memory_snapshots store;
    const auto               plain = annals::repository<account, memory>(bank.log);
    const auto               fast  = annals::repository_of<account>(bank.log, annals::with_snapshots(store, every(5)));
    for (int i = 0; i < 12; ++i) {
        CHECK(fast.load("ann")->state == plain.load("ann")->state);
        CHECK(fast.load("ann")->version == plain.load("ann")->version);
        CHECK(fast.load("ann", version{13})->state == plain.load("ann", version{13})->state);
        CHECK(fast.load("ann", position{9})->version == version{9});
        CHECK(fast.load("eve")->version == version{0});
        folded = 0;
        CHECK(fast.load("ann").has_value());
        CHECK(folded < 5);
        const auto before = plain.load("ann")->state.balance;
        REQUIRE(fast.handle("ann", deposit{i}).has_value());
        CHECK(plain.load("ann")->state.balance == before + i + before % 2);
    }
}

TEST_CASE("snapshots in files outlive the process, and are believed only as they were written") {
    const support::temporary_directory home;
    filled                             bank(6);
    const auto                         ann = stream("account-ann");
    {
        auto store = annals::file_snapshots<>::open(home / "snapshots").value();
        CHECK(folds<account>(bank.log, ann, store, every(1)) == 6);
    }
    auto store = annals::file_snapshots<>::open(home / "snapshots").value();
    CHECK(folds<account>(bank.log, ann, store) == 0);
    std::vector<std::filesystem::path> files;
    for (const auto& each : std::filesystem::directory_iterator(home / "snapshots")) files.push_back(each.path());
    REQUIRE(files.size() == 1);
    const std::string good = support::contents_of(files[0]);
    for (std::size_t i = 0; i < good.size(); ++i) {
        std::string bad = good;
        bad[i]          = static_cast<char>(bad[i] ^ 4);
        support::write_file(files[0], bad);
        CHECK(folds<account>(bank.log, ann, store) == 6);
        support::write_file(files[0], good.substr(0, i));
        CHECK(annals::replay<account>(bank.log, ann, store)->balance == 21);
    }
    support::write_file(files[0], good);
    CHECK(folds<account>(bank.log, ann, store) == 0);
    const auto name = annals::detail::snapshot_name<account>(ann);
    REQUIRE(store.remove(name).has_value());
    REQUIRE(store.remove(name).has_value());
    CHECK(folds<account>(bank.log, ann, store) == 6);

    // Another name that would come to lie in the same file is not taken for this one.
    REQUIRE(annals::save_snapshot<account>(bank.log, ann, store).value());
    const auto of_ann = store.load(name)->value();
    CHECK_FALSE(store.load(name + "x")->has_value());
    REQUIRE(store.save(std::string(3000, 'n'), of_ann).has_value());
    CHECK(store.load(std::string(3000, 'n'))->value() == of_ann);

    // A store that fails is no reason for a load to fail.
    std::filesystem::remove_all(home / "snapshots");
    CHECK(folds<account>(bank.log, ann, store, every(1)) == 6);
    const auto refused = annals::save_snapshot<account>(bank.log, ann, store);
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().code == annals::errc::io_failed);
    CHECK_FALSE(annals::file_snapshots<>::open(home / "no/where").has_value());
}

TEST_CASE("over arbitrary histories, snapshot and tail are what a full replay is") {
    const auto seed = GENERATE(range(1U, 40U));
    CAPTURE(seed);
    std::mt19937             random(seed);
    std::int64_t             now = 0;
    memory                   log{set_clock{&now}, counted_ids{}};
    annals::memory_snapshots store;
    for (int i = 0; i < 60; ++i) {
        now += static_cast<std::int64_t>(random() % 3) * 1'000'000'000;
        const std::string name  = "account-" + std::to_string(random() % 3);
        const auto        cents = static_cast<std::int64_t>(random() % 100);
        if (random() % 3 == 0)
            REQUIRE(log.append(name, annals::any_version, annotated{"x"}, withdrawn{cents}).has_value());
        else
            REQUIRE(log.append(name, annals::any_version, deposited{cents}).has_value());
        const auto policy = random() % 2 == 0 ? every(1 + random() % 7) : every(std::chrono::seconds(random() % 9));
        const auto asked  = stream(name).to(version{1 + random() % 30});
        CHECK(annals::replay<account>(log, asked, store, policy).value() == annals::replay<account>(log, asked).value());
        CHECK(annals::replay<account>(log, stream(name), store, policy).value() ==
              annals::replay<account>(log, stream(name)).value());
        if (random() % 8 == 0) CHECK(annals::save_snapshot<account>(log, whole_log(), store).has_value());
        if (random() % 8 == 0) CHECK(annals::save_snapshot<account>(log, annals::category("account"), store).has_value());
        const auto all = whole_log().to(position{1 + random() % 90});
        CHECK(annals::replay<account>(log, all, store, policy).value() == annals::replay<account>(log, all).value());
        const auto until =
            annals::category("account").until(timestamp{static_cast<std::int64_t>(random() % 60) * 1'000'000'000});
        CHECK(annals::replay<account>(log, until, store, policy).value() == annals::replay<account>(log, until).value());
    }
    CHECK(store.size() > 3);
}

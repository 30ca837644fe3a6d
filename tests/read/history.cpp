// A state's past: step by step, the first time that something was so, what differs, and what would have been.
#include "catch.hpp"
#include "support/bank.hpp"
#include "support/file_logs.hpp"

#include <annals/read/history.hpp>
#include <annals/read/what_if.hpp>

#include <cstdint>
#include <optional>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

using namespace bank;
using annals::errc;
using annals::position;
using annals::stream;
using annals::timestamp;
using annals::version;
using annals::whole_log;

namespace {

struct account {
    using events = annals::events<bank::opened, deposited, withdrawn, bank::closed>;

    std::int64_t balance = 0;
    bool         is_open = false;

    void apply(const bank::opened&) { is_open = true; }
    void apply(const deposited& e) { balance += e.cents; }
    void apply(const withdrawn& e) { balance -= e.cents; }
    void apply(const bank::closed&) { is_open = false; }

    friend bool operator==(const account&, const account&) = default;
};

using memory = annals::memory_log<bank::events, set_clock, counted_ids>;

// Ann's account beside another one, an event a second.
struct filled {
    std::int64_t now = 0;
    memory       log{set_clock{&now}, counted_ids{}};

    filled() {
        append("account-ann", bank::opened{1});       // 1
        append("account-ann", deposited{100});        // 2
        append("account-bob", bank::opened{2});       //
        append("account-ann", withdrawn{70});         // 3
        append("account-ann", annotated{"careful"});  // 4
        append("account-bob", deposited{500});        //
        append("account-ann", withdrawn{50});         // 5
        append("account-ann", deposited{30});         // 6
    }
    template <class E>
    void append(std::string_view name, E event) {
        now += 1'000'000'000;
        REQUIRE(log.append(name, annals::any_version, std::move(event)).has_value());
    }
};

template <class Query>
std::string told(const memory& log, const Query& what) {
    std::string text;
    const auto read = annals::history<account>(log, what, [&](const auto&, const annals::context& where, const account& after) {
        text += std::to_string(where.version.value) + ":" + std::to_string(after.balance) + " ";
    });
    REQUIRE(read.has_value());
    return text;
}

}  // namespace

TEST_CASE("a history shows each event with the state after it") {
    const filled bank;
    CHECK(told(bank.log, stream("account-ann")) == "1:0 2:100 3:30 5:-20 6:10 ");
    CHECK(told(bank.log, stream("account-ann").from(version{3})) == "3:30 5:-20 6:10 ");
    CHECK(told(bank.log, stream("account-ann").from(version{3}).limit(2)) == "3:30 ");  // the second is none of an account's
    CHECK(told(bank.log, stream("account-ann").from(version{3}).to(version{5})) == "3:30 5:-20 ");
    CHECK(told(bank.log, stream("account-ann").from(version{9})).empty());
    CHECK(told(bank.log, stream("account-ann").until(timestamp{4'000'000'000})) == "1:0 2:100 3:30 ");
    CHECK(told(bank.log, stream("account-eve")).empty());
    CHECK(told(bank.log, annals::category("account").from(position{6})) == "2:530 5:480 6:510 ");

    const auto backwards = annals::history<account>(bank.log, stream("account-ann").backwards(), [](const auto&...) {});
    REQUIRE_FALSE(backwards.has_value());
    CHECK(backwards.error().code == errc::out_of_range);
}

TEST_CASE("the first time that something was so is found, with the state then") {
    const filled bank;
    const auto   below = [](const account& now) { return now.balance < 0; };
    const auto   found = annals::first_when<account>(bank.log, stream("account-ann"), below);
    REQUIRE(found.has_value());
    REQUIRE(found->has_value());
    CHECK((*found)->version == version{5});
    CHECK((*found)->position == position{7});
    CHECK((*found)->time == timestamp{7'000'000'000});
    CHECK((*found)->state == account{-20, true});
    CHECK((*found)->id.bytes[0] == 7);

    // What was so before the beginning of the query is not asked about.
    const auto rich = [](const account& now) { return now.balance >= 10; };
    CHECK((*annals::first_when<account>(bank.log, stream("account-ann"), rich))->version == version{2});
    CHECK((*annals::first_when<account>(bank.log, stream("account-ann").from(version{4}), rich))->version == version{6});
    CHECK_FALSE(annals::first_when<account>(bank.log, stream("account-bob"), below)->has_value());
    CHECK_FALSE(annals::first_when<account>(bank.log, stream("account-ann").limit(4), below)->has_value());
    CHECK_FALSE(annals::first_when<account>(bank.log, stream("account-ann").backwards(), below).has_value());
}

TEST_CASE("what comes first is found in a long log, whatever piece it is in") {
    annals::memory_log<bank::events> log;
    for (int i = 0; i < 20'000; ++i)
        REQUIRE(log.append("a-" + std::to_string(i % 7), annals::any_version, deposited{1}).has_value());
    for (const std::int64_t wanted : {1, 8191, 8192, 8193, 16384, 16385, 20'000}) {
        CAPTURE(wanted);
        std::int64_t asked = 0;
        const auto   found = annals::first_when<account>(log, whole_log(), [&](const account& now) {
            ++asked;
            return now.balance == wanted;
        });
        REQUIRE(found->has_value());
        CHECK((*found)->position.value == static_cast<std::uint64_t>(wanted));
        CHECK(asked == wanted);
    }
    CHECK_FALSE(
        annals::first_when<account>(log, whole_log(), [](const account& now) { return now.balance > 20'000; })->has_value());
}

namespace {

// Notes where its handlers were called.
std::vector<std::uint64_t> called_at;
struct placed {
    using events = annals::events<deposited>;

    std::int64_t  sum  = 0;
    std::uint64_t last = 0;

    void apply(const deposited& e, const annals::context& where) {
        sum += e.cents;
        last = where.position.value;
        called_at.push_back(last);
    }
};

template <class Log>
void fill_and_search(Log& log) {
    for (int i = 0; i < 10; ++i)
        REQUIRE(log.append("a-" + std::to_string(i % 2), annals::any_version, deposited{1}, annotated{"x"}, deposited{1})
                    .has_value());
    called_at.clear();
    const auto found = annals::first_when<placed>(log, whole_log(), [](const placed& now) { return now.sum >= 5; });
    REQUIRE(found->has_value());
    CHECK((*found)->position == position{7});
    CHECK((*found)->version == version{4});
    CHECK((*found)->state.sum == 5);
    CHECK((*found)->state.last == 7);
    CHECK(called_at == std::vector<std::uint64_t>{1, 3, 4, 6, 7});
}

}  // namespace

TEST_CASE("nothing is folded behind what is found, and a handler that asks where it is, is told") {
    annals::memory_log<bank::events> log;
    fill_and_search(log);
    const support::temporary_directory home;
    auto                               on_disk = support::opened(home / "log");
    fill_and_search(on_disk);
}

TEST_CASE("a handler or a question that throws is let through") {
    annals::memory_log<bank::events> log;
    REQUIRE(log.append("a", annals::any_version, deposited{1}, deposited{2}).has_value());
    const auto asks = [](const account& now) { return now.balance == 3 ? throw std::runtime_error("asked") : false; };
    CHECK_THROWS_WITH((void)annals::first_when<account>(log, whole_log(), asks), "asked");
    // A question may count.
    const auto second =
        annals::first_when<account>(log, whole_log(), [count = 0](const account&) mutable { return ++count == 2; });
    CHECK((*second)->position == position{2});
}

namespace {

struct address {
    std::string city;
    int         number = 0;
};
struct customer {
    std::string                    name;
    address                        home;
    std::vector<address>           others;
    std::map<std::string, int>     orders;
    std::optional<std::string>     note;
    std::variant<int, std::string> contact;
};
using differences = std::vector<annals::field_difference>;

}  // namespace

TEST_CASE("two states are told apart by the names of their fields") {
    const customer before{"ann", {"Bonn", 1}, {{"Ulm", 2}, {"Trier", 3}}, {{"apple", 1}, {"pear", 2}}, {}, 5};
    CHECK(annals::diff(before, before).empty());
    customer after = before;
    after.name     = "anne";
    after.home     = {"Bonn", 7};
    after.others   = {{"Ulm", 2}, {"Trier", 4}, {"Jena", 1}};
    after.orders   = {{"pear", 3}, {"plum", 1}};
    after.note     = "new";
    after.contact  = "5";
    CHECK(annals::diff(before, after) == differences{{"name", "\"ann\"", "\"anne\""},
                                                     {"home.number", "1", "7"},
                                                     {"others[1].number", "3", "4"},
                                                     {"others[2]", "none", "address{city: \"Jena\", number: 1}"},
                                                     {"orders[\"apple\"]", "1", "none"},
                                                     {"orders[\"pear\"]", "2", "3"},
                                                     {"orders[\"plum\"]", "none", "1"},
                                                     {"note", "none", "\"new\""},
                                                     {"contact", "5", "\"5\""}});
    CHECK(annals::diff(after, before).size() == 9);
    CHECK(annals::diff(3, 4) == differences{{"", "3", "4"}});
}

TEST_CASE("a state is compared with what it was: at versions, positions or times") {
    const filled bank;
    const auto   ann = stream("account-ann");
    CHECK(*annals::diff<account>(bank.log, ann, version{2}, version{5}) == differences{{"balance", "100", "-20"}});
    CHECK(*annals::diff<account>(bank.log, ann, version{0}, version{1}) == differences{{"is_open", "false", "true"}});
    CHECK(*annals::diff<account>(bank.log, ann, position{4}, position{8}) == differences{{"balance", "30", "10"}});
    CHECK(*annals::diff<account>(bank.log, ann, timestamp{4'000'000'000}, timestamp{6'500'000'000}) == differences{});
    CHECK(*annals::diff<account>(bank.log, whole_log(), position{5}, position{6}) == differences{{"balance", "30", "530"}});
}

TEST_CASE("what if the past had been another one") {
    const filled bank;
    const auto   ann  = stream("account-ann");
    const auto   none = annals::what_if<account>(bank.log, ann).fold();
    REQUIRE(none.has_value());
    CHECK(none->actual == none->hypothetical);
    CHECK(none->actual == account{10, true});
    CHECK_FALSE(none->parted.has_value());
    CHECK(none->diff().empty());

    const auto thrifty = annals::what_if<account>(bank.log, ann).remove(version{3}).fold();
    CHECK(thrifty->hypothetical == account{80, true});
    CHECK(thrifty->actual == account{10, true});
    CHECK(thrifty->parted == position{4});
    CHECK(thrifty->diff() == differences{{"balance", "10", "80"}});

    const auto busy = annals::what_if<account>(bank.log, ann)
                          .replace(version{6}, deposited{1}, deposited{2})
                          .insert_behind(version{5}, bank::closed{})
                          .insert_behind(version{0}, deposited{1000})
                          .insert_behind(version{5}, withdrawn{900})
                          .fold();
    CHECK(busy->hypothetical == account{1000 + 100 - 70 - 50 - 900 + 3, false});
    CHECK(busy->parted == position{1});

    // What is taken away and given back is no difference.
    const auto same = annals::what_if<account>(bank.log, ann).replace(version{3}, withdrawn{70}).fold();
    CHECK(same->hypothetical == same->actual);
    CHECK_FALSE(same->parted.has_value());

    // By position, over all accounts; and what the projection does not handle may be taken away, too.
    const auto all = annals::what_if<account>(bank.log, whole_log()).remove(position{6}).remove(position{5}).fold();
    CHECK(all->hypothetical.balance == 10);
    CHECK(all->actual.balance == 510);
    CHECK(all->parted == position{6});
    CHECK(bank.log.head() == position{8});  // nothing was written
}

TEST_CASE("a change at a place that is not come by is an error") {
    const filled bank;
    for (const auto& made :
         {annals::what_if<account>(bank.log, stream("account-ann")).remove(version{7}).fold(),
          annals::what_if<account>(bank.log, stream("account-ann")).insert_behind(version{7}, deposited{1}).fold(),
          annals::what_if<account>(bank.log, stream("account-ann")).remove(version{0}).fold(),
          annals::what_if<account>(bank.log, stream("account-eve")).remove(version{1}).fold(),
          annals::what_if<account>(bank.log, stream("account-ann").backwards()).fold()}) {
        REQUIRE_FALSE(made.has_value());
        CHECK(made.error().code == errc::out_of_range);
    }
    // In a category there are places between.
    CHECK_FALSE(annals::what_if<account>(bank.log, annals::category("savings")).remove(position{3}).fold().has_value());
}

TEST_CASE("the past of any log can be asked about: here one on the disk") {
    const support::temporary_directory home;
    auto                               log = support::opened(home / "log");
    REQUIRE(log.append("account-ann", annals::no_stream, bank::opened{1}, deposited{5}, withdrawn{9}).has_value());
    CHECK((*annals::first_when<account>(log, stream("account-ann"), [](const account& now) {
              return now.balance < 0;
          }))->version == version{3});
    CHECK(annals::what_if<account>(log, stream("account-ann")).remove(version{2}).fold()->hypothetical.balance == -9);
    CHECK(annals::diff<account>(log, whole_log(), position{1}, position{3})->size() == 1);
    std::string text;
    REQUIRE(annals::history<account>(log, whole_log(), [&](const auto&, const annals::context&, const account& after) {
                text += std::to_string(after.balance) + ' ';
            }).has_value());
    CHECK(text == "0 5 -4 ");
}

TEST_CASE("in arbitrary histories, the state at a moment is that of a replay until then, and no change changes nothing") {
    const auto seed = GENERATE(range(1U, 30U));
    CAPTURE(seed);
    std::mt19937      random(seed);
    std::int64_t      now = 0;
    memory            log{set_clock{&now}, counted_ids{}};
    const std::size_t count = 1 + random() % 60;
    for (std::size_t i = 0; i < count; ++i) {
        now += static_cast<std::int64_t>(random() % 3);
        const std::string name  = "account-" + std::to_string(random() % 3);
        const auto        cents = static_cast<std::int64_t>(random() % 100);
        switch (random() % 4) {
            case 0: REQUIRE(log.append(name, annals::any_version, bank::opened{1}).has_value()); break;
            case 1: REQUIRE(log.append(name, annals::any_version, annotated{"x"}, withdrawn{cents}).has_value()); break;
            default: REQUIRE(log.append(name, annals::any_version, deposited{cents}).has_value()); break;
        }
    }
    std::vector<std::pair<position, account>> steps;
    REQUIRE(annals::history<account>(log, whole_log(), [&](const auto&, const annals::context& where, const account& after) {
                steps.emplace_back(where.position, after);
            }).has_value());
    for (const auto& [at, state] : steps) {
        CHECK(annals::replay<account>(log, whole_log().to(at)).value() == state);
        const auto first = annals::first_when<account>(log, whole_log().from(at), [](const account&) { return true; });
        CHECK((*first)->state == state);
        CHECK((*first)->position == at);
    }
    const auto same = annals::what_if<account>(log, whole_log()).fold();
    CHECK(same->actual == annals::replay<account>(log).value());
    CHECK(same->hypothetical == same->actual);
    // What is taken away is what a replay of all else comes to.
    const std::uint64_t gone = 1 + random() % log.head()->value;
    account             rest;
    REQUIRE(
        log.read(whole_log(), annals::handlers{annals::otherwise([&]<class E>(const E& event, const annals::context& where) {
                     if constexpr (requires { rest.apply(event); })
                         if (where.position.value != gone) rest.apply(event);
                 })})
            .has_value());
    CHECK(annals::what_if<account>(log, whole_log()).remove(position{gone}).fold()->hypothetical == rest);
}

// Commands that may come again, and are carried out once.
#include "catch.hpp"
#include "support/bank.hpp"
#include "support/file_logs.hpp"

#include <annals/app/derived_id.hpp>
#include <annals/app/repository.hpp>
#include <annals/log/file_log.hpp>

namespace {

using namespace bank;

struct open_account {
    std::uint32_t customer;
};
struct withdraw {
    std::int64_t cents;
};
struct deposit {
    std::int64_t cents;
};

enum class refusal { overdrawn };

struct account {
    using events   = bank::events;
    using commands = annals::commands<open_account, withdraw, deposit>;

    std::int64_t balance = 0;

    void apply(const opened&) {}
    void apply(const deposited& e) { balance += e.cents; }
    void apply(const withdrawn& e) { balance -= e.cents; }
    void apply(const annotated&) {}
    void apply(const closed&) {}

    annals::decision<opened>             decide(const open_account& c) const { return opened{c.customer}; }
    annals::decision<withdrawn, refusal> decide(const withdraw& c) const {
        if (c.cents > balance) return annals::refuse(refusal::overdrawn);
        return withdrawn{c.cents};
    }
    annals::decision<annals::events<deposited, annotated>> decide(const deposit& c) const {
        if (c.cents >= 1000) return annals::emit(deposited{c.cents}, annotated{"a large deposit"});
        return deposited{c.cents};
    }
};

annals::uuid command_id(const char* name) { return annals::derived_id({}, name); }

}  // namespace

TEST_CASE("a command that comes again is carried out once", "[repository][once]") {
    annals::memory_log<bank::events> log;
    const auto                       accounts = annals::repository_of<account>(log);
    REQUIRE(accounts.handle("bob", open_account{1}));
    const auto first = accounts.handle_once("bob", deposit{5000}, command_id("salary"));
    REQUIRE(first);
    CHECK(first->version == annals::version{3});
    CHECK(first->count == 2);
    const auto since = *log.head();

    SECTION("at once") {
        const auto again = accounts.handle_once("bob", deposit{5000}, command_id("salary"));
        REQUIRE(again);
        CHECK(again->version == first->version);
        CHECK(again->position == first->position);
        CHECK(again->count == 2);
        CHECK(accounts.load("bob")->state.balance == 5000);
    }
    SECTION("after many others") {
        for (int i = 0; i < 3000; ++i) REQUIRE(accounts.handle("bob", deposit{1}));
        const auto again = accounts.handle_once("bob", deposit{5000}, command_id("salary"));
        REQUIRE(again);
        CHECK(again->version == first->version);
        CHECK(again->count == 2);
        CHECK(accounts.load("bob")->state.balance == 8000);
    }
    SECTION("though it would be refused by now") {
        REQUIRE(accounts.handle("bob", withdraw{5000}));
        REQUIRE(accounts.handle_once("bob", deposit{10}, command_id("gift")));
        REQUIRE(accounts.handle_once("bob", withdraw{10}, command_id("coffee")));
        CHECK(accounts.handle_once("bob", withdraw{10}, command_id("coffee")));
        CHECK_FALSE(accounts.handle_once("bob", withdraw{10}, command_id("cake")));
    }
    SECTION("and others that look like it, too") {
        REQUIRE(accounts.handle_once("bob", deposit{5000}, command_id("bonus"), since));
        REQUIRE(accounts.handle_once("bob", deposit{5000}, command_id("bonus"), since));
        CHECK(accounts.load("bob")->state.balance == 10000);
    }
}

TEST_CASE("a command that was refused is decided anew when it comes again", "[repository][once]") {
    annals::memory_log<bank::events> log;
    const auto                       accounts = annals::repository_of<account>(log);
    REQUIRE(accounts.handle("bob", open_account{1}));
    CHECK(accounts.handle_once("bob", withdraw{10}, command_id("coffee")).error() == refusal::overdrawn);
    REQUIRE(accounts.handle("bob", deposit{10}));
    REQUIRE(accounts.handle_once("bob", withdraw{10}, command_id("coffee")));
    REQUIRE(accounts.handle_once("bob", withdraw{10}, command_id("coffee")));
    CHECK(accounts.load("bob")->state.balance == 0);
}

TEST_CASE("what was dropped from before a command was given, is not looked for", "[repository][once]") {
    const support::temporary_directory directory;
    auto                               log      = support::opened<annals::file_log<bank::events>>(directory.path() / "log");
    const auto                         accounts = annals::repository_of<account>(log);
    REQUIRE(accounts.handle("bob", open_account{1}));
    for (int i = 0; i < 4000; ++i) REQUIRE(log.append("account-ann", annals::any_version, deposited{1}));
    const auto since = *log.head();
    REQUIRE(accounts.handle_once("bob", deposit{10}, command_id("gift"), since));
    REQUIRE(log.truncate_before(since, account{})->value > 1);
    const auto again = annals::detail::find_command(log, "account-bob", command_id("gift"), since);
    REQUIRE(again);
    REQUIRE(*again);
    CHECK((*again)->version == annals::version{2});
    const auto never = annals::detail::find_command(log, "account-bob", command_id("salary"), since);
    REQUIRE(never);
    CHECK_FALSE(*never);
    const auto unknown = annals::detail::find_command(log, "account-bob", command_id("salary"), {});
    REQUIRE_FALSE(unknown);
    CHECK(unknown.error().code == annals::errc::out_of_range);
}

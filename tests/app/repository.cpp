#include "catch.hpp"
#include "support/bank.hpp"

#include <annals/app/repository.hpp>

#include <atomic>
#include <thread>

namespace {

using namespace bank;

struct open {
    std::uint32_t customer;
};
struct withdraw {
    std::int64_t cents;
};
struct deposit {
    std::int64_t cents;
};

enum class refusal { not_open, overdrawn };

struct account {
    using events   = bank::events;
    using commands = annals::commands<open, withdraw, deposit>;

    bool         is_open = false;
    std::int64_t balance = 0;

    void apply(const opened&) { is_open = true; }
    void apply(const deposited& e) { balance += e.cents; }
    void apply(const withdrawn& e) { balance -= e.cents; }
    void apply(const annotated&) {}
    void apply(const closed&) { is_open = false; }

    annals::decision<opened, refusal> decide(const open& c) const {
        if (is_open) return annals::nothing;
        return opened{c.customer};
    }
    annals::decision<withdrawn, refusal> decide(const withdraw& c) const {
        if (!is_open) return annals::refuse(refusal::not_open);
        if (c.cents > balance) return annals::refuse(refusal::overdrawn);
        return withdrawn{c.cents};
    }
    annals::decision<annals::events<deposited, annotated>, refusal> decide(const deposit& c) const {
        if (!is_open) return annals::refuse(refusal::not_open);
        if (c.cents >= 1000) return annals::emit(deposited{c.cents}, annotated{"a large deposit"});
        return deposited{c.cents};
    }
};

// A log that somebody else appends to, right after each read of a stream: the conflict that retries are for.
struct contended_log {
    using events = bank::events;

    annals::memory_log<bank::events> inner;
    mutable int                      rivals = 0;
    mutable int                      reads  = 0;

    template <class Unit, class Reader>
    auto read(const annals::query<Unit>& what, Reader&& reader) const {
        auto answer = inner.read(what, reader);
        ++reads;
        if (rivals-- > 0)
            static_cast<void>(const_cast<contended_log*>(this)->inner.append("account-bob", annals::any_version, deposited{1}));
        return answer;
    }
    template <class... Given>
    auto append(std::string_view stream, annals::expected_version expects, Given&&... given) {
        return inner.append(stream, expects, std::forward<Given>(given)...);
    }
    auto head() const { return inner.head(); }
};
static_assert(annals::event_log<contended_log>);

}  // namespace

TEST_CASE("a repository loads, decides and appends") {
    std::int64_t                                             now = 10;
    annals::memory_log<bank::events, set_clock, counted_ids> log{set_clock{&now}, {}};
    const auto                                               accounts = annals::repository_of<account>(log);

    CHECK(accounts.handle("bob", open{3}).value() == annals::receipt{annals::version{1}, annals::position{1}, 1});
    now = 20;
    CHECK(accounts.handle("bob", deposit{5000}).value().version == annals::version{3});
    now = 30;
    annals::metadata about;
    about.actor = "teller";
    CHECK(accounts.handle("bob", withdraw{200}, about).value().version == annals::version{4});

    CHECK(accounts.load("bob")->state.balance == 4800);
    CHECK(accounts.load("bob")->version == annals::version{4});
    CHECK(accounts.load("bob", annals::version{2})->state.balance == 5000);
    CHECK(accounts.load("bob", annals::version{2})->version == annals::version{2});
    CHECK(accounts.load("bob", annals::version{99})->version == annals::version{4});
    CHECK(accounts.load("bob", annals::version{0})->version == annals::version{0});
    CHECK(accounts.load("bob", annals::timestamp{20})->version == annals::version{3});
    CHECK(accounts.load("bob", annals::timestamp{19})->version == annals::version{1});
    CHECK(accounts.load("nobody")->version == annals::version{0});
    CHECK_FALSE(accounts.load("nobody")->state.is_open);

    bool said = false;
    CHECK(log.read(annals::stream("account-bob").from(annals::version{4}),
                   annals::handlers{annals::otherwise([&](const auto&, const annals::context& where) { said = where.actor == "teller"; })})
              .has_value());
    CHECK(said);
}

TEST_CASE("a refusal is a value, told from a log's error") {
    annals::memory_log<bank::events> log;
    const auto                       accounts = annals::repository_of<account>(log);
    const auto                       refused  = accounts.handle("bob", withdraw{1});
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error() == refusal::not_open);
    CHECK(refused.error() != refusal::overdrawn);
    CHECK(refused.error().refusal() != nullptr);
    CHECK(refused.error().log_error() == nullptr);
    CHECK(log.head().value() == annals::position{0});
}

TEST_CASE("a decision without events writes nothing and answers with the version") {
    annals::memory_log<bank::events> log;
    const auto                       accounts = annals::repository_of<account>(log);
    REQUIRE(accounts.handle("bob", open{3}).has_value());
    CHECK(accounts.handle("bob", open{3}).value() == annals::receipt{annals::version{1}, annals::position{0}, 0});
    CHECK(log.head().value() == annals::position{1});
}

TEST_CASE("a command that lost a race is decided again on the newer state") {
    contended_log log;
    REQUIRE(annals::repository_of<account>(log).handle("bob", open{3}).has_value());
    log.reads  = 0;
    log.rivals = 2;
    // Twice somebody else deposits first; the third attempt gets through.
    const auto paid = annals::repository_of<account>(log).handle("bob", deposit{1});
    REQUIRE(paid.has_value());
    CHECK(paid->version == annals::version{4});
    CHECK(log.reads == 3);
}

TEST_CASE("a command that loses every race fails with the log's conflict") {
    contended_log log;
    REQUIRE(annals::repository_of<account>(log).handle("bob", open{3}).has_value());
    log.reads  = 0;
    log.rivals = 1000;
    const auto lost = annals::repository_of<account>(log, 3).handle("bob", deposit{1});
    REQUIRE_FALSE(lost.has_value());
    REQUIRE(lost.error().log_error() != nullptr);
    CHECK(lost.error().log_error()->code == annals::errc::version_conflict);
    CHECK(lost.error().refusal() == nullptr);
    CHECK_FALSE(lost.error() == refusal::not_open);
    CHECK(log.reads == 3);
}

TEST_CASE("an error that is no conflict is given back at once") {
    contended_log log;
    const auto    failed = annals::repository_of<account>(log).handle("bob", open{3}, annals::metadata{.event_ids = {id_of(1), id_of(2)}});
    REQUIRE_FALSE(failed.has_value());
    REQUIRE(failed.error().log_error() != nullptr);
    CHECK(failed.error().log_error()->code == annals::errc::invalid_metadata);
    CHECK(log.reads == 1);
}

TEST_CASE("a long id makes a long stream name") {
    annals::memory_log<bank::events> log;
    const std::string                id(300, 'x');
    REQUIRE(annals::repository_of<account>(log).handle(id, open{1}).has_value());
    CHECK(annals::replay<totals>(log, annals::stream("account-" + id))->seen == 1);
    CHECK(annals::repository_of<account>(log).load(id)->state.is_open);
    CHECK(annals::repository_of<account>(log).handle("", open{1}).has_value());
    CHECK(annals::repository_of<account>(log).load("")->state.is_open);
}

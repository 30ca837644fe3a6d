// Decisions that concern several things at once.
#include "catch.hpp"
#include "support/courses.hpp"

#include <annals/app/decider.hpp>

#include <optional>
#include <random>
#include <string>
#include <utility>

using namespace courses;

namespace {

using course_log = annals::memory_log<courses::events>;

template <class Answer>
bool was_refused(const Answer& answer, refusal why) {
    return !answer && answer.error() == why;
}

}  // namespace

TEST_CASE("Students enrol in courses as long as there are places, and they have time", "[decider]") {
    course_log log;
    const auto catalogue  = annals::decider_of<course_catalogue>(log);
    const auto enrolments = annals::decider_of<enrolment>(log);

    CHECK(was_refused(enrolments.handle(enrol{"c1", "ann"}), refusal::no_such_course));
    REQUIRE(catalogue.handle(define_course{"c1", 2}));
    CHECK(was_refused(catalogue.handle(define_course{"c1", 9}), refusal::course_exists));
    CHECK(was_refused(catalogue.handle(change_capacity{"c1", 2}), refusal::same_capacity));
    CHECK(was_refused(catalogue.handle(change_capacity{"c2", 2}), refusal::no_such_course));

    REQUIRE(enrolments.handle(enrol{"c1", "ann"}));
    CHECK(was_refused(enrolments.handle(enrol{"c1", "ann"}), refusal::student_takes_it_already));
    REQUIRE(enrolments.handle(enrol{"c1", "bob"}));
    CHECK(was_refused(enrolments.handle(enrol{"c1", "cid"}), refusal::course_is_full));
    REQUIRE(catalogue.handle(change_capacity{"c1", 3}));
    REQUIRE(enrolments.handle(enrol{"c1", "cid"}));

    for (int i = 2; i <= 6; ++i) REQUIRE(catalogue.handle(define_course{"c" + std::to_string(i), 10}));
    for (int i = 2; i <= 5; ++i) REQUIRE(enrolments.handle(enrol{"c" + std::to_string(i), "ann"}));
    CHECK(was_refused(enrolments.handle(enrol{"c6", "ann"}), refusal::student_takes_enough));
}

TEST_CASE("What a decision has read is its model alone", "[decider]") {
    course_log log;
    REQUIRE(annals::decider_of<course_catalogue>(log).handle(define_course{"c1", 2}));
    REQUIRE(annals::decider_of<course_catalogue>(log).handle(define_course{"c2", 7}));
    const auto enrolments = annals::decider_of<enrolment>(log);
    REQUIRE(enrolments.handle(enrol{"c1", "ann"}));
    REQUIRE(enrolments.handle(enrol{"c2", "bob"}));
    REQUIRE(enrolments.handle(enrol{"c2", "ann"}));

    const auto read = enrolments.load(enrol{"c2", "bob"});
    REQUIRE(read);
    CHECK(read->second == annals::position{5});
    CHECK(read->first.course.capacity == 7);
    CHECK(read->first.course.taken == 2);
    CHECK(read->first.student.courses == 1);
    CHECK(read->first.both.is_there);
    CHECK_FALSE(enrolments.load(enrol{"c1", "bob"})->first.both.is_there);
}

namespace {

// A log to which somebody else appends just before each of the first appends.
struct interrupted_log {
    using events                     = courses::events;
    static constexpr bool finds_tags = true;

    course_log  log;
    int         interruptions = 0;
    std::string course        = "c1";
    int         appends       = 0;

    template <class Unit, class Reader>
    annals::expected<annals::read_result, annals::error> read(const annals::query<Unit>& what, Reader&& reader) const {
        return log.read(what, reader);
    }
    annals::expected<annals::position, annals::error> head() const { return log.head(); }
    template <class... Given>
    annals::expected<annals::receipt, annals::error> append(std::string_view stream, Given&&... given) {
        ++appends;
        if (interruptions > 0) {
            --interruptions;
            (void)log.append("elsewhere", annals::any_version, enrolled{course, "student " + std::to_string(interruptions)});
        }
        return log.append(stream, std::forward<Given>(given)...);
    }
};

}  // namespace

TEST_CASE("A decision is taken again if something came that it should have read", "[decider]") {
    interrupted_log log;
    REQUIRE(annals::decider_of<course_catalogue>(log).handle(define_course{"c1", 3}));
    log.appends = 0;

    SECTION("on what is there now") {
        log.interruptions = 1;
        REQUIRE(annals::decider_of<enrolment>(log).handle(enrol{"c1", "ann"}));
        CHECK(log.appends == 2);
    }
    SECTION("and may be another one then") {
        log.interruptions = 3;
        CHECK(was_refused(annals::decider_of<enrolment>(log).handle(enrol{"c1", "ann"}), refusal::course_is_full));
        CHECK(log.appends == 3);
    }
    SECTION("as often as it may") {
        log.interruptions = 2;
        const auto answer = annals::decider_of<enrolment>(log, 2).handle(enrol{"c1", "ann"});
        REQUIRE_FALSE(answer);
        REQUIRE(answer.error().log_error());
        CHECK(answer.error().log_error()->code == annals::errc::condition_failed);
    }
    SECTION("but not for what is no matter of its") {
        log.interruptions = 1;
        log.course        = "c2";
        REQUIRE(annals::decider_of<enrolment>(log).handle(enrol{"c1", "ann"}));
        CHECK(log.appends == 1);
    }
}

namespace invoices {

struct issued {
    std::int64_t number;
    std::string  customer;

    using tags = annals::tags<&issued::customer>;
};
struct blocked {
    std::string customer;

    using tags = annals::tags<&blocked::customer>;
};
using events = annals::events<issued, blocked>;

// All of its events, whatever they are about.
struct numbering {
    using events = annals::events<issued>;
    using tags   = annals::tags<>;

    std::int64_t last = 0;

    void apply(const issued& event) { last = event.number; }
};
struct standing {
    std::string customer;
    bool        is_blocked = false;

    using events = annals::events<blocked>;
    using tags   = annals::tags<&standing::customer>;

    void apply(const blocked&) { is_blocked = true; }
};
struct issue {
    std::string customer;

    using tags = annals::tags<&issue::customer>;
};
struct invoicing {
    using commands = annals::commands<issue>;

    static constexpr std::string_view category = "invoices";

    numbering numbers;
    standing  customer;

    annals::decision<issued, std::string> decide(const issue& wish) const {
        if (customer.is_blocked) return annals::refuse("blocked");
        return issued{numbers.last + 1, wish.customer};
    }
};

}  // namespace invoices

TEST_CASE("Numbers without gaps are read of all events of a type", "[decider]") {
    annals::memory_log<invoices::events> log;
    const auto                           office = annals::decider_of<invoices::invoicing>(log);
    for (const char* customer : {"ann", "bob", "ann"}) REQUIRE(office.handle(invoices::issue{customer}));
    REQUIRE(log.append("customers-bob", annals::any_version, invoices::blocked{"bob"}));
    CHECK(office.handle(invoices::issue{"bob"}).error() == std::string("blocked"));
    const auto last = office.handle(invoices::issue{"ann"});
    REQUIRE(last);
    CHECK(last->version == annals::version{3});  // of the stream of this customer
    invoices::numbering numbers;
    REQUIRE(log.read(annals::stream("invoices-ann"), numbers));
    CHECK(numbers.last == 4);

    // An invoice for somebody else in between makes the number another.
    const annals::append_condition<annals::events<invoices::issued>> unchanged{annals::position{4}, {}};
    CHECK(log.append("invoices-cid", unchanged, invoices::issued{4, "cid"}).error().code == annals::errc::condition_failed);
}

namespace rooms {

struct moved {
    std::string guest;
    std::string room;

    using tags = annals::tags<&moved::guest>;
};
using events = annals::events<moved>;

// It keeps the guest's name as it shall be printed.
struct stay {
    std::string guest;
    int         moves = 0;

    using events = annals::events<moved>;
    using tags   = annals::tags<&stay::guest>;

    void apply(const moved& event) {
        guest = event.guest + ", " + event.room;
        ++moves;
    }
};
struct move_to {
    std::string guest;
    std::string room;

    using tags = annals::tags<&move_to::guest>;
};
struct reception {
    using commands = annals::commands<move_to>;

    stay guest;

    static inline annals::memory_log<rooms::events>* other_desk = nullptr;  // where somebody else is faster

    annals::decision<moved, std::string> decide(const move_to& wish) const {
        if (other_desk)
            REQUIRE(std::exchange(other_desk, nullptr)->append("elsewhere", annals::any_version, moved{wish.guest, "14"}));
        if (guest.moves >= 2) return annals::refuse("has moved twice");
        return moved{wish.guest, wish.room};
    }
};

}  // namespace rooms

TEST_CASE("What must not change is what the command is about, also if the model changes the field", "[decider]") {
    annals::memory_log<rooms::events> log;
    const auto                        desk = annals::decider_of<rooms::reception>(log);
    REQUIRE(desk.handle(rooms::move_to{"ann", "12"}));
    rooms::reception::other_desk = &log;
    CHECK(desk.handle(rooms::move_to{"ann", "13"}).error() == std::string("has moved twice"));
}

namespace vouchers {

struct redeemed {
    std::string                order;
    std::optional<std::string> voucher;

    using tags = annals::tags<&redeemed::order, &redeemed::voucher>;
};
using events = annals::events<redeemed>;

struct use {
    std::optional<std::string> voucher;
    int                        times = 0;

    using events = annals::events<redeemed>;
    using tags   = annals::tags<&use::voucher>;

    void apply(const redeemed&) { ++times; }
};
struct redeem {
    std::string                order;
    std::optional<std::string> voucher;

    using tags = annals::tags<&redeem::voucher, &redeem::order>;
};
struct till {
    using commands = annals::commands<redeem>;

    use voucher;

    annals::decision<redeemed, std::string> decide(const redeem& wish) const {
        if (voucher.times != 0) return annals::refuse("was used");
        return redeemed{wish.order, wish.voucher};
    }
};

}  // namespace vouchers

TEST_CASE("A command without a voucher is about no voucher, and not about all of them", "[decider]") {
    annals::memory_log<vouchers::events> log;
    const auto                           till = annals::decider_of<vouchers::till>(log);
    REQUIRE(till.handle(vouchers::redeem{"o1", "spring"}));
    CHECK(till.handle(vouchers::redeem{"o2", {}}));
    CHECK(till.handle(vouchers::redeem{"o3", {}}));
    CHECK_FALSE(till.handle(vouchers::redeem{"o4", "spring"}));
    CHECK(log.read(annals::stream("till-"), annals::handlers{annals::otherwise()})->count == 2);
}

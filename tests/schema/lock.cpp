// The schema lock tells additions from what breaks old logs.
#include "catch.hpp"

#include <annals/schema/lock.hpp>

#include <cstdint>
#include <string>

namespace locked {

namespace first {
enum class method : std::uint8_t { cash, card };
struct opened {
    int customer;
};
struct paid {
    std::int32_t cents;
    method       by;
};
using events = annals::events<opened, paid>;
}  // namespace first

namespace added {
enum class method : std::uint8_t { cash, card, voucher };
struct opened {
    int customer;
};
struct paid {
    std::int64_t cents;
    method       by;
    std::string  note;
};
struct closed {};
using events = annals::events<opened, paid, closed>;
}  // namespace added

namespace broken {
enum class method : std::uint8_t { card, cash };
struct paid {
    std::int32_t cents;
    method       by;
};
using events = annals::events<paid>;
}  // namespace broken

// What breaks a struct breaks nothing if the old one is kept as a revision.
namespace revised {
struct opened {
    int customer;
};
struct paid {
    std::string amount;
};
namespace v1 {
using first::method;
struct paid {
    std::int32_t cents;
    method       by;
};
inline revised::paid upcast(const paid& old) { return {std::to_string(old.cents)}; }
}  // namespace v1
using events = annals::events<opened, annals::revisions<v1::paid, paid>>;
}  // namespace revised

template <class Events>
annals::lock_differences compare(const std::string& lock) {
    return *annals::compare_with_lock<Events>(lock);
}
template <class Events>
std::string accept(const std::string& lock) {
    return *annals::accepted_lock<Events>(lock);
}

}  // namespace locked

using namespace locked;

TEST_CASE("a lock that was just accepted has no differences, and accepting it again changes nothing") {
    const std::string lock = accept<first::events>("");
    CHECK(compare<first::events>(lock).none());
    CHECK(accept<first::events>(lock) == lock);
}

TEST_CASE("a lock is for people") {
    CHECK(accept<first::events>("") ==
          "# The shapes of events that logs may hold. Review changes of this file like code: what stands here must stay "
          "readable.\n"
          "\nopened {\n    customer: i32\n}\n"
          "\npaid {\n    cents: i32,\n    by: enum method: u8 {cash = 0, card = 1}\n}\n");
}

TEST_CASE("what old logs can still be read with is an addition") {
    const std::string              lock  = accept<first::events>("");
    const annals::lock_differences found = compare<added::events>(lock);
    CHECK(found.breaks.empty());
    REQUIRE(found.additions.size() == 2);
    CHECK(found.additions[0] ==
          "event 'paid' has a new shape\n"
          "  field 'note: string' is new and has a default\n"
          "  field 'cents' was i32 and is i64\n"
          "  enumerator 'voucher' of field 'by' is new");
    CHECK(found.additions[1] == "event 'closed' is new");

    SECTION("once accepted, the shapes that old logs hold are still locked") {
        const std::string both = accept<added::events>(lock);
        CHECK(compare<added::events>(both).none());
        CHECK(annals::parse_schemas(both)->size() == 4);
        CHECK(compare<first::events>(both).breaks.size() == 2);  // the new paid, and closed
    }
}

TEST_CASE("what old logs could no longer be read with is a break, with the remedy") {
    const annals::lock_differences found = compare<broken::events>(accept<first::events>(""));
    REQUIRE(found.breaks.size() == 2);
    CHECK(found.breaks[0].find("event 'opened' is stored, and not listed") == 0);
    CHECK(found.breaks[0].find("annals::retired<v1::opened>") != std::string::npos);
    CHECK(found.breaks[1].find("event 'paid': what is stored cannot be read as what the types say:") == 0);
    CHECK(found.breaks[1].find("enumerator 'cash'") != std::string::npos);
    CHECK(found.breaks[1].find("annals::revisions<v1::paid, locked::broken::paid>") != std::string::npos);

    SECTION("accepting it gives up what can no longer be read") {
        const std::string lock = accept<broken::events>(accept<first::events>(""));
        CHECK(compare<broken::events>(lock).none());
        CHECK(annals::parse_schemas(lock)->size() == 1);
    }
}

TEST_CASE("with the old struct as a revision nothing breaks") {
    const std::string              lock  = accept<first::events>("");
    const annals::lock_differences found = compare<revised::events>(lock);
    CHECK(found.breaks.empty());
    REQUIRE(found.additions.size() == 1);
    CHECK(found.additions[0].find("event 'paid' has a new shape") == 0);
    CHECK(compare<revised::events>(accept<revised::events>(lock)).none());
}

TEST_CASE("a lock that is none says where") {
    const auto found = annals::compare_with_lock<first::events>("opened {\n    customer i32\n}\n");
    REQUIRE_FALSE(found.has_value());
    CHECK(found.error().message("opened {\n    customer i32\n}\n").find("line 2") == 0);
}

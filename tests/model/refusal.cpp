// A command is refused for a reason of the decision's refusal type, or one that converts to it.
#include "catch.hpp"

#include <annals/annals.hpp>

#include <string>
#include <type_traits>
#include <variant>

namespace {

struct withdrawn {
    int cents;
};
struct charged {
    int cents;
};

struct overdrawn {
    int missing;
};
struct closed {};
using reasons = std::variant<overdrawn, closed>;

using narrow = annals::decision<withdrawn, overdrawn>;
using wide   = annals::decision<annals::events<withdrawn, charged>, reasons>;

constexpr wide withdraw(int balance, int cents, bool is_closed) {
    if (is_closed) return annals::refuse(closed{});
    if (balance < cents) return annals::refuse(reasons{overdrawn{cents - balance}});
    return withdrawn{cents};
}

static_assert(std::holds_alternative<closed>(*withdraw(10, 5, true).refusal_reason()));
static_assert(std::get<overdrawn>(*withdraw(10, 15, false).refusal_reason()).missing == 5);
static_assert(withdraw(10, 5, false).refusal_reason() == nullptr);

// A decision with other reasons converts if its reasons do.
static_assert(std::is_convertible_v<narrow, wide>);
static_assert(!std::is_convertible_v<wide, narrow>);
static_assert(std::get<overdrawn>(*wide(narrow(annals::refuse(overdrawn{7}))).refusal_reason()).missing == 7);
static_assert(wide(narrow(withdrawn{7})).size() == 1);
static_assert(!wide(narrow(withdrawn{7})).is_refused());
static_assert(wide(narrow(annals::nothing)).size() == 0);

// One that never refuses converts to one that may.
static_assert(std::is_convertible_v<annals::decision<charged>, wide>);
static_assert(std::is_convertible_v<annals::decision<withdrawn>, narrow>);
static_assert(!std::is_convertible_v<narrow, annals::decision<withdrawn>>);
static_assert(wide(annals::decision<charged>(charged{1})).size() == 1);

}  // namespace

TEST_CASE("a reason that owns memory survives its decision's conversions") {
    using with_text = annals::decision<withdrawn, std::string>;
    using with_both = annals::decision<annals::events<withdrawn, charged>, std::variant<std::string, overdrawn>>;
    const with_text first = annals::refuse("a reason that is too long to be stored without an allocation");
    const with_both second(first);
    CHECK(std::get<std::string>(*second.refusal_reason()) == *first.refusal_reason());
    CHECK(second.size() == 0);
}

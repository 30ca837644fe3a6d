// Events are compared field by field, whatever their fields are made of.
#include "catch.hpp"

#include <annals/schema/equal.hpp>

#include <array>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <variant>
#include <vector>

namespace {

struct amount {
    int  cents;
    char currency;
};
struct card {
    std::string number;
};
struct cash {};
using payment = std::variant<cash, card, amount>;

struct line {
    std::string           sku;
    std::optional<amount> discount;
};
struct ordered {
    std::vector<line>               lines;
    payment                         paid;
    std::map<std::string, amount>   fees;
    std::pair<int, amount>          bonus;
    std::array<amount, 2>           taxes;
};

ordered usual() {
    return {{{"tea", amount{5, 'e'}}, {"milk", std::nullopt}}, card{"4000"}, {{"post", {1, 'e'}}}, {3, {4, 'e'}}, {{{1, 'e'}, {2, 'e'}}}};
}

// A type's own notion of equality counts.
struct ignoring_case {
    char letter;
    friend constexpr bool operator==(const ignoring_case& a, const ignoring_case& b) { return (a.letter | 32) == (b.letter | 32); }
};
struct noted {
    ignoring_case initial;
};

static_assert(annals::equal_fields(amount{1, 'e'}, amount{1, 'e'}));
static_assert(!annals::equal_fields(amount{1, 'e'}, amount{2, 'e'}));
static_assert(!annals::equal_fields(amount{1, 'e'}, amount{1, 'd'}));
static_assert(annals::equal_fields(cash{}, cash{}));
static_assert(annals::equal_fields(noted{{'a'}}, noted{{'A'}}));
static_assert(annals::equal_fields(std::optional(amount{1, 'e'}), std::optional(amount{1, 'e'})));
static_assert(!annals::equal_fields(std::optional<amount>(), std::optional(amount{})));
static_assert(!annals::equal_fields(std::pair(1, amount{1, 'e'}), std::pair(1, amount{1, 'd'})));

}  // namespace

TEST_CASE("an order is equal to its copy, and to no order that differs anywhere") {
    const ordered order = usual();
    CHECK(annals::equal_fields(order, usual()));

    const auto differs = [&](auto change) {
        ordered changed = usual();
        change(changed);
        return !annals::equal_fields(order, changed) && !annals::equal_fields(changed, order);
    };
    CHECK(differs([](ordered& o) { o.lines[1].sku = "honey"; }));
    CHECK(differs([](ordered& o) { o.lines[0].discount->cents = 6; }));
    CHECK(differs([](ordered& o) { o.lines[0].discount.reset(); }));
    CHECK(differs([](ordered& o) { o.lines[1].discount = amount{}; }));
    CHECK(differs([](ordered& o) { o.lines.pop_back(); }));
    CHECK(differs([](ordered& o) { o.lines.push_back({}); }));
    CHECK(differs([](ordered& o) { o.paid = card{"4001"}; }));
    CHECK(differs([](ordered& o) { o.paid = cash{}; }));
    CHECK(differs([](ordered& o) { o.fees["post"].cents = 2; }));
    CHECK(differs([](ordered& o) { o.fees["gift"] = {}; }));
    CHECK(differs([](ordered& o) { o.bonus.first = 0; }));
    CHECK(differs([](ordered& o) { o.bonus.second.cents = 0; }));
    CHECK(differs([](ordered& o) { o.taxes[1].cents = 0; }));
}

TEST_CASE("a hashed container has no order") {
    std::unordered_map<int, amount> there, back;
    for (int i = 0; i < 100; ++i) there[i] = {i, 'e'};
    for (int i = 100; i-- > 0;) back[i] = {i, 'e'};
    CHECK(annals::equal_fields(there, back));
    back[7].cents = 8;
    CHECK_FALSE(annals::equal_fields(there, back));
    back.erase(7);
    back[1000] = {7, 'e'};
    CHECK_FALSE(annals::equal_fields(there, back));
    back.erase(1000);
    CHECK_FALSE(annals::equal_fields(there, back));

    CHECK(annals::equal_fields(std::unordered_set<int>{1, 2, 3}, std::unordered_set<int>{3, 1, 2}));
    CHECK_FALSE(annals::equal_fields(std::unordered_set<int>{1, 2, 3}, std::unordered_set<int>{3, 1, 4}));

    using many = std::unordered_multimap<int, amount>;
    CHECK(annals::equal_fields(many{{1, {1, 'e'}}, {1, {2, 'e'}}}, many{{1, {2, 'e'}}, {1, {1, 'e'}}}));
    CHECK_FALSE(annals::equal_fields(many{{1, {1, 'e'}}, {1, {2, 'e'}}}, many{{1, {2, 'e'}}, {1, {2, 'e'}}}));
}

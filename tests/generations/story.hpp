// What happened in the shop, whatever its program could write down of it at the time.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace story {

enum class channel { web, phone, app };
enum class means { cash, card, transfer };
enum class currency { eur, chf };

struct line {
    std::string  sku;
    std::int16_t count;
};

struct registered {
    std::string customer;
};
struct ordered {
    std::int32_t      number;
    std::vector<line> lines;
    channel           from;
    std::string       note;
};
struct paid {
    std::int32_t number;
    std::int32_t cents;
    currency     in;
    means        by;
    std::string  reference;  // of the card or the transfer
};
// By the market place, which keeps a fee.
struct settled {
    std::int32_t number;
    std::int32_t cents;
    std::int32_t fee;
};
struct shipped {
    std::int32_t number;
    std::string  carrier;  // none if somebody of the shop brought it
    float        kilograms;
    std::int32_t day;  // since 1970
};
struct viewed {
    std::string  sku;
    std::int32_t seconds;
};
struct flagged {
    std::int32_t number;
    std::string  why;
};
struct cancelled {
    std::int32_t number;
    std::string  why;
};

/// Calls `happens(fact)` for all that happened, in its order.
template <class Happens>
void tell(Happens&& happens) {
    happens(registered{"ann"});
    happens(viewed{"lamp", 3});
    happens(viewed{"lamp", 40});
    happens(ordered{1, {{"lamp", 2}, {"bulb", 300}}, channel::web, "ring twice"});
    happens(paid{1, 12345, currency::eur, means::card, "4111"});
    happens(registered{"bob"});
    happens(ordered{2, {{"chair", 4}}, channel::app, ""});
    happens(flagged{2, "new customer, large order"});
    happens(shipped{1, "post", 1.1F, 19849});
    happens(paid{2, 99999, currency::chf, means::transfer, "CH93"});
    happens(ordered{3, {}, channel::phone, "forgot what"});
    happens(cancelled{3, "empty"});
    happens(shipped{2, "", 20.25F, 19851});
    happens(ordered{4, {{"table", 1}, {"lamp", 1}, {"table", 1}}, channel::web, "gr\xc3\xbc\xc3\x9f Gott"});
    happens(settled{4, 50050, 1250});
    happens(paid{4, -450, currency::eur, means::cash, ""});
    happens(viewed{"bulb", 5});
}

}  // namespace story

// Chapter 2: the same shop five years on. What happens today comes first, then what it was called and looked like before;
// the list at the end knows of both. Whoever reads a log is handed events of today, whatever the log was written with.
#pragma once

#include <annals/annals.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>

namespace shop {

enum class country : std::uint8_t { germany, austria, switzerland };  // 2023: one more. Harmless, nothing to write.
enum class currency : std::uint8_t { euro, franc };
enum class delivery : std::uint8_t { post, pickup };
enum class payment : std::uint8_t { invoice, card };

struct money {
    std::int64_t cents;
    currency     in;
};

struct opened {
    std::uint32_t customer;  // 2022: widened, for customer 65 536 was at the door. Harmless.
    country       to;
    bool          gift = false;  // 2024: new. It has a default, which is what older events get. Harmless.
};
struct item_added {
    std::uint32_t article;
    money         price;
};
struct delivery_chosen {
    delivery how;
};
struct paid {
    payment by;
};
struct wished {
    std::uint32_t article;
};

// 2025: the law speaks of revoking an order. The logs may keep their word for it.
struct revoked {
    static constexpr std::string_view event_name = "cancelled";
};

// What was, the newest first. Its shape is kept as it was stored, and `upcast` says what became of it.
namespace v2 {

// 2023: Switzerland pays in francs. All that had been sold until then was sold in euros.
struct item_added {
    std::uint32_t article;
    std::int64_t  cents;
};
constexpr shop::item_added upcast(const item_added& old) { return {old.article, {old.cents, currency::euro}}; }

}  // namespace v2
namespace v1 {

// 2022: a float is no price. One step is enough: from here on it is the business of v2.
struct item_added {
    std::uint16_t article;
    float         euros;
};
constexpr v2::item_added upcast(const item_added& old) {
    return {old.article, static_cast<std::int64_t>(old.euros * 100.0 + 0.5)};
}

// 2024: who buys may pay later, so one event became two.
struct checked_out {
    delivery how;
    payment  by;
};
constexpr std::tuple<delivery_chosen, paid> upcast(const checked_out& old) { return {{old.how}, {old.by}}; }

// 2025: clicks are dropped, but for those on the heart. That was a wish.
enum class place : std::uint8_t { picture, heart };
struct clicked {
    std::uint16_t article;
    place         on;
};
constexpr std::optional<wished> upcast(const clicked& old) {
    if (old.on != place::heart) return {};
    return wished{old.article};
}

// 2022: the fax machine was given away. Without an `upcast`, nobody sees these any more.
struct faxed {
    std::string sender;
};

}  // namespace v1

using order_events = annals::events<opened, annals::revisions<v1::item_added, v2::item_added, item_added>, delivery_chosen,
                                    paid, revoked, annals::retired<v1::checked_out, v1::faxed>>;
using visit_events = annals::events<wished, annals::retired<v1::clicked>>;
using events       = annals::events<order_events, visit_events>;

}  // namespace shop

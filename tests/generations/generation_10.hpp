// The shop of today, which has read all its logs ever since it began: its events, and what they were before.
#pragma once

#include "generations/story.hpp"

#include <annals/model/events.hpp>
#include <annals/model/revisions.hpp>

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <variant>
#include <vector>

namespace shop {

enum class channel : std::uint8_t { web, phone, app };
enum class currency : std::uint8_t { eur, chf };
struct item {
    std::string  sku;
    std::int32_t count;
};
struct cash {};
struct card {
    std::string number;
};
struct transfer {
    std::string from;
};
using means = std::variant<cash, card, transfer>;

struct registered {
    std::string name;
};
struct ordered {
    std::int32_t                        number;
    std::map<std::string, std::int32_t> lines;
    channel                             from;
    std::string                         note = "";
};
struct paid {
    std::int32_t number;
    std::int64_t cents;
    currency     in;
    means        by;
};
struct charged {
    std::int32_t number;
    std::int32_t cents;
    std::string  what_for = "fee";
};
struct shipped {
    std::int32_t               number;
    std::chrono::sys_days      day;
    std::optional<std::string> carrier;
    double                     kilograms;
};
struct viewed {
    std::string          sku;
    std::chrono::seconds time{};
};
struct called_off {
    static constexpr std::string_view event_name = "called-off";

    std::int32_t number;
    std::string  why;
};

// Each namespace is that of the last generation that wrote what is in it.
namespace v4 {
struct paid {
    std::int32_t number;
    std::int32_t euros;
    means        by;
};
}  // namespace v4
namespace v5 {
struct registered {
    std::string customer;
};
struct shipped {
    std::int32_t               number;
    std::int32_t               day;
    std::optional<std::string> carrier;
    double                     kilograms;
};
inline shop::registered upcast(const registered& old) { return {old.customer}; }
inline shop::shipped    upcast(const shipped& old) {
       return {old.number, std::chrono::sys_days(std::chrono::days(old.day)), old.carrier, old.kilograms};
}
}  // namespace v5
namespace v6 {
struct settled {
    std::int32_t number;
    std::int32_t cents;
    std::int32_t fee;
};
inline std::tuple<paid, charged> upcast(const settled& old) {
    return {paid{old.number, old.cents, currency::eur, transfer{"market place"}}, charged{old.number, old.fee}};
}
}  // namespace v6
namespace v7 {
struct viewed {
    std::string  sku;
    std::int32_t seconds;
};
struct flagged {
    std::int32_t number;
    std::string  why;
};
inline std::optional<shop::viewed> upcast(const viewed& old) {
    if (old.seconds < 5) return std::nullopt;
    return shop::viewed{old.sku, std::chrono::seconds(old.seconds)};
}
}  // namespace v7
namespace v9 {
struct ordered {
    std::int32_t      number;
    std::vector<item> lines;
    channel           from;
    std::string       note = "";
};
struct paid {
    std::int32_t number;
    std::int64_t cents;
    means        by;
};
struct called_off {
    static constexpr std::string_view event_name = "cancelled";

    std::int32_t number;
    std::string  why;
};
inline shop::ordered upcast(const ordered& old) {
    shop::ordered event{old.number, {}, old.from, old.note};
    for (const item& each : old.lines) event.lines[each.sku] += each.count;
    return event;
}
inline shop::paid       upcast(const paid& old) { return {old.number, old.cents, currency::eur, old.by}; }
inline shop::called_off upcast(const called_off& old) { return {old.number, old.why}; }
}  // namespace v9
namespace v4 {
inline v9::paid upcast(const paid& old) { return {old.number, std::int64_t{100} * old.euros, old.by}; }
}  // namespace v4

using events = annals::events<annals::revisions<v5::registered, registered>, annals::revisions<v9::ordered, ordered>,
                              annals::revisions<v4::paid, v9::paid, paid>, charged, annals::retired<v6::settled, v7::flagged>,
                              annals::revisions<v5::shipped, shipped>, annals::revisions<v7::viewed, viewed>,
                              annals::revisions<v9::called_off, called_off>>;

// What this program can write down of what happened.
inline channel channel_of(const story::ordered& what) {
    if (what.from == story::channel::app) return channel::app;
    return what.from == story::channel::phone ? channel::phone : channel::web;
}
inline currency currency_of(const story::paid& what) { return what.in == story::currency::chf ? currency::chf : currency::eur; }
inline means    means_of(const story::paid& what) {
       if (what.by == story::means::transfer) return transfer{what.reference};
    if (what.by == story::means::card) return card{what.reference};
    return cash{};
}
template <class Append>
void record(const story::registered& what, const Append& append) {
    append(registered{what.customer});
}
template <class Append>
void record(const story::ordered& what, const Append& append) {
    ordered event{what.number, {}, channel_of(what), what.note};
    for (const story::line& each : what.lines) event.lines[each.sku] += each.count;
    append(event);
}
template <class Append>
void record(const story::paid& what, const Append& append) {
    append(paid{what.number, what.cents, currency_of(what), means_of(what)});
}
template <class Append>
void record(const story::settled& what, const Append& append) {
    append(paid{what.number, what.cents, currency::eur, transfer{"market place"}});
    append(charged{what.number, what.fee, "market place"});
}
template <class Append>
void record(const story::shipped& what, const Append& append) {
    append(shipped{what.number, std::chrono::sys_days(std::chrono::days(what.day)),
                   what.carrier.empty() ? std::nullopt : std::optional(what.carrier), what.kilograms});
}
template <class Append>
void record(const story::viewed& what, const Append& append) {
    if (what.seconds >= 5) append(viewed{what.sku, std::chrono::seconds(what.seconds)});
}
template <class Append>
void record(const story::flagged&, const Append&) {}
template <class Append>
void record(const story::cancelled& what, const Append& append) {
    append(called_off{what.number, what.why});
}

}  // namespace shop

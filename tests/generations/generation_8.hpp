// A glance is no view any more, and nothing is flagged.
#pragma once

#include "generations/story.hpp"

#include <annals/model/events.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace shop {

enum class channel : std::uint8_t { web, phone, app };
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
struct charged {
    std::int32_t number;
    std::int32_t cents;
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
struct cancelled {
    std::int32_t number;
    std::string  why;
};

using events = annals::events<registered, ordered, paid, charged, shipped, viewed, cancelled>;

// What this program can write down of what happened.
inline channel channel_of(const story::ordered& what) {
    if (what.from == story::channel::app) return channel::app;
    return what.from == story::channel::phone ? channel::phone : channel::web;
}
inline means means_of(const story::paid& what) {
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
    for (const story::line& each : what.lines) event.lines.push_back({each.sku, each.count});
    append(event);
}
template <class Append>
void record(const story::paid& what, const Append& append) {
    append(paid{what.number, what.cents, means_of(what)});
}
template <class Append>
void record(const story::settled& what, const Append& append) {
    append(paid{what.number, what.cents, transfer{"market place"}});
    append(charged{what.number, what.fee});
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
    append(cancelled{what.number, what.why});
}

}  // namespace shop

// Counts and weights got wider, and there was an app.
#pragma once

#include "generations/story.hpp"

#include <annals/model/events.hpp>

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace shop {

enum class channel : std::uint8_t { web, phone, app };
struct line {
    std::string  sku;
    std::int32_t count;
};
struct cash {};
struct card {
    std::string number;
};

struct registered {
    std::string customer;
};
struct ordered {
    std::int32_t      number;
    std::vector<line> lines;
    channel           from;
    std::string       note = "";
};
struct paid {
    std::int32_t             number;
    std::int32_t             euros;
    std::variant<cash, card> by;
};
struct settled {
    std::int32_t number;
    std::int32_t cents;
    std::int32_t fee;
};
struct shipped {
    std::int32_t number;
    std::int32_t day;
    std::string  carrier;
    double       kilograms;
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

using events = annals::events<registered, ordered, paid, settled, shipped, viewed, flagged, cancelled>;

// What this program can write down of what happened.
inline channel channel_of(const story::ordered& what) {
    if (what.from == story::channel::app) return channel::app;
    return what.from == story::channel::phone ? channel::phone : channel::web;
}
inline std::variant<cash, card> means_of(const story::paid& what) {
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
    append(paid{what.number, what.cents / 100, means_of(what)});
}
template <class Append>
void record(const story::settled& what, const Append& append) {
    append(settled{what.number, what.cents, what.fee});
}
template <class Append>
void record(const story::shipped& what, const Append& append) {
    append(shipped{what.number, what.day, what.carrier, what.kilograms});
}
template <class Append>
void record(const story::viewed& what, const Append& append) {
    append(viewed{what.sku, what.seconds});
}
template <class Append>
void record(const story::flagged& what, const Append& append) {
    append(flagged{what.number, what.why});
}
template <class Append>
void record(const story::cancelled& what, const Append& append) {
    append(cancelled{what.number, what.why});
}

}  // namespace shop

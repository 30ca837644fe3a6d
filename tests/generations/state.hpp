// What the shop of today makes of its events.
#pragma once

#include "generations/generation_10.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace shop {

struct order {
    std::map<std::string, std::int32_t> lines;
    channel                             from = channel::web;
    std::string                         note;
    std::map<currency, std::int64_t>    paid;
    std::vector<means>                  paid_by;
    std::map<std::string, std::int64_t> charged;
    std::optional<shipped>              how_shipped;
    std::optional<std::string>          why_called_off;
};

struct books {
    using events = shop::events;

    std::vector<std::string>                    customers;
    std::map<std::int32_t, order>               orders;
    std::map<std::string, std::chrono::seconds> views;
    int                                         seen = 0;

    void apply(const registered& event) { customers.push_back(event.name), ++seen; }
    void apply(const ordered& event) {
        order& made = orders[event.number];
        made.lines  = event.lines;
        made.from   = event.from;
        made.note   = event.note;
        ++seen;
    }
    void apply(const paid& event) {
        order& of = orders[event.number];
        of.paid[event.in] += event.cents;
        of.paid_by.push_back(event.by);
        ++seen;
    }
    void apply(const charged& event) { orders[event.number].charged[event.what_for] += event.cents, ++seen; }
    void apply(const shipped& event) { orders[event.number].how_shipped = event, ++seen; }
    void apply(const viewed& event) { views[event.sku] += event.time, ++seen; }
    void apply(const called_off& event) { orders[event.number].why_called_off = event.why, ++seen; }
};

}  // namespace shop

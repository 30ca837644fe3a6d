// The loops of the JSON benchmarks, the same for both contestants.
#pragma once

#include "../codec/loops.hpp"
#include "contestant.hpp"

#include <boost/json/value.hpp>

#include <memory>

/// `Format` has the static functions `to_value(event)`, `from_value(value)`, `to_text(event)` and `from_text(text)`; what
/// makes an event calls the second argument with it.
template <class Format>
json_codec json_codec_of(const std::vector<shop::ordered>& batch) {
    struct all_of_it {
        std::vector<shop::ordered>      events;
        std::vector<boost::json::value> values;
        std::vector<std::string>        texts;
    };
    const auto it = std::make_shared<all_of_it>();
    it->events    = batch;
    for (const shop::ordered& each : batch) {
        it->values.push_back(Format::to_value(each));
        it->texts.push_back(Format::to_text(each));
    }

    json_codec made;
    made.texts  = [it] { return it->texts; };
    made.events = [it] {
        std::vector<shop::ordered> events;
        const auto                 keep = [&](const shop::ordered& event) { events.push_back(event); };
        for (const boost::json::value& each : it->values) Format::from_value(each, keep);
        for (std::size_t i = 0; i < it->texts.size(); ++i)
            Format::from_text(it->texts[i], [&](const shop::ordered& event) {
                if (!(event == events[i])) events[i] = {};
            });
        return events;
    };
    made.to_value = [it] {
        for (const shop::ordered& each : it->events) use(Format::to_value(each));
    };
    made.from_value = [it] {
        for (const boost::json::value& each : it->values) Format::from_value(each, [](const auto& event) { use(event); });
    };
    made.to_text = [it] {
        for (const shop::ordered& each : it->events) use(*Format::to_text(each).data());
    };
    made.from_text = [it] {
        for (const std::string& each : it->texts) Format::from_text(each, [](const auto& event) { use(event); });
    };
    return made;
}

// What a contestant of the JSON benchmarks is: the four ways between an event, a JSON value and a text. Each has a file of its
// own, and each handles the same batch.
#pragma once

#include "../codec/shop.hpp"

#include <functional>
#include <string>
#include <vector>

struct json_codec {
    std::function<std::vector<std::string>()>   texts;   // to see that all write the same
    std::function<std::vector<shop::ordered>()> events;  // and read what was written
    std::function<void()>                       to_value;
    std::function<void()>                       from_value;
    std::function<void()>                       to_text;
    std::function<void()>                       from_text;
};

json_codec annals_json(const std::vector<shop::ordered>&);
json_codec boost_json(const std::vector<shop::ordered>&);

// Chapter 1: the shop as it was programmed in 2021, in a hurry. Nobody thought of tomorrow, and nobody had to.
#pragma once

#include <annals/annals.hpp>

#include <cstdint>
#include <string>

namespace shop {

enum class country : std::uint8_t { germany, austria };
enum class delivery : std::uint8_t { post, pickup };
enum class payment : std::uint8_t { invoice, card };
enum class place : std::uint8_t { picture, heart };

// What happens to an order …
struct opened {
    std::uint16_t customer;
    country       to;
};
struct item_added {
    std::uint16_t article;
    float         euros;
};
struct checked_out {
    delivery how;
    payment  by;
};
struct cancelled {};
struct faxed {
    std::string sender;
};

// … and what a visitor does.
struct clicked {
    std::uint16_t article;
    place         on;
};

using events = annals::events<opened, item_added, checked_out, cancelled, faxed, clicked>;

}  // namespace shop

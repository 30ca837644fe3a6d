// Every event is what it was after it has been bytes, and bytes that were damaged are never taken for something they are not.
#include "catch.hpp"
#include "support/every_field.hpp"
#include "support/same_bits.hpp"

#include <annals/codec/binary.hpp>
#include <annals/testing/arbitrary.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <ratio>
#include <span>
#include <stdexcept>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace {

using bytes = std::vector<std::byte>;
using support::same_bits;

template <class E>
bytes encoded(const E& event) {
    bytes out;
    if (const auto done = annals::encode(event, out); !done) throw std::runtime_error(done.error().message());
    return out;
}

// Durations that hold less than the encoding does, and nothing that is rounded.
struct shift_worked {
    std::chrono::duration<std::int16_t, std::ratio<60>> length{};
    std::chrono::duration<std::uint8_t>                 pause{};
    std::chrono::duration<float, std::milli>            late{};
    std::chrono::sys_days                               on{};
};

// Smaller ones, where each event is decoded as often as it has bits.
constexpr annals::for_all_options small{.seed = 2, .runs = 25, .size = 3};

}  // namespace

TEMPLATE_LIST_TEST_CASE("an event is decoded as it was encoded, and its size is known before", "", every::events) {
    CHECK(annals::for_all<TestType>(
        [](const TestType& event) {
            const bytes encoding = encoded(event);
            const auto  decoded  = annals::decode<TestType>(encoding);
            return annals::encoded_size(event) == encoding.size() && decoded && same_bits(*decoded, event);
        },
        {.seed = 1, .runs = 300}));
}

TEMPLATE_LIST_TEST_CASE("an encoding is appended to what is there, or put into room that is large enough", "", every::events) {
    CHECK(annals::for_all<TestType>([](const TestType& event) {
        const bytes encoding = encoded(event);
        bytes       both     = encoding;
        if (!annals::encode(event, both)) return false;
        bytes whole = encoding;
        whole.insert(whole.end(), encoding.begin(), encoding.end());
        if (both != whole) return false;

        bytes room(encoding.size() + 1, std::byte{0xcd});
        if (annals::encode_into(event, room) != encoding.size() || room.back() != std::byte{0xcd}) return false;
        room.pop_back();
        if (room != encoding) return false;
        if (encoding.empty()) return true;
        room.pop_back();
        return !annals::encode_into(event, room);
    }));
}

TEMPLATE_LIST_TEST_CASE("an event that is decoded into another leaves nothing of it", "", every::events) {
    CHECK(annals::for_all<TestType, TestType>(
        [](TestType place, const TestType& event) {
            return annals::decode_into<TestType>(encoded(event), place) && same_bits(place, event);
        },
        {.seed = 3, .runs = 200}));
}

TEMPLATE_LIST_TEST_CASE("an encoding that was cut off, or that goes on, is none", "", every::events) {
    CHECK(annals::for_all<TestType>(
        [](const TestType& event) {
            bytes encoding = encoded(event);
            for (std::size_t length = 0; length < encoding.size(); ++length) {
                // In memory of its own, so that a sanitizer sees what is read behind its end.
                const bytes cut(encoding.begin(), encoding.begin() + static_cast<std::ptrdiff_t>(length));
                const auto  decoded = annals::decode<TestType>(cut);
                if (decoded || decoded.error().place > length) return false;
            }
            encoding.push_back(std::byte{0});
            const auto longer = annals::decode<TestType>(encoding);
            return !longer && longer.error().code == annals::codec_errc::left_over &&
                   longer.error().place + 1 == encoding.size();
        },
        small));
}

TEMPLATE_LIST_TEST_CASE("an encoding with a bit flipped is an error, or another event with an encoding as long", "",
                        every::events) {
    CHECK(annals::for_all<TestType>(
        [](const TestType& event) {
            bytes encoding = encoded(event);
            for (std::size_t bit = 0; bit < encoding.size() * 8; ++bit) {
                const std::byte flip = std::byte{1} << static_cast<int>(bit % 8);
                encoding[bit / 8] ^= flip;
                if (const auto decoded = annals::decode<TestType>(encoding)) {
                    const bytes again         = encoded(*decoded);
                    const auto  decoded_again = annals::decode<TestType>(again);
                    if (again.size() != encoding.size() || !decoded_again || !same_bits(*decoded_again, *decoded)) return false;
                } else if (decoded.error().place > encoding.size())
                    return false;
                encoding[bit / 8] ^= flip;
            }
            return true;
        },
        small));
}

TEST_CASE("one value has one encoding where nothing is rounded and nothing has an order of its own") {
    using strict = annals::events<every::integers_counted, every::letters_read, every::texts_written, every::lists_filled,
                                  every::ways_parted, every::trees_grown, shift_worked>;
    CHECK(annals::for_all<strict::variant>(
        [](const strict::variant& event) {
            return std::visit(
                [](const auto& each) {
                    using E        = std::remove_cvref_t<decltype(each)>;
                    bytes encoding = encoded(each);
                    for (std::size_t at = 0; at < encoding.size(); ++at)
                        for (const auto other : {0x00, 0x01, 0x02, 0x7f, 0xff}) {
                            const std::byte before  = std::exchange(encoding[at], static_cast<std::byte>(other));
                            const auto      decoded = annals::decode<E>(encoding);
                            if (decoded && encoded(*decoded) != encoding) return false;
                            encoding[at] = before;
                        }
                    return true;
                },
                event);
        },
        small));
}

TEST_CASE("a bool is 0 or 1, wherever it stands, and so is what says whether an optional has a value") {
    const auto check_bool_at = []<class E>(const E& event, std::size_t place) {
        for (int other = 0; other < 256; ++other) {
            bytes encoding     = encoded(event);
            encoding[place]    = static_cast<std::byte>(other);
            const auto decoded = annals::decode<E>(encoding);
            // A flag without its value may be followed by too few or too many bytes; it is told before.
            if (other <= 1)
                CHECK((decoded || decoded.error().code != annals::codec_errc::no_bool));
            else {
                REQUIRE_FALSE(decoded);
                CHECK(decoded.error().code == annals::codec_errc::no_bool);
            }
        }
    };
    check_bool_at(every::letters_read{}, 0);
    check_bool_at(every::padded{}, 0);
    check_bool_at(every::arrays_joined{}, 18);
    check_bool_at(every::choices_made{}, 2);  // an enum of bool
    check_bool_at(every::options_left{}, 1);
    check_bool_at(every::options_left{}, 2);
    every::lists_filled two_truths;
    two_truths.truths = {true, true};
    check_bool_at(two_truths, 4 + 4 + 1);
}

TEST_CASE("a price lies in its encoding as it does in memory, and can be read there") {
    CHECK(annals::for_all<every::price_ticked>([](const every::price_ticked& price) {
        const bytes                                                           encoding = encoded(price);
        alignas(every::price_ticked) std::array<std::byte, sizeof(price) + 1> place;
        std::memcpy(place.data(), encoding.data(), encoding.size());
        const auto* const found = annals::view_in_place<every::price_ticked>(std::span(place).first(encoding.size()));
        if (static_cast<const void*>(found) != place.data() || !same_bits(*found, price)) return false;
        return annals::view_in_place<every::price_ticked>(std::span(place).subspan(1)) == nullptr &&
               annals::view_in_place<every::price_ticked>(std::span(place)) == nullptr;
    }));
    CHECK(annals::view_in_place<every::padded>(encoded(every::padded{})) == nullptr);
    CHECK(annals::view_in_place<every::texts_written>(encoded(every::texts_written{})) == nullptr);
}

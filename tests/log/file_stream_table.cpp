// Which streams a file log has: the table in memory, and as a file.
#include "catch.hpp"

#include <annals/log/file/saved_index.hpp>
#include <annals/log/file/stream_table.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <map>
#include <memory>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using annals::detail::address_of;
using annals::detail::crc32c;
using annals::detail::hash_of_name;
using annals::detail::index_buffer;
using annals::detail::index_header;
using annals::detail::index_header_values;
using annals::detail::load_index;
using annals::detail::loaded_index;
using annals::detail::record_at;
using annals::detail::save_index;
using annals::detail::slot_group;
using annals::detail::stream_record;
using annals::detail::stream_state;
using annals::detail::stream_table;

namespace {

using bytes = std::vector<std::byte>;

bool same(const stream_state& left, const stream_state& right) { return std::memcmp(&left, &right, sizeof(left)) == 0; }

// Names as applications have them, and worse.
class names {
public:
    explicit names(std::uint32_t seed) : random_(seed) {}

    std::string next() {
        switch (below(8)) {
            case 0: return std::string(1, static_cast<char>(below(256)));
            case 1: return "account-" + std::to_string(below(300));
            case 2: return "a-category-whose-name-alone-is-long-" + std::to_string(below(300));
            case 3: return any(1 + below(40));
            case 4: return std::string(1 + below(70), 'x');
            case 5: return "account-" + any(21 + below(3));  // just short enough, and just too long
            case 6: return below(40) == 0 ? std::string(65535 - below(3), static_cast<char>('a' + below(3))) : any(8);
            default: return "account-" + std::to_string(random_());
        }
    }
    stream_state state() {
        stream_state made;
        made.version   = 1 + below(1000);
        made.last      = address_of(2, 8 * (512 + below(1000)));
        made.milestone = address_of(1, 8 * (512 + below(1000)));
        made.ordinal   = static_cast<std::uint16_t>(below(256));
        made.ended     = below(2) == 0;
        made.trimmed   = below(2) == 0;
        return made;
    }
    std::uint32_t below(std::uint32_t limit) { return static_cast<std::uint32_t>(random_()) % limit; }

private:
    std::string any(std::size_t size) {
        std::string made(size, ' ');
        for (char& letter : made) letter = static_cast<char>(below(256));
        return made;
    }

    std::mt19937 random_;
};

index_header_values some_values() {
    index_header_values values;
    for (std::uint8_t i = 0; i < 16; ++i) values.log_id.bytes[i] = static_cast<std::uint8_t>(i + 1);
    values.covered       = address_of(3, 8192);
    values.next_position = 77;
    values.last_time     = -5;
    values.link          = 0xfedcba98;
    return values;
}

bytes saved(const stream_table& table, std::string_view more = "more") {
    return save_index(some_values(), table, std::as_bytes(std::span(more))).copy();
}
std::string fault(const bytes& file) {
    const auto loaded = load_index(index_buffer(file));
    return loaded ? "" : std::string(loaded.error());
}
// What someone writes who knows of the checksum.
bytes corrected(bytes file) {
    if (file.size() < sizeof(index_header)) return file;
    auto&      header = record_at<index_header>(file.data());
    const auto all    = std::span<const std::byte>(file);
    header.check      = crc32c(all.subspan(sizeof(header)), crc32c(all.first(sizeof(header) - sizeof(header.check))));
    return file;
}

stream_table three_streams() {
    stream_table table;
    names        some(1);
    for (const char* name : {"account-ann", "account-000000000000000000bob", "a-stream-with-a-name-that-needs-more-room"})
        table[table.find_or_add(name)] = some.state();
    return table;
}

// All that can be asked, for a table whose content nobody knows.
std::size_t use(stream_table& table) {
    std::size_t found = 0;
    for (std::uint32_t number = 0; number < table.size(); ++number) {
        found += table.find(table.name(number)) != stream_table::none ? 1 : 0;
        found += table[number].ended ? 1 : 0;
    }
    for (int i = 0; i < 40; ++i) {
        const std::string name = "one-that-comes-later-with-a-long-name-" + std::to_string(i);
        table.find_or_add(name);
        if (table.find(name) == stream_table::none) FAIL(name);
    }
    return found;
}

}  // namespace

TEST_CASE("a table of streams answers as a map does, and its names stay where they are") {
    const auto seed = GENERATE(range(1U, 13U));
    CAPTURE(seed);
    names                                some(seed);
    std::map<std::string, std::uint32_t> numbers;
    std::vector<std::string>             in_order;
    std::vector<stream_state>            states;
    std::vector<const char*>             places;
    stream_table                         table;

    const auto compare = [&] {
        bool equal = table.size() == in_order.size();
        for (std::uint32_t number = 0; equal && number < table.size(); ++number)
            equal = table.name(number) == in_order[number] && table.name(number).data() == places[number] &&
                    table.find(in_order[number]) == number && same(std::as_const(table)[number], states[number]);
        CHECK(equal);
    };
    CHECK(table.find("account-ann") == stream_table::none);
    const std::uint32_t steps = seed % 3 == 0 ? 20000 : 1500;
    for (std::uint32_t step = 0; step < steps; ++step) {
        const std::string   name  = some.next();
        const auto          known = numbers.find(name);
        const std::uint32_t found = table.find(name);
        if (found != (known == numbers.end() ? stream_table::none : known->second)) FAIL("step " << step << ", " << name);
        if (some.below(4) != 0) {
            const std::uint32_t number = table.find_or_add(name);
            if (number != (known == numbers.end() ? in_order.size() : known->second)) FAIL("step " << step << ", " << name);
            if (known == numbers.end()) {
                if (!same(table[number], stream_state{})) FAIL("step " << step << ", " << name);
                numbers.emplace(name, number);
                in_order.push_back(name);
                places.push_back(table.name(number).data());
                states.emplace_back();
            }
            table[number] = states[number] = some.state();
        }
        if (some.below(500) == 0) {
            stream_table moved(std::move(table));
            table = std::move(moved);
            compare();
        }
        if (some.below(3000) == 0 || step + 1 == steps) {
            compare();
            const std::string more(some.below(20), 'm');
            const bytes       file   = saved(table, more);
            auto              loaded = load_index(index_buffer(file));
            REQUIRE(loaded.has_value());
            CHECK(loaded->values == some_values());
            table = std::move(loaded->streams);
            for (std::uint32_t number = 0; number < table.size(); ++number) places[number] = table.name(number).data();
            compare();
            CHECK(std::ranges::equal(loaded->more, std::as_bytes(std::span(more))));
            CHECK(saved(table, more) == file);
        }
    }
    compare();
}

TEST_CASE("long names are whole, wherever they come to lie") {
    const std::size_t room = 65536;
    for (const std::size_t second : {35U, 36U, 37U, 45U, 65535U}) {
        stream_table             table;
        std::vector<std::string> all;
        for (const std::size_t size : {room - 36, second, std::size_t{40}, second, room - 1, room - 1, std::size_t{31}})
            all.emplace_back(size, static_cast<char>('a' + all.size()));
        for (const std::string& name : all) table.find_or_add(name);
        const auto loaded = load_index(index_buffer(saved(table)));
        REQUIRE(loaded.has_value());
        for (std::uint32_t number = 0; number < all.size(); ++number) {
            CHECK(table.find(all[number]) == number);
            CHECK((loaded->streams.name(number) == all[number]));
        }
    }
}

TEST_CASE("a table takes less than 80 bytes for a stream with a name of 20 letters") {
    stream_table        table;
    const std::uint32_t streams = 100000;
    for (std::uint32_t i = 0; i < streams; ++i) {
        const std::string digits = std::to_string(i);
        table.find_or_add("account-" + std::string(12 - digits.size(), '0') + digits);
    }
    CHECK(table.size() == streams);
    CHECK(table.memory() < 80 * streams);
    CHECK(save_index({}, table, {}).size() < 80 * streams);
}

TEST_CASE("the hash of a name is what it was in every version") {
    const std::string all = "account-000000123456/0123456789abcdefghijk";
    CHECK(hash_of_name(std::string_view(all).substr(0, 0)) == 0x2738ce7084f590c0);
    CHECK(hash_of_name(std::string_view(all).substr(0, 1)) == 0xd5300f252b90431f);
    CHECK(hash_of_name(std::string_view(all).substr(0, 3)) == 0x75cb2c2f54e6d72f);
    CHECK(hash_of_name(std::string_view(all).substr(0, 4)) == 0xb5bb78770e431d4e);
    CHECK(hash_of_name(std::string_view(all).substr(0, 7)) == 0x6e6a13a9ece63b87);
    CHECK(hash_of_name(std::string_view(all).substr(0, 8)) == 0xeaef4799156a043e);
    CHECK(hash_of_name(std::string_view(all).substr(0, 15)) == 0x8f42ee13f369edc3);
    CHECK(hash_of_name(std::string_view(all).substr(0, 16)) == 0x9cc7c72fa87f714d);
    CHECK(hash_of_name(std::string_view(all).substr(0, 17)) == 0x9950bf37bcf60cca);
    CHECK(hash_of_name(std::string_view(all).substr(0, 32)) == 0x6acc98e3c4cb82ae);
    CHECK(hash_of_name(std::string_view(all).substr(0, 33)) == 0xb5a7d8152587121f);
    CHECK(hash_of_name(all) == 0x9fced316e236792a);
}

TEST_CASE("each way to search a group of slots finds the same") {
    const auto seed = GENERATE(range(1U, 5U));
    CAPTURE(seed);
    std::mt19937 random(seed);
    const auto   bits = [&] { return static_cast<std::uint32_t>(random() % 4 << 30U | random() % 4); };
    for (int i = 0; i < 1000; ++i) {
        slot_group group;
        for (std::uint32_t& slot : group.slots) slot = bits();
        const std::uint32_t wanted = bits();
        for (const std::uint32_t mask : {0U, 3U, 3U << 30U, ~0U}) {
            unsigned expected = 0;
            for (unsigned slot = 0; slot < 16; ++slot)
                if ((group.slots[slot] & mask) == (wanted & mask)) expected |= 1U << slot;
            if (group.like(wanted, mask) != expected || group.like_portable(wanted, mask) != expected) FAIL("group " << i);
        }
    }
}

TEST_CASE("an index that was saved has the bytes that are described") {
    const bytes file   = saved(three_streams());
    const auto& header = record_at<index_header>(file.data());
    CHECK(file.size() == 128 + 3 * 64 + 32 * 4 + 48 + 8);
    CHECK(std::memcmp(file.data(), "annals\x1a\x03", 8) == 0);
    CHECK(header.streams == 3);
    CHECK(header.slots == 32);
    CHECK(header.names == 41);
    CHECK(header.more == 4);
    CHECK(header.check == 0x513baa1b);
    CHECK(std::memcmp(file.data() + 128 + 34, "account-ann\0", 12) == 0);
    CHECK(std::memcmp(file.data() + 128 + 3 * 64 + 32 * 4, "a-stream-with-a-name-that-needs-more-room\0\0\0\0\0\0\0more\0\0\0",
                      56) == 0);
}

TEST_CASE("a log without streams has an index, too") {
    const bytes file   = saved(stream_table{}, "");
    auto        loaded = load_index(index_buffer(file));
    REQUIRE(loaded.has_value());
    CHECK(loaded->streams.size() == 0);
    CHECK(loaded->streams.find("account-ann") == stream_table::none);
    CHECK(loaded->more.empty());
    CHECK(saved(loaded->streams, "") == file);
    CHECK(use(loaded->streams) == 0);
}

TEST_CASE("an index is loaded where it lies, in memory of whoever has it") {
    auto          owner  = std::make_shared<index_buffer>(saved(three_streams()));
    const auto    memory = owner->bytes();
    std::weak_ptr alive  = owner;
    {
        auto loaded = load_index(index_buffer(memory, std::move(owner)));
        REQUIRE(loaded.has_value());
        CHECK_FALSE(alive.expired());
        CHECK(reinterpret_cast<const std::byte*>(loaded->streams.name(0).data()) == memory.data() + 128 + 34);
    }
    CHECK(alive.expired());
}

TEST_CASE("a saved index with any bit flipped, or cut off anywhere, is refused") {
    const bytes file = saved(three_streams());
    REQUIRE(fault(file).empty());
    std::size_t unnoticed = 0;
    for (std::size_t bit = 0; bit < 8 * file.size(); ++bit) {
        bytes flipped = file;
        flipped[bit / 8] ^= std::byte{1} << static_cast<int>(bit % 8);
        if (fault(flipped).empty()) ++unnoticed;
    }
    for (std::size_t length = 0; length < file.size(); ++length) {
        index_buffer cut{std::span<const std::byte>(file)};
        cut.cut(length);
        if (load_index(std::move(cut))) ++unnoticed;
        // And if someone made the checksum right.
        if (fault(corrected(bytes(file.begin(), file.begin() + static_cast<std::ptrdiff_t>(length)))).empty()) ++unnoticed;
    }
    CHECK(unnoticed == 0);
    bytes longer = file;
    longer.resize(file.size() + 8);
    CHECK(fault(corrected(longer)) == "the saved index is not as long as it says");
}

TEST_CASE("a saved index that makes no sense is refused, also when its checksum is right") {
    const bytes file = saved(three_streams());
    // What is said of it with a number written at a place.
    const auto with = [&](std::size_t at, auto number) {
        bytes changed = file;
        std::memcpy(&changed[at], &number, sizeof(number));
        return fault(corrected(changed));
    };
    const auto in_header = [&](const auto& field, std::uint64_t number) {
        return with(static_cast<std::size_t>(reinterpret_cast<const std::byte*>(&field) - file.data()), number);
    };
    const auto&       header = record_at<index_header>(file.data());
    const std::string length = "the saved index is not as long as it says",
                      count  = "the saved index has the wrong number of slots",
                      stream = "a stream in the saved index makes no sense", slot = "a slot in the saved index makes no sense",
                      other = "the saved index is of another version";
    REQUIRE(fault(corrected(file)).empty());
    CHECK(fault({}) == "the saved index is shorter than its header");
    CHECK(with(7, std::uint8_t{2}) == "this is no saved index");
    CHECK(with(8, std::uint32_t{2}) == other);
    CHECK(with(12, std::uint32_t{136}) == other);
    CHECK(with(60, std::uint32_t{72}) == other);
    CHECK(in_header(header.streams, 4) == length);
    CHECK(in_header(header.streams, 25) == count);
    CHECK(in_header(header.streams, ~std::uint64_t{0}) == count);
    CHECK(in_header(header.slots, 0) == count);
    CHECK(in_header(header.slots, 16) == count);
    CHECK(in_header(header.slots, 33) == count);
    CHECK(in_header(header.slots, std::uint64_t{1} << 32U) == count);
    CHECK(in_header(header.slots, std::uint64_t{1} << 63U) == count);
    CHECK(in_header(header.slots, std::uint64_t{1} << 31U) == length);
    CHECK(in_header(header.names, 49) == length);
    CHECK(in_header(header.names, ~std::uint64_t{0}) == length);
    CHECK(in_header(header.names, ~std::uint64_t{7}) == length);
    CHECK(in_header(header.more, 9) == length);
    CHECK(in_header(header.more, ~std::uint64_t{0}) == length);

    const std::size_t first = sizeof(index_header), third = first + 2 * sizeof(stream_record);
    CHECK(with(first + 8, some_values().covered) == stream);
    CHECK(with(first + 16, some_values().covered) == stream);  // a milestone behind the last frame
    CHECK(with(first + 24, std::uint16_t{256}) == stream);
    CHECK(with(first + 26, std::uint8_t{2}) == stream);
    CHECK(with(first + 27, std::uint8_t{2}) == stream);
    CHECK(with(first + 28, std::uint32_t{1}) == stream);
    CHECK(with(first + 32, std::uint16_t{0}) == stream);
    CHECK(with(third + 32, std::uint16_t{42}) == stream);
    CHECK(with(third + 32, std::uint16_t{0xffff}) == stream);
    CHECK(with(third + 56, std::uint64_t{1}) == stream);
    CHECK(with(third + 56, ~std::uint64_t{0}) == stream);

    const std::size_t slots   = first + 3 * sizeof(stream_record);
    std::size_t       filled  = slots;
    const auto        slot_at = [&](std::size_t at) {
        std::uint32_t found = 0;
        std::memcpy(&found, &file[at], sizeof(found));
        return found;
    };
    while (slot_at(filled) == 0) filled += 4;
    std::size_t empty = slots + 64;
    while (slot_at(empty) != 0) empty += 4;
    CHECK(with(filled, std::uint32_t{0}) == slot);           // a stream that cannot be found
    CHECK(with(filled, std::uint32_t{4}) == slot);           // none
    CHECK(with(filled, std::uint32_t{0xffffffe0}) == slot);  // the number before the first
    CHECK(with(empty, std::uint32_t{1}) == slot);            // more than there are streams

    // Lengths that are nothing when they are rounded up.
    const bytes bare = saved(stream_table{}, "");
    for (const auto part : {&index_header::names, &index_header::more}) {
        bytes endless                                 = bare;
        record_at<index_header>(endless.data()).*part = ~std::uint64_t{0};
        CHECK(fault(corrected(endless)) == length);
    }

    // A full table of which a search finds no end: in each group the last slot is filled, and another one is not.
    stream_table full;
    for (int i = 0; i < 24; ++i) full.find_or_add("s" + std::to_string(i));
    bytes             endless = saved(full);
    const std::size_t begin   = sizeof(index_header) + 24 * sizeof(stream_record);
    for (std::uint32_t i = 0; i < 32; ++i) {
        const std::uint32_t number = i % 16 < 4 ? 0 : i % 16 - 3 + i / 16 * 12;
        std::memcpy(&endless[begin + 4 * i], &number, sizeof(number));
    }
    CHECK(fault(corrected(endless)) == slot);
}

TEST_CASE("whatever a saved index says, if it is loaded it can be used") {
    const auto seed = GENERATE(range(1U, 9U));
    CAPTURE(seed);
    std::mt19937 random(seed);
    names        some(seed);
    stream_table table;
    for (std::uint32_t i = 0; i < 3 + 7 * seed; ++i) {
        std::string name = some.next();
        name.resize(std::min<std::size_t>(name.size(), 50));
        table[table.find_or_add(name)] = some.state();
    }
    const bytes file   = saved(table);
    std::size_t loaded = 0;
    for (int round = 0; round < 2000; ++round) {
        bytes changed = file;
        for (auto left = 1 + random() % 3; left != 0; --left) {
            const std::size_t at = random() % 4 == 0 ? random() % 124 : random() % changed.size();
            if (random() % 2 == 0)
                changed[at] ^= std::byte{1} << static_cast<int>(random() % 8);
            else
                changed[at] = static_cast<std::byte>(random());
        }
        if (auto index = load_index(index_buffer(corrected(changed)))) {
            ++loaded;
            (void)use(index->streams);
            (void)fault(saved(index->streams));
        }
    }
    CHECK(loaded > 100);
}

// The domain of the codec benchmarks: an event of 24 bytes that can be copied as it lies in memory, and one with texts and a
// list, of 130 bytes on average. Nothing here knows any contestant, and nothing was changed after the first figure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace shop {

struct paid {
    std::uint64_t account = 0;
    std::int64_t  cents   = 0;
    std::uint32_t branch  = 0;
    std::uint32_t teller  = 0;

    friend bool operator==(const paid&, const paid&) = default;
};

struct line {
    std::uint32_t article = 0;
    std::uint32_t count   = 0;
    std::int64_t  cents   = 0;

    friend bool operator==(const line&, const line&) = default;
};

struct ordered {
    std::uint64_t     order  = 0;
    std::int64_t      placed = 0;
    std::string       customer;
    std::string       street;
    std::string       mail;
    std::vector<line> lines;

    friend bool operator==(const ordered&, const ordered&) = default;
};

/// Reads every field, and of a text its length and its last letter.
inline std::uint64_t sum_of(const paid& e) { return e.account + static_cast<std::uint64_t>(e.cents) + e.branch + e.teller; }
inline std::uint64_t sum_of(const line& e) { return e.article + e.count + static_cast<std::uint64_t>(e.cents); }
template <class Text>
std::uint64_t sum_of_text(const Text& text) {
    return text.size() + static_cast<unsigned char>(text[text.size() - 1]);
}
inline std::uint64_t sum_of(const ordered& e) {
    std::uint64_t sum =
        e.order + static_cast<std::uint64_t>(e.placed) + sum_of_text(e.customer) + sum_of_text(e.street) + sum_of_text(e.mail);
    for (const line& each : e.lines) sum += sum_of(each);
    return sum;
}

/// Numbers that look random and are the same in each run (xorshift64*).
class random_numbers {
public:
    std::uint64_t operator()() {
        state_ ^= state_ >> 12;
        state_ ^= state_ << 25;
        state_ ^= state_ >> 27;
        return (state_ * 0x2545F4914F6CDD1DULL) >> 16;
    }
    std::uint64_t between(std::uint64_t least, std::uint64_t most) { return least + (*this)() % (most - least + 1); }
    std::string   text(std::size_t shortest, std::size_t longest) {
          std::string letters(between(shortest, longest), ' ');
          for (char& letter : letters) letter = static_cast<char>('a' + (*this)() % 26);
        return letters;
    }

private:
    std::uint64_t state_ = 88172645463325252ULL;
};

inline constexpr std::size_t batch_size = 1024;

/// So many events as are encoded or decoded in one go, the same in each call.
inline std::vector<paid> many_paid() {
    random_numbers    random;
    std::vector<paid> batch(batch_size);
    for (paid& each : batch)
        each = {random(), static_cast<std::int64_t>(random.between(0, 1'000'000)) - 500'000,
                static_cast<std::uint32_t>(random.between(0, 500)), static_cast<std::uint32_t>(random.between(0, 20'000))};
    return batch;
}
inline std::vector<ordered> many_ordered() {
    random_numbers       random;
    std::vector<ordered> batch(batch_size);
    for (ordered& each : batch) {
        each.order    = random.between(0, 1ULL << 40);
        each.placed   = 1'700'000'000'000 + static_cast<std::int64_t>(random.between(0, 100'000'000'000));
        each.customer = random.text(6, 20);
        each.street   = random.text(20, 38);
        each.mail     = random.text(14, 34);
        each.lines.resize(random.between(1, 3));
        for (line& every : each.lines)
            every = {static_cast<std::uint32_t>(random.between(0, 100'000)), static_cast<std::uint32_t>(random.between(1, 20)),
                     static_cast<std::int64_t>(random.between(1, 50'000))};
    }
    return batch;
}

}  // namespace shop

// The domain of the durable log's benchmarks: eight events of 64 bytes and one of 1 KiB, all of which can be copied as they
// lie in memory, and a small projection. Nothing here knows any contestant.
#pragma once

#include <annals/annals.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <utility>
#include <variant>
#include <vector>

namespace warehouse {

using details = std::array<std::uint64_t, 6>;

struct received { std::uint64_t article; std::int64_t quantity; details more; };
struct shipped  { std::uint64_t article; std::int64_t quantity; details more; };
struct moved    { std::uint64_t article; std::int64_t quantity; details more; };
struct counted  { std::uint64_t article; std::int64_t quantity; details more; };
struct reserved { std::uint64_t article; std::int64_t quantity; details more; };
struct released { std::uint64_t article; std::int64_t quantity; details more; };
struct returned { std::uint64_t article; std::int64_t quantity; details more; };
struct damaged  { std::uint64_t article; std::int64_t quantity; details more; };

struct delivered { std::uint64_t article; std::int64_t quantity; std::array<std::uint64_t, 126> more; };

static_assert(sizeof(received) == 64 && sizeof(delivered) == 1024);

using small_events = annals::events<received, shipped, moved, counted, reserved, released, returned, damaged>;
using large_events = annals::events<delivered>;

/// The projection: a sum for each type.
struct tally {
    using events = small_events;

    std::array<std::int64_t, 8> sums{};

    constexpr void apply(const received& e) { sums[0] += e.quantity; }
    constexpr void apply(const shipped& e) { sums[1] += e.quantity; }
    constexpr void apply(const moved& e) { sums[2] += e.quantity; }
    constexpr void apply(const counted& e) { sums[3] += e.quantity; }
    constexpr void apply(const reserved& e) { sums[4] += e.quantity; }
    constexpr void apply(const released& e) { sums[5] += e.quantity; }
    constexpr void apply(const returned& e) { sums[6] += e.quantity; }
    constexpr void apply(const damaged& e) { sums[7] += e.quantity; }

    friend constexpr bool operator==(const tally&, const tally&) = default;
};

template <class Event>
void apply_bytes(tally& to, const std::byte* bytes) {
    Event event;
    std::memcpy(&event, bytes, sizeof event);
    to.apply(event);
}

/// How one who has a type's number and an event's bytes folds them: the `switch` that is written by hand.
inline void apply_stored(tally& to, std::uint64_t type, const std::byte* bytes) {
    switch (type) {
        case 0: return apply_bytes<received>(to, bytes);
        case 1: return apply_bytes<shipped>(to, bytes);
        case 2: return apply_bytes<moved>(to, bytes);
        case 3: return apply_bytes<counted>(to, bytes);
        case 4: return apply_bytes<reserved>(to, bytes);
        case 5: return apply_bytes<released>(to, bytes);
        case 6: return apply_bytes<returned>(to, bytes);
        case 7: return apply_bytes<damaged>(to, bytes);
    }
}

/// An event as a store sees it that knows no types.
struct stored_event {
    std::uint64_t              type;
    std::span<const std::byte> bytes;
};

enum class event_size { small, large };

/// Events that are appended at once, made before the time is taken: as this library is given them, and as bytes.
class batch {
public:
    batch()                   = default;
    batch(batch&&)            = default;
    batch& operator=(batch&&) = default;

    const std::vector<small_events::variant>& small() const { return small_; }
    const std::vector<large_events::variant>& large() const { return large_; }  // one of the two is empty
    std::span<const stored_event>             bytes() const { return bytes_; }

    /// Replaces the events by `count` others, of which `make(i)` makes each.
    template <class Make>
    void fill(std::size_t count, Make&& make) {
        using made = std::invoke_result_t<Make&, std::size_t>;
        small_.clear();
        large_.clear();
        bytes_.clear();
        for (std::size_t i = 0; i < count; ++i)
            if constexpr (std::is_same_v<made, small_events::variant>)
                small_.push_back(make(i));
            else
                large_.push_back(make(i));
        for (const auto& event : small_) add_bytes(event);
        for (const auto& event : large_) add_bytes(event);
    }

private:
    template <class Variant>
    void add_bytes(const Variant& event) {
        std::visit([&](const auto& one) { bytes_.push_back({event.index(), std::as_bytes(std::span(&one, 1))}); }, event);
    }

    std::vector<small_events::variant> small_;
    std::vector<large_events::variant> large_;
    std::vector<stored_event>          bytes_;
};

/// Numbers that look random and are the same in each run (xorshift64*).
class random_numbers {
public:
    std::uint64_t operator()() {
        state_ ^= state_ >> 12;
        state_ ^= state_ << 25;
        state_ ^= state_ >> 27;
        return (state_ * 0x2545F4914F6CDD1DULL) >> 16;
    }

private:
    std::uint64_t state_ = 88172645463325252ULL;
};

template <class Event>
Event random_event(random_numbers& random) {
    Event event{random(), static_cast<std::int64_t>(random() % 1000), {}};
    for (std::uint64_t& each : event.more) each = random();
    return event;
}

/// A small event of the type with this number.
inline small_events::variant random_small_event(std::uint64_t type, random_numbers& random) {
    const auto event = random_event<received>(random);
    const auto as    = [&]<class Event>() { return Event{event.article, event.quantity, event.more}; };
    switch (type % 8) {
        case 0: return as.operator()<received>();
        case 1: return as.operator()<shipped>();
        case 2: return as.operator()<moved>();
        case 3: return as.operator()<counted>();
        case 4: return as.operator()<reserved>();
        case 5: return as.operator()<released>();
        case 6: return as.operator()<returned>();
        default: return as.operator()<damaged>();
    }
}

}  // namespace warehouse

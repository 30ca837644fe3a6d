// What the threads of a writer append. All of it follows from a seed, so that whoever knows that can tell what must be in the log.
#pragma once

#include <annals/log/append.hpp>
#include <annals/model/context.hpp>
#include <annals/model/events.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace crash {

inline constexpr std::uint32_t thread_count  = 4;
inline constexpr std::uint32_t shared_count  = 2;
inline constexpr std::uint32_t most_events   = 50;  // of an append
inline constexpr std::size_t   longest_text  = 3000;

/// Which event of which append it is.
struct place {
    std::uint32_t thread   = 0;
    std::uint64_t sequence = 0;  // of the thread's appends, from 1
    std::uint32_t index    = 0;  // in the append, from 0
    std::uint32_t count    = 0;  // of the append's events
};
struct noted {
    place       at;
    std::string text;
};
struct measured {
    place                      at;
    std::vector<std::uint64_t> values;
};
using events    = annals::events<noted, measured>;
using any_event = std::variant<noted, measured>;

/// Bits that follow from a number, and look like none that follow from its neighbours (the finalizer of splitmix64).
constexpr std::uint64_t mixed(std::uint64_t bits) {
    bits += 0x9e3779b97f4a7c15U;
    bits = (bits ^ bits >> 30U) * 0xbf58476d1ce4e5b9U;
    bits = (bits ^ bits >> 27U) * 0x94d049bb133111ebU;
    return bits ^ bits >> 31U;
}
template <class... More>
    requires(sizeof...(More) > 0)
constexpr std::uint64_t mixed(std::uint64_t bits, More... more) {
    ((bits = mixed(bits) ^ static_cast<std::uint64_t>(more)), ...);
    return mixed(bits);
}

inline std::string own_stream(std::uint32_t thread) { return "own-" + std::to_string(thread); }
inline std::string shared_stream(std::uint32_t number) { return "shared-" + std::to_string(number); }

/// One append of a thread: to its own stream, to a shared one, or to both at once.
struct append_plan {
    std::uint64_t seed       = 0;
    std::uint32_t thread     = 0;
    std::uint64_t sequence   = 1;
    std::uint64_t own_before = 0;  // the version of the thread's own stream before it

    [[nodiscard]] std::uint32_t own_count() const { return kind() == target::shared ? 0 : kind() == target::both ? half() : count(); }
    [[nodiscard]] std::uint32_t shared_share() const { return count() - own_count(); }
    [[nodiscard]] std::uint32_t count() const {
        const std::uint64_t bits = draw(1);
        switch (bits % 8) {
            case 0: return 16 + static_cast<std::uint32_t>((bits >> 8U) % (most_events - 15));
            case 1:
            case 2: return 4 + static_cast<std::uint32_t>((bits >> 8U) % 12);
            default: return 1 + static_cast<std::uint32_t>((bits >> 8U) % 3) + (kind() == target::both ? 1 : 0);
        }
    }
    [[nodiscard]] std::uint32_t shared_number() const { return static_cast<std::uint32_t>(draw(2) % shared_count); }
    /// Whether its events have ids of ours: it is repeated then, if nobody knows whether it was made. Others are looked for.
    [[nodiscard]] bool has_ids() const { return draw(3) % 4 != 0; }

    /// The stream of one of its events.
    [[nodiscard]] std::string stream_of(std::uint32_t index) const {
        return index < own_count() ? own_stream(thread) : shared_stream(shared_number());
    }
    [[nodiscard]] annals::uuid id_of(std::uint32_t index) const {
        annals::uuid  id;
        std::uint64_t high = mixed(seed), low = mixed(seed, thread, sequence, index, 4);
        for (std::size_t i = 0; i < 8; ++i, high >>= 8U, low >>= 8U) {
            id.bytes[i]     = static_cast<std::uint8_t>(high);
            id.bytes[i + 8] = static_cast<std::uint8_t>(low);
        }
        return id;
    }
    [[nodiscard]] annals::uuid correlation() const {
        annals::uuid id;
        id.bytes[0]  = 1;
        id.bytes[15] = static_cast<std::uint8_t>(sequence);
        return id;
    }
    [[nodiscard]] std::string actor() const { return "thread " + std::to_string(thread); }

    [[nodiscard]] bool is_text(std::uint32_t index) const { return draw(5, index) % 4 != 0; }
    [[nodiscard]] std::string text(std::uint32_t index) const {
        std::uint64_t bits   = draw(6, index);
        std::size_t   length = bits % 128;
        if (bits >> 32U == 0 || (bits >> 32U) % 128 == 0) length = (bits >> 8U) % longest_text;
        std::string text(length, ' ');
        for (std::size_t i = 0; i < length; ++i, bits >>= 4U) {
            if (i % 12 == 0) bits = draw(7, index, i);
            text[i] = static_cast<char>('a' + bits % 16);
        }
        return text;
    }
    [[nodiscard]] std::vector<std::uint64_t> values(std::uint32_t index) const {
        std::vector<std::uint64_t> values(draw(8, index) % 6);
        for (std::size_t i = 0; i < values.size(); ++i) values[i] = draw(9, index, i);
        return values;
    }
    [[nodiscard]] any_event event_at(std::uint32_t index) const {
        const place at{thread, sequence, index, count()};
        if (is_text(index)) return noted{at, text(index)};
        return measured{at, values(index)};
    }
    [[nodiscard]] std::vector<any_event> events_of(std::uint32_t first, std::uint32_t count) const {
        std::vector<any_event> all;
        for (std::uint32_t i = 0; i < count; ++i) all.push_back(event_at(first + i));
        return all;
    }
    [[nodiscard]] annals::metadata about() const {
        annals::metadata about;
        about.correlation = correlation();
        about.actor       = actor();
        if (has_ids())
            for (std::uint32_t i = 0; i < count(); ++i) about.event_ids.push_back(id_of(i));
        return about;
    }

    /// The thread's next append.
    [[nodiscard]] append_plan next() const { return {seed, thread, sequence + 1, own_before + own_count()}; }

private:
    enum class target { own, shared, both };

    [[nodiscard]] target kind() const {
        const std::uint64_t bits = draw(10) % 8;
        return bits < 3 ? target::own : bits < 6 ? target::shared : target::both;
    }
    [[nodiscard]] std::uint32_t half() const { return (count() + 1) / 2; }
    template <class... More>
    [[nodiscard]] std::uint64_t draw(std::uint64_t what, More... more) const {
        return mixed(seed, thread, sequence, what, more...);
    }
};

/// The first append of each thread.
inline std::array<append_plan, thread_count> first_plans(std::uint64_t seed) {
    std::array<append_plan, thread_count> plans;
    for (std::uint32_t thread = 0; thread < thread_count; ++thread) plans[thread] = append_plan{seed, thread, 1, 0};
    return plans;
}

}  // namespace crash

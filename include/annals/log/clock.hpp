// The real clock and the real event ids: the defaults of every log.
#pragma once

#include <annals/model/context.hpp>

#include <cstddef>
#include <cstdint>
#include <ctime>
#include <stdexcept>
#include <sys/random.h>

namespace annals {

/// The time of day as nanoseconds of UTC. A log's clock is anything that is called like this.
struct utc_clock {
    [[nodiscard]] timestamp operator()() const noexcept {
        std::timespec now{};
        std::timespec_get(&now, TIME_UTC);
        return timestamp{static_cast<std::int64_t>(now.tv_sec) * 1'000'000'000 + now.tv_nsec};
    }
};

/// Makes version 7 UUIDs (RFC 9562, section 5.7): 48 bits of milliseconds, 12 bits of the fraction of the millisecond
/// (method 3 of section 6.2), 62 random bits. A log's id generator is anything that is called like this. Not safe for
/// several threads; a log guards its own. Throws std::runtime_error if the system has no entropy to give.
class uuid_v7_generator {
public:
    [[nodiscard]] uuid operator()() { return (*this)(utc_clock{}()); }

    /// An id of this moment, which is not before 1970.
    [[nodiscard]] uuid operator()(timestamp now) {
        const auto nanoseconds  = static_cast<std::uint64_t>(now.nanoseconds);
        const auto milliseconds = nanoseconds / 1'000'000;
        const auto fraction     = (nanoseconds % 1'000'000) * 4096 / 1'000'000;

        uuid made;
        for (std::size_t i = 0; i < 6; ++i) made.bytes[i] = static_cast<std::uint8_t>(milliseconds >> (40 - 8 * i));
        made.bytes[6] = static_cast<std::uint8_t>(0x70 | (fraction >> 8));
        made.bytes[7] = static_cast<std::uint8_t>(fraction);
        for (std::size_t i = 8; i < 16; ++i) made.bytes[i] = random_byte();
        made.bytes[8] = static_cast<std::uint8_t>((made.bytes[8] & 0x3f) | 0x80);
        return made;
    }

private:
    std::uint8_t random_byte() {
        if (used_ == sizeof(entropy_)) {
            // On Linux and macOS; at most 256 bytes a call.
            if (::getentropy(entropy_, sizeof(entropy_)) != 0) throw std::runtime_error("annals: no entropy for event ids");
            used_ = 0;
        }
        return entropy_[used_++];
    }

    std::uint8_t entropy_[256];
    std::size_t  used_ = sizeof(entropy_);
};

}  // namespace annals

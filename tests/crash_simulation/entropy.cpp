#include "crash_simulation/events.hpp"

#include <annals/testing/arbitrary/random_source.hpp>

#include <sys/random.h>

namespace {
annals::random_source& source() {
    static annals::random_source random(1);
    return random;
}
}  // namespace

void crash_simulation::seed_entropy(std::uint64_t seed) { source() = annals::random_source(seed); }

// In place of the C library's.
extern "C" int getentropy(void* buffer, std::size_t size) {
    auto* const bytes = static_cast<unsigned char*>(buffer);
    for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<unsigned char>(source().next());
    return 0;
}

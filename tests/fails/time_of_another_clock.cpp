// A time of a clock that begins anew with each start of the machine.
// refused: annals::field_that_cannot_be_stored<bank::opened
// refused by gcc: "at"
// remedy: annals: give the field a type that can be stored
#include <annals/codec/binary.hpp>

#include <chrono>
#include <vector>

namespace bank {

struct opened {
#ifdef MUST_NOT_COMPILE
    std::chrono::steady_clock::time_point at;
#else
    std::chrono::system_clock::time_point at;
#endif
};

}  // namespace bank

void store(const bank::opened& event, std::vector<std::byte>& into) { static_cast<void>(annals::encode(event, into)); }

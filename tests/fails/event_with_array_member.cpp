// A C array cannot be stored.
// refused: annals::array_member_cannot_be_stored<annals::events<bank::annotated>
// remedy: annals: write std::array instead
#include <annals/annals.hpp>

#include <array>

namespace bank {

struct opened {};
struct annotated {
    long at;
#ifdef MUST_NOT_COMPILE
    char note[16];
#else
    std::array<char, 16> note;
#endif
};

}  // namespace bank

annals::memory_log<annals::events<bank::opened, bank::annotated>> history;

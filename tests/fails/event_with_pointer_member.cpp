// An event owns what it holds.
// refused: annals::pointer_or_reference_member_cannot_be_stored<annals::events<bank::annotated>
// remedy: annals: hold the value itself
#include <annals/annals.hpp>

#include <string>

namespace bank {

struct opened {};
struct annotated {
#ifdef MUST_NOT_COMPILE
    const char* note;
#else
    std::string note;
#endif
};

}  // namespace bank

annals::memory_log<annals::events<bank::opened, bank::annotated>> history;

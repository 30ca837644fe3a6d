// A field that no log can hold.
// refused: annals::field_that_cannot_be_stored<bank::opened
// refused by gcc: "owner"
// refused: std::shared_ptr<int>
// remedy: annals: give the field a type that can be stored
#include <annals/codec/binary.hpp>

#include <memory>
#include <vector>

namespace bank {

struct opened {
    int customer;
#ifdef MUST_NOT_COMPILE
    std::shared_ptr<int> owner;
#else
    int owner;
#endif
};

}  // namespace bank

void store(const bank::opened& event, std::vector<std::byte>& into) { static_cast<void>(annals::encode(event, into)); }

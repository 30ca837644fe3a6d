// An enum whose values take as many bytes as the compiler likes.
// refused: annals::enum_without_an_underlying_type<bank::opened
// refused by gcc: "of_kind"
// refused: bank::kind
// remedy: annals: fix how the enum is stored: `enum class kind : std::uint8_t { ... }`
#include <annals/codec/binary.hpp>

#include <vector>

namespace bank {

#ifdef MUST_NOT_COMPILE
enum kind { current, savings };
#else
enum kind : unsigned char { current, savings };
#endif

struct opened {
    int  customer;
    kind of_kind;
};

}  // namespace bank

void store(const bank::opened& event, std::vector<std::byte>& into) { static_cast<void>(annals::encode(event, into)); }

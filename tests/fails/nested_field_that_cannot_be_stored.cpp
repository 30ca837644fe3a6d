// A field that no log can hold, deep within an event.
// refused: annals::field_that_cannot_be_stored<shop::ordered
// refused by gcc: "lines[].note"
// refused: shop::secret
// remedy: annals::stored_as<Type>
#include <annals/codec/binary.hpp>

#include <optional>
#include <string>
#include <vector>

namespace shop {

class secret {
public:
    secret() = default;

private:
    std::string text_;
};

struct line {
    int sku;
#ifdef MUST_NOT_COMPILE
    std::optional<secret> note;
#else
    std::optional<std::string> note;
#endif
};
struct ordered {
    std::vector<line> lines;
};

}  // namespace shop

bool restore(std::span<const std::byte> bytes) { return annals::decode<shop::ordered>(bytes).has_value(); }

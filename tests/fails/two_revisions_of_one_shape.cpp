// Two revisions that what is stored does not tell apart.
// refused: annals::two_revisions_of_one_shape<bank::deposited_v1, bank::deposited>
// remedy: annals: let the revisions differ in a field's name or type
#include <annals/annals.hpp>
#include <annals/log/archive.hpp>

namespace bank {

struct deposited_v1 { long amount; };
#ifdef MUST_NOT_COMPILE
struct deposited { long amount; };
#else
struct deposited { long cents; };
#endif

constexpr deposited upcast(const deposited_v1& e) { return {e.amount * 100}; }

using events = annals::events<annals::revisions<deposited_v1, deposited>>;

}  // namespace bank

bool open(std::span<const std::byte> bytes) { return annals::archive<bank::events>::open(bytes).has_value(); }

// A command is refused for a reason of another type than the decision's.
// refused: annals::refusal_that_the_decision_does_not_name<annals::decision<bank::withdrawn, bank::overdrawn
// refused: bank::closed
// remedy: annals: name the refusal in the decision's type
#include <annals/annals.hpp>

namespace bank {

struct withdrawn { long cents; };

struct overdrawn { long missing; };
struct closed {};

annals::decision<withdrawn, overdrawn> decide(long balance, long cents) {
    if (balance < cents) {
#ifdef MUST_NOT_COMPILE
        return annals::refuse(closed{});
#else
        return annals::refuse(overdrawn{cents - balance});
#endif
    }
    return withdrawn{cents};
}

}  // namespace bank

int main() { return bank::decide(1, 2).is_refused() ? 0 : 1; }

// A template that takes anything applies nothing.
// refused: annals::event_without_apply<bank::account, annals::events<bank::deposited, bank::withdrawn>
// remedy: a template that takes anything does not count
#include <annals/annals.hpp>

namespace bank {

struct deposited { long cents; };
struct withdrawn { long cents; };

struct account {
    using events = annals::events<deposited, withdrawn>;

    long balance = 0;

#ifdef MUST_NOT_COMPILE
    constexpr void apply(const auto& e) { balance += e.cents; }
#else
    constexpr void apply(const deposited& e) { balance += e.cents; }
    constexpr void apply(const withdrawn& e) { balance -= e.cents; }
#endif
};

}  // namespace bank

static_assert(annals::replay<bank::account>(bank::deposited{100}).balance == 100);

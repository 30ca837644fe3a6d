// The same with forwarding references and a deduced result, whose body does not compile for a stranger.
// refused: annals::event_without_apply<bank::account, annals::events<bank::deposited, bank::withdrawn>
#include <annals/annals.hpp>

namespace bank {

struct deposited { long cents; };
struct withdrawn { long cents; };

struct account {
    using events = annals::events<deposited, withdrawn>;

    long balance = 0;
};

#ifdef MUST_NOT_COMPILE
template <class State, class T>
constexpr auto apply(State&& state, T&& e) { state.balance += e.cents; }
#else
constexpr void apply(account& state, const deposited& e) { state.balance += e.cents; }
constexpr void apply(account& state, const withdrawn& e) { state.balance -= e.cents; }
#endif

}  // namespace bank

static_assert(annals::replay<bank::account>(bank::deposited{100}).balance == 100);

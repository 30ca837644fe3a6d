// The older revision reaches an upcast only because it converts to what that takes.
// refused: annals::no_upcast_between<bank::deposited_v1, bank::deposited>
// remedy: a function that takes it by conversion, or a template that takes anything, does not count
#include <annals/annals.hpp>

namespace bank {

struct cents { long amount; };
struct deposited_v1 {
    long amount;

    constexpr operator cents() const { return {amount}; }
};
struct deposited { long cents; int branch; };

#ifdef MUST_NOT_COMPILE
constexpr deposited upcast(const cents& e) { return {e.amount, 0}; }
#else
constexpr deposited upcast(const deposited_v1& e) { return {e.amount, 0}; }
#endif

struct account {
    using events = annals::events<annals::revisions<deposited_v1, deposited>>;

    long balance = 0;

    constexpr void apply(const deposited& e) { balance += e.cents; }
};

}  // namespace bank

static_assert(annals::replay<bank::account>(bank::deposited{100, 1}).balance == 100);

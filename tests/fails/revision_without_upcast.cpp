// An older revision, and nothing that says how it becomes the next one.
// refused: annals::no_upcast_between<bank::deposited_v1, bank::deposited_v2>
// remedy: annals: write `To upcast(const From&)` in the namespace of the older revision
#include <annals/annals.hpp>

namespace bank {

struct deposited_v1 { int euros; };
struct deposited_v2 { long cents; };
struct deposited { long cents; int branch; };

#ifndef MUST_NOT_COMPILE
constexpr deposited_v2 upcast(const deposited_v1& e) { return {e.euros * 100L}; }
#endif
constexpr deposited upcast(const deposited_v2& e) { return {e.cents, 0}; }

struct account {
    using events = annals::events<annals::revisions<deposited_v1, deposited_v2, deposited>>;

    long balance = 0;

    constexpr void apply(const deposited& e) { balance += e.cents; }
};

}  // namespace bank

static_assert(annals::replay<bank::account>(bank::deposited{100, 1}).balance == 100);

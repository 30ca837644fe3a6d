// An event is not applied by the `apply` of its base class.
// refused: annals::event_without_apply<bank::account, annals::events<bank::refunded>
#include <annals/annals.hpp>

#include <string_view>

namespace bank {

struct deposited { long cents; };
struct refunded : deposited {
    static constexpr std::string_view event_name = "refunded";
};

struct account {
    using events = annals::events<deposited, refunded>;

    long balance = 0;

    constexpr void apply(const deposited& e) { balance += e.cents; }
#ifndef MUST_NOT_COMPILE
    constexpr void apply(const refunded& e) { balance += e.cents; }
#endif
};

}  // namespace bank

static_assert(annals::replay<bank::account>(bank::refunded{{100}}).balance == 100);

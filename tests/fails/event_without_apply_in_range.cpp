// The same, where the events come as a range of variants.
// refused: annals::event_without_apply<bank::account, annals::events<bank::withdrawn>
#include <annals/annals.hpp>

#include <vector>

namespace bank {

struct deposited { long cents; };
struct withdrawn { long cents; };

struct account {
    using events = annals::events<deposited, withdrawn>;

    long balance = 0;

    void apply(const deposited& e) { balance += e.cents; }
#ifndef MUST_NOT_COMPILE
    void apply(const withdrawn& e) { balance -= e.cents; }
#endif
};

}  // namespace bank

long balance_after(const std::vector<bank::account::events::variant>& past) {
    return annals::replay<bank::account>(past).balance;
}

// An `apply` that takes a variant of events applies none of them.
// refused: annals::event_without_apply<bank::account, annals::events<bank::deposited, bank::withdrawn>
#include <annals/annals.hpp>

#include <variant>

namespace bank {

struct deposited { long cents; };
struct withdrawn { long cents; };

struct account {
    using events = annals::events<deposited, withdrawn>;

    long balance = 0;

#ifdef MUST_NOT_COMPILE
    void apply(const std::variant<deposited, withdrawn>&) {}
#else
    void apply(const deposited& e) { balance += e.cents; }
    void apply(const withdrawn& e) { balance -= e.cents; }
#endif
};

}  // namespace bank

long balance() {
    return annals::replay<bank::account>(bank::deposited{100}).balance;
}

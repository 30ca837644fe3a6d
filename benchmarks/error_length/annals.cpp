// A typical mistake: a new event, `frozen`, and a state that nobody told of it.
#include <annals/annals.hpp>

namespace bank {

struct opened    { int customer; };
struct deposited { long cents; };
struct withdrawn { long cents; };
struct frozen    { int reason; };
struct closed    {};

struct account {
    using events = annals::events<opened, deposited, withdrawn, frozen, closed>;

    bool is_open = false;
    long balance = 0;

    void apply(const opened&) { is_open = true; }
    void apply(const deposited& e) { balance += e.cents; }
    void apply(const withdrawn& e) { balance -= e.cents; }
    void apply(const closed&) { is_open = false; }
};

}  // namespace bank

long balance_in(const annals::memory_log<bank::account::events>& log) {
    return annals::replay<bank::account>(log)->balance;
}

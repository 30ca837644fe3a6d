// The same mistake with std::variant and std::visit.
#include <variant>
#include <vector>

namespace bank {

struct opened    { int customer; };
struct deposited { long cents; };
struct withdrawn { long cents; };
struct frozen    { int reason; };
struct closed    {};

using any_event = std::variant<opened, deposited, withdrawn, frozen, closed>;

struct account {
    bool is_open = false;
    long balance = 0;

    void operator()(const opened&) { is_open = true; }
    void operator()(const deposited& e) { balance += e.cents; }
    void operator()(const withdrawn& e) { balance -= e.cents; }
    void operator()(const closed&) { is_open = false; }
};

}  // namespace bank

long balance_in(const std::vector<bank::any_event>& log) {
    bank::account folded;
    for (const bank::any_event& each : log) std::visit(folded, each);
    return folded.balance;
}

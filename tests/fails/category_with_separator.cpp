// A category with the sign that ends it in a stream's name.
// refused: annals::category_that_cannot_be_stored<bank::account>
// remedy: annals: a category has letters, digits, `_` and characters beyond ASCII
#include <annals/annals.hpp>

#include <string_view>

namespace bank {

struct deposited {
    long cents;
};
struct deposit {
    long cents;
};

struct account {
    using events   = annals::events<deposited>;
    using commands = annals::commands<deposit>;

#ifdef MUST_NOT_COMPILE
    static constexpr std::string_view category = "bank-account";
#else
    static constexpr std::string_view category = "bank_account";
#endif

    long balance = 0;

    constexpr void                        apply(const deposited& e) { balance += e.cents; }
    constexpr annals::decision<deposited> decide(const deposit& c) const { return deposited{c.cents}; }
};

}  // namespace bank

bool pay_in(annals::memory_log<bank::account::events>& log) {
    return annals::repository_of<bank::account>(log).handle("ann", bank::deposit{1}).has_value();
}

// An older revision is appended as if it were still written.
// refused: annals::event_that_is_no_longer_written<
// refused: bank::deposited_v1
// remedy: annals: append what became of it; to put an event into a log as an older program did, wrap it in annals::historic(...)
#include <annals/annals.hpp>

namespace bank {

struct deposited_v1 { int euros; };
struct deposited { long cents; };

constexpr deposited upcast(const deposited_v1& e) { return {e.euros * 100L}; }

using events = annals::events<annals::revisions<deposited_v1, deposited>>;

}  // namespace bank

void pay_in(annals::memory_log<bank::events>& log) {
#ifdef MUST_NOT_COMPILE
    static_cast<void>(log.append("account-ann", annals::any_version, bank::deposited_v1{1}));
#else
    static_cast<void>(log.append("account-ann", annals::any_version, annals::historic(bank::deposited_v1{1})));
#endif
}

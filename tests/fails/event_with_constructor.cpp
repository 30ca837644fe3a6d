// A class with a constructor is no event.
// refused: annals::not_a_plain_struct<annals::events<bank::deposited>
// remedy: annals: an event or command is a plain aggregate struct
#include <annals/annals.hpp>

namespace bank {

struct opened {};
struct deposited {
#ifdef MUST_NOT_COMPILE
    explicit deposited(long amount) : cents(amount) {}
#endif
    long cents;
};

}  // namespace bank

annals::memory_log<annals::events<bank::opened, bank::deposited>> history;

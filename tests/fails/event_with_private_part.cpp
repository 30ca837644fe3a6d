// A class with a private part is no event.
// refused: annals::not_a_plain_struct<annals::events<bank::deposited>
// remedy: annals: an event or command is a plain aggregate struct
#include <annals/annals.hpp>

namespace bank {

struct opened {};
class deposited {
#ifndef MUST_NOT_COMPILE
public:
#endif
    long cents;
};

}  // namespace bank

annals::memory_log<annals::events<bank::opened, bank::deposited>> history;

// Found out: does not say, within the first five lines: annals::type_listed_more_than_once
// refused: annals::type_listed_more_than_once
#include <annals/annals.hpp>

struct opened {};

#ifdef MUST_NOT_COMPILE
annals::no_such_thing one;
annals::no_such_thing two;
annals::memory_log<annals::events<opened, opened>> history;
#endif

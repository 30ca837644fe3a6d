// Found out: does not say, within the first five lines: annals::words_that_nobody_says
// refused: annals::type_listed_more_than_once
// refused: annals::words_that_nobody_says
#include <annals/annals.hpp>

struct opened {};

#ifdef MUST_NOT_COMPILE
annals::memory_log<annals::events<opened, opened>> history;
#endif

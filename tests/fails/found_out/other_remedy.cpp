// Found out: does not say, anywhere: annals: a remedy that nobody gives
// refused: annals::type_listed_more_than_once
// remedy: annals: a remedy that nobody gives
#include <annals/annals.hpp>

struct opened {};

#ifdef MUST_NOT_COMPILE
annals::memory_log<annals::events<opened, opened>> history;
#endif

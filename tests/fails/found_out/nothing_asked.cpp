// Found out: asks for no text
#include <annals/annals.hpp>

struct opened {};

#ifdef MUST_NOT_COMPILE
annals::memory_log<annals::events<opened, opened>> history;
#endif

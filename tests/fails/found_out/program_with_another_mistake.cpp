// Found out: does not compile without the mistake
// refused: annals::event_that_is_gone
#include <annals/annals.hpp>

annals::event_that_is_gone nowhere;

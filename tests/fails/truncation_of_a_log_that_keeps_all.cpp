// Not every log gives the room of its beginning back.
// refused: log_that_is_never_truncated<annals::memory_log<annals::events<deposited>
// remedy: use a log that can be truncated, file_log
#include <annals/annals.hpp>

struct deposited {
    long cents;
};

int main() {
    annals::memory_log<annals::events<deposited>> log;
#ifdef MUST_NOT_COMPILE
    log.truncate_before(annals::position{5});
#endif
    return log.head() ? 0 : 1;
}

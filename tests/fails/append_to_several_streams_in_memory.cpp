// Not every log appends to several streams in one step.
// refused: log_that_appends_to_one_stream<annals::memory_log<annals::events<deposited>
// remedy: use a log that appends to several streams in one step, file_log; or append to one, and let a process do the rest
#include <annals/annals.hpp>
#include <annals/log/append_to.hpp>

struct deposited {
    long cents;
};

int main() {
    annals::memory_log<annals::events<deposited>> log;
#ifdef MUST_NOT_COMPILE
    log.append(annals::append_to("account-ann", annals::any_version, deposited{5}),
               annals::append_to("account-bob", annals::any_version, deposited{5}));
#endif
    return log.append("account-ann", annals::any_version, deposited{5}) ? 0 : 1;
}

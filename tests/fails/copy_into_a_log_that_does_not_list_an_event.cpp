// What a log holds is copied into one that holds it, too, older revisions included.
// refused: event_that_the_log_does_not_list<annals::events<till::sold>, annals::events<till::returned>
// remedy: add the event to the list that the log was made with
#include <annals/annals.hpp>
#include <annals/app/copy.hpp>

namespace till {

struct sold {
    long cents;
};
struct returned {
    long cents;
};

}  // namespace till

int main() {
    annals::memory_log<annals::events<till::sold, till::returned>> first;
#ifdef MUST_NOT_COMPILE
    annals::memory_log<annals::events<till::sold>> second;
#else
    annals::memory_log<annals::events<till::returned, till::sold>> second;
#endif
    return annals::copy(first, second) ? 0 : 1;
}

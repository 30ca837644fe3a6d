// Tables are kept in the transactions of a log that has some.
// refused: log_that_has_no_tables<annals::memory_log<
// remedy: use a log in a database, sqlite_log or postgres_log; with any other, a subscription keeps state and place together
#include <annals/annals.hpp>
#include <annals/app/table_read_model.hpp>

#include <cstdint>

struct sold {
    std::int64_t cents;
};
using events = annals::events<sold>;

struct sales {
    using events = ::events;

    void create(auto&) {}
    void react(const sold&, auto&) {}
};

int main() {
    annals::memory_log<events> log;
#ifdef MUST_NOT_COMPILE
    (void)annals::table_read_model_of(log, "sales", sales{});
#endif
}

// A decision over several streams is appended to a log that can compare them all.
// refused: log_that_does_not_append_on_a_condition<annals::jetstream_log<
// remedy: use a log that does: memory_log, file_log, sqlite_log or postgres_log
#include <annals/log/jetstream_log.hpp>

#include <cstdint>

struct enrolled {
    std::int64_t course;

    using tags = annals::tags<&enrolled::course>;
};
using events = annals::events<enrolled>;
using annals::append_condition, annals::position, annals::tag_set;

int main() {
    auto log = annals::jetstream_log<events>::open("nats://localhost");
#ifdef MUST_NOT_COMPILE
    (void)log->append("course-1", append_condition<events>{position{0}, {tag_set("course", 1)}}, enrolled{1});
#else
    (void)log->append("course-1", annals::any_version, enrolled{1});
#endif
}

// The log's own part of a command: the event that the command would yield, appended at the version that it would find.
// What `repository` allocates beyond this, it allocates itself.
#include "filled_log.hpp"

one_command append_alone(filling how) {
    using log_type = annals::memory_log<account::account::events>;
    return [log = filled_log<log_type>(how), how, stream = std::string()](const std::string& id, std::int64_t cents) mutable {
        stream.assign("account-").append(id);
        return log->append(stream, annals::version{how.length}, account::withdrawn{cents}).has_value();
    };
}

// The contestant that the others are compared with: this library, as its users write it.
#include "filled_log.hpp"

one_command repository(filling how) {
    using log_type = annals::memory_log<account::account::events>;
    return [log = filled_log<log_type>(how)](const std::string& id, std::int64_t cents) {
        return annals::repository_of<account::account>(*log).handle(id, account::withdraw{cents}).has_value();
    };
}

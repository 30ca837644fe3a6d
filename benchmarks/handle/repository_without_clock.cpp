// The same as `repository`, less what the system takes to tell the time and to give random bytes.
#include "filled_log.hpp"

namespace {

struct counted_time {
    std::int64_t now = 0;

    annals::timestamp operator()() { return annals::timestamp{++now}; }
};

struct counted_id {
    std::uint64_t next = 0;

    annals::uuid operator()() {
        annals::uuid made;
        ++next;
        for (std::size_t i = 0; i < 8; ++i) made.bytes[15 - i] = static_cast<std::uint8_t>(next >> (8 * i));
        return made;
    }
};

}  // namespace

one_command repository_without_clock(filling how) {
    using log_type = annals::memory_log<account::account::events, counted_time, counted_id>;
    return [log = filled_log<log_type>(how)](const std::string& id, std::int64_t cents) {
        return annals::repository_of<account::account>(*log).handle(id, account::withdraw{cents}).has_value();
    };
}

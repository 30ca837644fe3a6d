// The log in memory, with the same events: what a replay takes when nothing is read from a file.
#include "contestant.hpp"
#include "typed_append.hpp"

namespace {

class memory_contestant : public contestant {
public:
    bool append(const stream_key& stream, std::uint64_t version, const warehouse::batch& events) override {
        return append_typed(log_, stream, version, events.small());
    }
    std::uint64_t    count() override { return log_.head()->value; }
    warehouse::tally replay() override { return annals::replay<warehouse::tally>(log_).value(); }

private:
    annals::memory_log<warehouse::small_events> log_;
};

}  // namespace

contestant_pointer open_memory_log(const opening&) {
    return std::make_unique<memory_contestant>();
}

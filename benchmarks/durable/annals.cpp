// The contestant that the others are compared with: this library's log in files, as its users write it.
#include "contestant.hpp"
#include "typed_append.hpp"

#include <annals/log/file_log.hpp>

namespace {

template <class Events>
class file_contestant : public contestant {
public:
    explicit file_contestant(const opening& how) : log_(opened(how)) {}

    bool append(const stream_key& stream, std::uint64_t version, const warehouse::batch& events) override {
        if constexpr (std::is_same_v<Events, warehouse::small_events>)
            return append_typed(log_, stream, version, events.small());
        else
            return append_typed(log_, stream, version, events.large());
    }
    std::uint64_t    count() override { return log_.head()->value; }
    warehouse::tally replay() override {
        if constexpr (std::is_same_v<Events, warehouse::small_events>)
            return annals::replay<warehouse::tally>(log_).value();
        else
            give_up("annals", "there is no projection of the large events");
    }

private:
    static annals::file_log<Events> opened(const opening& how) {
        annals::file_log_options options;
        if (how.use == purpose::replay) options.acknowledge = annals::acknowledge::when_written;
        auto log = annals::file_log<Events>::open(how.directory, options);
        if (!log) give_up("annals", log.error().message());
        return std::move(*log);
    }

    annals::file_log<Events> log_;
};

}  // namespace

contestant_pointer open_annals(const opening& how) {
    if (how.size == warehouse::event_size::small) return std::make_unique<file_contestant<warehouse::small_events>>(how);
    return std::make_unique<file_contestant<warehouse::large_events>>(how);
}

// What is written by hand in an afternoon: a map of vectors of variants. It knows neither times, ids and positions nor
// categories and threads, so it does less than a log; it shows what the rest costs.
#include "contestant.hpp"

#include <memory>
#include <unordered_map>
#include <variant>
#include <vector>

namespace {

using any_event   = std::variant<account::deposited, account::withdrawn, account::renamed>;
using all_streams = std::unordered_map<std::string, std::vector<any_event>>;

bool append(all_streams& streams, const std::string& name, std::size_t expected_version, const any_event& event) {
    std::vector<any_event>& stream = streams[name];
    if (stream.size() != expected_version) return false;
    stream.push_back(event);
    return true;
}

bool withdraw(all_streams& streams, const std::string& name, std::int64_t cents) {
    account::account state;
    std::size_t      version = 0;
    if (const auto found = streams.find(name); found != streams.end()) {
        for (const any_event& event : found->second) std::visit([&](const auto& each) { state.apply(each); }, event);
        version = found->second.size();
    }
    if (state.balance < cents) return false;
    return append(streams, name, version, account::withdrawn{cents});
}

}  // namespace

one_command hand_written_map(filling how) {
    const auto streams = std::make_shared<all_streams>();
    for (std::size_t version = 1; version <= how.length; ++version)
        for (std::size_t stream = 0; stream < how.streams; ++stream)
            account::event_number(version, [&](const auto& event) { (*streams)["account-" + id_of(stream)].push_back(event); });
    return [streams, name = std::string()](const std::string& id, std::int64_t cents) mutable {
        name.assign("account-").append(id);
        return withdraw(*streams, name, cents);
    };
}

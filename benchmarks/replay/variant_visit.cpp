// The usual way: a vector of std::variant, and std::visit.
#include "contestant.hpp"

#include <memory>
#include <variant>
#include <vector>

one_replay variant_visit(ledger::pattern which, std::size_t count) {
    using any_event  = ledger::all_events::variant;
    const auto  log  = std::make_shared<std::vector<any_event>>();
    log->reserve(count);
    ledger::generate(which, count, [&](const auto& event) { log->emplace_back(event); });
    return [log] {
        ledger::balance_sheet state;
        for (const any_event& event : *log) std::visit([&](const auto& each) { state.apply(each); }, event);
        return state;
    };
}

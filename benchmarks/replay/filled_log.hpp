// A memory log with the events of a pattern.
#pragma once

#include "ledger.hpp"

#include <cstdlib>
#include <iterator>
#include <memory>
#include <vector>

using ledger_log = annals::memory_log<ledger::all_events>;

/// Appended in batches, to one stream: how they came into the log makes no difference to a replay of all of it. Contestants
/// that ask for the same events at one time get the same log.
inline std::shared_ptr<const ledger_log> filled_log(ledger::pattern which, std::size_t count) {
    constexpr std::size_t                       batch_size = 1000;
    static std::weak_ptr<const ledger_log>      kept[std::size(ledger::patterns)];
    std::weak_ptr<const ledger_log>&            known = kept[static_cast<std::size_t>(which)];
    if (auto log = known.lock()) return log;

    const auto                               log = std::make_shared<ledger_log>();
    std::vector<ledger::all_events::variant> batch;
    const auto                               flush = [&] {
        if (!batch.empty() && !log->append("ledger", annals::any_version, batch)) std::abort();
        batch.clear();
    };
    ledger::generate(which, count, [&](const auto& event) {
        batch.emplace_back(event);
        if (batch.size() == batch_size) flush();
    });
    flush();
    known = log;
    return log;
}

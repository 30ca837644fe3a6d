// A log in files with the events of a pattern.
#pragma once

#include "catch_up.hpp"

#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

/// Ends the program: a figure of what does not work would say nothing.
[[noreturn]] inline void give_up(const std::string& why) {
    std::fprintf(stderr, "%s\n", why.c_str());
    std::exit(1);
}

template <class Log>
Log opened_log(const std::string& directory, annals::acknowledge when) {
    annals::file_log_options options;
    options.acknowledge = when;
    auto log            = Log::open(directory, options);
    if (!log) give_up(log.error().message());
    return std::move(*log);
}

/// Appended so many at a time, to one stream. Afterwards the files lie in the system's cache.
inline ledger_file_log filled_file_log(const std::string& directory, ledger::pattern which, std::size_t count,
                                       std::size_t at_once) {
    ledger_file_log                          log = opened_log<ledger_file_log>(directory, annals::acknowledge::when_written);
    std::vector<ledger::all_events::variant> batch;
    const auto                               flush = [&] {
        if (!batch.empty() && !log.append("ledger", annals::any_version, batch)) give_up("the log refuses an append");
        batch.clear();
    };
    ledger::generate(which, count, [&](const auto& event) {
        batch.emplace_back(event);
        if (batch.size() == at_once) flush();
    });
    flush();
    if (!log.sync()) give_up("the log cannot be synced");
    return log;
}

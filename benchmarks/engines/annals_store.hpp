// The contestant that an engine's own interface is compared with: this library's log on the engine, as its users write it.
#pragma once

#include "engine.hpp"

#include <annals/annals.hpp>

#include <memory>
#include <string>
#include <utility>
#include <variant>

namespace engines {

template <class Log>
void append_events(Log& log, const std::string& stream, std::uint64_t version, const warehouse::batch& batch) {
    const auto& events = batch.small();
    const auto  at     = annals::version{version};
    const auto  done   = events.size() == 1
                             ? std::visit([&](const auto& event) { return log.append(stream, at, event); }, events.front())
                             : log.append(stream, at, events);
    if (!done) give_up("annals", done.error().message());
}

/// A log that all clients share, for logs that serve several threads at once.
template <class Log>
class shared_log_store : public store {
public:
    explicit shared_log_store(Log log) : log_(std::move(log)) {}

    std::unique_ptr<client> connect() override { return std::make_unique<end>(log_); }

private:
    class end : public client {
    public:
        explicit end(Log& log) : log_(log) {}

        void append(const std::string& stream, std::uint64_t version, const warehouse::batch& events) override {
            append_events(log_, stream, version, events);
        }
        warehouse::tally replay() override {
            auto state = annals::replay<warehouse::tally>(log_);
            if (!state) give_up("annals", state.error().message());
            return *state;
        }

    private:
        Log& log_;
    };

    Log log_;
};

}  // namespace engines

// The classical way: an object for each event, and a virtual function that changes the state.
#include "contestant.hpp"

#include <memory>
#include <vector>

namespace {

struct any_event {
    virtual ~any_event()                                   = default;
    virtual void apply_to(ledger::balance_sheet& state) const = 0;
};

template <class E>
struct virtual_event final : any_event {
    explicit virtual_event(const E& event) : event_(event) {}
    void apply_to(ledger::balance_sheet& state) const override { state.apply(event_); }

    E event_;
};

}  // namespace

one_replay virtual_calls(ledger::pattern which, std::size_t count) {
    const auto log = std::make_shared<std::vector<std::unique_ptr<any_event>>>();
    log->reserve(count);
    ledger::generate(which, count,
                     [&]<class E>(const E& event) { log->push_back(std::make_unique<virtual_event<E>>(event)); });
    return [log] {
        ledger::balance_sheet state;
        for (const auto& event : *log) event->apply_to(state);
        return state;
    };
}

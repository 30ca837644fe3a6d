// What proves that something happens now: who has it may act on the outside world.
#pragma once

#include <annals/model/context.hpp>

namespace annals {

namespace detail {
struct live_maker;
}

/// Given to `react(const E&, const annals::live&)` by `effects` and processes, which alone can make one. Let whatever leaves
/// the program (mail, payments, other systems, the time of day) take a `const annals::live&`: then a replay, a rebuild, a
/// `what_if` or a question about the past cannot reach it, for it has none to give. It is there for the call only.
///
/// After a crash an event may come a second time: `where().id` is then the same, by which the receiver can tell.
class live {
public:
    live(const live&)            = delete;
    live& operator=(const live&) = delete;

    /// The event that is reacted to.
    [[nodiscard]] const context& where() const noexcept { return where_; }
    /// The time of day, by the clock of who runs.
    [[nodiscard]] timestamp now() const noexcept { return now_; }

private:
    friend struct detail::live_maker;
    live(const context& where, timestamp now) noexcept : where_(where), now_(now) {}

    const context& where_;
    timestamp      now_;
};

namespace detail {

struct live_maker {
    template <class Function>
    static decltype(auto) with(const context& where, timestamp now, Function&& function) {
        const live made(where, now);
        return function(made);
    }
};

}  // namespace detail
}  // namespace annals

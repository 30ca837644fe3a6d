// Effects: what is done in the outside world about events.
#pragma once

#include <annals/app/input_runner.hpp>
#include <annals/app/react.hpp>
#include <annals/log/clock.hpp>
#include <annals/model/projection.hpp>

#include <cstdint>
#include <string>
#include <utility>

namespace annals {

/// Mistake: `Actor` lists these events, but has no `react` for them.
template <class Actor, class Missing>
struct event_without_effect {
    static consteval void explain() {
        static_assert(detail::never<Actor>,
                      "annals: give it `void react(const E&, const annals::live&)` for each event named above; the second may be missing");
    }
};

/// The options that effects have if they are given none: how far they are is saved after each event.
[[nodiscard]] inline reaction_options after_each_event() {
    reaction_options options;
    options.save_every = 1;
    return options;
}

namespace detail {

template <class Actor>
struct effects_memory {};

template <class Held, class Actor>
consteval auto judge_effects() {
    if constexpr (!lists_events<Actor>)
        return no_events_are_listed_by<Actor>{};
    else if constexpr (!is_sound<decltype(judge_list<typename Actor::events>())>)
        return judge_list<typename Actor::events>();
    else if constexpr (unreacted_in<Actor, void, flat<typename Actor::events>>::type::size != 0)
        return event_without_effect<Actor, typename unreacted_in<Actor, void, flat<typename Actor::events>>::type>{};
    else if constexpr (difference<typename Actor::events, flat<Held>>::size != 0)
        return event_that_the_log_never_holds<Actor, difference<typename Actor::events, flat<Held>>>{};
    else
        return sound_design{};
}

}  // namespace detail

/// Calls `react` of an object of the user's with each event that its `events` lists, in the order of the log, and with a
/// `live`, by which it may act on the outside world. **At least once**: what came after the place that was saved last is done
/// again after a crash, with the same event id. By default it is saved after each event.
template <class Actor, event_log Log, class Store = detail::no_store, class Clock = utc_clock>
class effects {
public:
    effects(const Log& log, Actor actor, Store* store, Clock clock, reaction_options options)
        : actor_(std::move(actor)),
          clock_(std::move(clock)),
          runner_(log, store, std::string{detail::type_text<Actor>()} + " as effects", options) {}
    effects(const effects&)            = delete;
    effects& operator=(const effects&) = delete;

    /// Acts on what is there and then on what comes, until `stop()`. Can be called again, and goes on then. One thread runs it.
    /// Errors: those of the log. Throws what `react` throws; it goes on with the same event then.
    expected<void, error> run() { return runner_.run(acting(), idle); }
    /// Makes `run` return when the event that it is at is through, or the next one if none runs. From any thread.
    void stop() { runner_.stop(); }
#if defined(__cpp_lib_jthread)
    /// The same, until `until` is asked to stop.
    expected<void, error> run(std::stop_token until) { return runner_.run(std::move(until), acting(), idle); }
#endif
    /// Acts on what is there, and returns.
    expected<void, error> catch_up() { return runner_.catch_up(acting(), idle); }

    /// Up to where all was done.
    [[nodiscard]] position place() const { return runner_.place(); }

private:
    auto acting() {
        return [this](const auto& event, const context& where) -> expected<void, error> {
            runner_.attempt([&] { detail::react_to<void>(actor_, event, where, clock_()); });
            return {};
        };
    }
    static expected<std::int64_t, error> idle() { return detail::steady_run<Log>::nothing_due; }

    Actor                                                                                            actor_;
    Clock                                                                                            clock_;
    detail::input_runner<flat<typename Actor::events>, detail::effects_memory<Actor>, Log, Store> runner_;
};

/// Effects on `log`, which must outlive them, by an object that is copied: `annals::effects_of(log, mails{server}, store)`. How
/// far they are is saved in the store.
template <class Actor, event_log Log, snapshot_store Store, class Clock = utc_clock>
[[nodiscard]] auto effects_of(const Log& log, Actor actor, Store& store, reaction_options options = after_each_event(),
                              Clock clock = {}) {
    constexpr auto verdict          = detail::judge_effects<typename Log::events, Actor>();
    using accepted [[maybe_unused]] = typename decltype(verdict)::accepted;
    verdict.explain();
    if constexpr (detail::is_sound<decltype(verdict)>)
        return effects<Actor, Log, Store, Clock>(log, std::move(actor), &store, std::move(clock), options);
}

}  // namespace annals

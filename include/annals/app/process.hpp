// Processes: they turn events into commands, each once, and know what they wait for.
#pragma once

#include <annals/app/derived_id.hpp>
#include <annals/app/input_runner.hpp>
#include <annals/app/process_design.hpp>
#include <annals/app/process_memory.hpp>
#include <annals/log/clock.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace annals {

/// Runs all instances of a process. Its inputs are the events that `inputs` lists, in the whole log; `instance(event)` says
/// which one is meant. Its state is folded from its own stream, `category-instance`, by `apply`, as an aggregate's is. `react`
/// looks at that and the event, and answers with a `reaction`: first the commands are carried out, in their order; then what it
/// records, the refusals of its commands and its timeouts are appended to its stream, in one append. A refusal is then reacted
/// to, before any other event; a timeout when it is due.
///
/// **Once.** An event that comes again finds in the stream that it was reacted to. One that was not, because of a crash in
/// between, is reacted to in the same state; so the commands are the same and have the same ids, and those that were carried
/// out are not carried out again. That needs a `react` that depends on nothing but its arguments, unless it takes a `live`:
/// what the outside world answers may differ, so let it be recorded. If two run the same process on one log, nothing is done
/// twice. But what one of them gets refused, the other may get through, if it comes just then; so let one run at a time.
///
/// What it has reacted to stands in the last event of its own stream: that one must not be dropped, and nobody else may append
/// there. What is saved in a store is a cache: without it, all inputs are looked at again.
template <class Process, event_log Log, class Store = detail::no_store, class Clock = utc_clock>
class process {
public:
    process(Log& log, Store* store, Clock clock, reaction_options options)
        : log_(log),
          clock_(std::move(clock)),
          runner_(log, store, std::string{detail::type_text<Process>()} + " as a process", options) {}
    process(const process&)            = delete;
    process& operator=(const process&) = delete;

    /// Reacts to what is there and then to what comes, until `stop()`. Can be called again, and goes on then. One thread runs
    /// it. Errors: those of the log; it goes on with the same event then. Throws what `react` and `apply` throw, likewise.
    expected<void, error> run() { return runner_.run(taking(), firing()); }
    /// Makes `run` return when the event that it is at is through, or the next one if none runs. From any thread.
    void stop() { runner_.stop(); }
#if defined(__cpp_lib_jthread)
    /// The same, until `until` is asked to stop.
    expected<void, error> run(std::stop_token until) { return runner_.run(std::move(until), taking(), firing()); }
#endif
    /// Reacts to what is there, to what comes of that, and to what is due, until there is nothing to do now.
    expected<void, error> catch_up() { return runner_.catch_up(taking(), firing()); }

    /// Up to where everything was reacted to.
    [[nodiscard]] position place() const { return runner_.place(); }
    /// How many timeouts are waited for, as of that place.
    [[nodiscard]] std::size_t waiting() const {
        return runner_.with_memory([](const auto& memory) { return memory.due.size(); });
    }

private:
    using timeouts  = typename detail::timeouts_of<Process>::type;
    using schedules = typename detail::schedules_of<timeouts>::type;
    using inputs    = flat<detail::reacts_to<Process>>;
    using all_read  = join<inputs, schedules>;
    using records   = typename process_events<Process>::variant;

    using own_inputs = join<timeouts, detail::refusals_of<Process>>;

    // What the stream of an instance says.
    struct instance_now {
        Process                state{};
        version                at{};
        detail::reaction_marks done;
    };

    auto taking() {
        return [this](const auto& event, const context& where) { return this->take(event, where); };
    }
    auto firing() {
        return [this] { return this->fire_what_is_due(); };
    }

    static std::string_view own_category() { return category_name<Process>(); }
    static std::string stream_of(std::string_view instance) { return std::string{own_category()}.append("-").append(instance); }

    template <class Timeout>
    expected<void, error> take(const scheduled<Timeout>& event, const context& where) {
        if (category_of(where.stream) != own_category()) return {};
        runner_.with_memory([&](auto& memory) {
            const auto is_later = [](std::int64_t due, const auto& each) { return due < each.due; };
            memory.due.insert(std::upper_bound(memory.due.begin(), memory.due.end(), event.due, is_later),
                              {where.id, where.correlation, std::string{where.stream}, event.due, event.timeout});
        });
        return {};
    }
    template <class E>
    expected<void, error> take(const E& event, const context& where) {
        if constexpr (contains<typename Process::inputs, E>)
            return react_to_input(stream_of(Process::instance(event)), event, where);
        else {
            if (category_of(where.stream) != own_category()) return {};
            if constexpr (contains<timeouts, E>) forget(where.causation);
            const auto now = settle(std::string{where.stream}, where.position.value);
            return now ? expected<void, error>{} : unexpected<error>(now.error());
        }
    }
    void forget(const uuid& id) {
        runner_.with_memory([&](auto& memory) {
            auto& due = memory.due;
            due.erase(std::remove_if(due.begin(), due.end(), [&](const auto& each) { return each.id == id; }), due.end());
        });
    }

    expected<instance_now, error> load(const std::string& own) const {
        instance_now now;
        const auto   last =
            log_.read(stream(own).backwards().limit(1), handlers{otherwise([&](const auto&, const context& where) {
                          now.at   = where.version;
                          now.done = detail::reaction_marks::in(where.values);
                      })});
        if (!last) return unexpected<error>(last.error());
        if (auto done = log_.read(stream(own).to(now.at), now.state); !done) return unexpected<error>(std::move(done.error()));
        return now;
    }

    template <class E>
    expected<void, error> react_to_input(const std::string& own, const E& event, const context& where) {
        for (;;) {
            const auto now = settle(own, where.position.value - 1);
            if (!now) return unexpected<error>(now.error());
            if (now->done.input >= where.position.value) return {};
            const auto done = react(own, *now, event, where, {where.position.value, now->done.own}, false);
            if (!done) return unexpected<error>(done.error());
            if (!*done) continue;
            const auto settled = settle(own, where.position.value);
            return settled ? expected<void, error>{} : unexpected<error>(settled.error());
        }
    }
    // Reacts to the refusals and timeouts in an instance's stream that were not reacted to. All inputs up to `handled` were.
    expected<instance_now, error> settle(const std::string& own, std::uint64_t handled) {
        for (;;) {
            auto now = load(own);
            if constexpr (own_inputs::size != 0) {
                if (!now || now->at.value <= now->done.own) return now;
                detail::inbox<flat<own_inputs>> open;
                if (auto read = open.take(log_, stream(own).from(version{now->done.own + 1}).to(now->at)); !read)
                    return unexpected<error>(std::move(read.error()));
                if (!open.entries().empty()) {
                    const auto& next = open.entries().front();
                    const auto  done = next.where.with([&](const context& where) {
                        const detail::reaction_marks marks{std::max(now->done.input, handled), where.version.value};
                        return std::visit([&](const auto& event) { return react(own, *now, event, where, marks, true); },
                                          next.event);
                    });
                    if (!done) return unexpected<error>(done.error());
                    continue;
                }
            }
            return now;
        }
    }
    // False if somebody else was faster.
    template <class E>
    expected<bool, error> react(const std::string& own, const instance_now& now, const E& event, const context& where,
                                const detail::reaction_marks& marks, bool is_recorded_in_any_case) {
        const auto todo =
            runner_.attempt([&] { return detail::react_to<reaction<Process>>(now.state, event, where, clock_()); });
        if (todo.is_empty() && !is_recorded_in_any_case) return true;
        std::vector<records> recorded;
        const auto           carried_out = carry_out(own, now.at, todo, where, recorded);
        if (!carried_out || !*carried_out) return carried_out;
        metadata about;
        for (std::size_t number = 1; number <= recorded.size(); ++number)
            about.event_ids.push_back(id_for("record", where, number));
        about.causation   = where.id;
        about.correlation = conversation(where);
        about.values      = marks.values();
        auto done         = log_.append(own, now.at, about, recorded);
        if (done) return true;
        if (done.error().code == errc::version_conflict || done.error().code == errc::duplicate_event) {
            const auto moved = has_moved(own, now.at);
            if (!moved) return unexpected<error>(moved.error());
            if (*moved) return false;
        }
        return unexpected<error>(std::move(done.error()));
    }
    // Whether an instance's stream is at another version by now. If it is not, an append to it fails each time, for its end was
    // dropped.
    expected<bool, error> has_moved(const std::string& own, version from) const {
        const auto last = log_.read(stream(own).backwards().limit(1), handlers{otherwise()});
        if (!last) return unexpected<error>(last.error());
        return last->version != from;
    }
    static uuid conversation(const context& where) { return where.correlation.is_nil() ? where.id : where.correlation; }

    // Sends the commands. False if somebody else was faster: what comes after that is theirs, for it may turn out otherwise by
    // now.
    expected<bool, error> carry_out(const std::string& own, version at, const reaction<Process>& todo, const context& where,
                                    std::vector<records>& recorded) {
        for (const auto& each : todo.recorded()) std::visit([&](const auto& event) { record(recorded, event); }, each);
        std::size_t number = 0;
        for (const auto& each : todo.sent()) {
            ++number;
            const auto moved = has_moved(own, at);
            if (!moved) return unexpected<error>(moved.error());
            if (*moved) return false;
            auto done = std::visit([&](const auto& command) { return send(command, number, where, recorded); }, each);
            if (!done) return unexpected<error>(std::move(done.error()));
        }
        for (const auto& each : todo.scheduled_later())
            std::visit(
                [&]<class Scheduled>(Scheduled later) {
                    if constexpr (!std::is_same_v<Scheduled, std::monostate>)
                        later.due = detail::later_by(later.due, where.time.nanoseconds);
                    record(recorded, later);
                },
                each);
        if (recorded.empty()) recorded.emplace_back(reacted<Process>{});
        return true;
    }
    template <class E>
    static void record(std::vector<records>& to, const E& event) {
        if constexpr (!std::is_same_v<E, std::monostate>) to.emplace_back(event);
    }

    expected<void, error> send(std::monostate, std::size_t, const context&, std::vector<records>&) { return {}; }
    template <class Aggregate, class C>
    expected<void, error> send(const detail::sent<Aggregate, C>& command, std::size_t number, const context& where,
                               std::vector<records>& recorded) {
        metadata about;
        about.causation   = where.id;
        about.correlation = conversation(where);
        about.actor       = own_category();
        auto done = repository_of<Aggregate>(log_, 64).handle_once(command.id, command.what, id_for("command", where, number),
                                                                   where.position, std::move(about));
        if (done) return {};
        if (const error* const failed = done.error().log_error()) return unexpected<error>(*failed);
        if constexpr (detail::can_be_refused<detail::sent<Aggregate, C>>)
            recorded.emplace_back(command_refused<Aggregate, C>{command.id, command.what, *done.error().refusal()});
        return {};
    }

    // An event's id is its own in its stream; with its position it is so in the log.
    static uuid id_for(std::string_view what, const context& input, std::size_t number) {
        return derived_id(input.id, std::string{own_category()} + ' ' + std::string{what} + ' ' +
                                        std::to_string(input.position.value) + ' ' + std::to_string(number));
    }
    expected<std::int64_t, error> fire_what_is_due() {
        const std::int64_t now  = clock_().nanoseconds;
        std::int64_t       next = std::numeric_limits<std::int64_t>::max();
        bool               any  = false;
        const auto         due  = runner_.with_memory([](const auto& memory) { return memory.due; });
        for (const auto& each : due) {
            if (each.due <= now) {
                if (auto done = fire(each); !done) return unexpected<error>(std::move(done.error()));
                any = true;
            } else
                next = std::min(next, each.due - now);
        }
        return any ? 0 : next;
    }
    // Its event, which comes as an input then, takes it from what is due.
    template <class Due>
    expected<void, error> fire(const Due& due) {
        for (;;) {
            const auto now = load(due.stream);
            if (!now) return unexpected<error>(now.error());
            metadata about;
            about.event_ids   = {derived_id(due.id, "due")};
            about.causation   = due.id;
            about.correlation = due.correlation;
            about.values      = detail::reaction_marks{std::max(now->done.input, place().value), now->done.own}.values();
            std::vector<records> fired;
            std::visit([&](const auto& event) { record(fired, event); }, due.timeout);
            auto done = log_.append(due.stream, now->at, about, fired);
            if (done) return {};
            if (done.error().code == errc::version_conflict) {
                const auto moved = has_moved(due.stream, now->at);
                if (!moved) return unexpected<error>(moved.error());
                if (*moved) continue;
            }
            return unexpected<error>(std::move(done.error()));
        }
    }

    using remembered = detail::process_memory<Process>;

    Log&                                                         log_;
    Clock                                                        clock_;
    detail::input_runner<flat<all_read>, remembered, Log, Store> runner_;
};

/// A process over `log`, which must outlive it: `annals::process_of<checkout>(log)`. Nothing is saved: it looks at all its
/// inputs again.
template <class Process, event_log Log>
[[nodiscard]] auto process_of(Log& log, reaction_options options = {}) {
    constexpr auto verdict          = detail::judge_process<typename Log::events, Process>();
    using accepted [[maybe_unused]] = typename decltype(verdict)::accepted;
    verdict.explain();
    if constexpr (detail::is_sound<decltype(verdict)>) return process<Process, Log>(log, nullptr, {}, options);
}
/// The same, which goes on where a store has it, and whose timeouts are due by a clock: anything that is called as `utc_clock`
/// is.
template <class Process, event_log Log, snapshot_store Store, class Clock = utc_clock>
[[nodiscard]] auto process_of(Log& log, Store& store, Clock clock = {}, reaction_options options = {}) {
    constexpr auto verdict          = detail::judge_process<typename Log::events, Process>();
    using accepted [[maybe_unused]] = typename decltype(verdict)::accepted;
    verdict.explain();
    if constexpr (detail::is_sound<decltype(verdict)>)
        return process<Process, Log, Store, Clock>(log, &store, std::move(clock), options);
}

}  // namespace annals

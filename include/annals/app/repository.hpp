// Repositories: load an aggregate, let it decide a command, append what it yields, in one call.
#pragma once

#include <annals/app/failure.hpp>
#include <annals/app/once.hpp>
#include <annals/app/stream_name.hpp>
#include <annals/log/event_log.hpp>
#include <annals/model/aggregate.hpp>
#include <annals/read/loaded.hpp>
#include <annals/schema/name.hpp>

#include <cstddef>
#include <string_view>
#include <utility>

namespace annals {

/// How a repository loads: all of the stream. `with_snapshots` (read/load.hpp) is another way.
struct without_snapshots {
    template <class State, event_log Log>
    [[nodiscard]] expected<loaded<State>, error> load(const Log& log, const stream_query& what) const {
        loaded<State> found;
        const auto    read = log.read(what, found.state);
        if (!read) return unexpected<error>(read.error());
        found.version = read->version;
        return found;
    }
};

namespace detail {

/// The verdict on an aggregate in a log of `Held`.
template <class Held, class Aggregate>
consteval auto judge_repository() {
    return first_mistake<aggregate_verdict<Aggregate>, decltype(judge_category<Aggregate>()),
                         decltype(judge_reading<Held, Aggregate>())>();
}

}  // namespace detail

/// The aggregates of one type in a log, by id: the stream of `bob` is `category-bob`. Refers to the log. As safe for
/// several threads as the log is, and what it loads with.
template <class Aggregate, event_log Log, class Loading = without_snapshots>
class repository {
public:
    /// `attempts` is how often a command is decided before a conflict is given back; at least once.
    constexpr explicit repository(Log& log, std::size_t attempts = 8, Loading loading = {})
        : log_(&log), attempts_(attempts), loading_(std::move(loading)) {}

    /// The aggregate as it is now. Takes time proportional to its stream, or to what of it is behind the last snapshot.
    [[nodiscard]] expected<loaded<Aggregate>, error> load(std::string_view id) const {
        const detail::stream_name name(category_name<Aggregate>(), id);
        return load(stream(name));
    }
    /// The aggregate as it was when its stream was at `at`; as it is now if it never came so far.
    [[nodiscard]] expected<loaded<Aggregate>, error> load(std::string_view id, version at) const {
        const detail::stream_name name(category_name<Aggregate>(), id);
        return load(stream(name).to(at));
    }
    /// The aggregate as it was at a time; what was appended just then is included.
    [[nodiscard]] expected<loaded<Aggregate>, error> load(std::string_view id, timestamp at) const {
        const detail::stream_name name(category_name<Aggregate>(), id);
        return load(stream(name).until(at));
    }
    /// The aggregate as it was when the whole log had come to `at`.
    [[nodiscard]] expected<loaded<Aggregate>, error> load(std::string_view id, position at) const {
        const detail::stream_name name(category_name<Aggregate>(), id);
        return load(stream(name).until(at));
    }

    /// Loads the aggregate, lets it decide, and appends what it yields at the version that was loaded. If somebody else
    /// was faster, all of that again, as often as the repository has attempts; then the failure is the log's
    /// `version_conflict`. A decision without events writes nothing and answers with the version that was loaded.
    /// Answers `expected<receipt, failure<Refusal>>`. With `metadata::event_ids` a repeated call is decided anew, on a
    /// state that already holds the first call's events.
    template <class C>
    [[nodiscard]] auto handle(std::string_view id, const C& command, const metadata& about = {}) const {
        constexpr auto verdict          = detail::judge_command<Aggregate, C>();
        using accepted [[maybe_unused]] = typename decltype(verdict)::accepted;
        verdict.explain();
        if constexpr (detail::is_sound<decltype(verdict)>)
            return carry_out(id, command, about);
        else
            return expected<receipt, error>{};
    }

    /// The same for a command that may come again, with the same `command_id`: from a queue, or after a crash. Its events' ids
    /// follow from that. If they are in the aggregate's stream already, nothing is decided, and the answer is the first one's
    /// receipt. They are looked for behind `since`, a position in the log from before the command was given for the first time;
    /// from there on, all of the stream is. A refusal leaves nothing in the stream, and neither does a decision without events:
    /// such a command is decided anew. `about.event_ids` is not looked at; `about.causation`, if it is nil, becomes
    /// `command_id`.
    template <class C>
    [[nodiscard]] auto handle_once(std::string_view id, const C& command, const uuid& command_id, position since = {},
                                   metadata about = {}) const {
        constexpr auto verdict          = detail::judge_command<Aggregate, C>();
        using accepted [[maybe_unused]] = typename decltype(verdict)::accepted;
        verdict.explain();
        if constexpr (detail::is_sound<decltype(verdict)>) {
            if (about.causation.is_nil()) about.causation = command_id;
            return detail::carry_out_once<Aggregate>(*this, *log_, attempts_, id, command, command_id, since, std::move(about));
        } else
            return expected<receipt, error>{};
    }

private:
    template <class C>
    auto carry_out(std::string_view id, const C& command, const metadata& about) const {
        using decided = detail::decision_on<Aggregate, C>;
        using failed  = failure<typename decided::refusal>;
        using answer  = expected<receipt, failed>;

        const detail::stream_name name(category_name<Aggregate>(), id);
        for (std::size_t attempt = 1;; ++attempt) {
            auto now = load(stream(name));
            if (!now) return answer(unexpected<failed>(failed(std::move(now.error()))));
            decided decision = detail::decide_command(now->state, command);
            if (decision.is_refused()) return answer(unexpected<failed>(failed(*decision.refusal_reason())));
            if (decision.size() == 0) return answer(receipt{now->version, position{}, 0});
            auto written = log_->append(name, now->version, about, std::move(decision));
            if (written) return answer(*written);
            if (written.error().code != errc::version_conflict || attempt >= attempts_)
                return answer(unexpected<failed>(failed(std::move(written.error()))));
        }
    }

    expected<loaded<Aggregate>, error> load(const stream_query& what) const {
        return loading_.template load<Aggregate>(*log_, what);
    }

    Log*        log_;
    std::size_t attempts_;
    Loading     loading_;
};

/// A repository of `Aggregate` over `log`, which must outlive it.
template <class Aggregate, event_log Log>
[[nodiscard]] constexpr auto repository_of(Log& log, std::size_t attempts = 8) {
    constexpr auto verdict          = detail::judge_repository<typename Log::events, Aggregate>();
    using accepted [[maybe_unused]] = typename decltype(verdict)::accepted;
    verdict.explain();
    return repository<Aggregate, Log>(log, attempts);
}

/// The same, which loads with snapshots: `repository_of<account>(log, with_snapshots(store, every(100)))`.
template <class Aggregate, event_log Log, class Loading>
    requires requires(const Loading& loading, const Log& log) { loading.template load<Aggregate>(log, stream("name-id")); }
[[nodiscard]] constexpr auto repository_of(Log& log, Loading loading, std::size_t attempts = 8) {
    constexpr auto verdict          = detail::judge_repository<typename Log::events, Aggregate>();
    using accepted [[maybe_unused]] = typename decltype(verdict)::accepted;
    verdict.explain();
    return repository<Aggregate, Log, Loading>(log, attempts, std::move(loading));
}

}  // namespace annals

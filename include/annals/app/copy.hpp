// From one log into another, of whatever kind: to a larger engine, or back into a file.
#pragma once

#include <annals/app/copy/comparison.hpp>
#include <annals/app/copy/place.hpp>
#include <annals/app/steady_run.hpp>
#include <annals/log/batch.hpp>
#include <annals/log/stored_variant.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace annals {

/// How far a copy is.
struct copy_progress {
    std::uint64_t events = 0;  // that this object copied, or compared
    position      at{};        // in the source: all up to here is done
    position      head{};      // of the source
};

/// How a log is copied.
struct copy_options {
    /// How many events are read at a time, and then appended. An append is never divided, so it may be more.
    std::uint64_t batch = 1024;
    /// Called after each batch.
    std::function<void(const copy_progress&)> told{};
};

/// Copies a log into another, which is empty or holds the beginning of a copy: each append of the source as one append, in
/// their order, with the events' versions, ids and times, what was said about them, and older revisions as they are stored.
/// Positions are the same where both logs count them without gaps. It goes on where it was, for the target itself tells that.
///
/// While it runs the source may be appended to, but the target only by this. To move a system: `run()` until it has caught up,
/// stop the writers, `catch_up()`, `verify()`, and start them with the other log.
///
/// An append to several streams becomes one to each. Not copied are ends of streams, read models, snapshots, and places.
template <event_log From, event_log To>
class log_copy {
public:
    /// The logs must outlive it.
    log_copy(const From& from, To& to, copy_options options = {})
        : from_(from), to_(to), options_(std::move(options)), waiting_(from, std::chrono::milliseconds(50)) {
        if (options_.batch == 0) options_.batch = 1;
    }
    log_copy(const log_copy&)            = delete;
    log_copy& operator=(const log_copy&) = delete;

    /// Copies what the source has by now. Errors: `version_conflict`, if the target holds something else; `out_of_range`, if
    /// the beginning of a stream is no longer in the source; those of the logs. Whatever happens, what is in the target is the
    /// beginning of the source.
    expected<copy_progress, error> catch_up() {
        for (;;) {
            const auto due = step();
            if (!due) return unexpected<error>(due.error());
            if (*due != 0) return progress_;
        }
    }
    /// Copies what is there and then what comes, until `stop()`. One thread runs it.
    expected<void, error> run() {
        return waiting_.go([this] { return step(); });
    }
    /// Makes `run` return. From any thread.
    void stop() { waiting_.stop(); }
#if defined(__cpp_lib_jthread)
    expected<void, error> run(std::stop_token until) {
        return waiting_.go(std::move(until), [this] { return step(); });
    }
#endif

    /// Reads both logs and compares each event of the copy with all that is known of it. The answer tells up to where that is:
    /// `at` is `head`, if nothing is missing. Errors: `damaged`, with the first event that differs; `version_conflict`, if the
    /// copy ends with something that the source does not have; those of the logs. Takes about as long as reading both.
    [[nodiscard]] expected<copy_progress, error> verify() const {
        return detail::compare_logs(from_, to_, options_.batch, [&](std::uint64_t events, position at, position head) {
            copy_progress done{events, at, head};
            if (options_.told) options_.told(done);
            return done;
        });
    }

private:
    using any_stored = detail::stored_variant<typename To::events, stored<typename From::events>>;

    // Events that were appended together.
    struct shared_append {
        std::string             stream;
        version                 first{};
        position                begin{}, end{};
        metadata                about;
        std::vector<any_stored> events;

        void begin_with(const context& where) {
            stream.assign(where.stream);
            first = where.version;
            begin = where.first_of_append;
            about = {{}, where.correlation, where.causation, std::string{where.actor}, {}, where.time};
            for (const key_value_view& each : where.values)
                about.values.push_back({std::string{each.key}, std::string{each.value}});
            events.clear();
        }
    };

    expected<std::int64_t, error> step() {
        if (!place_) {
            auto found = detail::find_place(from_, to_);
            if (!found) return unexpected<error>(std::move(found.error()));
            place_ = *found;
        }
        const auto head = from_.head();
        if (!head) return unexpected<error>(head.error());
        progress_.head = std::max(*head, *place_);
        if (progress_.head == *place_) {
            progress_.at = *place_;
            return detail::steady_run<From>::nothing_due;
        }
        for (std::uint64_t most = options_.batch;; most *= 2) {
            const auto read = read_from(*place_, most);
            if (!read) return unexpected<error>(read.error());
            const bool is_whole = read->count < most;
            if (!is_whole && appends_.size() < 2) continue;  // perhaps not all of the one append
            if (!is_whole) appends_.pop_back();
            for (const shared_append& each : appends_) {
                if (auto done = write(each); !done) return unexpected<error>(std::move(done.error()));
                place_ = each.end;
                progress_.events += each.events.size();
            }
            progress_.at   = *place_;
            progress_.head = std::max(progress_.head, *place_);  // more may have come since
            if (options_.told) options_.told(progress_);
            return is_whole ? detail::steady_run<From>::nothing_due : 0;
        }
    }
    expected<read_result, error> read_from(position place, std::uint64_t most) {
        appends_.clear();
        auto take = [this]<class E>(const E& event, const context& where) {
            if (appends_.empty() || appends_.back().begin != where.first_of_append) appends_.emplace_back().begin_with(where);
            shared_append& into = appends_.back();
            into.end            = where.position;
            into.about.event_ids.push_back(where.id);
            into.events.emplace_back(detail::event_as_stored<typename To::events>(event));
        };
        return from_.read(whole_log().from(position{place.value + 1}).limit(most),
                          handlers{otherwise(detail::as_stored{std::move(take)})});
    }
    expected<void, error> write(const shared_append& each) {
        const auto done = to_.append(each.stream, version{each.first.value - 1}, each.about, each.events);
        if (done) return {};
        if (done.error().code == errc::version_conflict && !begins_in_source(each.stream))
            return unexpected<error>(
                error{errc::out_of_range, "the beginning of the stream is no longer in the source", each.stream, each.first});
        error found = done.error();
        if (found.code == errc::version_conflict || found.code == errc::duplicate_event)
            found.details = "the target holds what is not in the source";
        return unexpected<error>(std::move(found));
    }
    bool begins_in_source(const std::string& name) const {
        const auto first = from_.read(stream(name).limit(1), handlers{otherwise()});
        return first && first->version == version{1};
    }

    const From&                from_;
    To&                        to_;
    copy_options               options_;
    std::optional<position>    place_;  // in the source, of the last event that the target has
    copy_progress              progress_;
    std::vector<shared_append> appends_;
    detail::steady_run<From>   waiting_;
};

/// Copies what a log has by now into another, and compares them: see `log_copy`.
template <event_log From, event_log To>
expected<copy_progress, error> copy(const From& from, To& to, copy_options options = {}) {
    constexpr auto verdict =
        detail::first_mistake<decltype(detail::judge_schemas<typename From::events>()),
                              decltype(detail::judge_copy<typename From::events, typename To::events>())>();
    using accepted [[maybe_unused]] = typename decltype(verdict)::accepted;
    verdict.explain();
    if constexpr (!detail::is_sound<decltype(verdict)>)
        return copy_progress{};
    else {
        log_copy<From, To> copying(from, to, std::move(options));
        const auto         done = copying.catch_up();
        if (!done) return unexpected<error>(done.error());
        if (auto same = copying.verify(); !same) return unexpected<error>(std::move(same.error()));
        return *done;
    }
}

}  // namespace annals

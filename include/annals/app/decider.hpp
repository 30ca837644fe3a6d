// Decisions over several streams: what they read is found by tags, and nothing that they read has changed when they are
// written.
#pragma once

#include <annals/app/decision_model.hpp>
#include <annals/app/failure.hpp>
#include <annals/app/stream_name.hpp>
#include <annals/log/tagged.hpp>
#include <annals/model/aggregate.hpp>
#include <annals/schema/name.hpp>

#include <cstddef>
#include <utility>

namespace annals {

/// Carries out commands that concern several things at once, each with its own tag, on the latest state of all of them. A
/// decision model is a struct of projections; each has `tags`, fields of its own by which it reads: of the events that it
/// lists, those whose tags of these names have the same values. It gets the values from the command, which has tags of these
/// names, too; where the command has none, because an optional is empty, it reads nothing. From that the query and the
/// condition follow. What is written goes into the stream `category-id`, where the category is the model's, as an aggregate's
/// is, and the id the first tag of the command.
///
/// Refers to the log. As safe for several threads as that.
template <class Model, event_log Log>
class decider {
public:
    /// `attempts` is how often a command is decided before a conflict is given back; at least once.
    constexpr explicit decider(Log& log, std::size_t attempts = 32) : log_(&log), attempts_(attempts) {}

    /// The model as it is now, for what a command is about, and up to where it has read.
    template <class C>
    [[nodiscard]] expected<std::pair<Model, position>, error> load(const C& about) const {
        constexpr auto verdict          = parts::template judge_about<C>();
        using accepted [[maybe_unused]] = typename decltype(verdict)::accepted;
        verdict.explain();
        if constexpr (detail::is_sound<decltype(verdict)>)
            return load_for(about);
        else
            return std::pair<Model, position>{};
    }

    /// Reads, lets the model decide, and appends what it yields if nothing was appended meanwhile that it should have read.
    /// Else all of that again, as often as there are attempts; then the failure is the log's `condition_failed`. A decision
    /// without events writes nothing. Answers `expected<receipt, failure<Refusal>>`. Takes time in proportion to the events
    /// that it reads.
    template <class C>
    [[nodiscard]] auto handle(const C& command, const metadata& about = {}) const {
        constexpr auto verdict          = detail::judge_command<Model, C>();
        using accepted [[maybe_unused]] = typename decltype(verdict)::accepted;
        verdict.explain();
        if constexpr (detail::is_sound<decltype(verdict)>)
            return carry_out(command, about);
        else
            return expected<receipt, error>{};
    }

private:
    template <class C>
    expected<std::pair<Model, position>, error> load_for(const C& about) const {
        const auto head = log_->head();
        if (!head) return unexpected<error>(head.error());
        std::pair<Model, position> made{Model{}, *head};
        expected<void, error>      done;
        const auto                 one = [&](auto& part) {
            if (!done) return;
            detail::take_tags(part, about);
            const tag_set tags = detail::tags_of(part);
            if (auto read = log_->read(tagged(tags).until(*head), part); !read)
                done = unexpected<error>(std::move(read.error()));
        };
        detail::with_parts(made.first, [&](auto&... part) { (one(part), ...); });
        if (!done) return unexpected<error>(std::move(done.error()));
        return made;
    }

    using parts = detail::model_parts<Model, decltype(detail::parts_of_model<Model>())>;

    template <class C>
    auto carry_out(const C& command, const metadata& about) const {
        using decided = detail::decision_on<Model, C>;
        using failed  = failure<typename decided::refusal>;
        using answer  = expected<receipt, failed>;

        const detail::stream_name name(category_name<Model>(), detail::id_of_command(command));
        typename parts::condition unchanged = all_that_is_read(command);
        for (std::size_t attempt = 1;; ++attempt) {
            auto now = load_for(command);
            if (!now) return answer(unexpected<failed>(failed(std::move(now.error()))));
            decided decision = detail::decide_command(now->first, command);
            if (decision.is_refused()) return answer(unexpected<failed>(failed(*decision.refusal_reason())));
            if (decision.size() == 0) return answer(receipt{});
            unchanged.after = now->second;
            auto written    = log_->append(name, unchanged, about, std::move(decision));
            if (written) return answer(*written);
            if (written.error().code != errc::condition_failed || attempt >= attempts_)
                return answer(unexpected<failed>(failed(std::move(written.error()))));
        }
    }

    // By the tags of the command: events may have changed those of the model that they were folded into.
    template <class C>
    static typename parts::condition all_that_is_read(const C& command) {
        typename parts::condition all;
        Model                     blank{};
        std::size_t               at   = 0;
        const auto                note = [&](auto& part) {
            detail::take_tags(part, command);
            all.tags[at++] = detail::tags_of(part);
        };
        detail::with_parts(blank, [&](auto&... part) { (note(part), ...); });
        return all;
    }

    Log*        log_;
    std::size_t attempts_;
};

/// A decider of `Model` over `log`, which must outlive it.
template <class Model, event_log Log>
[[nodiscard]] constexpr auto decider_of(Log& log, std::size_t attempts = 32) {
    constexpr auto verdict          = detail::first_mistake<decltype(detail::judge_category<Model>()),
                                                   decltype(detail::judge_model<typename Log::events, Model>()),
                                                   decltype(detail::judge_log_of_decisions<Log>())>();
    using accepted [[maybe_unused]] = typename decltype(verdict)::accepted;
    verdict.explain();
    return decider<Model, Log>(log, attempts);
}

}  // namespace annals

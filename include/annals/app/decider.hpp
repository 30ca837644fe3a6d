// Decisions over several streams: what they read is found by tags, and nothing that they read has changed when they are written.
#pragma once

#include <annals/app/failure.hpp>
#include <annals/app/stream_name.hpp>
#include <annals/log/tagged.hpp>
#include <annals/model/aggregate.hpp>
#include <annals/schema/name.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace annals {

/// Mistake: a part of a decision model reads events by tags which these events do not have.
template <class Part, class Untagged>
struct event_without_the_tags_of {
    static consteval void explain() {
        static_assert(detail::never<Part>,
                      "annals: give the event a field for each tag of the model that reads it, and name it in the event's `tags`");
    }
};

/// Mistake: a decision model reads events by tags which the command does not have.
template <class Part, class Command>
struct command_without_the_tags_of {
    static consteval void explain() {
        static_assert(detail::never<Part>,
                      "annals: give the command a field for each tag of the model, and name it: `using tags = annals::tags<&C::field...>`");
    }
};

/// Mistake: a command's tag is of a type that the model's field of this name cannot take as it is.
template <class Part, class Command>
struct command_whose_tags_are_of_other_types_than_those_of {
    static consteval void explain() {
        static_assert(detail::never<Part>, "annals: let the command's fields that are tags be of the same types as the model's");
    }
};

/// Mistake: a decision writes events which its model does not read, so that another such decision would not see them.
template <class Model, class Unread>
struct event_that_the_decision_writes_but_does_not_read {
    static consteval void explain() {
        static_assert(detail::never<Model>,
                      "annals: let a part of the model list the event; or name it in `using unread = annals::events<...>`, if two "
                      "decisions that both write it need not know of each other");
    }
};

/// Mistake: a part of a decision model is no projection with `tags`.
template <class Model, class Part>
struct part_of_a_decision_model_without_tags {
    static consteval void explain() {
        static_assert(detail::never<Model>,
                      "annals: each field of a decision model is a projection with `using tags = annals::tags<&P::field...>`; with no "
                      "field in it, annals::tags<>, it reads all events that it lists");
    }
};

namespace detail {

// A model is one projection, or a struct of several.
template <class Model>
consteval auto parts_of_model() {
    if constexpr (lists_events<Model>)
        return type_list<Model>{};
    else
        return types_of_fields<Model>{};
}
template <class Model, class Function>
decltype(auto) with_parts(Model& model, Function&& function) {
    if constexpr (lists_events<Model>)
        return function(model);
    else
        return with_fields(model, function);
}

template <class Model>
struct unread_by {
    using type = events<>;
};
template <class Model>
    requires requires { typename Model::unread; }
struct unread_by<Model> {
    using type = typename Model::unread;
};

template <class Part, class List>
struct untagged_for;
template <class Part, class... E>
struct untagged_for<Part, events<E...>> {
    static constexpr bool flags[] = {!has_tags_of<E, Part>..., false};
    using type                    = typename filter<events<E...>, flags>::type;

    static consteval auto judge() {
        if constexpr (type::size != 0)
            return event_without_the_tags_of<Part, type>{};
        else
            return first_mistake<sound_design, decltype(judge_tags<E>())...>();
    }
};

template <class Held, class Model, class Part>
consteval auto judge_part() {
    if constexpr (!has_tags<Part>)
        return part_of_a_decision_model_without_tags<Model, Part>{};
    else if constexpr (!is_sound<decltype(judge_tags<Part>())>)
        return judge_tags<Part>();
    else if constexpr (!is_sound<decltype(judge_reading<Held, Part>())>)
        return judge_reading<Held, Part>();
    else
        return untagged_for<Part, flat<typename Part::events>>::judge();
}

// Braces, for these narrow nothing.
template <class Mine, class Theirs>
concept takes_tag = std::is_assignable_v<Mine&, const Theirs&> && requires(const Theirs& theirs) { Mine{theirs}; };

// Calls `use(mine, theirs)`, two pointers to members, for each tag of a part that a command has, too.
template <class Part, class C, class Use>
constexpr void for_each_tag_of_both(const Use& use) {
    [[maybe_unused]] const auto compare = [&]<auto Mine, auto Theirs>(std::integral_constant<decltype(Mine), Mine>     mine,
                                                                      std::integral_constant<decltype(Theirs), Theirs> theirs) {
        if constexpr (tag_name<Theirs> == tag_name<Mine>) use(mine, theirs);
    };
    [[maybe_unused]] const auto with_each = [&]<auto Mine, auto... Theirs>(
                                                [[maybe_unused]] std::integral_constant<decltype(Mine), Mine> mine, tags<Theirs...>) {
        (compare(mine, std::integral_constant<decltype(Theirs), Theirs>{}), ...);
    };
    [&]<auto... Mine>(tags<Mine...>) {
        (with_each(std::integral_constant<decltype(Mine), Mine>{}, typename tags_in<C>::type{}), ...);
    }(typename tags_in<Part>::type{});
}
template <class Part, class C>
consteval bool takes_tags_of() {
    bool all = true;
    for_each_tag_of_both<Part, C>([&](auto mine, auto theirs) {
        all = all && takes_tag<typename member_pointer<typename decltype(mine)::value_type>::value,
                               typename member_pointer<typename decltype(theirs)::value_type>::value>;
    });
    return all;
}

template <class Model, class Parts>
struct model_parts;
template <class Model, class... Part>
struct model_parts<Model, type_list<Part...>> {
    using condition = append_condition<flat<typename Part::events>...>;

    template <class Held>
    static consteval auto judge() {
        return first_mistake<sound_design, decltype(judge_part<Held, Model, Part>())...>();
    }

    template <class E>
    static constexpr bool reads = (contains<typename Part::events, E> || ...) || contains<typename unread_by<Model>::type, E>;

    template <class List>
    struct unread;
    template <class... E>
    struct unread<events<E...>> {
        static constexpr bool flags[] = {!reads<E>..., false};
        using type                    = typename filter<events<E...>, flags>::type;
    };

    // Whether the model can be loaded for what a command is about.
    template <class C>
    static consteval auto judge_about() {
        constexpr bool lacking[] = {!has_tags_of<C, Part>..., false};
        constexpr bool unlike[]  = {!takes_tags_of<Part, C>()..., false};
        if constexpr (any_of(lacking))
            return command_without_the_tags_of<element_at<type_list<Part...>, choose(lacking).index[0]>, C>{};
        else if constexpr (!is_sound<decltype(judge_tags<C>())>)
            return judge_tags<C>();
        else if constexpr (any_of(unlike))
            return command_whose_tags_are_of_other_types_than_those_of<element_at<type_list<Part...>, choose(unlike).index[0]>, C>{};
        else
            return sound_design{};
    }
    template <class C>
    static consteval auto judge_decision() {
        if constexpr (!is_sound<decltype(judge_about<C>())>)
            return judge_about<C>();
        else if constexpr (!is_decision<decision_on<Model, C>>)
            return decide_returns_no_decision<Model, C>{};
        else {
            using written = typename unread<typename decision_on<Model, C>::events>::type;
            if constexpr (written::size != 0)
                return event_that_the_decision_writes_but_does_not_read<Model, written>{};
            else
                return sound_design{};
        }
    }
    template <class... C>
    static consteval auto judge_decisions(commands<C...>) {
        return first_mistake<sound_design, decltype(judge_decision<C>())...>();
    }
};

/// The verdict on a decision model over a log of `Held`.
template <class Held, class Model>
consteval auto judge_model() {
    using parts = model_parts<Model, decltype(parts_of_model<Model>())>;
    if constexpr (!has_tagged_events<flat<Held>>)
        return log_whose_events_have_no_tags<Held>{};
    else if constexpr (!is_sound<decltype(parts::template judge<Held>())>)
        return parts::template judge<Held>();
    else if constexpr (!lists_commands<Model>)
        return no_commands_are_listed_by<Model>{};
    else if constexpr (!is_sound<decltype(judge_list<typename Model::commands>())>)
        return judge_list<typename Model::commands>();
    else if constexpr (decisions_on<Model, flat<typename Model::commands>>::missing::size != 0)
        return command_without_decide<Model, typename decisions_on<Model, flat<typename Model::commands>>::missing>{};
    else
        return parts::judge_decisions(flat<typename Model::commands>{});
}

template <class Log>
consteval auto judge_log_of_decisions() {
    if constexpr (tagged_log<Log>)
        return sound_design{};
    else
        return log_that_does_not_append_on_a_condition<Log>{};
}

// The values of the command's tags, for the fields of the same names.
template <class Part, class C>
void take_tags(Part& part, const C& command) {
    for_each_tag_of_both<Part, C>([&](auto mine, auto theirs) { part.*mine.value = command.*theirs.value; });
}

// The first tag's value, or nothing.
template <class C>
std::string id_of_command(const C& command) {
    const tag_set          all   = tags_of(command);
    const std::string_view text  = all;
    const std::string_view first = text.substr(0, text.find('\n'));
    const std::size_t      name  = first.find(':');
    return name == first.npos ? std::string{} : std::string{first.substr(name + 1)};
}

}  // namespace detail

/// Carries out commands that concern several things at once, each with its own tag, on the latest state of all of them. A decision
/// model is a struct of projections; each has `tags`, fields of its own by which it reads: of the events that it lists, those whose
/// tags of these names have the same values. It gets the values from the command, which has tags of these names, too; where the
/// command has none, because an optional is empty, it reads nothing. From that the query and the condition follow. What is written
/// goes into the stream `category-id`, where the category is the model's, as an aggregate's is, and the id the first tag of the
/// command.
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

    /// Reads, lets the model decide, and appends what it yields if nothing was appended meanwhile that it should have read. Else
    /// all of that again, as often as there are attempts; then the failure is the log's `condition_failed`. A decision without
    /// events writes nothing. Answers `expected<receipt, failure<Refusal>>`. Takes time in proportion to the events that it reads.
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
            if (auto read = log_->read(tagged(tags).until(*head), part); !read) done = unexpected<error>(std::move(read.error()));
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

// What a decision model has to have, and how it is told what is missing; and how it gets the values of a command's tags.
#pragma once

#include <annals/log/tagged.hpp>
#include <annals/model/aggregate.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <type_traits>

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
    for_each_tag_of_both<Part, C>([&](auto mine, auto theirs) {
        if constexpr (takes_tag<typename member_pointer<typename decltype(mine)::value_type>::value,
                                typename member_pointer<typename decltype(theirs)::value_type>::value>)
            part.*mine.value = command.*theirs.value;
    });
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
}  // namespace annals

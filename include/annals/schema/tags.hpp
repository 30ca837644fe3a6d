// Tags: the fields that say what an event is about, in whatever stream it is.
#pragma once

#include <annals/model/events.hpp>
#include <annals/model/mistake.hpp>
#include <annals/schema/fields.hpp>
#include <annals/schema/stored_as.hpp>
#include <annals/schema/uuid_text.hpp>

#include <charconv>
#include <cstddef>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace annals {

/// What an event is about: `using tags = annals::tags<&enrolled::course, &enrolled::student>;` in the event, behind the fields.
/// Logs find events by them. A projection, or a command, with `tags` says by them which events it is about: those with the same
/// values in fields of the same names. A tag's name is its field's; if that is changed, the tags of older events are others.
template <auto... Field>
struct tags {};

/// Mistake: a field that is named in `tags` is of a type that has no text of its own.
template <class Struct, class Field>
struct field_that_cannot_be_a_tag {
    static consteval void explain() {
        static_assert(detail::never<Struct>,
                      "annals: a tag is a text, an integer, an enum, a UUID, a struct of one of them, what is stored as one "
                      "(annals::stored_as), or an optional or a range of them");
    }
};

/// Mistake: `tags` names a field of another struct.
template <class Struct, class Tags>
struct tags_of_another_struct {
    static consteval void explain() {
        static_assert(detail::never<Struct>,
                      "annals: write `using tags = annals::tags<&S::field...>` with the struct's own fields");
    }
};

namespace detail {

template <class Struct>
concept has_tags = requires {
    typename Struct::tags;
};

template <class Struct>
struct tags_in {
    using type = tags<>;
};
template <has_tags Struct>
struct tags_in<Struct> {
    using type = typename Struct::tags;
};

template <auto Field>
consteval std::string_view signature_with_field() {
    return {__PRETTY_FUNCTION__, sizeof(__PRETTY_FUNCTION__) - 1};
}
// g++:    … [with auto Field = &school::enrolled::course; …]
// clang:  … [Field = &school::enrolled::course]
template <auto Field>
consteval std::string_view name_of_field() {
    std::string_view text = signature_with_field<Field>();
    text.remove_prefix(text.find("Field = &"));
    text = text.substr(0, text.find_first_of(";]"));
    return text.substr(text.rfind(':') + 1);
}
template <auto Field>
inline constexpr std::string_view tag_name = name_of_field<Field>();

template <class Pointer>
struct member_pointer {
    using owner = void;
    using value = void;
};
template <class Owner, class Value>
struct member_pointer<Value Owner::*> {
    using owner = Owner;
    using value = Value;
};

enum class tag_kind { none, text, number, uuid, stored, inner, range, maybe };

template <class Value>
consteval tag_kind tag_kind_of() {
    if constexpr (std::is_convertible_v<const Value&, std::string_view>)
        return tag_kind::text;
    else if constexpr (std::is_integral_v<Value> || std::is_enum_v<Value>)
        return tag_kind::number;
    else if constexpr (std::is_same_v<Value, uuid>)
        return tag_kind::uuid;
    else if constexpr (stored_as_another<Value>)
        return tag_kind_of<typename stored_as<Value>::type>() == tag_kind::none ? tag_kind::none : tag_kind::stored;
    else if constexpr (requires(const Value& all) { *all.begin(), all.end(); })
        return tag_kind_of<std::remove_cvref_t<decltype(*std::declval<const Value&>().begin())>>() == tag_kind::none
                   ? tag_kind::none
                   : tag_kind::range;
    else if constexpr (requires(const Value& one) { *one, one.has_value(); })
        return tag_kind_of<std::remove_cvref_t<decltype(*std::declval<const Value&>())>>() == tag_kind::none ? tag_kind::none
                                                                                                             : tag_kind::maybe;
    else if constexpr (std::is_aggregate_v<Value> && !std::is_array_v<Value>) {
        if constexpr (field_count<Value> == 1)
            return tag_kind_of<field_type<0, Value>>() == tag_kind::none ? tag_kind::none : tag_kind::inner;
        else
            return tag_kind::none;
    } else
        return tag_kind::none;
}

/// The verdict on the tags of a struct.
template <class Struct>
consteval auto judge_tags() {
    return []<auto... Field>(tags<Field...>) {
        constexpr bool foreign[] = {!std::is_same_v<typename member_pointer<decltype(Field)>::owner, Struct>..., false};
        if constexpr (any_of(foreign))
            return tags_of_another_struct<Struct, tags<Field...>>{};
        else {
            using types            = type_list<typename member_pointer<decltype(Field)>::value...>;
            constexpr bool unfit[] = {(tag_kind_of<typename member_pointer<decltype(Field)>::value>() == tag_kind::none)...,
                                      false};
            if constexpr (any_of(unfit))
                return field_that_cannot_be_a_tag<Struct, element_at<types, choose(unfit).index[0]>>{};
            else
                return sound_design{};
        }
    }
    (typename tags_in<Struct>::type{});
}

/// Calls `take(text)` with what a field is as a tag's value: once, or as often as there are values.
template <class Value, class Take>
void for_each_tag_value(const Value& value, Take&& take) {
    constexpr tag_kind kind = tag_kind_of<Value>();
    if constexpr (kind == tag_kind::text)
        take(std::string_view(value));
    else if constexpr (kind == tag_kind::number) {
        char       digits[24];
        const auto number = [&] {
            if constexpr (std::is_enum_v<Value>)
                return +static_cast<std::underlying_type_t<Value>>(value);
            else
                return +value;
        }();
        take(std::string_view(digits,
                              static_cast<std::size_t>(std::to_chars(digits, digits + sizeof(digits), number).ptr - digits)));
    } else if constexpr (kind == tag_kind::uuid)
        take(std::string_view(text_of(value)));
    else if constexpr (kind == tag_kind::stored)
        for_each_tag_value(static_cast<const typename stored_as<Value>::type&>(stored_as<Value>::to(value)), take);
    else if constexpr (kind == tag_kind::range)
        for (const auto& each : value) for_each_tag_value(each, take);
    else if constexpr (kind == tag_kind::maybe) {
        if (value.has_value()) for_each_tag_value(*value, take);
    } else
        for_each_tag_value(field<0>(value), take);
}

/// Puts `name:value` behind what is there. New lines are escaped, for they separate tags.
inline void append_tag(std::string& to, std::string_view name, std::string_view value) {
    to.append(name).push_back(':');
    bool is_plain = true;
    for (char letter : value) is_plain = is_plain && letter != '\n' && letter != '\\';
    if (is_plain) {
        to.append(value);
        return;
    }
    for (char letter : value) {
        if (letter == '\n' || letter == '\\') to.push_back('\\');
        to.push_back(letter == '\n' ? 'n' : letter);
    }
}

/// Calls `take(tag)` with each tag of an event, as text: `course:c1`. One may come twice.
template <class Struct, class Take>
void for_each_tag(const Struct& value, Take&& take) {
    [&]<auto... Field>(tags<Field...>) {
        std::string                 tag;
        [[maybe_unused]] const auto give = [&](std::string_view name, const auto& each) {
            for_each_tag_value(each, [&](std::string_view text) {
                tag.clear();
                append_tag(tag, name, text);
                take(std::string_view(tag));
            });
        };
        (give(tag_name<Field>, value.*Field), ...);
    }
    (typename tags_in<Struct>::type{});
}

/// Calls `take(tag)` with each tag of a set, until it answers false. Answers whether it never did.
template <class Take>
bool for_each_tag_in(std::string_view set, Take&& take) {
    while (!set.empty()) {
        const std::size_t end = set.find('\n');
        if (!take(set.substr(0, end))) return false;
        set.remove_prefix(end == set.npos ? set.size() : end + 1);
    }
    return true;
}

/// True if an event carries each tag of a set.
template <class Struct>
bool carries(const Struct& event, std::string_view set) {
    if constexpr (!has_tags<Struct>)
        return set.empty();
    else
        return for_each_tag_in(set, [&](std::string_view wanted) {
            bool found = false;
            for_each_tag(event, [&](std::string_view tag) { found = found || tag == wanted; });
            return found;
        });
}

template <class Struct>
inline constexpr bool is_tagged = !std::is_same_v<typename tags_in<Struct>::type, tags<>>;

template <class List>
inline constexpr bool has_tagged_events = false;
template <class... E>
inline constexpr bool has_tagged_events<events<E...>> = (is_tagged<E> || ...);

/// True if a struct has a tag of this name.
template <class Struct>
consteval bool has_tag_named(std::string_view name) {
    return [&]<auto... Field>(tags<Field...>) { return ((tag_name<Field> == name) || ...); }
    (typename tags_in<Struct>::type{});
}

/// True if `Struct` has all the tags that `Other` has.
template <class Struct, class Other>
inline constexpr bool has_tags_of = []<auto... Field>(tags<Field...>) {
    return (has_tag_named<Struct>(tag_name<Field>) && ...);
}
(typename tags_in<Other>::type{});

}  // namespace detail

/// One or more tags, all of which an event must carry: `tag_set("course", id).with("student", name)`. A value is what a field
/// may be that is a tag; of a range, all values must be there. An optional without a value, or an empty range, is carried by no
/// event.
class tag_set {
public:
    tag_set() = default;
    template <class Value>
    tag_set(std::string_view name, const Value& value) {
        add(name, value);
    }
    template <class Value>
    [[nodiscard]] tag_set with(std::string_view name, const Value& value) const {
        tag_set more = *this;
        more.add(name, value);
        return more;
    }

    /// The tags, one on each line. What `tagged` takes.
    [[nodiscard]] operator std::string_view() const noexcept { return text_; }

private:
    template <class Value>
    void add(std::string_view name, const Value& value) {
        using kept = std::conditional_t<std::is_array_v<Value>, std::string_view, Value>;
        static_assert(detail::tag_kind_of<kept>() != detail::tag_kind::none, "annals: this type cannot be a tag");
        const kept& given  = value;
        bool        is_any = false;
        detail::for_each_tag_value(given, [&](std::string_view text) {
            if (!text_.empty()) text_.push_back('\n');
            detail::append_tag(text_, name, text);
            is_any = true;
        });
        if (is_any) return;
        if (!text_.empty()) text_.push_back('\n');
        text_.append(name);  // no event's tag is a name alone
    }

    std::string text_;
};

namespace detail {

/// The tags of a projection or a command.
template <class Struct>
tag_set tags_of(const Struct& value) {
    tag_set all;
    [&]<auto... Field>(tags<Field...>) { ((all = all.with(tag_name<Field>, value.*Field)), ...); }
    (typename tags_in<Struct>::type{});
    return all;
}

}  // namespace detail
}  // namespace annals

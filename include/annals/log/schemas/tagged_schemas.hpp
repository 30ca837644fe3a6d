// Which tags the events of a schema were written with: it stands behind the schema's text, on a line of its own.
#pragma once

#include <annals/log/tagged.hpp>
#include <annals/schema/name.hpp>

#include <string>
#include <string_view>

namespace annals::detail {

template <class List, class E>
void add_tag_names(std::string& to);

template <class List, class... E>
void add_tag_names_of_each(std::string& to, type_list<E...>) {
    (add_tag_names<List, E>(to), ...);
}
/// The tags of an event of a log of `List`, as `event.field`; of an older one, those of what became of it.
template <class List, class E>
void add_tag_names(std::string& to) {
    if constexpr (!is_older<List, E>) [&]<auto... Field>(tags<Field...>) {
            (to.append(to.empty() ? "" : " ").append(event_name<E>()).append(".").append(tag_name<Field>), ...);
        }
    (typename tags_in<E>::type{});
    else if constexpr (has_upcast<E>) add_tag_names_of_each<List>(to, upcast_events<E>{});
}

/// What a log says of a schema: its text, and the tags of its events if they have some.
template <class List, class E>
std::string text_with_tags(std::string_view text) {
    std::string all{text}, names;
    if constexpr (has_tagged_events<flat<List>>) add_tag_names<List, E>(names);
    if (!names.empty()) all.append("\n").append(names);
    return all;
}
inline std::string_view text_without_tags(std::string_view stored) { return stored.substr(0, stored.find('\n')); }

}  // namespace annals::detail

// The schema lock: a reviewed text file of all shapes of events that logs in the field may hold, kept beside the code. A change
// of a struct is held against it before it is released: what adds to the schema is told from what breaks old logs.
#pragma once

#include <annals/schema/describe.hpp>
#include <annals/schema/matching.hpp>
#include <annals/schema/parse_schema.hpp>
#include <annals/schema/schemas_of.hpp>

#include <algorithm>
#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace annals {

/// How the types differ from the lock: lines for people.
struct lock_differences {
    std::vector<std::string> additions;  // old logs can still be read; the lock does not know of it yet
    std::vector<std::string> breaks;     // old logs could no longer be read

    [[nodiscard]] bool none() const noexcept { return additions.empty() && breaks.empty(); }
};

namespace detail {

inline bool holds_schema(const std::vector<description>& schemas, std::string_view text) {
    return std::any_of(schemas.begin(), schemas.end(), [&](const description& each) { return to_text(each) == text; });
}

}  // namespace detail

/// Compares the types with the text of a lock, or answers why the text is none.
template <list Events>
[[nodiscard]] expected<lock_differences, schema_error> compare_with_lock(std::string_view lock) {
    auto locked = parse_schemas(lock);
    if (!locked) return unexpected<schema_error>(std::move(locked.error()));
    lock_differences found;
    for (const description& schema : *locked) {
        const auto match = match_schema<Events>(schema.event().name, to_text(schema));
        if (!match) found.breaks.push_back(match.error().message);
    }
    constexpr const auto& listed = schemas_of<Events>;
    for (std::size_t i = 0; i < listed.size(); ++i) {
        if (detail::holds_schema(*locked, listed[i].text)) continue;
        const std::string event = "event '" + std::string{listed[i].name} + "'";
        const auto        known = std::find_if(locked->rbegin(), locked->rend(),
                                               [&](const description& each) { return each.event().name == listed[i].name; });
        if (known == locked->rend()) {
            found.additions.push_back(event + " is new");
            continue;
        }
        std::string       line    = event + " has a new shape";
        const description current = *parse_schema(listed[i].text);
        detail::with_stored_type<Events>(i, [&]<class E>(std::type_identity<E>) {
            for (const schema_difference& each : differences_between(*known, current, default_fields::of<E>(current)))
                line.append("\n  ").append(each.sentence);
        });
        found.additions.push_back(std::move(line));
    }
    return found;
}

/// The text of a lock that accepts the types as they are. Shapes of the lock so far that can still be read stay in it, for logs
/// in the field hold them; others are given up.
template <list Events>
[[nodiscard]] expected<std::string, schema_error> accepted_lock(std::string_view lock) {
    auto locked = parse_schemas(lock);
    if (!locked) return unexpected<schema_error>(std::move(locked.error()));
    std::vector<description> kept;
    for (description& schema : *locked)
        if (match_schema<Events>(schema.event().name, to_text(schema))) kept.push_back(std::move(schema));
    for (const event_schema& listed : schemas_of<Events>)
        if (!detail::holds_schema(kept, listed.text)) kept.push_back(*parse_schema(listed.text));
    // By names, so that a change is seen where the event is; the shapes of one event in the order in which they came.
    std::map<std::string, std::vector<description>> by_name;
    for (description& schema : kept) by_name[schema.event().name].push_back(std::move(schema));
    std::string text =
        "# The shapes of events that logs may hold. Review changes of this file like code: what stands here must stay "
        "readable.\n";
    for (const auto& [name, shapes] : by_name)
        for (const description& schema : shapes) text.append("\n").append(pretty_text(schema)).append("\n");
    return text;
}

}  // namespace annals

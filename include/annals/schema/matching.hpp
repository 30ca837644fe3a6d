// Which of the listed shapes of an event reads what is stored under a schema: the question that is asked when a log is opened,
// and when a schema is compared with its lock.
#pragma once

#include <annals/model/expected.hpp>
#include <annals/model/dispatch.hpp>
#include <annals/model/type_text.hpp>
#include <annals/schema/default_values.hpp>
#include <annals/schema/difference.hpp>
#include <annals/schema/parse_schema.hpp>
#include <annals/schema/schemas_of.hpp>
#include <annals/schema/sketch.hpp>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace annals {

/// The listed shape that reads what is stored.
struct schema_match {
    std::size_t                    type = 0;  // its place in `stored<Events>`
    description                    stored;    // both descriptions, and how they differ: harmlessly, or not at all
    description                    current;
    std::vector<schema_difference> differences;
};

/// Why none of them does: for people, with what to write.
struct schema_mismatch {
    std::string event;    // the stored name
    std::string message;  // several lines
};

namespace detail {

// Nearer is what can be read, then what differs in less; of two that are as near the newer one, which is listed later.
inline bool is_as_near(const schema_match& one, const schema_match& other) {
    const bool readable = all_harmless(one.differences);
    if (readable != all_harmless(other.differences)) return readable;
    return one.differences.size() <= other.differences.size();
}

// What the compiler calls the types that a log may hold, for the lines that are to be pasted.
template <class Types>
struct names_of_types;
template <class... E>
struct names_of_types<events<E...>> {
    static std::vector<std::string> list() { return {named(std::string{type_text<E>()})...}; }

private:
    // What has no name cannot be written.
    static std::string named(std::string type) {
        for (const std::string_view unnamed : {"{anonymous}::", "(anonymous namespace)::"})
            for (std::size_t at = type.find(unnamed); at != type.npos; at = type.find(unnamed)) type.erase(at, unnamed.size());
        return type;
    }
};

// A namespace `v1`, `v2` … in which none of the listed types is.
inline std::string free_namespace(const std::vector<std::string>& types) {
    for (std::size_t number = 1;; ++number) {
        const std::string space    = "v" + std::to_string(number);
        const auto        is_there = [&](const std::string& type) {
            return type.find("::" + space + "::") != type.npos || type.find(space + "::") == 0;
        };
        if (std::none_of(types.begin(), types.end(), is_there)) return space;
    }
}

inline std::string unlisted_event(const description& stored_schema, const std::vector<std::string>& types) {
    const std::string& name  = stored_schema.event().name;
    const std::string  space = free_namespace(types);
    return "event '" + name +
           "' is stored, and not listed. If it is no longer written, paste what is stored, and list it:\n\n" +
           sketch(stored_schema, space) + "\n    annals::retired<" + space + "::" + sketched_names::identifier_of(name) + ">";
}

// `shapes` are the places of what is listed under the name, in their order.
inline std::string unreadable_event(const schema_match& nearest, const std::vector<std::size_t>& shapes,
                                    const std::vector<std::string>& types) {
    const std::string& name        = nearest.stored.event().name;
    const std::string  pasted_name = sketched_names::identifier_of(name);
    const std::string  space       = free_namespace(types);
    std::string        message     = "event '" + name + "': what is stored cannot be read as what the types say:";
    for (const schema_difference& each : nearest.differences)
        if (!each.harmless) message.append("\n  ").append(each.sentence);
    message += "\nPaste what is stored, say what becomes of it, and list it before what it becomes:\n\n";
    // The upcast belongs into the namespace, where it is looked for.
    std::string pasted = sketch(nearest.stored, space);
    pasted.insert(pasted.rfind("}  // namespace"), "::" + types[nearest.type] + " upcast(const " + pasted_name + "& old);\n\n");
    std::string line;
    for (std::size_t shape : shapes)
        line.append(line.empty() ? "" : ", ")
            .append(shape == nearest.type ? space + "::" + pasted_name + ", " : "")
            .append(types[shape]);
    return message + pasted + "\n    annals::revisions<" + line + ">";
}

/// Calls `function` with the type at a place in `stored<Events>`, as a std::type_identity.
template <class Events, class Function>
void with_stored_type(std::size_t place, Function function) {
    visit_type<stored<Events>>(place, function);
}

}  // namespace detail

/// Finds what reads records of a schema that is stored under a name: the shape whose schema it is, or else the one that differs
/// least, if all its differences are harmless.
template <list Events>
[[nodiscard]] expected<schema_match, schema_mismatch> match_schema(std::string_view name, std::string_view text) {
    const auto mismatch = [&](std::string message) {
        return unexpected<schema_mismatch>(schema_mismatch{std::string{name}, std::move(message)});
    };
    auto stored_schema = parse_schema(text);
    if (!stored_schema || stored_schema->event().name != name)
        return mismatch(
            "event '" + std::string{name} + "': what is stored as its schema is none: " +
            (stored_schema ? "it is that of '" + stored_schema->event().name + "'" : stored_schema.error().message(text)));

    constexpr const auto&       listed = schemas_of<Events>;
    std::optional<schema_match> nearest;
    std::vector<std::size_t>    shapes;
    for (std::size_t i = 0; i < listed.size(); ++i) {
        if (listed[i].name != name) continue;
        shapes.push_back(i);
        schema_match found{i, *stored_schema, *parse_schema(listed[i].text), {}};
        if (listed[i].text == text) return found;
        detail::with_stored_type<Events>(i, [&]<class E>(std::type_identity<E>) {
            found.differences = differences_between(found.stored, found.current, default_fields::of<E>(found.current));
        });
        if (!nearest || detail::is_as_near(found, *nearest)) nearest = std::move(found);
    }
    using types = detail::names_of_types<stored<Events>>;
    if (!nearest) return mismatch(detail::unlisted_event(*stored_schema, types::list()));
    if (!all_harmless(nearest->differences)) return mismatch(detail::unreadable_event(*nearest, shapes, types::list()));
    return std::move(*nearest);
}

}  // namespace annals

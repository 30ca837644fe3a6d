// Events, states, contexts and decisions as JSON, and back, for audits, exports and web APIs (Boost.JSON). Link Boost.JSON
// (`Boost::json` in CMake), or include <boost/json/src.hpp> in one source file. What becomes of a field follows from its type:
//
//     struct                  object, in the order of the fields
//     bool                    true, false
//     integers                number, exact for all 64 bits
//     float, double           number; "NaN", "Infinity", "-Infinity"
//     enum                    string, the enumerator's name; number if it has none that is known
//     char                    string of one character if that is printable ASCII, else number from -128 to 127
//     std::string             string; {"hex": "c3"} if it is not UTF-8
//     optional                null or the value; of an optional in an optional [] or [value]
//     list, set, array, tuple array
//     map                     object if its keys are texts (and UTF-8), else array of [key, value]
//     variant                 {"name": value} if the alternatives are structs of different names, else [index, value]
//     UUID                    string, "f81d4fae-7dec-11d0-a765-00a0c91e6bf6"
//     duration                number of ticks
//     time                    string, "2024-05-06T07:08:09.123Z" (RFC 3339, UTC) with the digits that a tick has; number of
//                             ticks where these have no digits, or the year not four
//     `stored_as`             what it is stored as
//
// What is read must be that. An object with a member that is no field is an error, as is one without a field, unless the
// field is an optional, which then is empty. Of two members of one name Boost.JSON's parser keeps the last. Numbers with
// a fraction or exponent are integers if they are whole and not beyond 2^53. Times may have any offset from UTC. What
// contains itself is read and written to a depth of 64.
#pragma once

#include <annals/codec/json/context.hpp>
#include <annals/codec/json/decision.hpp>
#include <annals/codec/json/error.hpp>
#include <annals/codec/json/parse.hpp>
#include <annals/codec/json/read.hpp>
#include <annals/codec/json/write.hpp>
#include <annals/model/expected.hpp>
#include <annals/model/context.hpp>
#include <annals/model/decision.hpp>
#include <annals/model/events.hpp>
#include <annals/schema/storable.hpp>

#include <boost/json.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

namespace annals {

/// Mistake: a value of a type that has no JSON.
template <class Type>
struct type_without_json {
    static consteval void explain() {
        static_assert(detail::never<Type>,
                      "annals: use a struct, or another type that can be a field of an event (annals/schema/field_kind.hpp)");
    }
};

namespace detail {

template <class T>
consteval bool has_sound_fields() {
    field_inspector inspector;
    return inspector.type<T>();
}

template <class T>
struct json_judge {
    /// The verdict on converting a type: `sound_design`, or why it has no JSON.
    static consteval auto judge() {
        if constexpr (std::is_same_v<T, context> || std::is_same_v<T, owned_context>)
            return sound_design{};
        else if constexpr (kind_of<T> == field_kind::structure)
            return judge_fields<T>();
        else if constexpr (has_sound_fields<T>())
            return sound_design{};
        else
            return type_without_json<T>{};
    }
};
template <class... E>
struct json_judge<events<E...>> {
    static consteval auto judge() { return first_mistake<decltype(json_judge<E>::judge())...>(); }
};
template <class Events, class Refusal, std::size_t Capacity>
struct json_judge<decision<Events, Refusal, Capacity>> {
    static consteval auto judge() {
        return first_mistake<decltype(json_judge<typename decision<Events, Refusal, Capacity>::events>::judge()),
                             decltype(json_judge<Refusal>::judge())>();
    }
};

template <class T>
void put_json(boost::json::value& out, const T& value) {
    if constexpr (is_decision<T>)
        put_decision(out, value);
    else if constexpr (std::is_convertible_v<const T&, const context&>)
        put_context(out, value);
    else
        json_writer(json_root::of<T>()).put(out, value);
}

}  // namespace detail

/// A value as JSON: an event, a state, a context, a decision, or what may be a field. Linear. What cannot be stored at all
/// becomes null: a variant that is valueless, and what contains itself more than 64 levels deep.
template <class T>
[[nodiscard]] boost::json::value to_json(const T& value, boost::json::storage_ptr storage = {}) {
    constexpr auto verdict          = detail::json_judge<T>::judge();
    using accepted [[maybe_unused]] = typename decltype(verdict)::accepted;
    verdict.explain();
    boost::json::value out(std::move(storage));
    if constexpr (detail::is_sound<decltype(verdict)>) detail::put_json(out, value);
    return out;
}

/// The value that JSON is, or where and why it is none. `from_json<owned_context>` reads a context.
template <class T>
[[nodiscard]] expected<T, json_error> from_json(const boost::json::value& json) {
    constexpr auto verdict          = detail::json_judge<T>::judge();
    using accepted [[maybe_unused]] = typename decltype(verdict)::accepted;
    verdict.explain();
    if constexpr (!detail::is_sound<decltype(verdict)>)
        return unexpected<json_error>(json_error{});
    else if constexpr (detail::is_decision<T>) {
        detail::json_reader reader({});
        auto                made = detail::decision_from<T>(json, reader);
        if (!made) return unexpected<json_error>(std::move(reader).error());
        return std::move(*made);
    } else {
        expected<T, json_error> made{};
        detail::json_reader     reader(detail::json_root::of<T>());
        if constexpr (std::is_same_v<T, owned_context>) {
            if (!detail::context_from(json, reader, *made)) made = unexpected<json_error>(std::move(reader).error());
        } else if (!reader.get(json, *made))
            made = unexpected<json_error>(std::move(reader).error());
        return made;
    }
}

/// A value as JSON text, without spaces or line breaks.
template <class T>
[[nodiscard]] std::string json_text(const T& value) {
    unsigned char                   room[4096];
    boost::json::monotonic_resource storage(room, sizeof(room));
    return boost::json::serialize(to_json(value, &storage));
}

/// The value that a JSON text is. Doubles are the nearest to what the text says. The path of what is no JSON at all is `$`.
template <class T>
[[nodiscard]] expected<T, json_error> from_json_text(std::string_view text) {
    unsigned char                   room[4096];
    boost::json::monotonic_resource storage(room, sizeof(room));
    json_error                      error;
    const boost::json::value        json = detail::parse_json(text, &storage, error);
    if (!error.path.empty()) return unexpected<json_error>(std::move(error));
    return from_json<T>(json);
}

/// An event together with its name: {"deposited": {"cents": 100}}.
template <class E>
[[nodiscard]] boost::json::value named_json(const E& event, boost::json::storage_ptr storage = {}) {
    constexpr auto verdict          = detail::json_judge<E>::judge();
    using accepted [[maybe_unused]] = typename decltype(verdict)::accepted;
    verdict.explain();
    boost::json::value out(std::move(storage));
    if constexpr (detail::is_sound<decltype(verdict)>) detail::put_named(out, event);
    return out;
}
/// As above, of the event that a list's variant holds.
template <class... E>
[[nodiscard]] boost::json::value named_json(const std::variant<E...>& event, boost::json::storage_ptr storage = {}) {
    return std::visit([&](const auto& held) { return named_json(held, std::move(storage)); }, event);
}

/// The event of `Events` that `named_json` made the JSON of, or where and why it is none.
template <list Events>
[[nodiscard]] expected<typename Events::variant, json_error> from_named_json(const boost::json::value& json) {
    constexpr auto verdict          = detail::json_judge<flat<Events>>::judge();
    using accepted [[maybe_unused]] = typename decltype(verdict)::accepted;
    verdict.explain();
    expected<typename Events::variant, json_error> made = unexpected<json_error>(json_error{});
    if constexpr (detail::is_sound<decltype(verdict)>) {
        detail::json_reader reader({});
        if (!detail::get_named<flat<Events>>(json, reader, [&](auto index, auto&& event) {
                made = typename Events::variant(std::in_place_index<index()>, std::move(event));
            }))
            made = unexpected<json_error>(std::move(reader).error());
    }
    return made;
}

}  // namespace annals

// What a reader sees of a log, kept so that it can be compared.
#pragma once

#include <annals/log/append.hpp>
#include <annals/log/error.hpp>
#include <annals/log/event_log.hpp>
#include <annals/log/query.hpp>
#include <annals/model/context.hpp>
#include <annals/model/expected.hpp>
#include <annals/model/handlers.hpp>
#include <annals/testing/log_conformance/events.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace annals::conformance {

/// An event with all that the log says of it.
struct observed {
    std::string            stream;
    annals::version        version{};
    annals::position       position{};
    timestamp              time{};
    uuid                   id{};
    uuid                   correlation{};
    uuid                   causation{};
    std::string            actor;
    std::vector<key_value> values;
    annals::position       first_of_append{};
    std::string            event;
};

inline bool same(const observed& left, const observed& right) {
    const auto same_value = [](const key_value& one, const key_value& other) {
        return one.key == other.key && one.value == other.value;
    };
    return left.stream == right.stream && left.version == right.version && left.position == right.position &&
           left.time == right.time && left.id == right.id && left.correlation == right.correlation &&
           left.causation == right.causation && left.actor == right.actor && left.event == right.event &&
           left.first_of_append == right.first_of_append &&
           std::equal(left.values.begin(), left.values.end(), right.values.begin(), right.values.end(), same_value);
}

inline std::string text_of(const uuid& id) {
    static constexpr char digits[] = "0123456789abcdef";
    std::string           text;
    for (const std::uint8_t byte : id.bytes) text.append({digits[byte >> 4U], digits[byte & 15U]});
    return text;
}
/// All of it, in one line.
inline std::string text_of(const observed& each) {
    std::string text = each.stream + " version " + std::to_string(each.version.value) + " position " +
                       std::to_string(each.position.value) + " time " + std::to_string(each.time.nanoseconds) + " id " +
                       text_of(each.id) + " correlation " + text_of(each.correlation) + " causation " +
                       text_of(each.causation) + " actor '" + each.actor + '\'';
    for (const key_value& value : each.values) text.append(" [").append(value.key).append("=").append(value.value).append("]");
    return text + " appended from " + std::to_string(each.first_of_append.value) + ": " + each.event;
}

inline observed observe(const context& where, std::string event) {
    observed seen{std::string{where.stream}, where.version,   where.position,           where.time, where.id,
                  where.correlation,         where.causation, std::string{where.actor}, {},         where.first_of_append,
                  std::move(event)};
    for (const key_value_view& each : where.values) seen.values.push_back({std::string{each.key}, std::string{each.value}});
    return seen;
}

/// What a read answered, and what the reader saw.
struct reading {
    expected<read_result, error> answer;
    std::vector<observed>        seen;
};

/// Calls `with` for each event that `what` selects.
template <class Log, class Unit>
expected<read_result, error> each_event(const Log& log, const query<Unit>& what, const std::function<void(observed)>& with) {
    return log.read(
        what, handlers{otherwise([&](const auto& event, const context& where) { with(observe(where, text_of(event))); })});
}
template <class Log, class Unit>
reading look(const Log& log, const query<Unit>& what) {
    reading made;
    made.answer = each_event(log, what, [&](observed event) { made.seen.push_back(std::move(event)); });
    return made;
}
/// The same with a reader of one type only.
template <class Log, class Unit>
reading look_for_named(const Log& log, const query<Unit>& what) {
    reading made;
    made.answer = log.read(
        what, handlers{[&](const named& event, const context& where) { made.seen.push_back(observe(where, text_of(event))); },
                       otherwise()});
    return made;
}

/// Which event of the log is at a position: the 1st, 2nd, 3rd …; none if there is none.
template <class Log>
std::uint64_t number_at(const Log& log, annals::position at) {
    if constexpr (positions_are_gapless<Log>) return at.value;
    std::uint64_t    count = 0;
    annals::position last;
    const auto       read = log.read(whole_log().to(at), handlers{otherwise([&](const auto&, const context& where) {
                                   ++count;
                                   last = where.position;
                               })});
    return read && last == at ? count : ~std::uint64_t{0};
}

/// The query as it would be written.
template <class Unit>
std::string text_of(const query<Unit>& what) {
    std::string       text = what.scope == query_scope::stream     ? "stream(\"" + std::string{what.name} + "\")"
                             : what.scope == query_scope::category ? "category(\"" + std::string{what.name} + "\")"
                             : what.scope == query_scope::tagged   ? "tagged(" + std::string{what.name} + ")"
                                                                   : std::string{"whole_log()"};
    const query<Unit> plain{};
    const auto        add = [&](const char* function, auto value, auto usual) {
        if (value != usual) text.append(function).append(std::to_string(value)).append(")");
    };
    add(".from(", what.first, plain.first);
    add(".to(", what.last, plain.last);
    add(".limit(", what.most, plain.most);
    if (what.descending) text += ".backwards()";
    add(".until(position ", what.last_position.value, plain.last_position.value);
    add(".until(time ", what.last_time.nanoseconds, plain.last_time.nanoseconds);
    return text;
}

}  // namespace annals::conformance

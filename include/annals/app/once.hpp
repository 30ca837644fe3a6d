// Commands that may come again, and are carried out once.
#pragma once

#include <annals/app/failure.hpp>
#include <annals/app/stream_name.hpp>
#include <annals/log/event_log.hpp>
#include <annals/model/aggregate.hpp>
#include <annals/schema/name.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace annals::detail {

/// The id of a command's event: the command's, which is a hash, so that no other's are near, with the event's number, from one,
/// added at its end.
constexpr uuid id_of_event(uuid command, std::uint64_t number) {
    for (std::size_t i = 16; i-- > 9 && number != 0; number >>= 8U) {
        number += command.bytes[i];
        command.bytes[i] = static_cast<std::uint8_t>(number);
    }
    return command;
}

// The version of the event with an id in a stream, looked for from its end back to a position; 0 if it is not there. What lies
// before that may be gone.
template <event_log Log>
expected<version, error> find_id(const Log& log, std::string_view stream_name, const uuid& id, position since) {
    version       found{};
    bool          goes_on = true;
    std::uint64_t piece   = 16;
    for (auto what = stream(stream_name).backwards(); goes_on && found.value == 0; piece *= 4) {
        const auto read = log.read(what.limit(piece), handlers{otherwise([&](const auto&, const context& where) {
                                       if (where.position <= since) goes_on = false;
                                       if (goes_on && where.id == id) found = where.version;
                                   })});
        if (!read) {
            const bool is_over = !goes_on || found.value != 0 ||
                                 (read.error().code == errc::out_of_range &&
                                  log.read(whole_log().from(position{since.value + 1}).limit(1), handlers{otherwise()}));
            if (!is_over) return unexpected<error>(read.error());
            break;
        }
        goes_on = goes_on && read->count == piece && read->version.value > 1;
        what    = what.to(version{read->version.value - 1});
    }
    return found;
}

/// What a command has written, if it was carried out before.
template <event_log Log>
expected<std::optional<receipt>, error> find_command(const Log& log, std::string_view stream_name, const uuid& command,
                                                     position since) {
    const auto first = find_id(log, stream_name, id_of_event(command, 1), since);
    if (!first) return unexpected<error>(first.error());
    if (first->value == 0) return std::nullopt;
    receipt    made;
    bool       is_over = false;
    const auto read    = log.read(stream(stream_name).from(*first), handlers{otherwise([&](const auto&, const context& where) {
                                   is_over = is_over || where.id != id_of_event(command, made.count + 1);
                                   if (!is_over) made = receipt{where.version, where.position, made.count + 1};
                               })});
    if (!read) return unexpected<error>(read.error());
    return std::optional<receipt>(made);
}

/// Carries out a command with an id on an aggregate: see `repository::handle_once`.
template <class Aggregate, class Repository, class Log, class C>
auto carry_out_once(const Repository& aggregates, Log& log, std::size_t attempts, std::string_view id, const C& command,
                    const uuid& command_id, position since, metadata about) {
    using decided = decision_on<Aggregate, C>;
    using failed  = failure<typename decided::refusal>;
    using answer  = expected<receipt, failed>;

    const stream_name name(category_name<Aggregate>(), id);
    for (std::size_t attempt = 1;; ++attempt) {
        auto now = aggregates.load(id);
        if (!now) return answer(unexpected<failed>(failed(std::move(now.error()))));
        const auto earlier = find_command(log, name, command_id, since);
        if (!earlier) return answer(unexpected<failed>(failed(earlier.error())));
        if (*earlier) return answer(**earlier);
        decided decision = decide_command(now->state, command);
        if (decision.is_refused()) return answer(unexpected<failed>(failed(*decision.refusal_reason())));
        if (decision.size() == 0) return answer(receipt{now->version, position{}, 0});
        about.event_ids.clear();
        for (std::size_t number = 1; number <= decision.size(); ++number)
            about.event_ids.push_back(id_of_event(command_id, number));
        auto written = log.append(name, now->version, about, std::move(decision));
        if (written) return answer(*written);
        const bool may_try = written.error().code == errc::version_conflict || written.error().code == errc::duplicate_event;
        if (!may_try || attempt >= attempts) return answer(unexpected<failed>(failed(std::move(written.error()))));
    }
}

}  // namespace annals::detail

// Whether two logs tell the same story.
#pragma once

#include <annals/app/copy/place.hpp>
#include <annals/codec/binary.hpp>
#include <annals/log/append.hpp>
#include <annals/log/event_log.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace annals::detail {

/// An event with what is known of it, but for its position.
struct told_event {
    std::string            stream;
    annals::version        version{};
    timestamp              time{};
    uuid                   id{};
    uuid                   correlation{};
    uuid                   causation{};
    std::string            actor;
    std::vector<key_value> values;
    std::string_view       name;
    std::vector<std::byte> event;
    std::uint64_t          behind_first{};  // its place in its append
    annals::position       position{};

    /// The first that differs, as a word; empty if all is the same.
    [[nodiscard]] std::string_view difference(const told_event& other) const {
        const auto same_value = [](const key_value& one, const key_value& two) {
            return one.key == two.key && one.value == two.value;
        };
        if (stream != other.stream) return "stream";
        if (version != other.version) return "version";
        if (id != other.id) return "id";
        if (name != other.name) return "kind";
        if (event != other.event) return "content";
        if (time != other.time) return "time";
        if (correlation != other.correlation) return "correlation";
        if (causation != other.causation) return "causation";
        if (actor != other.actor) return "actor";
        if (!std::equal(values.begin(), values.end(), other.values.begin(), other.values.end(), same_value)) return "metadata";
        if (behind_first != other.behind_first) return "append";
        return {};
    }
};

/// Reads a log from the first event to a last one, some at a time.
template <class Log>
class told_story {
public:
    told_story(const Log& log, position last, std::uint64_t batch) : log_(log), last_(last), batch_(batch) {}

    /// The next events; none at the end.
    expected<std::vector<told_event>, error> next() {
        std::vector<told_event> events;
        auto                    take = [&]<class E>(const E& event, const context& where) {
            told_event& made = events.emplace_back(told_event{std::string{where.stream},
                                                              where.version,
                                                              where.time,
                                                              where.id,
                                                              where.correlation,
                                                              where.causation,
                                                              std::string{where.actor},
                                                              {},
                                                              event_name<E>(),
                                                              {},
                                                              0,
                                                              where.position});
            for (const key_value_view& each : where.values)
                made.values.push_back({std::string{each.key}, std::string{each.value}});
            made.behind_first = where.position.value - where.first_of_append.value;
            (void)encode(event, made.event);
        };
        const auto read = log_.read(whole_log().from(position{at_.value + 1}).until(last_).limit(batch_),
                                    handlers{otherwise(as_stored{take})});
        if (!read) return unexpected<error>(read.error());
        if (!events.empty()) at_ = events.back().position;
        return events;
    }
    [[nodiscard]] position at() const noexcept { return at_; }

private:
    const Log&    log_;
    position      last_;
    std::uint64_t batch_;
    position      at_{};
};

/// Compares what a copy holds with its source, and answers `tell(events, up to here in the source, the source's head)` of the
/// end; tells it of each batch, too.
template <class From, class To, class Tell>
auto compare_logs(const From& from, const To& to, std::uint64_t batch, Tell&& tell)
    -> expected<decltype(tell(std::uint64_t{}, position{}, position{})), error> {
    const auto place = find_place(from, to);
    if (!place) return unexpected<error>(place.error());
    told_story    source(from, *place, batch);
    told_story    target(to, position{std::numeric_limits<std::uint64_t>::max()}, batch);
    std::uint64_t count = 0;
    for (;;) {
        const auto due = source.next(), there = target.next();
        const auto head = from.head();
        if (!due) return unexpected<error>(due.error());
        if (!there) return unexpected<error>(there.error());
        if (!head) return unexpected<error>(head.error());
        for (std::size_t i = 0; i < std::min(due->size(), there->size()); ++i) {
            const std::string_view differs = (*due)[i].difference((*there)[i]);
            if (differs.empty()) continue;
            error found{errc::damaged, "the copy differs from its source", (*due)[i].stream, (*due)[i].version};
            found.position = (*due)[i].position;
            found.details  = std::string{"the "}.append(differs).append(" of an event differs");
            return unexpected<error>(std::move(found));
        }
        count += due->size();
        if (due->size() != there->size()) {
            error found{errc::damaged, "the copy differs from its source", {}};
            found.position = source.at();
            found.details  = due->size() < there->size() ? "the copy has more events" : "the copy has fewer events";
            return unexpected<error>(std::move(found));
        }
        auto told = tell(count, source.at(), std::max(*head, *place));
        if (due->empty()) return told;
    }
}

}  // namespace annals::detail

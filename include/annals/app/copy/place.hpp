// What a copy holds already.
#pragma once

#include <annals/log/event_log.hpp>
#include <annals/schema/schemas_of.hpp>

#include <optional>
#include <string>

namespace annals::detail {

/// The verdict on copying a log of `From` into one of `To`.
template <class From, class To>
consteval auto judge_copy() {
    using foreign = difference<stored<From>, stored<To>>;
    if constexpr (foreign::size != 0)
        return event_that_the_log_does_not_list<To, foreign>{};
    else
        return sound_design{};
}

/// Where the last event of a copy is in the source; 0 if the copy is empty. Error: `version_conflict`, if it is not there.
template <class From, class To>
expected<position, error> find_place(const From& from, const To& to) {
    struct last_event {
        std::string stream;
        version     at;
        uuid        id;
    };
    std::optional<last_event> last;
    const auto read = to.read(whole_log().backwards().limit(1), handlers{otherwise([&](const auto&, const context& where) {
                                  last = last_event{std::string{where.stream}, where.version, where.id};
                              })});
    if (!read) return unexpected<error>(read.error());
    if (!last) return position{};
    std::optional<position> found;
    const auto              looked =
        from.read(stream(last->stream).from(last->at).to(last->at), handlers{otherwise([&](const auto&, const context& where) {
                      if (where.id == last->id) found = where.position;
                  })});
    if (!looked) return unexpected<error>(looked.error());
    if (found) return *found;
    error other{errc::version_conflict, "the target holds something else: its last event is not in the source", last->stream,
                last->at};
    return unexpected<error>(std::move(other));
}

}  // namespace annals::detail

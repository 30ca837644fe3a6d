// Where the messages of a stream are.
#pragma once

#include <annals/log/jetstream/append_record.hpp>
#include <annals/log/jetstream/server.hpp>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

namespace annals::detail {

/// An append as it is in the log.
struct stored_append {
    jetstream_message message;
    append_view       view;  // of the message's body

    [[nodiscard]] stream_place place() const noexcept { return view.place(message.sequence()); }
};

inline unexpected<error> damaged_append(const jetstream_server& in, std::uint64_t sequence) {
    error made{errc::damaged, "a message is no append", {}, {}, {}, in.place()};
    made.position = position{position_at(sequence, 0)};
    return unexpected<error>(std::move(made));
}
inline expected<std::optional<stored_append>, error> as_append(const jetstream_server&                           in,
                                                               expected<std::optional<jetstream_message>, error> got) {
    if (!got) return unexpected<error>(std::move(got.error()));
    if (!*got) return std::optional<stored_append>{};
    const auto view = append_view::of((*got)->body());
    if (!view) return damaged_append(in, (*got)->sequence());
    return std::optional(stored_append{std::move(**got), *view});
}

/// The append that holds an event of a stream, or one a few appends before it: sequences are guessed, between what is known of
/// the stream, until one is near. `last` is the place of a later append; the version is not 0, and not behind it. Answers a
/// sequence to begin at.
inline expected<std::uint64_t, error> sequence_near(const jetstream_server& in, const std::string& subject,
                                                    std::uint64_t version, const stream_place& last,
                                                    jetstream_server::due until = {}) {
    constexpr std::uint64_t near_enough = 12;
    stream_place            low, high = last;
    std::uint64_t           above = last.sequence;  // there is nothing from here on, up to `high`
    for (bool halve = false; high.index - low.index > near_enough && above - low.sequence > 1; halve = !halve) {
        const std::uint64_t room = above - low.sequence;
        const double        part = static_cast<double>(version - low.version) /
                            static_cast<double>(std::max<std::uint64_t>(high.version - low.version, 1));
        const auto step = halve ? room / 2 : static_cast<std::uint64_t>(static_cast<double>(room) * std::min(part, 1.0));
        const std::uint64_t guess = low.sequence + std::clamp<std::uint64_t>(step, 1, room - 1);
        auto                found = as_append(in, in.next(subject, guess, until));
        if (!found) return unexpected<error>(std::move(found.error()));
        if (!*found || (*found)->message.sequence() >= high.sequence) {
            above = guess;
            continue;
        }
        const stream_place there = (*found)->place();
        if (there.version < version) {
            low = there;
        } else if (in.is_chained() && (*found)->view.version_before() < version) {
            return there.sequence;  // it is this very one
        } else {
            high  = there;
            above = guess;
        }
    }
    return std::max<std::uint64_t>(low.sequence, 1);
}

}  // namespace annals::detail

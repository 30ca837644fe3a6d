// A message of the log's stream, wherever it came from.
#pragma once

#include <annals/log/jetstream/handles.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>

namespace annals::detail {

/// Owns what it shows.
class jetstream_message {
public:
    /// Of a get: libnats has taken sequence and time from its headers.
    explicit jetstream_message(nats_message from)
        : sequence_(natsMsg_GetSequence(from.get())), time_(natsMsg_GetTime(from.get())), from_(std::move(from)) {}
    /// Of a consumer, which says both in the subject for answers.
    jetstream_message(nats_message from, std::uint64_t sequence, std::int64_t time)
        : sequence_(sequence), time_(time), from_(std::move(from)) {}

    [[nodiscard]] std::uint64_t sequence() const noexcept { return sequence_; }
    /// When the server stored it, in nanoseconds of UTC since 1970.
    [[nodiscard]] std::int64_t               time() const noexcept { return time_; }
    [[nodiscard]] std::string_view           subject() const noexcept { return natsMsg_GetSubject(from_.get()); }
    [[nodiscard]] std::span<const std::byte> body() const noexcept {
        return {reinterpret_cast<const std::byte*>(natsMsg_GetData(from_.get())),
                static_cast<std::size_t>(natsMsg_GetDataLength(from_.get()))};
    }

private:
    std::uint64_t sequence_;
    std::int64_t  time_;
    nats_message  from_;
};

}  // namespace annals::detail

// What who appends to a log in PostgreSQL knows of it, and foresees.
#pragma once

#include <annals/log/postgres/appending.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace annals::detail {

/// What an append goes behind, and its time.
struct postgres_target {
    std::int64_t version = 0, position = 0, stream = 0, category = 0, time = 0;
};

/// What is known of the log as long as nobody else appends: its last position, and streams. So it is foreseen what comes of an
/// append, and nothing needs to be asked for but whether that still is the last position.
class postgres_knowledge {
public:
    void forget() {
        head_ = time_ = 0;
        streams_.clear();
    }
    [[nodiscard]] bool has(std::string_view stream) const { return head_ != 0 && streams_.find(stream) != streams_.end(); }
    /// Where an append goes, if that is foreseen; from then on it counts as done. Allocates nothing.
    std::optional<postgres_target> foresee(const postgres_append& append) {
        const auto found = streams_.find(append.stream);
        if (append.looks_first || head_ == 0 || found == streams_.end()) return std::nullopt;
        auto& stream = found->second;
        if (!append.expects.holds(version{static_cast<std::uint64_t>(stream.version)})) return std::nullopt;
        time_ = std::max(time_, append.time);
        const postgres_target at{stream.version, head_, stream.number, stream.category, time_};
        stream.version += append.count();
        head_ += append.count();
        last_ = append.events.back().id;
        return at;
    }
    /// The id of the last event, if it is known which that is.
    [[nodiscard]] const uuid& last() const noexcept { return last_; }
    /// An append was written behind `at`.
    void learn(const postgres_append& append, const postgres_target& at) {
        if (head_ != at.position || streams_.size() > most) streams_.clear();  // somebody else was here
        head_ = at.position + append.count();
        time_ = at.time;
        last_ = append.events.back().id;
        const known_stream now{at.stream, at.category, at.version + append.count()};
        const auto         found = streams_.find(append.stream);
        if (found != streams_.end())
            found->second = now;
        else
            streams_.emplace(std::string{append.stream}, now);
    }

private:
    struct known_stream {
        std::int64_t number = 0, category = 0, version = 0;
    };
    static constexpr std::size_t most = 20'000;

    std::int64_t                                     head_ = 0, time_ = 0;  // 0 if it is not known; the time of the last event
    uuid                                             last_{};
    std::map<std::string, known_stream, std::less<>> streams_;
};

}  // namespace annals::detail

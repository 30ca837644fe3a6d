// What a log object remembers of the streams that it wrote to.
#pragma once

#include <annals/log/jetstream/append_record.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <semaphore>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace annals::detail {

/// An append that may be repeated.
struct remembered_append {
    stream_place      place;
    std::vector<uuid> ids;
};

/// One stream. Whoever holds its turn appends to it; what is remembered may be behind, for others append, too.
struct remembered_stream {
    std::binary_semaphore         turn{1};
    bool                          is_known = false;
    stream_place                  last;
    bool                          has_appends = false;  // whether what follows is there: the last ones, the newest in front
    std::deque<remembered_append> appends;

    /// Of so many events, whose ids are all that is compared.
    static constexpr std::uint64_t remembered_events = 1024;

    /// An append was made behind `before`; `last` says where. Ids that nobody gave are kept only where others are.
    void remember(const stream_place& before, bool is_made_up, const std::vector<uuid>& ids) {
        if (before.version == 0) {
            appends.clear();
            has_appends = !is_made_up;
        } else if (appends.empty() || appends.front().place.sequence != before.sequence) {
            appends.clear();
            has_appends = false;
        }
        if (has_appends) appends.push_front({last, ids});
        trim();
    }
    /// Forgets what is further back than need be.
    void trim() {
        while (!appends.empty() && last.version - appends.back().place.version >= remembered_events) appends.pop_back();
    }
};

/// A turn, for as long as it lives.
class turn_taken {
public:
    explicit turn_taken(std::binary_semaphore& of) : of_(&of) { of_->acquire(); }
    /// Nobody's, if it does not come in time.
    turn_taken(std::binary_semaphore& of, std::chrono::steady_clock::time_point until)
        : of_(of.try_acquire_until(until) ? &of : nullptr) {}
    turn_taken(const turn_taken&)            = delete;
    turn_taken& operator=(const turn_taken&) = delete;
    ~turn_taken() {
        if (of_) of_->release();
    }
    [[nodiscard]] explicit operator bool() const noexcept { return of_ != nullptr; }

private:
    std::binary_semaphore* of_;
};

/// The streams that were used lately. Threads may use it at the same time.
class known_streams {
public:
    explicit known_streams(std::size_t most) : most_(most / 2 + 1) {}

    std::shared_ptr<remembered_stream> find(const std::string& subject) {
        const std::lock_guard lock(mutex_);
        if (const auto found = young_.find(subject); found != young_.end()) return found->second;
        // Those that nobody asks for while so many others come are forgotten.
        if (young_.size() >= most_) old_ = std::exchange(young_, {});
        auto&      place = young_[subject];
        const auto kept  = old_.find(subject);
        place            = kept == old_.end() ? std::make_shared<remembered_stream>() : std::move(kept->second);
        if (kept != old_.end()) old_.erase(kept);
        return place;
    }

private:
    using streams = std::unordered_map<std::string, std::shared_ptr<remembered_stream>>;

    std::size_t most_;
    std::mutex  mutex_;
    streams     young_, old_;
};

}  // namespace annals::detail

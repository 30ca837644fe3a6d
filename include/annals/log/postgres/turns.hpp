// How threads that append to a log in PostgreSQL find together, and who of them does it when.
#pragma once

#include <annals/log/postgres/adding.hpp>
#include <annals/log/postgres/knowledge.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <exception>
#include <mutex>
#include <string_view>
#include <vector>

namespace annals::detail {

/// Groups of appends, each led by the thread of its first, in their order: a group's turn comes when all before it have ended.
/// While one is on its way, those who come meanwhile wait, and are the next. If it is foreseen what comes of a group, and it is
/// much, the next one may go ahead: it writes what goes behind at the same time, in another session, and waits for its turn to
/// commit. If things come otherwise, it withdraws. No more than two groups are under way.
class postgres_turns {
public:
    struct waiting {
        postgres_append*        append;
        bool                    is_done = false, is_elected = false;
        std::uint64_t           number = 0;  // of the group that it leads
        std::condition_variable changed{};
    };
    struct group {
        std::uint64_t                         number      = 0;
        std::size_t                           lane        = 0;  // 0 or 1: no other that is under way has the same
        bool                                  goes_ahead  = false;
        bool                                  is_foreseen = false;  // what comes of it, and it is much
        std::vector<waiting*>                 members;
        std::vector<postgres_foreseen>        foreseen;  // of the members, and these go first
        std::chrono::steady_clock::time_point begun;
    };

    postgres_turns() {
        for (group& each : groups_) {
            each.members.reserve(most_together);
            each.foreseen.reserve(most_together);
        }
    }

    /// Waits until somebody has done an append, or its own thread is to lead a group, which it does to the end.
    group* join(waiting& mine) {
        std::unique_lock lock(mutex_);
        queue_.push_back(&mine);
        ++present_;
        if (queue_.size() >= wanted_) arrived_.notify_one();
        elect();
        mine.changed.wait(lock, [&] { return mine.is_done || mine.is_elected; });
        return mine.is_done ? nullptr : &gather(lock, mine.number);
    }
    /// A group that is foreseen holds the lock of writers: the next one may go ahead. Not before, for somebody else who holds
    /// that lock may wait for who goes ahead, who waits for the group.
    void holds_the_lock(const group& mine) {
        const std::lock_guard lock(mutex_);
        is_foreseen_ = mine.is_foreseen;
        elect();
    }
    /// For a group that goes ahead. False if it has to `withdraw`, for something came otherwise.
    bool wait_for_turn(const group& mine) {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return has_turn(mine.number) || (mine.number == ahead_ && mine.number < valid_from_); });
        const bool is_valid = mine.number >= valid_from_;
        if (is_valid && ahead_ == mine.number) ahead_ = nobody;
        return is_valid;
    }
    /// A group that has withdrawn waits for its turn to be done like any other.
    void withdraw(const group& mine) {
        std::unique_lock lock(mutex_);
        if (ahead_ == mine.number) ahead_ = nobody;
        changed_.notify_all();
        changed_.wait(lock, [&] { return has_turn(mine.number); });
    }
    /// For whose turn it is: what was foreseen is not so. Waits until who went ahead has withdrawn.
    void came_otherwise() {
        std::unique_lock lock(mutex_);
        known_.forget();
        valid_from_  = begun_;
        is_foreseen_ = false;
        changed_.notify_all();
        changed_.wait(lock, [&] { return ahead_ == nobody; });
    }
    /// So many events of an append were written behind a place, and that was not foreseen.
    void learn(std::string_view stream, std::int64_t count, const postgres_target& behind) {
        const std::lock_guard lock(mutex_);
        known_.learn(stream, count, behind);
    }
    /// How long it took a group that went ahead to be written, and to be made durable.
    void took(std::size_t events, std::chrono::nanoseconds writing, std::chrono::nanoseconds committing) {
        const std::lock_guard lock(mutex_);
        commits_cost_ = static_cast<std::size_t>(
            committing.count() / std::max<std::int64_t>(1, writing.count() / static_cast<std::int64_t>(events)));
        known_until_ = std::chrono::steady_clock::now() + std::chrono::seconds(1);
    }
    /// Others want to append, too: nobody goes ahead for a while.
    void make_room() {
        const std::lock_guard lock(mutex_);
        nobody_ahead_until_ = std::chrono::steady_clock::now() + std::chrono::milliseconds(100);
    }
    /// All members have an answer, or something was thrown. In its turn.
    void finish(group& mine, const std::exception_ptr& thrown) {
        const std::lock_guard lock(mutex_);
        last_took_  = std::chrono::steady_clock::now() - mine.begun;
        concurrent_ = present_;
        present_ -= mine.members.size();
        for (waiting* each : mine.members) {
            if (!each->append->answer) each->append->thrown = thrown;
            each->is_done = true;
            each->changed.notify_one();
        }
        end(mine.lane);
    }
    /// Calls `work()` while no group is under way.
    template <class Work>
    auto alone(Work&& work) {
        struct turn {
            explicit turn(postgres_turns& of) : all(of) {
                std::unique_lock lock(all.mutex_);
                ++all.waiting_alone_;
                all.changed_.wait(lock, [&] { return all.under_way_ == 0; });
                --all.waiting_alone_;
                all.begin();
            }
            turn(const turn&)            = delete;
            turn& operator=(const turn&) = delete;
            ~turn() {
                const std::lock_guard lock(all.mutex_);
                all.end(0);
            }
            postgres_turns& all;
        };
        const turn mine(*this);
        return work();
    }

private:
    static constexpr std::size_t   most_together = 256, most_bytes = std::size_t{1} << 20U, never = ~std::size_t{0};
    static constexpr std::uint64_t nobody = ~std::uint64_t{0};

    // All that follows is called with the lock held, and throws nothing: others wait for what comes of it.

    // Whether writing it takes longer than making it durable, so that it is worth a transaction of its own.
    [[nodiscard]] bool is_much(std::size_t events, std::size_t bytes) const {
        if (events < 64 && bytes < std::size_t{1} << 15U) return false;
        return events >= commits_cost_ || std::chrono::steady_clock::now() >= known_until_;
    }

    [[nodiscard]] bool has_turn(std::uint64_t number) const { return ended_ == number; }

    std::uint64_t begin() {
        ++under_way_;
        is_foreseen_ = false;
        return begun_++;
    }
    void end(std::size_t lane) {
        is_taken_[lane] = false;
        --under_way_;
        ++ended_;
        changed_.notify_all();
        elect();
    }
    // The first that waits leads the next group, if there may be one.
    void elect() {
        if (queue_.empty() || queue_.front()->is_elected || waiting_alone_ != 0) return;
        if (under_way_ != 0 && !may_go_ahead(*queue_.front()->append)) return;
        queue_.front()->number     = begin();
        queue_.front()->is_elected = true;
        queue_.front()->changed.notify_one();
    }
    bool may_go_ahead(const postgres_append& next) const {
        return under_way_ == 1 && is_foreseen_ && !next.looks_first && !next.has_to_be_alone() && known_.has(next.stream) &&
               std::chrono::steady_clock::now() >= nobody_ahead_until_;
    }
    group& gather(std::unique_lock<std::mutex>& lock, std::uint64_t number) {
        const std::size_t lane = is_taken_[0] ? 1 : 0;
        group&            made = groups_[lane];
        is_taken_[lane]        = true;
        made.number            = number;
        made.lane              = lane;
        made.members.clear();
        made.foreseen.clear();
        made.goes_ahead = !has_turn(number);
        if (made.goes_ahead) take(made);
        if (made.members.empty()) {
            made.goes_ahead = false;
            changed_.wait(lock, [&] { return has_turn(number); });
            // Those who were answered just now are about to come again: with them it is one transaction, and without them two.
            wanted_ = was_much_ ? 0 : std::min(concurrent_, most_together);
            arrived_.wait_for(lock, std::min<std::chrono::nanoseconds>(last_took_ / 4, std::chrono::milliseconds(1)),
                              [&] { return queue_.size() >= wanted_; });
            wanted_ = never;
            take(made);
        }
        if (made.goes_ahead) {
            ahead_       = number;
            is_foreseen_ = made.is_foreseen;
        }
        made.begun = std::chrono::steady_clock::now();
        elect();
        return made;
    }
    // Who goes ahead takes what is foreseen; of much that is, half is left for another who does.
    void take(group& to) {
        std::size_t events = 0, bytes = 0;
        while (!queue_.empty() && to.members.size() < most_together && bytes < most_bytes) {
            auto&      next     = *queue_.front()->append;
            const bool is_alone = next.has_to_be_alone(), all_foreseen = to.foreseen.size() == to.members.size();
            if (is_alone && (to.goes_ahead || !to.members.empty())) break;
            if (all_foreseen && is_much(events, bytes) && 2 * to.members.size() >= concurrent_) break;
            const auto at = is_alone ? std::nullopt : known_.foresee(next);
            if (!at && to.goes_ahead) break;
            if (at) to.foreseen.push_back({&next, *at});
            to.members.push_back(queue_.front());
            queue_.pop_front();
            events += next.events.size();
            bytes += next.bytes;
            if (is_alone) break;
        }
        was_much_ = to.is_foreseen = to.foreseen.size() == to.members.size() && is_much(events, bytes);
    }

    std::mutex               mutex_;  // guards all
    std::deque<waiting*>     queue_;
    std::condition_variable  arrived_, changed_;
    std::array<group, 2>     groups_;
    std::array<bool, 2>      is_taken_{};
    postgres_knowledge       known_;
    std::uint64_t            begun_ = 0, ended_ = 0;  // groups; those between them are under way
    std::uint64_t            valid_from_ = 0;         // groups before that foresaw what did not come
    std::uint64_t            ahead_      = nobody;
    std::size_t              under_way_ = 0, waiting_alone_ = 0;
    std::size_t              present_ = 0, concurrent_ = 1;  // appends that are not done; at the end of the last group
    std::size_t              wanted_       = never;          // so many are waited for
    bool                     is_foreseen_  = false;          // what comes of the last group, which is under way, and is much
    bool                     was_much_     = false;
    std::size_t              commits_cost_ = 0;  // as much as writing so many events
    std::chrono::nanoseconds last_took_{0};
    std::chrono::steady_clock::time_point known_until_{}, nobody_ahead_until_{};
};

}  // namespace annals::detail

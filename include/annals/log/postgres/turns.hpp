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
#include <utility>
#include <vector>

namespace annals::detail {

/// Groups of appends, each led by the thread of its first, in their order: a group's turn comes when all before it have ended.
/// While one is on its way, those who come meanwhile wait, and are the next. If it is foreseen what comes of a group, and it is
/// much, the next one may go ahead: it writes what goes behind at the same time, in another session. If things come otherwise,
/// the server refuses it, and it is done in its turn like any other. There is a lane for each group that is under way.
class postgres_turns {
public:
    static constexpr std::size_t lanes = 2;

    struct waiting {
        postgres_append*        append;
        bool                    is_done = false, is_elected = false;
        std::uint64_t           number = 0;  // of the group that it leads
        std::condition_variable changed{};
    };
    struct group {
        std::uint64_t                         number          = 0;  // one more than that of the group before
        std::size_t                           lane            = 0;  // no other that is under way has the same
        bool                                  goes_ahead      = false;
        bool                                  may_be_followed = false;  // it is foreseen what comes of it, and it is much
        std::vector<waiting*>                 members;
        std::vector<postgres_foreseen>        foreseen;  // of the members, and these go first
        bool                                  is_behind_one_ahead = false;
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
    /// A group that is foreseen, and did not go ahead, holds its locks: the next one may go ahead. It would be in vain before,
    /// if somebody else holds the lock of writers.
    void holds_its_locks(const group& mine) {
        const std::lock_guard lock(mutex_);
        if (mine.number + 1 != begun_) return;
        may_be_followed_ = mine.may_be_followed;
        elect();
    }
    /// For a group that went ahead, when it is known what came of that.
    void wait_for_turn(const group& mine) {
        std::unique_lock lock(mutex_);
        is_ahead_[mine.lane] = false;
        changed_.notify_all();
        changed_.wait(lock, [&] { return has_turn(mine.number); });
    }
    /// What was foreseen is not so.
    void came_otherwise() {
        const std::lock_guard lock(mutex_);
        known_.forget();
        may_be_followed_ = false;
    }
    /// Waits until it is known of all who went ahead what came of that: what they have written may be in the way.
    void wait_for_those_ahead() {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return std::find(is_ahead_.begin(), is_ahead_.end(), true) == is_ahead_.end(); });
    }
    /// An append was written behind a place, and that was not foreseen.
    void learn(const postgres_append& append, const postgres_target& behind) noexcept {
        const std::lock_guard lock(mutex_);
        try {
            known_.learn(append, behind);
        } catch (...) { known_.forget(); }  // it is written, whether there is memory or not
    }
    /// How long it took a group that went ahead to be written, and to be made durable.
    void took(const group& mine, std::chrono::nanoseconds writing, std::chrono::nanoseconds committing) {
        std::int64_t events = 0;
        for (const auto& each : mine.foreseen) events += each.append->count();
        const std::lock_guard lock(mutex_);
        const auto cost = static_cast<std::size_t>(committing.count() / std::max<std::int64_t>(1, writing.count() / events));
        commits_cost_   = (7 * commits_cost_ + cost) / 8;
        known_until_    = std::chrono::steady_clock::now() + std::chrono::seconds(1);
    }
    /// Others want to append, too: nobody goes ahead for a while.
    void make_room(std::chrono::milliseconds time = std::chrono::milliseconds(100)) {
        const std::lock_guard lock(mutex_);
        nobody_ahead_until_ = std::max(nobody_ahead_until_, std::chrono::steady_clock::now() + time);
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
    static constexpr std::size_t most_together = 256, most_bytes = std::size_t{1} << 20U, never = ~std::size_t{0};

    // All that follows is called with the lock held, and throws nothing: others wait for what comes of it.

    // Whether it is worth a transaction of its own: all who are present append so much that writing it takes longer than making
    // it durable more often.
    [[nodiscard]] bool is_much(std::size_t events, std::size_t bytes, std::size_t members) const {
        if (events < 64 && bytes < std::size_t{1} << 15U) return false;
        const std::size_t of_all = events * std::max(concurrent_, members) / members;
        return of_all >= (lanes - 1) * commits_cost_ || std::chrono::steady_clock::now() >= known_until_;
    }
    [[nodiscard]] bool has_turn(std::uint64_t number) const { return ended_ == number; }

    std::uint64_t begin() {
        ++under_way_;
        may_be_followed_ = false;
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
        return under_way_ < lanes && may_be_followed_ && !next.looks_first && !next.has_to_be_alone() &&
               known_.has(next.stream) && std::chrono::steady_clock::now() >= nobody_ahead_until_;
    }
    group& gather(std::unique_lock<std::mutex>& lock, std::uint64_t number) {
        const auto free = std::find(is_taken_.begin(), is_taken_.end(), false);
        const auto lane = static_cast<std::size_t>(free - is_taken_.begin());
        group&     made = groups_[lane];
        *free           = true;
        made.number     = number;
        made.lane       = lane;
        made.members.clear();
        made.foreseen.clear();
        // Those who were answered just now are about to come again: with them it is one transaction, and without them two.
        if (!has_turn(number)) wait_for(lock, concurrent_ / lanes, last_took_ / 8);
        made.goes_ahead = !has_turn(number);
        if (made.goes_ahead) take(made);
        if (made.members.empty()) {
            made.goes_ahead = false;
            changed_.wait(lock, [&] { return has_turn(number); });
            wait_for(lock, was_much_ ? 0 : concurrent_, last_took_ / 4);
            take(made);
        }
        is_ahead_[lane]          = made.goes_ahead;
        may_be_followed_         = made.goes_ahead && made.may_be_followed;
        made.is_behind_one_ahead = std::exchange(last_goes_ahead_, made.goes_ahead);
        made.begun               = std::chrono::steady_clock::now();
        elect();
        return made;
    }
    // So many appends, at most a millisecond.
    void wait_for(std::unique_lock<std::mutex>& lock, std::size_t wanted, std::chrono::nanoseconds most) {
        wanted_ = std::min(wanted, most_together);
        arrived_.wait_for(lock, std::min<std::chrono::nanoseconds>(most, std::chrono::milliseconds(1)),
                          [&] { return queue_.size() >= wanted_; });
        wanted_ = never;
    }
    // Who goes ahead takes what is foreseen; of much that is, some is left for others who do.
    void take(group& to) {
        std::size_t events = 0, bytes = 0;
        while (!queue_.empty() && to.members.size() < most_together && bytes < most_bytes) {
            auto&      next     = *queue_.front()->append;
            const bool is_alone = next.has_to_be_alone(), all_foreseen = to.foreseen.size() == to.members.size();
            if (is_alone && (to.goes_ahead || !to.members.empty())) break;
            if (all_foreseen && is_much(events, bytes, to.members.size()) && lanes * to.members.size() >= concurrent_) break;
            const auto behind = known_.last();
            const auto at     = is_alone ? std::nullopt : known_.foresee(next);
            if (!at && to.goes_ahead) break;
            if (at) to.foreseen.push_back({&next, *at, behind});
            to.members.push_back(queue_.front());
            queue_.pop_front();
            events += next.events.size();
            bytes += next.bytes;
            if (is_alone) break;
        }
        was_much_ = to.may_be_followed = to.foreseen.size() == to.members.size() && is_much(events, bytes, to.members.size());
    }

    std::mutex               mutex_;  // guards all
    std::deque<waiting*>     queue_;
    std::condition_variable  arrived_, changed_;
    std::array<group, lanes> groups_;
    std::array<bool, lanes>  is_taken_{}, is_ahead_{};
    postgres_knowledge       known_;
    std::uint64_t            begun_ = 0, ended_ = 0;  // groups; those between them are under way
    std::size_t              under_way_ = 0, waiting_alone_ = 0;
    std::size_t              present_ = 0, concurrent_ = 1;  // appends that are not done; at the end of the last group
    std::size_t              wanted_          = never;       // so many are waited for
    bool                     may_be_followed_ = false;       // what comes of the last group, which is under way, and is much
    bool                     was_much_ = false, last_goes_ahead_ = false;
    std::size_t              commits_cost_ = 0;  // as much as writing so many events
    std::chrono::nanoseconds last_took_{0};
    std::chrono::steady_clock::time_point known_until_{}, nobody_ahead_until_{};
};

}  // namespace annals::detail

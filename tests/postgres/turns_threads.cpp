// Threads that append at the same time go in turns, and who goes ahead comes behind what it went ahead of, or does not go.
#include "catch.hpp"

#include <annals/log/clock.hpp>
#include <annals/log/postgres/turns.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <exception>
#include <mutex>
#include <random>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

using annals::any_version;
using annals::detail::postgres_append;
using annals::detail::postgres_new_event;
using annals::detail::postgres_target;
using annals::detail::postgres_turns;

namespace {

// A log that counts: what is appended to it goes behind its last event, or is wrong. Others append to it, too. A transaction
// that goes ahead waits for the end of the one before, and is done if that left what it foresaw.
class counting_log {
public:
    // What may become of a group: one in so many times.
    int  others = 0, writing_fails = 0, throws = 0;
    bool others_wait = false;

    std::atomic<int> wrong{0}, ahead{0}, withdrawn{0}, thrown{0};

    std::int64_t head() {
        const std::lock_guard lock(mutex_);
        return head_;
    }
    // As a thread of an application does it.
    bool append(const std::string& stream, std::size_t events, std::mt19937& random) {
        postgres_append mine{stream, any_version, 1, false, {}, std::vector<postgres_new_event>(events), events};
        for (auto& each : mine.events) each.id = annals::uuid_v7_generator{}();
        postgres_turns::waiting self{&mine};
        if (auto* const group = turns_.join(self)) {
            std::exception_ptr thrown_here;
            try {
                lead(*group, random);
            } catch (...) {
                thrown_here = std::current_exception();
                end(*group);
                turns_.came_otherwise();
                turns_.wait_for_turn(*group);
                is_in_turn_ = false;
            }
            turns_.finish(*group, thrown_here);
        }
        if (mine.thrown) ++thrown;
        if (!mine.thrown && !mine.answer->has_value()) ++wrong;
        return !mine.thrown;
    }
    void announce() {
        turns_.alone([&] {
            begin_turn();
            const std::lock_guard lock(mutex_);
            ++ended_;
            end_turn();
            return true;
        });
    }

private:
    static bool is_one_in(int times, std::mt19937& random) {
        return times != 0 && random() % static_cast<unsigned>(times) == 0;
    }

    void lead(const postgres_turns::group& group, std::mt19937& random) {
        if (group.goes_ahead) ++ahead;
        if (is_one_in(throws, random)) throw std::runtime_error("of a condition");
        if (!group.goes_ahead && group.may_be_followed) turns_.holds_its_locks(group);
        std::this_thread::sleep_for(std::chrono::microseconds(random() % 100));
        if (group.goes_ahead) {
            ++written_ahead_;
            {
                std::unique_lock lock(mutex_);
                changed_.wait(lock, [&] { return ended_ == group.number; });
            }
            if (is_one_in(writing_fails, random) || !write(group)) {
                ++withdrawn;
                turns_.came_otherwise();
            }
            --written_ahead_;
            end(group);
            turns_.wait_for_turn(group);
        }
        begin_turn();
        if (others_wait) turns_.make_room();
        if (!group.goes_ahead && is_one_in(others, random)) {
            const std::lock_guard lock(mutex_);
            ++head_;
            last_ = {};
        }
        if (!group.goes_ahead && !group.foreseen.empty() && !write(group)) {
            turns_.came_otherwise();
            end(group);
        }
        for (const auto* each : group.members) {
            if (each->append->answer) continue;
            if (is_one_in(throws, random)) throw std::runtime_error("of a condition");
            if (group.goes_ahead || group.may_be_followed) {
                turns_.wait_for_those_ahead();
                if (written_ahead_ != 0) ++wrong;
            }
            const auto at = add(*each->append);
            turns_.learn(*each->append, {0, at, 1, 1, 1});
            each->append->decide(0, 0, at + each->append->count());
        }
        if (!group.goes_ahead) end(group);
        end_turn();
    }
    bool write(const postgres_turns::group& group) {
        {
            const std::lock_guard lock(mutex_);
            if (head_ != group.foreseen.front().at.position) return false;
            if (group.goes_ahead && last_ != group.foreseen.front().behind) return false;
        }
        for (const auto& [append, at, behind] : group.foreseen) {
            if (add(*append) != at.position) ++wrong;
            append->decide(0, 0, at.position + append->count());
        }
        return true;
    }
    std::int64_t add(const postgres_append& append) {
        const std::lock_guard lock(mutex_);
        last_ = append.events.back().id;
        return std::exchange(head_, head_ + append.count());
    }
    // Of its transaction.
    void end(const postgres_turns::group& group) {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return ended_ >= group.number; });
        ended_ = std::max(ended_, group.number + 1);
        changed_.notify_all();
    }
    void begin_turn() {
        if (is_in_turn_.exchange(true)) ++wrong;
    }
    void end_turn() { is_in_turn_ = false; }

    postgres_turns          turns_;
    std::mutex              mutex_;
    std::condition_variable changed_;
    std::int64_t            head_ = 0;
    annals::uuid            last_{};
    std::uint64_t           ended_ = 0;  // transactions
    std::atomic<bool>       is_in_turn_{false};
    std::atomic<int>        written_ahead_{0};
};

std::int64_t appended_by_threads(counting_log& log) {
    std::atomic<std::int64_t> events{0};
    std::vector<std::thread>  threads;
    for (unsigned i = 0; i < 6; ++i)
        threads.emplace_back([&, i] {
            std::mt19937 random(i + 1);
            for (int count = 0; count < 300; ++count) {
                const std::size_t each = random() % 3 == 0 ? 1 : 70;
                if (log.append("account-" + std::to_string(i), each, random)) events += static_cast<std::int64_t>(each);
                if (random() % 50 == 0) log.announce();
            }
        });
    for (auto& each : threads) each.join();
    return events;
}

}  // namespace

TEST_CASE("Each append has its turn, and who goes ahead is where it foresaw", "[postgres]") {
    counting_log log;
    const auto   events = appended_by_threads(log);
    CHECK(log.head() == events);
    CHECK(log.wrong == 0);
    CHECK(log.ahead > 50);
}

TEST_CASE("Who went ahead withdraws if things come otherwise", "[postgres]") {
    counting_log log;
    log.others        = 5;
    log.writing_fails = 7;
    const auto events = appended_by_threads(log);
    CHECK(log.head() > events);
    CHECK(log.wrong == 0);
    CHECK(log.ahead > 10);
    CHECK(log.withdrawn > 0);
}

TEST_CASE("While others want to append, nobody goes ahead", "[postgres]") {
    counting_log log;
    log.others_wait   = true;
    const auto begun  = std::chrono::steady_clock::now();
    const auto events = appended_by_threads(log);
    CHECK(log.head() == events);
    CHECK(log.ahead <= 2 + (std::chrono::steady_clock::now() - begun) / std::chrono::milliseconds(100));
}

TEST_CASE("Nobody waits for one who threw", "[postgres]") {
    counting_log log;
    log.throws = 4;
    appended_by_threads(log);
    CHECK(log.wrong == 0);
    CHECK(log.thrown > 10);
}

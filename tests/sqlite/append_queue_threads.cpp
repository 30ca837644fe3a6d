// Threads that append at the same time share a transaction, and nothing else.
#include "catch.hpp"

#include <annals/log/sqlite/append_queue.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <thread>
#include <vector>

using annals::errc;
using annals::error;
using annals::expected;
using annals::position;
using annals::receipt;
using annals::unexpected;

namespace {

// Numbers that are there once a transaction is committed.
class numbers {
public:
    std::vector<int> committed;
    int              transactions = 0;
    // What becomes of a transaction that would leave so many numbers.
    std::optional<errc> (*refuses)(std::size_t) = [](std::size_t) { return std::optional<errc>{}; };

    template <class Work>
    expected<void, error> in_transaction(const Work& work) {
        ++transactions;
        pending_ = committed;
        is_open_ = true;
        if (!work()) return {};
        if (const auto why = refuses(pending_.size() - committed.size())) return unexpected<error>(error{*why, "refused", {}});
        if (is_open_) committed = pending_;
        return {};
    }
    [[nodiscard]] bool is_in_transaction() const { return is_open_; }

    receipt write(int number) {
        if (!is_open_) throw std::logic_error("there is no transaction");
        pending_.push_back(number);
        return {{}, position{pending_.size()}, 1};
    }
    void fail_as_a_whole() { is_open_ = false; }

private:
    std::vector<int> pending_;
    bool             is_open_ = false;
};

enum class manner { fine, refused, throws_before, throws_midway, fails_midway, ends_it_all };

class one : public annals::detail::waiting_append {
public:
    one(numbers& to, int number, manner how) : waiting_append(8), to_(to), number_(number), how_(how) {}

private:
    expected<receipt, error> write() override {
        if (how_ == manner::refused) return unexpected<error>(error{errc::version_conflict, "refused", {}});
        if (how_ == manner::throws_before) throw std::runtime_error("before");
        if (how_ == manner::ends_it_all) {
            to_.fail_as_a_whole();
            return unexpected<error>(error{errc::io_failed, "cannot be read", {}});
        }
        begins_to_write();
        const receipt made = to_.write(number_);
        if (how_ == manner::throws_midway) throw std::runtime_error("midway");
        if (how_ == manner::fails_midway) return unexpected<error>(error{errc::disk_full, "midway", {}});
        return made;
    }

    numbers& to_;
    int      number_;
    manner   how_;
};

constexpr int count = 8;

// What becomes of eight appends that come while another has its turn, of which the fourth is special.
struct outcome {
    std::optional<errc> codes[count];
    bool                threw[count] = {};
};
outcome appended_together(numbers& to, manner of_the_fourth) {
    annals::detail::append_queue queue;
    std::mutex                   writing;
    outcome                      found;
    std::atomic<int>             started{0};
    std::vector<std::thread>     threads;
    {
        const std::lock_guard another(writing);
        for (int i = 0; i < count; ++i)
            threads.emplace_back([&, i] {
                one mine(to, i, i == 3 ? of_the_fourth : manner::fine);
                ++started;
                try {
                    const auto done = queue.append(mine, writing, to);
                    if (!done) found.codes[i] = done.error().code;
                } catch (const std::runtime_error&) { found.threw[i] = true; }
            });
        while (started < count) std::this_thread::yield();
        std::this_thread::sleep_for(std::chrono::milliseconds(30));
    }
    for (auto& each : threads) each.join();
    std::sort(to.committed.begin(), to.committed.end());
    return found;
}

const std::vector<int> all{0, 1, 2, 3, 4, 5, 6, 7}, all_but_one{0, 1, 2, 4, 5, 6, 7};

}  // namespace

TEST_CASE("Appends that wait together are one transaction") {
    numbers    to;
    const auto found = appended_together(to, manner::fine);
    CHECK(to.committed == all);
    CHECK(to.transactions < count);
    for (int i = 0; i < count; ++i) CHECK((!found.codes[i] && !found.threw[i]));
}

TEST_CASE("What one of them is refused, or throws, is its own affair") {
    numbers             to;
    manner              how = manner::refused;
    std::optional<errc> code;
    SECTION("it is refused") { code = errc::version_conflict; }
    SECTION("it throws before it has written") { how = manner::throws_before; }
    SECTION("it throws when it has written something") { how = manner::throws_midway; }
    SECTION("it cannot write all") {
        how  = manner::fails_midway;
        code = errc::disk_full;
    }
    SECTION("it ends the transaction") {
        how  = manner::ends_it_all;
        code = errc::io_failed;
    }
    const auto found = appended_together(to, how);
    CHECK(to.committed == all_but_one);
    for (int i = 0; i < count; ++i) {
        CHECK(found.threw[i] == (i == 3 && !code));
        CHECK(found.codes[i] == (i == 3 ? code : std::nullopt));
    }
}

TEST_CASE("What a commit fails with is told to all of them") {
    numbers to;
    SECTION("unless there is room for each alone") {
        to.refuses       = [](std::size_t more) { return more > 1 ? std::optional(errc::disk_full) : std::nullopt; };
        const auto found = appended_together(to, manner::fine);
        CHECK(to.committed == all);
        for (const auto& code : found.codes) CHECK_FALSE(code);
    }
    SECTION("whose fate is unknown") {
        to.refuses       = [](std::size_t) { return std::optional(errc::durability_unknown); };
        const auto found = appended_together(to, manner::refused);
        for (const auto& code : found.codes) CHECK(code == errc::durability_unknown);
        CHECK(to.committed.empty());
    }
}

TEST_CASE("Threads that append without end lose nothing") {
    numbers                      to;
    annals::detail::append_queue queue;
    std::mutex                   writing;
    std::vector<std::thread>     threads;
    std::atomic<int>             failures{0};
    for (int thread = 0; thread < 4; ++thread)
        threads.emplace_back([&, thread] {
            for (int i = 0; i < 100; ++i) {
                one mine(to, thread * 100 + i, i % 10 == 9 ? manner::throws_midway : manner::fine);
                try {
                    if (!queue.append(mine, writing, to)) ++failures;
                } catch (const std::runtime_error&) {}
            }
        });
    for (auto& each : threads) each.join();
    CHECK(failures == 0);
    std::sort(to.committed.begin(), to.committed.end());
    std::vector<int> due;
    for (int i = 0; i < 400; ++i)
        if (i % 10 != 9) due.push_back(i);
    CHECK(to.committed == due);
}

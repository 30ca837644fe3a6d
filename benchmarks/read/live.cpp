// From an append to the handler of a subscription that waits for it: `live EVENTS ROUNDS [DIRECTORY]`. One thread appends so
// many events in each round, one at a time, with pauses between them; another one runs the subscription. A claim's value is
// the median of the time from before the call of `append` to the handler, in nanoseconds; counters are the 99.9th percentile,
// and the median of what the call takes its thread.
//
// The peer keeps nothing: a mutex and a condition variable, with which one thread hands the same event to another. Each thread
// has a processor of its own.
#include "../durable/fresh_directory.hpp"
#include "../support/rounds.hpp"
#include "filled_file_log.hpp"

#include <annals/read/subscription.hpp>

#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <sched.h>

namespace {

std::int64_t nanoseconds_now() {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

struct sent {
    std::int64_t time;
};

std::vector<double> waits;  // of the thread that handles
std::vector<double> calls;  // of the thread that appends

struct arrivals {
    using events = annals::events<sent>;

    std::uint64_t count = 0;

    void apply(const sent& e) {
        waits.push_back(static_cast<double>(nanoseconds_now() - e.time));
        ++count;
    }
};

/// What is written by hand to hand over events.
class hand_over {
public:
    void append(const sent& event) {
        {
            const std::lock_guard lock(mutex_);
            waiting_.push_back(event);
        }
        changed_.notify_one();
    }
    void stop() {
        {
            const std::lock_guard lock(mutex_);
            is_over_ = true;
        }
        changed_.notify_one();
    }
    void run(arrivals& state) {
        std::vector<sent> taken;
        for (std::unique_lock lock(mutex_);;) {
            changed_.wait(lock, [&] { return is_over_ || !waiting_.empty(); });
            if (waiting_.empty()) return;
            taken.swap(waiting_);
            lock.unlock();
            for (const sent& each : taken) state.apply(each);
            taken.clear();
            lock.lock();
        }
    }

private:
    std::mutex              mutex_;
    std::condition_variable changed_;
    std::vector<sent>       waiting_;
    bool                    is_over_ = false;
};

/// Keeps the calling thread on a processor, if there is such a one. Whether the system has both on one or on two decides more
/// than what they do.
void stay_on(std::size_t processor) {
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(processor, &set);
    (void)sched_setaffinity(0, sizeof(set), &set);
}

/// Calls `append` with so many events, and waits from 20 to 220 microseconds behind each.
template <class Append>
void send(std::size_t count, Append&& append) {
    stay_on(0);
    ledger::random_numbers random;
    for (std::size_t i = 0; i < count; ++i) {
        const sent event{nanoseconds_now()};
        append(event);
        calls.push_back(static_cast<double>(nanoseconds_now() - event.time));
        std::this_thread::sleep_for(std::chrono::microseconds(20 + random() % 200));
    }
}

void through_hand_over(std::size_t count) {
    hand_over   hands;
    arrivals    state;
    std::thread running([&] {
        stay_on(1);
        hands.run(state);
    });
    send(count, [&](const sent& event) { hands.append(event); });
    hands.stop();
    running.join();
}

template <class Log>
void through_subscription(Log& log, std::size_t count) {
    auto        all = annals::subscribe<arrivals>(log);
    std::thread running([&] {
        stay_on(1);
        if (!all.run()) give_up("a subscription ends");
    });
    send(count, [&](const sent& event) {
        if (!log.append("sent", annals::any_version, event)) give_up("an append is refused");
    });
    if (!all.wait_for(*log.head(), std::chrono::seconds(60))) give_up("a subscription falls behind");
    all.stop();
    running.join();
}

double at_part(std::vector<double>& values, double part) {
    std::sort(values.begin(), values.end());
    return values[static_cast<std::size_t>(static_cast<double>(values.size() - 1) * part)];
}

void enter(std::vector<std::string>& names, const std::string& name, std::size_t count, const std::function<void()>& run_once) {
    names.push_back(name);
    benchmark::RegisterBenchmark(
        name.c_str(),
        [=](benchmark::State& run) {
            for (auto _ : run) {
                waits.clear();
                calls.clear();
                waits.reserve(count);
                calls.reserve(count);
                std::thread(run_once)
                    .join();  // a thread of its own, whose processor the threads of the next round do not inherit
                if (waits.size() != count) give_up(name + " does not come to all events");
                run.SetIterationTime(at_part(waits, 0.5) / 1e9);
                run.counters["long_wait"] = at_part(waits, 0.999);
                run.counters["call"]      = at_part(calls, 0.5);
            }
        })
        ->Iterations(1)
        ->UseManualTime();
}

int measure(std::size_t count, int rounds, const std::string& directory) {
    const auto in_files = [&](annals::acknowledge when) {
        empty_directory(directory);
        auto log = opened_log<annals::file_log<arrivals::events>>(directory, when);
        through_subscription(log, count);
    };
    std::vector<std::string> names;
    enter(names, "live:hand_over", count, [&] { through_hand_over(count); });
    enter(names, "live:memory_log", count, [&] {
        annals::memory_log<arrivals::events> log;
        through_subscription(log, count);
    });
    enter(names, "live:file_log_when_written", count, [&] { in_files(annals::acknowledge::when_written); });
    enter(names, "live:file_log_when_durable", count, [&] { in_files(annals::acknowledge::when_durable); });
    run_in_rounds(names, rounds);
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 3 && argc != 4) return 2;
    const auto count  = static_cast<std::size_t>(std::atoll(argv[1]));
    const int  rounds = std::atoi(argv[2]);
    return in_fresh_directory(argc == 4 ? argv[3] : "", [&](const std::string& at) { return measure(count, rounds, at); });
}

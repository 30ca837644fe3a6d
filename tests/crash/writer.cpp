#include "crash/writer.hpp"

#include <annals/log/append_to.hpp>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace crash {

using annals::any_version;
using annals::errc;
using annals::version;

annals::file_log_options options_of(std::uint64_t luck) {
    annals::file_log_options options;
    options.segment_size  = luck % 4 == 0 ? std::uint64_t{1} << 20U : std::uint64_t{64} << 10U;
    options.acknowledge   = luck / 4 % 4 == 0 ? annals::acknowledge::when_written : annals::acknowledge::when_durable;
    options.sync_interval = std::chrono::milliseconds(luck / 16 % 2 == 0 ? 1 : 10);
    options.background    = luck / 32 % 8 != 0;
    return options;
}

whereabouts append(log_type& log, const append_plan& plan) {
    const std::uint32_t own = plan.own_count(), all = plan.count();
    const auto          own_events = plan.events_of(0, own), shared_events = plan.events_of(own, all - own);
    const std::string   own_name = own_stream(plan.thread), shared_name = shared_stream(plan.shared_number());
    const auto          refused = [&](const annals::error& why) {
        give_up("append " + std::to_string(plan.sequence) + " of thread " + std::to_string(plan.thread) + ": " + why.message());
    };
    if (own != 0 && own != all) {
        const auto made = log.append(plan.about(), append_to(own_name, version{plan.own_before}, own_events),
                                     append_to(shared_name, any_version, shared_events));
        if (!made) refused(made.error());
        return {(*made)[1].position.value, (*made)[0].version.value, (*made)[1].version.value};
    }
    const auto made = own != 0 ? log.append(own_name, version{plan.own_before}, plan.about(), own_events)
                               : log.append(shared_name, any_version, plan.about(), shared_events);
    if (!made) refused(made.error());
    return {made->position.value, own != 0 ? made->version.value : 0, own != 0 ? 0 : made->version.value};
}

namespace {

class writer {
public:
    writer(const std::string& directory, book known, std::uint64_t luck, const pipe_end& parent)
        : directory_(directory), known_(std::move(known)), luck_(luck), parent_(parent) {}

    [[noreturn]] void run() {
        for (;;) {
            luck_     = mixed(luck_);
            auto log  = log_type::open(directory_, options_of(luck_));
            if (!log) give_up("opening: " + log.error().message());
            if (!known_.read_on(*log)) give_up("after opening: " + known_.trouble());
            say({said::opened});
            for (std::uint32_t thread = 0; thread < thread_count; ++thread) repeat(*log, thread);
            append_for_a_while(*log);
            say({said::closing});
            if (const auto done = log->close(); !done) give_up("closing: " + done.error().message());
            say({said::closed});
        }
    }

private:
    void say(const said& what) const {
        if (!parent_.put(what)) give_up("the parent does not listen");
    }
    void acknowledge(const append_plan& plan, const whereabouts& where, bool was_repeated = false) const {
        said what;
        what.kind         = said::acknowledged;
        what.thread       = plan.thread;
        what.sequence     = plan.sequence;
        what.where        = where;
        what.was_repeated = was_repeated;
        say(what);
    }

    // Repeats the last append of a thread that is in the log: it may be one that nobody was told of. Of other threads' events behind
    // it there are not many, for in each process these repetitions are made before anything else.
    void repeat(log_type& log, std::uint32_t thread) {
        const append_plan& next = known_.next(thread);
        if (next.sequence == 1) return;
        append_plan last = first_plans(next.seed)[thread];
        while (last.sequence + 1 != next.sequence) last = last.next();
        const whereabouts where = known_.where(thread, last.sequence);
        // Ids are looked for in the last 1024 events of a stream, and behind the expected version.
        const bool is_near = where.shared == 0 || known_.version_of(shared_stream(last.shared_number())) - where.shared < 900;
        if (last.has_ids() && is_near) {
            if (append(log, last) != where) give_up("a repetition is not where the append was");
        }
        acknowledge(last, where, true);
    }

    void append_for_a_while(log_type& log) {
        std::atomic<bool>        stopping{false};
        std::vector<std::thread> threads;
        for (std::uint32_t thread = 0; thread < thread_count; ++thread)
            threads.emplace_back([&, thread] {
                append_plan plan = known_.next(thread);
                for (; !stopping; plan = plan.next()) {
                    const whereabouts where = append(log, plan);
                    acknowledge(plan, where);
                    if (where.shared == 0) try_again(log, plan, where);
                }
            });
#ifdef ANNALS_CRASH_WITH_ZSTD
        if (luck_ % 3 == 0)
            threads.emplace_back([&] {
                while (!stopping)
                    if (const auto done = log.compress_sealed(1); !done) give_up("compressing: " + done.error().message());
            });
#endif
        // Often the end is not the parent's doing, so that it kills while the log is closed, or opened again.
        const std::uint64_t most[] = {200, 200, 3'000, 60'000};
        std::this_thread::sleep_for(std::chrono::microseconds(mixed(luck_, 1) % most[mixed(luck_, 2) % 4]));
        stopping = true;
        for (auto& each : threads) each.join();
    }
    // What was acknowledged may be repeated, and what expects another version is refused.
    void try_again(log_type& log, const append_plan& plan, const whereabouts& where) const {
        if (plan.has_ids() && mixed(luck_, plan.sequence) % 8 == 0 && append(log, plan) != where)
            give_up("a repetition is not where the append was");
        if (mixed(luck_, plan.sequence, 1) % 16 != 0) return;
        const auto made = log.append(own_stream(plan.thread), version{plan.own_before}, noted{{}, "never accepted"});
        if (made || made.error().code != errc::version_conflict || made.error().actual.value != where.own)
            give_up("an append that expects another version is refused");
    }

    std::string     directory_;
    book            known_;
    std::uint64_t   luck_;
    const pipe_end& parent_;
};

}  // namespace

int write_until_killed(const std::string& directory, book known, std::uint64_t luck, const pipe_end& parent) {
    writer(directory, std::move(known), luck, parent).run();
}

}  // namespace crash

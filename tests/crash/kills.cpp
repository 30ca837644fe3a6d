// A file log whose process is killed, again and again, at any moment, in a real directory:
//     crash_kills [KILLS [SEED [DIRECTORY]]]
//
// A killed process is no power cut: what it has written to a file is in the system's cache, and stays there, synced or not. So
// this shows that no order of the log's calls, and no moment between or in them, loses or halves an append, and that real files,
// mappings, locks and processes are what the log takes them for. It cannot show that anything is synced: the simulated disk
// (testing/simulated_disk.hpp) does that, which loses and tears what was not.
#include "crash/writer.hpp"
#include "support/temporary_directory.hpp"

#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <poll.h>

namespace {

using namespace crash;
using steady = std::chrono::steady_clock;

volatile std::sig_atomic_t is_interrupted = 0;

struct totals {
    std::uint64_t kills = 0, while_opening = 0, while_closing = 0, acknowledged = 0, repeated = 0, events = 0, segments = 0;
    observed      reader;
};

void must(bool holds, const std::string& what) {
    if (!holds) throw std::runtime_error(what);
}

// A log that is killed some times, and a reader that is not.
class round_of_kills {
public:
    round_of_kills(std::string directory, std::uint64_t seed, totals& all)
        : directory_(std::move(directory)), seed_(seed), all_(all), known_(seed), acknowledged_(thread_count, 0) {}

    void run(std::uint64_t kills) {
        pipe_ends end, answer;
        child     reader([&] {
            end.writing.close();
            answer.reading.close();
            return read_until_told(directory_, seed_, end.reading, answer.writing);
        });
        answer.writing.close();
        for (std::uint64_t i = 0; i < kills && is_interrupted == 0; ++i) {
            kill_a_writer(mixed(seed_, i));
            look(mixed(seed_, i, 1));
        }
        finish();
        end.writing.close();
        observed found;
        const bool has_answer = ::read(answer.reading.number(), &found, sizeof(found)) == sizeof(found);
        must(child::went_well(reader.wait()) && has_answer, "the reader found something");
        must(found.position == known_.position() && found.hash == known_.hash(), "the reader has read what is there");
        all_.reader.observations += found.observations;
        all_.reader.growths += found.growths;
        all_.reader.whole += found.whole;
    }

private:
    void kill_a_writer(std::uint64_t luck) {
        pipe_ends pipe;
        child     writer([&] {
            pipe.reading.close();
            return write_until_killed(directory_, known_, luck, pipe.writing);
        });
        pipe.writing.close();
        const auto moment = steady::now() + std::chrono::microseconds(luck / 8 % (luck % 4 == 0 ? 3000 : 30000));
        last_said_        = said::closed;
        for (auto now = steady::now(); now < moment; now = steady::now()) {
            ::pollfd waiting{pipe.reading.number(), POLLIN, 0};
            const auto left = std::chrono::duration_cast<std::chrono::nanoseconds>(moment - now).count();
            const ::timespec time{left / 1'000'000'000, left % 1'000'000'000};
            if (::ppoll(&waiting, 1, &time, nullptr) > 0 && !listen(pipe.reading)) break;
        }
        writer.kill();
        while (listen(pipe.reading)) {}
        must(child::was_killed(writer.wait()), "a writer goes on until it is killed");
        ++all_.kills;
        all_.while_opening += last_said_ == said::closed;
        all_.while_closing += last_said_ == said::closing;
    }
    // Takes some of what a writer says. False if it has said all.
    bool listen(const pipe_end& from) {
        static said     room[64];
        const ::ssize_t count = ::read(from.number(), room, sizeof(room));
        if (count < 0 && errno == EINTR) return true;
        must(count >= 0 && count % static_cast<::ssize_t>(sizeof(said)) == 0, "what a writer says comes in one piece");
        for (std::size_t i = 0; i < static_cast<std::size_t>(count) / sizeof(said); ++i) take(room[i]);
        return count != 0;
    }
    void take(const said& what) {
        if (what.kind != said::acknowledged) last_said_ = what.kind;
        if (what.kind != said::acknowledged) return;
        std::uint64_t& last = acknowledged_[what.thread];
        must(what.sequence == last + 1 || (what.was_repeated != 0 && what.sequence == last), "a thread's appends are acknowledged in order");
        if (what.sequence == last) return;
        last = what.sequence;
        promised_.push_back(what);
        ++all_.acknowledged;
        all_.repeated += what.was_repeated;
    }

    // What must be there now. First as a reader sees it, before anything is done about it.
    void look(std::uint64_t luck) {
        {
            const auto log = log_type::open_read_only(directory_);
            if (!log) {
                must(log.error().code == annals::errc::no_such_log && known_.position() == 0 && promised_.empty(),
                     "reading after a kill: " + log.error().message());
                return;
            }
            read(*log);
        }
        if (luck % 4 == 0) recover_twice(luck);
        if (luck % 3 == 0) recover(luck);
    }
    void read(const log_type& log) {
        must(known_.read_on(log), known_.trouble());
        const auto head = log.head();
        must(head && head->value == known_.position(),
             "the head is the last event: " + (head ? std::to_string(head->value) : head.error().message()) + " and not " +
                 std::to_string(known_.position()));
        for (const said& each : promised_) {
            const bool is_there = known_.next(each.thread).sequence > each.sequence;
            must(is_there, "append " + std::to_string(each.sequence) + " of thread " + std::to_string(each.thread) +
                               " was acknowledged, at position " + std::to_string(each.where.position) + ", and is not there");
            must(known_.where(each.thread, each.sequence) == each.where, "an append is where its receipt says");
        }
        promised_.clear();
        for (std::uint32_t thread = 0; thread < thread_count; ++thread)
            must(known_.next(thread).sequence <= acknowledged_[thread] + 2, "there is what nobody has appended");
    }

    // Recovers, and is killed before anything was appended, twice: that is to change nothing more.
    void recover_twice(std::uint64_t luck) {
        struct answer_of_recovery {
            std::uint64_t position, hash;
        } answers[2] = {};
        for (answer_of_recovery& answer : answers) {
            pipe_ends pipe;
            child     recovering([&] {
                auto log = log_type::open(directory_, options_of(luck));
                if (!log) give_up("recovering: " + log.error().message());
                if (!known_.read_on(*log)) give_up("after recovery: " + known_.trouble());
                if (const auto sound = log->verify(); !sound) give_up("after recovery, verifying: " + sound.error().message());
                (void)pipe.writing.put(answer_of_recovery{known_.position(), known_.hash()});
                (void)::kill(::getpid(), SIGKILL);
                return 1;
            });
            pipe.writing.close();
            const bool has_answer = ::read(pipe.reading.number(), &answer, sizeof(answer)) == sizeof(answer);
            must(child::was_killed(recovering.wait()) && has_answer, "the log can be recovered");
            ++all_.kills;
        }
        must(answers[0].position == answers[1].position && answers[0].hash == answers[1].hash, "recovering twice gives the same");
    }

    // Recovers, does what the writer had begun, and closes.
    void recover(std::uint64_t luck) {
        auto options       = options_of(luck);
        options.background = false;  // a process that forks has one thread
        auto log           = log_type::open(directory_, options);
        must(log.has_value(), log ? "" : "recovering: " + log.error().message());
        read(*log);
        for (std::uint32_t thread = 0; thread < thread_count; ++thread) {
            const append_plan& next = known_.next(thread);
            said               what;
            what.thread   = thread;
            what.sequence = next.sequence;
            what.kind     = said::acknowledged;
            what.where    = append(*log, next);
            if (acknowledged_[thread] + 1 != next.sequence) ++acknowledged_[thread];  // it was there, and nobody had been told
            take(what);
        }
        read(*log);
        if (luck / 3 % 4 == 0) {
            const auto sound = log->verify();
            must(sound && sound->events == known_.position(), "verified: " + (sound ? "" : sound.error().message()));
        }
        const auto closed = log->close();
        must(closed.has_value(), "the log can be closed");
    }

    void finish() {
        recover(3);
        const auto log = log_type::open_read_only(directory_);
        must(log.has_value(), "the log can be read");
        book again(seed_);
        must(again.read_on(*log), "all from the beginning: " + again.trouble());
        must(again.position() == known_.position() && again.hash() == known_.hash(), "what was read once stays as it was");
        all_.events += again.position();
        for (const auto& entry : std::filesystem::directory_iterator(directory_)) all_.segments += entry.path().extension() == ".log";
    }

    std::string                directory_;
    std::uint64_t              seed_;
    totals&                    all_;
    book                       known_;         // what was read
    std::vector<std::uint64_t> acknowledged_;  // the last append of each thread
    std::vector<said>          promised_;      // acknowledged, and not yet looked for
    std::uint32_t              last_said_ = said::closed;
};

int run(std::uint64_t kills, std::uint64_t seed, const std::string& directory) {
    constexpr std::uint64_t of_a_round = 25;
    totals                  all;
    const auto              begin = steady::now();
    for (std::uint64_t round = 0; all.kills < kills && is_interrupted == 0; ++round) {
        const std::uint64_t luck  = mixed(seed, round);
        const std::string   where = directory + "/log-" + std::to_string(round);
        try {
            round_of_kills(where, luck, all).run(of_a_round);
        } catch (const std::exception& failure) {
            std::printf("round %llu, seed %llu: %s\n", static_cast<unsigned long long>(round),
                        static_cast<unsigned long long>(seed), failure.what());
            if (std::getenv("ANNALS_KEEP"))
                std::filesystem::copy(where, std::getenv("ANNALS_KEEP"), std::filesystem::copy_options::recursive);
            return 1;
        }
        std::filesystem::remove_all(where);
    }
    const double seconds = std::chrono::duration<double>(steady::now() - begin).count();
    const auto   number  = [](std::uint64_t value) { return static_cast<unsigned long long>(value); };
    std::printf("%llu kills in %.1f s (%.0f a second), %llu of them while the log was opened, %llu while it was closed\n",
                number(all.kills), seconds, static_cast<double>(all.kills) / seconds, number(all.while_opening), number(all.while_closing));
    std::printf("%llu appends acknowledged, %llu of them made by a process that could not tell; %llu events in %llu files\n",
                number(all.acknowledged), number(all.repeated), number(all.events), number(all.segments));
    std::printf("%llu observations of readers, %llu of which saw more than before, and %llu all from the beginning\n",
                number(all.reader.observations), number(all.reader.growths), number(all.reader.whole));
    return is_interrupted == 0 ? 0 : 1;
}

}  // namespace

int main(int count, char** arguments) {
    const std::uint64_t kills = count > 1 ? std::strtoull(arguments[1], nullptr, 10) : 300;
    const std::uint64_t seed  = count > 2 ? std::strtoull(arguments[2], nullptr, 10)
                                          : static_cast<std::uint64_t>(std::chrono::system_clock::now().time_since_epoch().count());
    for (const int signal : {SIGINT, SIGTERM}) (void)std::signal(signal, [](int) { is_interrupted = 1; });
    (void)std::signal(SIGPIPE, SIG_IGN);
    if (count > 3) return run(kills, seed, arguments[3]);
    const support::temporary_directory home;
    return run(kills, seed, home.path().string());
}

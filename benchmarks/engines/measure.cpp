// An engine under this library beside the engine alone: `annals_benchmark_engines_sqlite [OPTION=VALUE…]`, with
//     rounds=5         how often each pair is measured; what is printed as a ratio is the median of the rounds' ratios
//     seconds=0.3      for how long clients append in a round
//     events=1000000   how many events are replayed
//     clients=1,4,16   threads, each with a client of its own
//     sizes=1,100,10000   events in one append
//     directory=DIR    where the files lie for a while; not in memory, where a sync costs nothing. Else beside the program.
//     only=TEXT        the claims with this in their name: latency, append, replay
// For example, in half a minute, `annals_benchmark_engines_sqlite rounds=3 seconds=0.1 events=100000`.
//
// Figures go to the standard output as lines `CLAIM <tab> CONTESTANT <tab> ROUND <tab> VALUE`: nanoseconds for each event, of
// all clients together, or for an append as its client waits for it. What they come to is said on the standard error.
//
// Both contestants of a pair are open at once, and take turns in each round, the other one first each time. Each appends to a
// store of its own, to streams that are there, 16 for each client; both read one store, which this library has filled. What the
// engine's own interface has written is read by this library in the end, and has to come to the same.
#include "../durable/fresh_directory.hpp"
#include "engine.hpp"

#include <algorithm>
#include <atomic>
#include <barrier>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <map>
#include <optional>
#include <thread>
#include <vector>

namespace engines {

namespace {

using clock_type = std::chrono::steady_clock;

struct settings {
    int                      rounds  = 5;
    double                   seconds = 0.3;
    std::size_t              events  = 1'000'000;
    std::vector<std::size_t> clients{1, 4, 16}, sizes{1, 100, 10'000};
    std::string              directory, only;
};

std::vector<std::size_t> numbers_in(const char* text) {
    std::vector<std::size_t> all;
    for (char* end = nullptr;; text = end + 1) {
        all.push_back(std::strtoull(text, &end, 10));
        if (*end != ',') return all;
    }
}

std::optional<settings> settings_of(int argc, char** argv) {
    settings made;
    for (int i = 1; i < argc; ++i) {
        const char* const value = std::strchr(argv[i], '=');
        if (!value) return std::nullopt;
        const std::string_view name(argv[i], static_cast<std::size_t>(value - argv[i]));
        if (name == "rounds")
            made.rounds = std::atoi(value + 1);
        else if (name == "seconds")
            made.seconds = std::atof(value + 1);
        else if (name == "events")
            made.events = numbers_in(value + 1).front();
        else if (name == "clients")
            made.clients = numbers_in(value + 1);
        else if (name == "sizes")
            made.sizes = numbers_in(value + 1);
        else if (name == "directory")
            made.directory = value + 1;
        else if (name == "only")
            made.only = value + 1;
        else
            return std::nullopt;
    }
    return made;
}

void add(warehouse::tally& to, const warehouse::tally& more, std::int64_t times = 1) {
    for (std::size_t i = 0; i < to.sums.size(); ++i) to.sums[i] += more.sums[i] * times;
}

warehouse::batch batch_of(std::size_t events, warehouse::random_numbers& random) {
    warehouse::batch made;
    made.fill(events, [&](std::size_t i) { return warehouse::random_small_event(i, random); });
    return made;
}

warehouse::tally tally_of(const warehouse::batch& events) {
    warehouse::tally made;
    for (const auto& each : events.bytes()) warehouse::apply_stored(made, each.type, each.bytes.data());
    return made;
}

/// One thread: its client, its streams, and what it has appended to them.
class worker {
public:
    static constexpr std::size_t streams = 16;

    worker(store& in, std::size_t number) : client_(in.connect()) {
        for (std::size_t i = 0; i < streams; ++i) streams_.push_back({"stream-" + std::to_string(number * streams + i), 0});
    }
    void append(const warehouse::batch& events) {
        auto& [name, version] = streams_[appends_++ % streams];
        client_->append(name, version, events);
        version += events.bytes().size();
    }
    void append_to_all(const warehouse::batch& events) {
        for (std::size_t i = 0; i < streams; ++i) append(events);
        client_->settle();
    }
    /// Returns how many appends that were; one at least.
    std::size_t append_until(clock_type::time_point end, const warehouse::batch& events) {
        const std::size_t before = appends_;
        do append(events);
        while (clock_type::now() < end);
        client_->settle();
        return appends_ - before;
    }
    /// Nanoseconds that each append took until it was acknowledged.
    void wait_until(clock_type::time_point end, const warehouse::batch& events, std::vector<double>& waits) {
        for (auto before = clock_type::now(); before < end;) {
            append(events);
            client_->settle();
            const auto after = clock_type::now();
            waits.push_back(std::chrono::duration<double, std::nano>(after - before).count());
            before = after;
        }
    }
    [[nodiscard]] warehouse::tally replay() const { return client_->replay(); }
    [[nodiscard]] std::size_t      appends() const { return appends_; }

private:
    struct stream {
        std::string   name;
        std::uint64_t version;
    };

    std::unique_ptr<client> client_;
    std::vector<stream>     streams_;
    std::size_t             appends_ = 0;
};

/// A contestant with its clients.
class contestant {
public:
    contestant(const char* name, std::unique_ptr<store> opened, std::size_t clients) : name_(name), store_(std::move(opened)) {
        for (std::size_t i = 0; i < clients; ++i) workers_.emplace_back(*store_, i);
    }

    [[nodiscard]] const char* name() const { return name_; }
    std::vector<worker>&      workers() { return workers_; }

    /// Has `work(worker)` done by all at once, and returns nanoseconds.
    template <class Work>
    double together(const Work& work) {
        clock_type::time_point begin;
        std::barrier start(static_cast<std::ptrdiff_t>(workers_.size()), [&]() noexcept { begin = clock_type::now(); });
        std::vector<std::thread> threads;
        for (worker& each : workers_)
            threads.emplace_back([&] {
                start.arrive_and_wait();
                work(each, begin);
            });
        for (std::thread& each : threads) each.join();
        return std::chrono::duration<double, std::nano>(clock_type::now() - begin).count();
    }

private:
    const char*            name_;
    std::unique_ptr<store> store_;
    std::vector<worker>    workers_;
};

double median_of(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    return (values[values.size() / 2] + values[(values.size() - 1) / 2]) / 2;
}

/// What was measured of one claim, by two contestants in rounds.
class outcome {
public:
    outcome(std::string claim, const engine& which) : claim_(std::move(claim)), names_{"annals", which.name} {}

    void add(std::size_t who, double value) {
        std::printf("%s\t%s\t%zu\t%.6g\n", claim_.c_str(), names_[who], values_[who].size(), value);
        values_[who].push_back(value);
    }
    /// `most` is what this library may take, beside the engine; the ratio shown is of its rates or of its times.
    void say(double bar, bool of_rates) const {
        std::vector<double> ratios;
        for (std::size_t i = 0; i < values_[0].size(); ++i)
            ratios.push_back(of_rates ? values_[1][i] / values_[0][i] : values_[0][i] / values_[1][i]);
        const double ratio = median_of(ratios), ours = median_of(values_[0]), theirs = median_of(values_[1]);
        const bool   met = of_rates ? ratio >= bar : ratio <= bar;
        if (of_rates)
            std::fprintf(stderr, "%-36s %12.0f/s beside %12.0f/s  %.3f, bar >= %g: %s\n", claim_.c_str(), 1e9 / ours,
                         1e9 / theirs, ratio, bar, met ? "met" : "missed");
        else
            std::fprintf(stderr, "%-36s %11.1f us beside %11.1f us  %.3f, bar <= %g: %s\n", claim_.c_str(), ours / 1e3,
                         theirs / 1e3, ratio, bar, met ? "met" : "missed");
        std::fflush(stdout);
    }

private:
    std::string         claim_;
    const char*         names_[2];
    std::vector<double> values_[2];
};

class comparison {
public:
    comparison(const engine& which, const settings& how, std::string directory)
        : which_(which), how_(how), directory_(std::move(directory)) {}

    void run() {
        const std::string name = which_.name;
        if (is_wanted("latency_" + name)) measure_latency(name);
        for (const std::size_t size : how_.sizes)
            for (const std::size_t clients : how_.clients) {
                const std::string claim = "append_" + name + "_" + std::to_string(size) + "_clients_" + std::to_string(clients);
                if (is_wanted(claim)) measure_appends(claim, size, clients);
            }
        if (is_wanted("replay_" + name)) measure_replays("replay_" + name);
    }

private:
    [[nodiscard]] bool is_wanted(const std::string& claim) const { return claim.find(how_.only) != std::string::npos; }

    std::string new_place(const char* who) {
        std::string made = directory_ + "/" + who + "_" + std::to_string(++places_);
        std::filesystem::create_directory(made);
        return made;
    }
    [[nodiscard]] clock_type::duration turn() const {
        return std::chrono::duration_cast<clock_type::duration>(std::chrono::duration<double>(how_.seconds));
    }

    /// Two stores that are appended to, each by so many clients; `take(contestant)` is called for one after the other.
    template <class Take>
    void append_in_rounds(const warehouse::batch& events, std::size_t clients, const Take& take) {
        const std::string places[] = {new_place("annals"), new_place(which_.name)};
        warehouse::tally  due[2];
        {
            contestant both[] = {{"annals", which_.annals(places[0]), clients},
                                 {which_.name, which_.itself(places[1]), clients}};
            for (std::size_t who = 0; who < 2; ++who) {
                due[who] = both[who].workers()[0].replay();
                both[who].together([&](worker& one, auto) { one.append_to_all(events); });
            }
            for (int round = 0; round < how_.rounds; ++round)
                for (const int turn : {0, 1}) {
                    settle(directory_);
                    take(static_cast<std::size_t>((round + turn) % 2), both[(round + turn) % 2]);
                }
            for (std::size_t who = 0; who < 2; ++who)
                for (const worker& each : both[who].workers())
                    add(due[who], tally_of(events), static_cast<std::int64_t>(each.appends()));
        }
        for (std::size_t who = 0; who < 2; ++who) {
            if (which_.annals(places[who])->connect()->replay() != due[who])
                give_up(places[who], "does not hold what was appended");
            std::filesystem::remove_all(places[who]);
        }
    }

    void measure_latency(const std::string& name) {
        const warehouse::batch events = batch_of(1, random_);
        outcome                half("latency_" + name, which_), most("long_latency_" + name, which_);
        append_in_rounds(events, 1, [&](std::size_t who, contestant& one) {
            std::vector<double> waits;
            one.workers()[0].wait_until(clock_type::now() + turn(), events, waits);
            std::sort(waits.begin(), waits.end());
            half.add(who, waits[waits.size() / 2]);
            most.add(who, waits[waits.size() * 99 / 100]);
        });
        half.say(1.2, false);
        most.say(1.2, false);
    }

    void measure_appends(const std::string& claim, std::size_t size, std::size_t clients) {
        const warehouse::batch events = batch_of(size, random_);
        outcome                found(claim, which_);
        append_in_rounds(events, clients, [&](std::size_t who, contestant& one) {
            std::atomic<std::size_t> appends{0};
            const double             taken =
                one.together([&](worker& each, auto begin) { appends += each.append_until(begin + turn(), events); });
            found.add(who, taken / static_cast<double>(appends * size));
        });
        found.say(0.9, true);
    }

    /// The events came in appends of 100, to 1000 streams in turn.
    void measure_replays(const std::string& claim) {
        const std::string place = new_place("replayed");
        warehouse::tally  due;
        {
            constexpr std::size_t at_once = 100, streams = 1000;
            const auto            filled = which_.annals(place);
            const auto            to     = filled->connect();
            due                          = to->replay();
            for (std::size_t done = 0, appends = 0; done < how_.events; ++appends) {
                const auto events = batch_of(std::min(at_once, how_.events - done), random_);
                to->append("stream-" + std::to_string(appends % streams), appends / streams * at_once, events);
                add(due, tally_of(events));
                done += events.bytes().size();
            }
            to->settle();
        }
        for (const std::size_t clients : how_.clients) {
            contestant both[] = {{"annals", which_.annals(place), clients}, {which_.name, which_.itself(place), clients}};
            outcome    found(claim + "_clients_" + std::to_string(clients), which_);
            for (int round = -1; round < how_.rounds; ++round)  // what is read first is not in the page cache
                for (const int turn : {0, 1}) {
                    const auto   who   = static_cast<std::size_t>((round + 1 + turn) % 2);
                    const double taken = both[who].together([&](worker& each, auto) {
                        if (each.replay() != due) give_up(both[who].name(), "comes to another state");
                    });
                    if (round >= 0) found.add(who, taken / static_cast<double>(how_.events * clients));
                }
            found.say(0.9, true);
        }
        std::filesystem::remove_all(place);
    }

    const engine&             which_;
    const settings&           how_;
    std::string               directory_;
    int                       places_ = 0;
    warehouse::random_numbers random_;
};

}  // namespace

int measure(const engine& which, int argc, char** argv) {
    const auto how = settings_of(argc, argv);
    if (!how) {
        std::fprintf(stderr, "OPTION=VALUE…: rounds, seconds, events, clients, sizes, directory, only\n");
        return 2;
    }
    return in_fresh_directory(how->directory, [&](const std::string& directory) {
        comparison(which, *how, directory).run();
        return 0;
    });
}

}  // namespace engines

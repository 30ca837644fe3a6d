// Appends to a log while calls of the system fail, and says what each append answers; and looks afterwards what is there:
//     crash_failing_calls write DIRECTORY APPENDS [background] [written] [large] [abandon] [free=FILE]
//     crash_failing_calls check DIRECTORY SAID
// Who makes the calls fail is failing_calls.sh. `large` makes every tenth append larger than a usual file of the log; FILE is
// removed when the disk is full for the third time; with `abandon` the process ends without closing the log. SAID is what was written by the first. Exits with 1 if a promise is broken.
#include "crash/book.hpp"

#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <unistd.h>

namespace {

using namespace crash;
using annals::any_version;
using annals::errc;

constexpr std::uint64_t seed = 20;

int broken = 0;

void must(bool holds, const std::string& what) {
    if (holds) return;
    std::printf("broken: %s\n", what.c_str());
    broken = 1;
}

// One to four events of about a kilobyte each. Two streams, turn about.
std::vector<any_event> events_of(std::uint64_t sequence, bool is_large) {
    std::vector<any_event> all;
    const auto             count = static_cast<std::uint32_t>(1 + sequence % 4);
    for (std::uint32_t i = 0; i < count; ++i) {
        const append_plan plan{seed, 0, sequence, 0};
        std::string       text = plan.text(i);
        text.resize(is_large ? 100'000 : 1000, static_cast<char>('a' + (sequence + i) % 26));
        all.push_back(noted{{0, sequence, i, count}, text});
    }
    return all;
}
std::string stream_of(std::uint64_t sequence) { return shared_stream(sequence % 2); }
annals::metadata about(std::uint64_t sequence, std::size_t count) {
    annals::metadata  about;
    const append_plan plan{seed, 0, sequence, 0};
    for (std::uint32_t i = 0; i < count; ++i) about.event_ids.push_back(plan.id_of(i));
    return about;
}

// The appends in a log, in order; each must be as it was made.
std::vector<std::uint64_t> appends_in(const log_type& log) {
    std::vector<std::uint64_t>           found;
    std::vector<any_event>               expected;
    std::size_t                          index = 0;
    std::uint64_t                        last  = 0;
    std::map<std::string, std::uint64_t> versions;
    annals::handlers reader{[&](const noted& event, const annals::context& where) {
        if (index == expected.size()) {
            expected = events_of(event.at.sequence, event.text.size() > 10'000);
            index    = 0;
            found.push_back(event.at.sequence);
        }
        must(event.at.sequence == found.back() && event.at.index == index && event.text == std::get<noted>(expected[index]).text,
             "an event is what was appended");
        must(where.position.value == ++last && where.version.value == ++versions[std::string(where.stream)], "there are no gaps");
        must(where.stream == stream_of(event.at.sequence), "an event is in its stream");
        ++index;
    }, annals::otherwise([](const auto&) { must(false, "an event has its type"); })};
    const auto done = log.read(annals::whole_log(), reader);
    must(done.has_value(), done ? "" : "reading: " + done.error().message());
    must(index == expected.size(), "an append is there as a whole");
    for (const auto& [name, known] : versions) {
        const auto stream = log.read(annals::stream(name).backwards(), annals::handlers{annals::otherwise([](const auto&) {})});
        must(stream && stream->count == known, "the stream " + name + " can be read");
    }
    return found;
}

annals::file_log_options small_files() {
    annals::file_log_options options;
    options.segment_size  = std::uint64_t{64} << 10U;
    options.background    = false;
    options.sync_interval = std::chrono::milliseconds(1);
    return options;
}

struct choices {
    annals::file_log_options options = small_files();
    bool                     has_large    = false;
    bool                     is_abandoned = false;
    std::string              to_free;
};

int write(const std::string& directory, std::uint64_t appends, choices what) {
    auto log = log_type::open(directory, what.options);
    std::printf("open: %s\n", log ? "ok" : log.error().message().c_str());
    if (!log) return 0;
    std::vector<std::uint64_t> acknowledged = appends_in(*log);
    const std::uint64_t        before       = acknowledged.size();
    for (const std::uint64_t each : acknowledged) std::printf("append %llu: ok\n", static_cast<unsigned long long>(each));
    std::uint64_t              failed = 0;  // the first append that may be there or not, or that was told of such a one
    int                        full   = 0;
    for (std::uint64_t sequence = before + 1; sequence <= before + appends && (failed == 0 || sequence < failed + 4); ++sequence) {
        const bool is_large = what.has_large && sequence % 10 == 0;
        const auto events   = events_of(sequence, is_large);
        for (int attempt = 0; attempt < 5; ++attempt) {
            const auto made = log->append(stream_of(sequence), any_version, about(sequence, events.size()), events);
            const auto code = made ? "ok" : std::string(to_string(made.error().code));
            std::printf("append %llu: %s\n", static_cast<unsigned long long>(sequence), code.c_str());
            if (made) acknowledged.push_back(sequence);
            must(failed == 0 || code == "log_failed", "after a failure an append answers log_failed: " + code);
            if (code == "durability_unknown" || code == "log_failed") failed = failed == 0 ? sequence : failed;
            must(made || failed != 0 || code == "disk_full" || code == "io_failed", "an append answers " + code);
            if (made || failed != 0) break;
            must(made.error().system_code != 0, "the error has the system's reason");
            if (code == "disk_full" && ++full == 3 && !what.to_free.empty()) (void)::unlink(what.to_free.c_str());
            must(appends_in(*log) == acknowledged, "what was not written is not there");
        }
    }
    const auto found = appends_in(*log);
    must(found == acknowledged, "what was acknowledged can be read, and nothing else");
    std::printf("read: %zu\n", found.size());
    std::fflush(nullptr);
    if (what.is_abandoned) std::_Exit(broken);
    const auto closed = log->close();
    std::printf("close: %s\n", closed ? "ok" : std::string(to_string(closed.error().code)).c_str());
    must(failed == 0 || !closed, "closing says that writing had failed");
    return broken;
}

int check(const std::string& directory, const std::string& said) {
    std::map<std::uint64_t, std::set<std::string>> answers;
    std::ifstream                                  lines(said);
    for (std::string word; lines >> word;) {
        if (word != "append") continue;
        std::uint64_t sequence = 0;
        char          colon    = 0;
        lines >> sequence >> colon >> word;
        answers[sequence].insert(word);
    }
    auto log = log_type::open(directory, small_files());
    must(log.has_value(), log ? "" : "opening: " + log.error().message());
    if (!log) return broken;
    const auto              found = appends_in(*log);
    std::set<std::uint64_t> there;
    for (const std::uint64_t each : found) {
        must(there.insert(each).second, "append " + std::to_string(each) + " is there once");
        must(answers[each].contains("ok") || answers[each].contains("durability_unknown"),
             "append " + std::to_string(each) + " is there, and was refused");
    }
    for (const auto& [sequence, given] : answers)
        must(!given.contains("ok") || there.contains(sequence), "append " + std::to_string(sequence) + " was acknowledged, and is lost");
    const auto sound = log->verify();
    must(sound.has_value(), sound ? "" : "verifying: " + sound.error().message());
    // All that was not acknowledged is appended again, and is there once.
    for (const auto& [sequence, given] : answers) {
        if (given.contains("ok")) continue;
        const auto events = events_of(sequence, false);
        const auto made   = log->append(stream_of(sequence), any_version, about(sequence, events.size()), events);
        must(made.has_value(), made ? "" : "appending again: " + made.error().message());
        there.insert(sequence);
    }
    must(appends_in(*log).size() == there.size(), "an append that is repeated is there once");
    const auto closed = log->close();
    must(closed.has_value(), "the log can be closed");
    return broken;
}

}  // namespace

int main(int count, char** arguments) {
    const std::vector<std::string> given(arguments + 1, arguments + count);
    if (given.size() == 3 && given[0] == "check") return check(given[1], given[2]);
    if (given.size() < 3 || given[0] != "write") return 2;
    (void)std::signal(SIGXFSZ, SIG_IGN);  // then a file that becomes too long is an error
    choices what;
    for (std::size_t i = 3; i < given.size(); ++i) {
        if (given[i] == "background") what.options.background = true;
        if (given[i] == "written") what.options.acknowledge = annals::acknowledge::when_written;
        if (given[i] == "abandon") what.is_abandoned = true;
        if (given[i] == "large") what.has_large = true;
        if (given[i].starts_with("free=")) what.to_free = given[i].substr(5);
    }
    return write(given[1], std::stoull(given[2]), what);
}

#include "crash_simulation/safeguards.hpp"

#include "crash_simulation/suite.hpp"

#include <annals/log/file/safeguard.hpp>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>
#include <string_view>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

namespace crash_simulation {

using annals::detail::safeguard;

namespace {

constexpr std::string_view names[] = {"none",
                                      "sync_of_a_group",
                                      "sync_of_a_new_segment",
                                      "sync_of_the_directory",
                                      "sync_of_a_recovered_tail",
                                      "sync_before_rolling",
                                      "sync_of_the_closing_mark",
                                      "sync_of_a_copy",
                                      "sync_of_a_copy_s_directory",
                                      "sync_before_removing",
                                      "sync_of_a_compressed_segment",
                                      "sync_of_its_name",
                                      "check_of_a_header",
                                      "check_of_a_head",
                                      "check_of_a_body",
                                      "check_of_a_link",
                                      "check_of_a_salt",
                                      "check_of_durable_marks",
                                      "check_of_an_index",
                                      "check_of_missing_segments",
                                      "poison_after_failure",
                                      "copy_behind_a_mark"};
static_assert(std::size(names) == static_cast<std::size_t>(safeguard::count_of_safeguards));

// The parts that are most apt to see that it is missing, in turn.
std::vector<part> parts_for(safeguard missing) {
    if (missing < safeguard::check_of_a_header || missing > safeguard::check_of_missing_segments)
        return {part::crash, part::recovery, part::kill, part::fault, part::full, part::long_run};
    std::vector<part> parts(10, part::damage);
    parts.insert(parts.end(), {part::crash, part::recovery, part::long_run});
    return parts;
}

constexpr int nothing_broke = 3;

// In a process of its own, for without a check the log may read what is not its own. Until something breaks.
[[noreturn]] void look_for_trouble(safeguard missing, double seconds) {
    using steady = std::chrono::steady_clock;
    suite         all(1);
    const auto    begin = steady::now();
    const auto    parts = parts_for(missing);
    std::uint64_t cases = 0, numbers[std::size(all_parts)] = {};
    std::signal(SIGALRM, SIG_DFL);
    std::set_terminate(std::abort);
    ::alarm(static_cast<unsigned>(seconds) + 5);  // without a check it may also never end
    annals::detail::missing_safeguard = missing;
    for (std::size_t i = 0;; i = (i + 1) % parts.size()) {
        const double spent = std::chrono::duration<double>(steady::now() - begin).count();
        if (spent > seconds) std::_Exit(nothing_broke);
        const std::uint64_t number = numbers[static_cast<std::size_t>(parts[i])]++;
        ++cases;
        try {
            all.run(parts[i], number);
        } catch (const std::exception& failure) {
            std::string what = failure.what();
            what.resize(std::min<std::size_t>(what.find('\n'), 100));
            std::printf("%-28s %-8s %4llu %7llu %6.2f s  %s\n", names[static_cast<std::size_t>(missing)].data(),
                        name_of(parts[i]).data(), static_cast<unsigned long long>(number),
                        static_cast<unsigned long long>(cases), spent, what.c_str());
            std::fflush(stdout);
            std::_Exit(0);
        }
    }
}

}  // namespace

void take_away(const std::string& name) {
    for (std::size_t i = 0; i < std::size(names); ++i)
        if (names[i] == name) annals::detail::missing_safeguard = static_cast<safeguard>(i);
}

int check_safeguards(double seconds) {
    int superfluous = 0;
    std::printf("%-28s %-8s %4s %7s %8s  %s\n", "without", "breaks", "case", "cases", "after", "what");
    for (std::size_t i = 1; i < std::size(names); ++i) {
        std::fflush(stdout);
        const pid_t child = ::fork();
        if (child == 0) look_for_trouble(static_cast<safeguard>(i), seconds);
        int status = 0;
        if (child < 0 || ::waitpid(child, &status, 0) != child) return 2;
        if (WIFSIGNALED(status)) std::printf("%-28s the process ended with signal %d\n", names[i].data(), WTERMSIG(status));
        if (!WIFEXITED(status)) continue;
        if (WEXITSTATUS(status) != 0 && WEXITSTATUS(status) != nothing_broke)
            std::printf("%-28s the process ended with code %d\n", names[i].data(), WEXITSTATUS(status));
        if (WEXITSTATUS(status) == nothing_broke) {
            std::printf("%-28s NOTHING BREAKS\n", names[i].data());
            ++superfluous;
        }
    }
    return superfluous == 0 ? 0 : 1;
}

}  // namespace crash_simulation

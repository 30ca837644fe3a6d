#include "crash_simulation/safeguards.hpp"

#include "crash_simulation/suite.hpp"

#include <annals/log/file/safeguard.hpp>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string_view>
#include <sys/wait.h>
#include <unistd.h>

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

// In a process of its own, for without a check the log may read what is not its own. Each part in turn, until something breaks.
[[noreturn]] void look_for_trouble(safeguard missing, double seconds) {
    suite      all(1);
    const auto begin = std::chrono::steady_clock::now();
    ::alarm(static_cast<unsigned>(seconds) + 5);  // without a check it may also never end
    annals::detail::missing_safeguard = missing;
    std::uint64_t cases = 0;
    for (std::uint64_t number = 0;; ++number)
        for (const part each : all_parts) {
            if (each == part::long_run && number % 8 != 7) continue;
            const double spent = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
            if (spent > seconds) std::_Exit(1);
            ++cases;
            try {
                all.run(each, number);
            } catch (const std::exception& failure) {
                std::printf("%-28s %-12s case %4llu, after %5llu cases, %.2f s: %.90s\n", names[static_cast<std::size_t>(missing)].data(), name_of(each).data(),
                            static_cast<unsigned long long>(number), static_cast<unsigned long long>(cases), spent, failure.what());
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
    std::printf("%-28s %s\n", "without this safeguard", "this part of the suite breaks");
    for (std::size_t i = 1; i < std::size(names); ++i) {
        std::fflush(stdout);
        const pid_t child = ::fork();
        if (child == 0) look_for_trouble(static_cast<safeguard>(i), seconds);
        int status = 0;
        if (child < 0 || ::waitpid(child, &status, 0) != child) return 2;
        if (WIFSIGNALED(status)) std::printf("%-28s the process ended with signal %d\n", names[i].data(), WTERMSIG(status));
        if (WIFEXITED(status) && WEXITSTATUS(status) != 0) {
            std::printf("%-28s NOTHING BREAKS\n", names[i].data());
            ++superfluous;
        }
    }
    return superfluous == 0 ? 0 : 1;
}

}  // namespace crash_simulation

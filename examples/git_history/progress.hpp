// Appendix: how far an import is, on standard error.
#pragma once

#include <chrono>
#include <cstdint>
#include <iomanip>
#include <iostream>
#include <unistd.h>

namespace git_history {

/// Counts, and says so while an import takes long: after a second, then twice a second on a terminal, and every five
/// seconds elsewhere.
class progress {
public:
    void count_kept(std::uint64_t commits) { kept_ = commits; }
    void count_events(std::uint64_t count) { events_ += count; }
    void count_commit() {
        ++commits_;
        // Asking for the time costs more than counting.
        if (commits_ % 256 == 0) report(clock::now());
    }

    /// Ends the count and wipes the line that was written last.
    void finish() {
        seconds_ = std::chrono::duration<double>(clock::now() - begun_).count();
        if (reported_ && terminal_) std::cerr << "\r\033[K" << std::flush;
    }

    /// `N commits, M events in S s (E events/s)`, and how many commits were there before, if there were any.
    friend std::ostream& operator<<(std::ostream& out, const progress& done) {
        const double rate = done.seconds_ > 0 ? static_cast<double>(done.events_) / done.seconds_ : 0;
        out << done.commits_ << " commits, " << done.events_ << " events in " << std::fixed << std::setprecision(2)
            << done.seconds_ << " s (" << std::setprecision(0) << rate << " events/s)";
        if (done.kept_ != 0) out << "; " << done.kept_ << " commits were there already";
        return out;
    }

private:
    using clock = std::chrono::steady_clock;

    void report(clock::time_point now) {
        if (now < next_) return;
        next_     = now + (terminal_ ? std::chrono::milliseconds{500} : std::chrono::milliseconds{5000});
        reported_ = true;
        std::cerr << (terminal_ ? "\r" : "") << "reading: " << commits_ << " commits, " << events_ << " events"
                  << (terminal_ ? "" : "\n") << std::flush;
    }

    std::uint64_t     kept_    = 0;
    std::uint64_t     commits_ = 0;
    std::uint64_t     events_  = 0;
    double            seconds_ = 0;
    clock::time_point begun_   = clock::now();
    clock::time_point next_    = begun_ + std::chrono::seconds{1};
    bool              terminal_ = ::isatty(STDERR_FILENO) == 1;
    bool              reported_ = false;
};

}  // namespace git_history

// Processes that are made to be killed, and pipes to them.
#pragma once

#include <cerrno>
#include <cstddef>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <utility>

#include <sys/prctl.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

namespace crash {

class pipe_end {
public:
    pipe_end() = default;
    explicit pipe_end(int number) : number_(number) {}
    pipe_end(pipe_end&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
    pipe_end& operator=(pipe_end&& other) noexcept {
        std::swap(number_, other.number_);
        return *this;
    }
    ~pipe_end() { close(); }

    void close() {
        if (number_ >= 0) (void)::close(std::exchange(number_, -1));
    }
    [[nodiscard]] int number() const { return number_; }

    /// In one piece, for it is shorter than PIPE_BUF. False if nobody reads.
    template <class Record>
    [[nodiscard]] bool put(const Record& record) const {
        ::ssize_t count = 0;
        do count = ::write(number_, &record, sizeof(record));
        while (count < 0 && errno == EINTR);
        return count == static_cast<::ssize_t>(sizeof(record));
    }

private:
    int number_ = -1;
};

struct pipe_ends {
    pipe_end reading, writing;

    pipe_ends() {
        int numbers[2];
        if (::pipe(numbers) != 0) throw std::runtime_error("no pipe");
        reading = pipe_end(numbers[0]);
        writing = pipe_end(numbers[1]);
    }
};

/// A process that does one thing and ends, at the latest with the one that started it. That one has a single thread.
class child {
public:
    /// `work()` answers the exit code.
    template <class Work>
    explicit child(Work&& work) {
        std::fflush(nullptr);
        const ::pid_t parent = ::getpid();
        id_                  = ::fork();
        if (id_ < 0) throw std::runtime_error("no process");
        if (id_ != 0) return;
        (void)::prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (::getppid() != parent) std::_Exit(0);  // the parent ended before it was told to us
        std::_Exit(work());
    }
    child(const child&)            = delete;
    child& operator=(const child&) = delete;
    ~child() {
        kill();
        (void)wait();
    }

    void kill() const {
        if (id_ > 0) (void)::kill(id_, SIGKILL);
    }
    /// Until it has ended; the answer says how, as `waitpid` does.
    int wait() {
        if (id_ > 0)
            while (::waitpid(id_, &status_, 0) < 0 && errno == EINTR) {}
        id_ = 0;
        return status_;
    }
    [[nodiscard]] static bool was_killed(int status) { return WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL; }
    [[nodiscard]] static bool went_well(int status) { return WIFEXITED(status) && WEXITSTATUS(status) == 0; }

private:
    ::pid_t id_     = 0;
    int     status_ = 0;
};

/// Says what is wrong, and ends the process, as it is.
[[noreturn]] inline void give_up(const std::string& what) {
    std::fprintf(stderr, "%s\n", what.c_str());
    std::_Exit(3);
}

}  // namespace crash

// A program that a test starts, and ends by its process id.
#pragma once

#include <chrono>
#include <csignal>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

namespace support {

/// It is killed when this object goes, and when the thread that started it ends, however that ends.
class child_process {
public:
    child_process() = default;
    /// `arguments` begin with the program, which is looked for as a shell would. What it says goes into a file.
    /// `prepare` runs in the child before the program: it may change the user.
    template <class Prepare>
    child_process(std::vector<std::string> arguments, const std::string& output, Prepare prepare) {
        const pid_t        parent = ::getpid();
        std::vector<char*> words;
        for (std::string& each : arguments) words.push_back(each.data());
        words.push_back(nullptr);
        id_ = ::fork();
        if (id_ < 0) throw std::runtime_error("no process for " + arguments.front());
        if (id_ > 0) return;
        const int file = ::open(output.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
        if (file >= 0) {
            (void)::dup2(file, STDOUT_FILENO);
            (void)::dup2(file, STDERR_FILENO);
        }
        prepare();
        // Behind a change of the user, which takes it back.
        (void)::prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (::getppid() != parent) ::_exit(1);
        ::execvp(words[0], words.data());
        ::_exit(127);
    }
    child_process(std::vector<std::string> arguments, const std::string& output)
        : child_process(std::move(arguments), output, [] {}) {}
    child_process(child_process&& other) noexcept : id_(std::exchange(other.id_, 0)) {}
    child_process& operator=(child_process&& other) noexcept {
        std::swap(id_, other.id_);
        return *this;
    }
    ~child_process() {
        if (id_ > 0) end(SIGKILL);
    }

    [[nodiscard]] pid_t id() const noexcept { return id_; }
    /// Not after it was waited for.
    void signal(int which) const { (void)::kill(id_, which); }
    /// Returns when it does nothing any more, until it gets a SIGCONT.
    void stop() const {
        signal(SIGSTOP);
        siginfo_t how{};
        (void)::waitid(P_PID, static_cast<id_t>(id_), &how, WSTOPPED);
    }
    /// Sends a signal and waits until it has ended. Returns what waitpid says of that.
    int end(int which) {
        signal(which);
        return wait();
    }
    int wait() {
        int status = 0;
        if (id_ > 0) (void)::waitpid(std::exchange(id_, 0), &status, 0);
        return status;
    }
    [[nodiscard]] bool is_running() {
        if (id_ <= 0) return false;
        int status = 0;
        if (::waitpid(id_, &status, WNOHANG) != id_) return true;
        id_ = 0;
        return false;
    }

private:
    pid_t id_ = 0;
};

/// Asks again and again until it is so; false if it is not in time.
template <class Question>
[[nodiscard]] bool soon(Question&& is_so, std::chrono::milliseconds patience = std::chrono::seconds(20)) {
    const auto until = std::chrono::steady_clock::now() + patience;
    while (!is_so()) {
        if (std::chrono::steady_clock::now() > until) return false;
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return true;
}

}  // namespace support

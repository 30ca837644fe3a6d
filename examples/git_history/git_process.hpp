// Appendix: git as a child process whose output we read. No shell is involved, so no path or name needs quoting.
#pragma once

#include "mistake.hpp"

#include <cerrno>
#include <cstddef>
#include <cstring>
#include <fcntl.h>
#include <spawn.h>
#include <string>
#include <string_view>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>
#include <vector>

extern char** environ;

namespace git_history {

/// A running `git -C repository arguments...`. Its standard error is ours, so git explains itself. The destructor closes
/// the pipe, which ends a git that is still writing, and waits.
class git_process {
public:
    git_process(const std::string& repository, const std::vector<std::string>& arguments) {
        // What the user may have configured that would change the output, and how it is meant to be.
        std::vector<std::string> words{"git", "--no-pager", "-C", repository};
        for (const char* setting : {"log.showRoot=true", "log.showSignature=false", "log.diffMerges=separate",
                                    "diff.relative=false"})
            words.insert(words.end(), {"-c", setting});
        words.insert(words.end(), arguments.begin(), arguments.end());

        int ends[2];
        if (::pipe(ends) != 0) throw mistake(std::string{"no pipe to git: "} + std::strerror(errno));
        for (const int end : ends) ::fcntl(end, F_SETFD, FD_CLOEXEC);
        output_ = ends[0];

        posix_spawn_file_actions_t actions;
        ::posix_spawn_file_actions_init(&actions);
        ::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
        ::posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
        std::vector<char*> argument_vector = pointers_to(words);
        std::vector<char*> environment     = environment_for_git();
        const int failure = ::posix_spawnp(&child_, "git", &actions, nullptr, argument_vector.data(), environment.data());
        ::posix_spawn_file_actions_destroy(&actions);
        ::close(ends[1]);
        if (failure != 0) {
            child_ = 0;
            ::close(std::exchange(output_, -1));
            throw mistake(std::string{"git cannot be run: "} + std::strerror(failure));
        }
    }
    git_process(const git_process&)            = delete;
    git_process& operator=(const git_process&) = delete;
    ~git_process() { static_cast<void>(finish()); }

    /// Reads up to `size` bytes of git's output; 0 at its end.
    std::size_t read(char* to, std::size_t size) {
        for (;;) {
            const ssize_t count = ::read(output_, to, size);
            if (count >= 0) return static_cast<std::size_t>(count);
            if (errno != EINTR) throw mistake(std::string{"git's output cannot be read: "} + std::strerror(errno));
        }
    }

    /// Waits for git's end; true if it did what it was asked. The first call's answer stands.
    bool finish() {
        if (output_ >= 0) ::close(std::exchange(output_, -1));
        if (child_ != 0) {
            int   status = 0;
            pid_t ended;
            do ended = ::waitpid(child_, &status, 0);
            while (ended < 0 && errno == EINTR);
            succeeded_ = ended == child_ && WIFEXITED(status) && WEXITSTATUS(status) == 0;
            child_     = 0;
        }
        return succeeded_;
    }

private:
    static std::vector<char*> pointers_to(std::vector<std::string>& words) {
        std::vector<char*> pointers;
        for (std::string& word : words) pointers.push_back(word.data());
        pointers.push_back(nullptr);
        return pointers;
    }

    // Without what would point git at another repository than the one that was asked for, as hooks of git do.
    static std::vector<char*> environment_for_git() {
        std::vector<char*> kept;
        for (char** entry = environ; *entry != nullptr; ++entry) {
            const std::string_view text{*entry};
            const std::string_view name  = text.substr(0, text.find('='));
            bool                   leads = false;
            for (std::string_view other :
                 {"GIT_DIR", "GIT_WORK_TREE", "GIT_COMMON_DIR", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY",
                  "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_SHALLOW_FILE", "GIT_GRAFT_FILE", "GIT_NAMESPACE", "GIT_PREFIX"})
                leads = leads || name == other;
            if (!leads) kept.push_back(*entry);
        }
        kept.push_back(nullptr);
        return kept;
    }

    int   output_    = -1;
    pid_t child_     = 0;
    bool  succeeded_ = false;
};

/// What a short git command prints, without the last line's end; `succeeded` is false if git failed.
struct git_answer {
    bool        succeeded;
    std::string text;
};
[[nodiscard]] inline git_answer ask_git(const std::string& repository, const std::vector<std::string>& arguments) {
    git_process git(repository, arguments);
    std::string text;
    char        some[4096];
    while (const std::size_t count = git.read(some, sizeof(some))) text.append(some, count);
    if (!text.empty() && text.back() == '\n') text.pop_back();
    const bool succeeded = git.finish();
    return {succeeded, std::move(text)};
}

}  // namespace git_history

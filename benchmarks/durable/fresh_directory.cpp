#include "fresh_directory.hpp"

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <vector>

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

volatile pid_t worker = 0;

extern "C" void end_worker(int) {
    if (worker > 0) kill(worker, SIGKILL);
}

bool lives_in_memory(const std::string& directory) {
    struct statfs about{};
    return statfs(directory.c_str(), &about) == 0 &&
           (about.f_type == static_cast<decltype(about.f_type)>(TMPFS_MAGIC) ||
            about.f_type == static_cast<decltype(about.f_type)>(RAMFS_MAGIC));
}

pid_t forked(const std::function<int()>& work) {
    std::fflush(nullptr);
    const pid_t process = fork();
    if (process == 0) std::exit(work());
    return process;
}

int end_of(pid_t process) {
    if (process < 0) return 1;
    int status = 0;
    while (waitpid(process, &status, 0) < 0 && errno == EINTR) {}
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

}  // namespace

int in_fresh_directory(const std::string& parent, const std::function<int(const std::string& directory)>& work) {
    std::string directory = parent.empty() ? std::filesystem::read_symlink("/proc/self/exe").parent_path().string() : parent;
    if (lives_in_memory(directory)) {
        std::fprintf(stderr, "%s lives in memory, where a sync costs nothing: give a directory on a disk\n", directory.c_str());
        return 2;
    }
    directory += "/durable.XXXXXX";
    if (!mkdtemp(directory.data())) {
        std::perror(directory.c_str());
        return 1;
    }
    worker = forked([&] { return work(directory); });
    for (const int signal : {SIGINT, SIGTERM, SIGHUP}) std::signal(signal, end_worker);
    const int result = end_of(worker);
    std::filesystem::remove_all(directory);
    return result;
}

int in_own_process(const std::function<int()>& work) {
    return end_of(forked(work));
}

void settle(const std::string& directory) {
    const int opened = open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (opened < 0) return;
    syncfs(opened);
    close(opened);
}

void visit_room(const std::string& directory, std::size_t bytes) {
    const std::string       path = directory + "/room";
    const std::vector<char> some(std::size_t{1} << 20, 'r');
    const int               opened = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (opened < 0) return;
    for (std::size_t at = 0; at < bytes; at += some.size())
        if (write(opened, some.data(), some.size()) < 0) break;
    fsync(opened);
    close(opened);
    unlink(path.c_str());
    settle(directory);
}

void empty_directory(const std::string& directory) {
    std::filesystem::remove_all(directory);
    std::filesystem::create_directory(directory);
    settle(directory);
}

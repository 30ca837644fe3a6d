// A PostgreSQL server for tests: on loopback, in a directory of its own, gone when the test is.
#pragma once

#include "support/child_process.hpp"
#include "support/free_port.hpp"

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <grp.h>
#include <libpq-fe.h>
#include <pwd.h>
#include <unistd.h>

namespace support {

class postgres_server {
public:
    /// Quick, and none that survives the machine: tests kill the server only.
    postgres_server() : postgres_server(quick_place(), {"fsync=off", "shared_buffers=32MB"}) {}
    /// The write-ahead log may be somewhere else.
    postgres_server(const std::filesystem::path& parent, std::vector<std::string> settings,
                    const std::filesystem::path& written_ahead = {})
        : settings_(std::move(settings)) {
        std::string name = (parent / "annals-postgres-XXXXXX").string();
        if (!::mkdtemp(name.data())) throw std::runtime_error("no temporary directory: " + name);
        directory_ = name;
        if (::geteuid() == 0) {  // as which PostgreSQL does not run
            for (const char* user : {"postgres", "nobody"})
                if (const passwd* const found = ::getpwnam(user); found && user_ == 0)
                    user_ = found->pw_uid, group_ = found->pw_gid;
            if (::chown(name.c_str(), user_, group_) != 0) throw std::runtime_error("no directory for another user");
        }
        std::vector<std::string> words{program("initdb"), "-D", data(), "-U",          "annals",    "-A",
                                       "trust",           "-E", "UTF8", "--no-locale", "--no-sync", "--wal-segsize=1"};
        if (!written_ahead.empty()) words.push_back("--waldir=" + written_ahead.string());
        child_process made(std::move(words), said(), [this] { become_user(); });
        if (made.wait() != 0) throw std::runtime_error("initdb failed: see " + said());
        start();
    }
    postgres_server(const postgres_server&)            = delete;
    postgres_server& operator=(const postgres_server&) = delete;
    ~postgres_server() {
        kill();
        std::error_code ignored;
        std::filesystem::remove_all(directory_, ignored);
    }

    /// Whether there is a server to be started.
    [[nodiscard]] static bool is_there() {
        std::error_code none;
        return std::filesystem::exists(program("initdb"), none);
    }
    [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
    /// By a socket in its directory, and not through the network.
    [[nodiscard]] std::string local_connection() const {
        return "host=" + directory_.string() + " user=annals dbname=postgres port=" + std::to_string(port_);
    }
    [[nodiscard]] std::string connection(std::uint16_t port = 0) const {
        return "host=127.0.0.1 user=annals dbname=postgres port=" + std::to_string(port ? port : port_);
    }
    /// Starts it, after `kill`, at the same place.
    void start() {
        // Those of before may take a moment until they see that they are orphans.
        const bool is_started = soon([&] {
            if (!process_.is_running()) {
                std::vector<std::string> words{
                    program("postgres"), "-D", data(), "-h", "127.0.0.1", "-p", std::to_string(port_), "-k",
                    directory_.string()};
                for (const char* each :
                     {"max_wal_senders=0", "wal_level=minimal", "max_connections=60", "dynamic_shared_memory_type=mmap"})
                    words.insert(words.end(), {"-c", each});
                for (const std::string& each : settings_) words.insert(words.end(), {"-c", each});
                process_ = child_process(std::move(words), said(), [this] { become_user(); });
            }
            return PQping(connection().c_str()) == PQPING_OK;
        });
        if (!is_started) throw std::runtime_error("the server does not start: see " + said());
    }
    /// As if the power had been cut, but for what the system has: SIGKILL to its first process, whose children end then.
    void kill() {
        if (process_.is_running()) process_.end(SIGKILL);
    }
    [[nodiscard]] pid_t id() const { return process_.id(); }
    /// Takes a copy of all that it has, and goes on; or goes back to that, as somebody does who comes late.
    void copy() {
        kill();
        run({"rm", "-rf", data() + ".copy"});
        run({"cp", "-a", data(), data() + ".copy"});
        start();
    }
    void go_back() {
        kill();
        run({"rm", "-rf", data()});
        run({"cp", "-a", data() + ".copy", data()});
        start();
    }

private:
    // Memory, if there is enough of it.
    static std::filesystem::path quick_place() {
        std::error_code none;
        const auto      free = std::filesystem::space("/dev/shm", none).available;
        const bool      fits = !none && std::getenv("TMPDIR") == nullptr && free > std::uintmax_t{512} << 20U;
        return fits ? std::filesystem::path("/dev/shm") : std::filesystem::temp_directory_path();
    }
    void run(std::vector<std::string> words) const {
        if (child_process(std::move(words), said()).wait() != 0) throw std::runtime_error("no copy: see " + said());
    }
    // Debian has them out of the way, by version.
    static std::string program(const std::string& name) {
        std::string     best;
        std::error_code none;
        for (const auto& each : std::filesystem::directory_iterator("/usr/lib/postgresql", none)) {
            const auto path = each.path() / "bin" / name;
            if (std::filesystem::exists(path, none) && (best.size() < path.string().size() || best < path.string()))
                best = path;
        }
        return best.empty() ? name : best;
    }
    void become_user() const {
        if (user_ != 0 && (::setgroups(0, nullptr) != 0 || ::setgid(group_) != 0 || ::setuid(user_) != 0)) ::_exit(126);
        if (::chdir("/") != 0) ::_exit(126);
    }
    [[nodiscard]] std::string data() const { return (directory_ / "data").string(); }
    [[nodiscard]] std::string said() const { return (directory_ / "said").string(); }

    std::filesystem::path    directory_;
    std::vector<std::string> settings_;
    std::uint16_t            port_  = free_port();
    uid_t                    user_  = 0;
    gid_t                    group_ = 0;
    child_process            process_;
};

/// One for all tests of a program.
inline postgres_server& shared_postgres_server() {
    static postgres_server server;
    return server;
}

}  // namespace support

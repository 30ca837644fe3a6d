// NATS servers for tests: on this machine only, with their files in a directory that goes with them.
#pragma once

#include "support/child_process.hpp"
#include "support/free_port.hpp"
#include "support/temporary_directory.hpp"

#include <csignal>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace support {

inline bool answers(int port) {
    const int   socket = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family      = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port        = htons(static_cast<std::uint16_t>(port));
    const bool done         = ::connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
    ::close(socket);
    return done;
}

/// One server, alone or of a cluster.
class nats_server {
public:
    /// `others` are the ports by which the servers of a cluster know each other, its own first; `more` are further lines of
    /// the configuration.
    explicit nats_server(std::vector<int> others = {}, std::string name = "one", const std::string& more = {}) {
        std::string cluster;
        if (!others.empty()) {
            cluster = "cluster { name: tests, listen: \"127.0.0.1:" + std::to_string(others.front()) + "\", routes: [";
            for (const int each : others)
                cluster.append("\"nats://127.0.0.1:" + std::to_string(each) + (each == others.back() ? "\"] }\n" : "\", "));
        }
        base_ = "listen: \"127.0.0.1:" + std::to_string(port_) + "\"\nserver_name: " + name + "\njetstream { store_dir: \"" +
                (home_ / "store") + "\", max_memory_store: 64MB, max_file_store: 20GB }\n" + cluster;
        configure(more);
        start();
    }

    /// Other further lines, from its next start on.
    void configure(const std::string& more) const { std::ofstream(home_ / "nats.conf") << base_ << more; }

    void start() {
        // Debian keeps it where not everybody looks.
        const std::string program = std::filesystem::exists("/usr/sbin/nats-server") ? "/usr/sbin/nats-server" : "nats-server";
        process_                  = child_process({program, "-c", home_ / "nats.conf"}, home_ / "log");
        if (!soon([&] { return answers(port_); })) throw std::runtime_error("no NATS server: " + what_it_said());
    }
    /// As if the process had crashed.
    void kill() { (void)process_.end(SIGKILL); }
    /// It answers nobody, as one that is cut off; until it is let go on.
    void freeze() const { process_.stop(); }
    void go_on() const { process_.signal(SIGCONT); }

    [[nodiscard]] std::string url() const { return "nats://127.0.0.1:" + std::to_string(port_); }
    [[nodiscard]] int         port() const noexcept { return port_; }
    [[nodiscard]] std::string what_it_said() const {
        std::ifstream file(home_ / "log");
        return {std::istreambuf_iterator<char>(file), {}};
    }

private:
    temporary_directory home_;
    int                 port_ = free_port();
    std::string         base_;
    child_process       process_;
};

/// Three servers that know each other.
class nats_cluster {
public:
    nats_cluster() {
        const std::vector<int> ports{free_port(), free_port(), free_port()};
        for (std::size_t i = 0; i < 3; ++i)
            servers_.push_back(std::make_unique<nats_server>(std::vector<int>{ports[i], ports[(i + 1) % 3], ports[(i + 2) % 3]},
                                                             "server-" + std::to_string(i)));
    }
    [[nodiscard]] nats_server& operator[](std::size_t which) const { return *servers_[which]; }
    [[nodiscard]] std::string  url() const { return servers_[0]->url() + "," + servers_[1]->url() + "," + servers_[2]->url(); }

private:
    std::vector<std::unique_ptr<nats_server>> servers_;
};

}  // namespace support

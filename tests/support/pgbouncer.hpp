// A PgBouncer for tests: on loopback, gone when the test is.
#pragma once

#include "support/child_process.hpp"
#include "support/free_port.hpp"
#include "support/temporary_directory.hpp"

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <system_error>

#include <grp.h>
#include <libpq-fe.h>
#include <pwd.h>
#include <unistd.h>

namespace support {

/// Stands before a server of `trust`. `mode` is when a client's session goes to somebody else: `session`, `transaction`.
class pgbouncer {
public:
    pgbouncer(std::uint16_t server, const std::string& mode, const std::string& more = "") {
        std::ofstream(directory_ / "users") << "\"annals\" \"\"\n";
        std::ofstream(directory_ / "settings") << "[databases]\n* = host=127.0.0.1 port=" << server
                                               << "\n[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = " << port_
                                               << "\nunix_socket_dir =\nauth_type = trust\nauth_file = " << directory_ / "users"
                                               << "\npool_mode = " << mode << "\n"
                                               << more << "\n";
        std::filesystem::permissions(directory_.path(), std::filesystem::perms{0755});
        process_ = child_process({program(), directory_ / "settings"}, directory_ / "said", [] {
            const passwd* const nobody = ::geteuid() == 0 ? ::getpwnam("nobody") : nullptr;  // it does not run as root
            if (nobody && (::setgroups(0, nullptr) != 0 || ::setgid(nobody->pw_gid) != 0 || ::setuid(nobody->pw_uid) != 0))
                ::_exit(126);
        });
        (void)soon([&] { return PQping(connection().c_str()) == PQPING_OK; });
    }

    /// Whether there is one to be started.
    [[nodiscard]] static bool is_there() {
        std::error_code none;
        return std::filesystem::exists(program(), none);
    }
    [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
    [[nodiscard]] std::string   connection() const {
          return "host=127.0.0.1 user=annals dbname=postgres port=" + std::to_string(port_);
    }

private:
    static std::string program() { return "/usr/sbin/pgbouncer"; }

    temporary_directory directory_;
    std::uint16_t       port_ = free_port();
    child_process       process_;
};

}  // namespace support

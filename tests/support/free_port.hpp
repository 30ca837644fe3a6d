// Ports for servers of tests.
#pragma once

#include <cstdint>
#include <stdexcept>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace support {

/// A port that nobody listens to at this moment.
inline std::uint16_t free_port() {
    const int   descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in at{};
    at.sin_family      = AF_INET;
    at.sin_addr.s_addr = ::htonl(INADDR_LOOPBACK);
    socklen_t  length  = sizeof(at);
    const bool is_open = ::bind(descriptor, reinterpret_cast<sockaddr*>(&at), length) == 0 &&
                         ::getsockname(descriptor, reinterpret_cast<sockaddr*>(&at), &length) == 0;
    (void)::close(descriptor);
    if (!is_open) throw std::runtime_error("no port is free");
    return ::ntohs(at.sin_port);
}

}  // namespace support

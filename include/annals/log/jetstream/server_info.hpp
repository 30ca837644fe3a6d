// What a NATS server says of itself to whoever connects.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace annals::detail {

/// The text of a field of the greeting; empty if it has none.
inline std::string text_in_info(std::string_view info, std::string_view field) {
    const std::string key = "\"" + std::string{field} + "\":\"";
    const auto        at  = info.find(key);
    if (at == std::string_view::npos) return {};
    const auto from = at + key.size();
    return std::string{info.substr(from, info.find('"', from) - from)};
}

/// What is said at an address to whoever connects; empty if nothing is within a second.
inline std::string greeting_at(const addrinfo& address) {
    std::string text;
    const int   socket = ::socket(address.ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (socket < 0) return text;
    const auto is_ready = [&](short for_what) {
        pollfd waits{socket, for_what, 0};
        return ::poll(&waits, 1, 1000) == 1;
    };
    (void)::connect(socket, address.ai_addr, address.ai_addrlen);
    if (is_ready(POLLOUT)) {
        char part[4096];
        while (text.find('\n') == std::string::npos && is_ready(POLLIN)) {
            const auto got = ::recv(socket, part, sizeof part, 0);
            if (got <= 0) break;
            text.append(part, static_cast<std::size_t>(got));
        }
    }
    ::close(socket);
    return text;
}

/// The greeting, which is sent before anything is encrypted, from a URL that one is connected to; empty if there is none within
/// a second. libnats 3.4 has it, but does not hand it out.
inline std::string info_of_server(std::string_view url) {
    if (const auto scheme = url.find("://"); scheme != std::string_view::npos) url.remove_prefix(scheme + 3);
    if (const auto user = url.rfind('@'); user != std::string_view::npos) url.remove_prefix(user + 1);
    const auto colon = url.rfind(':');
    if (colon == std::string_view::npos) return {};
    std::string host{url.substr(0, colon)}, port{url.substr(colon + 1)};
    if (host.size() > 2 && host.front() == '[') host = host.substr(1, host.size() - 2);
    addrinfo  wanted{};
    addrinfo* found    = nullptr;
    wanted.ai_socktype = SOCK_STREAM;
    if (::getaddrinfo(host.c_str(), port.c_str(), &wanted, &found) != 0) return {};
    // A name may have several, of which one is the server's.
    std::string text;
    for (const addrinfo* each = found; each && text.empty(); each = each->ai_next) text = greeting_at(*each);
    ::freeaddrinfo(found);
    return text;
}

}  // namespace annals::detail

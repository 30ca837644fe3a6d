// A network that can be cut: what stands between a client and a server in tests.
#pragma once

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <list>
#include <random>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

namespace support {

/// Passes on to a port of loopback what comes to its own, both ways, from a thread of its own. For any thread.
class relay {
public:
    explicit relay(std::uint16_t target)
        : target_(target), listening_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) {
        sockaddr_in at     = loopback(0);
        socklen_t   length = sizeof(at);
        if (::bind(listening_, reinterpret_cast<sockaddr*>(&at), length) != 0 || ::listen(listening_, 64) != 0 ||
            ::getsockname(listening_, reinterpret_cast<sockaddr*>(&at), &length) != 0)
            throw std::runtime_error("no port for a relay");
        port_   = ::ntohs(at.sin_port);
        thread_ = std::thread([this] { go(); });
    }
    relay(const relay&)            = delete;
    relay& operator=(const relay&) = delete;
    ~relay() {
        is_over_ = true;
        wake();
        thread_.join();
        for (auto& each : links_) close(each);
        (void)::close(listening_);
        (void)::close(woken_);
    }

    [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
    /// Cuts all connections. What is on its way is lost.
    void cut() {
        is_cut_ = true;
        wake();
    }
    /// Cuts each connection when a random number of bytes, up to `most` in either direction, has passed; with 0 not any more.
    void cut_after(std::size_t most) {
        most_ = most;
        wake();
    }
    /// Cuts the next connection whose server says something, and what it said is lost: what it was asked is done. Before that,
    /// so many answers pass; and `then` so many, before another one is lost like that.
    void lose_answer(int passing = 0, int then = -1) {
        next_loss_           = then;
        answers_before_loss_ = passing;
    }
    /// Holds everything back, without cutting, until told otherwise.
    void stall(bool stalls) {
        stalls_ = stalls;
        wake();
    }
    /// Closes what wants to connect, until told otherwise.
    void refuse(bool refuses) { refuses_ = refuses; }
    /// How many connections were cut so far.
    [[nodiscard]] int cuts() const { return cuts_; }

private:
    struct link {
        int         ends[2];    // of the client, of the server
        std::string held[2]{};  // what came from it
        std::size_t left    = ~std::size_t{0};
        bool        is_over = false, is_cut = false;
    };

    static sockaddr_in loopback(std::uint16_t port) {
        sockaddr_in at{};
        at.sin_family      = AF_INET;
        at.sin_port        = ::htons(port);
        at.sin_addr.s_addr = ::htonl(INADDR_LOOPBACK);
        return at;
    }
    void wake() const {
        const std::uint64_t one = 1;
        (void)!::write(woken_, &one, sizeof(one));
    }
    static void close(const link& each) {
        const linger at_once{1, 0};  // what is buffered is thrown away
        for (const int end : each.ends) {
            if (each.is_cut) (void)::setsockopt(end, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
            (void)::close(end);
        }
    }

    void go() {
        while (!is_over_) {
            std::vector<pollfd> all{{woken_, POLLIN, 0}, {listening_, POLLIN, 0}};
            for (const link& each : links_)
                for (int side = 0; side < 2; ++side)
                    all.push_back({each.ends[side],
                                   static_cast<short>(stalls_ ? 0
                                                              : (each.held[side].size() < most_held ? POLLIN : 0) |
                                                                    (each.held[1 - side].empty() ? 0 : POLLOUT)),
                                   0});
            (void)::poll(all.data(), all.size(), 1000);
            std::uint64_t ignored = 0;
            (void)!::read(woken_, &ignored, sizeof(ignored));
            std::size_t at = 2;
            for (link& each : links_) {
                for (int side = 0; side < 2; ++side) {
                    const short ready = all[at++].revents;
                    if (stalls_ || each.is_over) continue;
                    if (ready & (POLLIN | POLLHUP | POLLERR)) receive(each, side);
                    if (!each.is_over && !each.held[1 - side].empty()) send(each, side);
                }
            }
            if (all[1].revents != 0) accept();
            if (is_cut_.exchange(false))
                for (link& each : links_) end(each, true);
            links_.remove_if([](const link& each) {
                if (each.is_over) close(each);
                return each.is_over;
            });
        }
    }
    void accept() {
        const int client = ::accept4(listening_, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
        if (client < 0) return;
        const int   server = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_in at     = loopback(target_);
        link        made{{client, server}};
        if (refuses_ || ::connect(server, reinterpret_cast<sockaddr*>(&at), sizeof(at)) != 0) return close(made);
        (void)::fcntl(server, F_SETFL, O_NONBLOCK);
        const int one = 1;
        for (const int each : made.ends) (void)::setsockopt(each, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
        if (const std::size_t most = most_) made.left = std::uniform_int_distribution<std::size_t>(1, most)(random_);
        links_.push_back(std::move(made));
    }
    void receive(link& from, int side) {
        char          bytes[65'536];
        const ssize_t count = ::recv(from.ends[side], bytes, std::min(sizeof(bytes), from.left), 0);
        if (count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR)) return end(from, false);
        if (count < 0) return;
        if (side == 1 && answers_before_loss_ >= 0 && answers_before_loss_-- == 0) {
            answers_before_loss_ = next_loss_.exchange(-1);
            return end(from, true);
        }
        from.held[side].append(bytes, static_cast<std::size_t>(count));
        from.left -= static_cast<std::size_t>(count);
        if (from.left == 0) {
            send(from, 1 - side);
            end(from, true);
        }
    }
    // What came from the other side.
    void send(link& to, int side) {
        std::string&  held  = to.held[1 - side];
        const ssize_t count = ::send(to.ends[side], held.data(), held.size(), MSG_NOSIGNAL);
        if (count > 0) held.erase(0, static_cast<std::size_t>(count));
        if (count < 0 && errno != EAGAIN && errno != EINTR) end(to, false);
    }
    void end(link& which, bool is_cut) {
        if (!which.is_over && is_cut) ++cuts_;
        if (!is_cut)  // as it would have ended without a relay
            for (int side = 0; side < 2; ++side)
                if (!which.held[1 - side].empty())
                    (void)!::send(which.ends[side], which.held[1 - side].data(), which.held[1 - side].size(), MSG_NOSIGNAL);
        which.is_over = true;
        which.is_cut  = is_cut;
    }

    static constexpr std::size_t most_held = std::size_t{1} << 18U;

    std::uint16_t            target_;
    int                      listening_;
    int                      woken_ = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    std::uint16_t            port_  = 0;
    std::atomic<bool>        is_over_{false}, is_cut_{false}, stalls_{false}, refuses_{false};
    std::atomic<int>         answers_before_loss_{-1}, next_loss_{-1};  // none is lost if it is negative
    std::atomic<std::size_t> most_{0};
    std::atomic<int>         cuts_{0};
    std::list<link>          links_;
    std::mt19937             random_{1};
    std::thread              thread_;
};

}  // namespace support

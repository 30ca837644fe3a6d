// What rings a log's bell when other processes append.
#pragma once

#include <annals/log/bell.hpp>
#include <annals/log/postgres/session.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <new>
#include <thread>
#include <utility>

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

namespace annals::detail {

/// Listens with a thread and a connection of its own. A notification is no more than a reason to look: the bell is rung once a
/// second in any case, and whenever the connection was made anew, so nothing is missed if none comes.
class postgres_listener {
public:
    postgres_listener(const postgres_place& place, bell& to) : place_(impatient(place)), bell_(to), thread_([this] { go(); }) {}
    postgres_listener(const postgres_listener&)            = delete;
    postgres_listener& operator=(const postgres_listener&) = delete;
    ~postgres_listener() {
        is_over_                = true;
        const std::uint64_t one = 1;
        (void)!::write(wake_, &one, sizeof(one));
        thread_.join();
        (void)::close(wake_);
    }

private:
    static constexpr int second = 1000;

    // Whoever appends may have the lock for long, and whoever closes the log does not wait for that.
    static postgres_place impatient(postgres_place place) {
        place.options.patience = std::min<std::chrono::milliseconds>(place.options.patience, std::chrono::milliseconds(500));
        return place;
    }

    void go() {
        for (int wait = second / 5; !is_over_; bell_.ring()) {
            if (is_listening()) wait = second / 5;
            bell_.ring();
            (void)pause(-1, std::exchange(wait, second));
        }
    }
    // Until the connection is lost. False if there was none.
    bool is_listening() try {
        auto session =
            postgres_session::open(place_, postgres_use::tables, std::chrono::steady_clock::now() + std::chrono::seconds(2));
        // Whoever appends looks whether somebody has the lock, and notifies only then.
        const bool is_begun = session && session->run("LISTEN {n}; SELECT pg_advisory_lock_shared({l}, {k})");
        if (is_begun) listen(session->connection());
        return is_begun;
    } catch (const std::bad_alloc&) { return false; }
    void listen(postgres_connection& in) {
        bell_.ring();
        while (!is_over_) {
            const bool is_told = pause(PQsocket(in.raw()), second);
            if (is_told && !PQconsumeInput(in.raw())) return;
            while (PGnotify* const each = PQnotifies(in.raw())) PQfreemem(each);
            if (in.is_lost()) return;
            bell_.ring();
        }
    }
    // True if there is something to read.
    bool pause(int descriptor, int milliseconds) const {
        pollfd both[] = {{wake_, POLLIN, 0}, {descriptor, POLLIN, 0}};
        return ::poll(both, 2, milliseconds) > 0 && both[1].revents != 0;
    }

    postgres_place    place_;
    bell&             bell_;
    int               wake_ = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    std::atomic<bool> is_over_{false};
    std::thread       thread_;
};

}  // namespace annals::detail

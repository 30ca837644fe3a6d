// A connection without threads of its own: whoever waits for an answer does what is to be done.
#pragma once

#include <annals/log/jetstream/handles.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>

#include <poll.h>

namespace annals::detail {

/// What libnats calls an event loop. It must outlive the connection, and stay where it is.
class nats_event_loop {
public:
    void take_over(natsOptions* of, natsStatus& status) {
        if (status != NATS_OK) return;
        status = natsOptions_SetEventLoop(
            of, this,
            [](void** user, void* loop, natsConnection*, natsSock socket) {
                *user                                        = loop;
                static_cast<nats_event_loop*>(loop)->socket_ = socket;
                return NATS_OK;
            },
            [](void*, bool) { return NATS_OK; },
            [](void* user, bool wants) {
                static_cast<nats_event_loop*>(user)->wants_to_write_ = wants;
                return NATS_OK;
            },
            [](void* user) {
                static_cast<nats_event_loop*>(user)->socket_ = -1;
                return NATS_OK;
            });
        // Nobody may be there for a while to see that a ping is answered; the server's own pings are enough.
        if (status == NATS_OK) status = natsOptions_SetPingInterval(of, 86'400'000);
        // Else it says a millisecond later that there is something to send.
        if (status == NATS_OK) status = natsOptions_SetSendAsap(of, true);
    }

    /// Sends what is there to be sent, as far as it goes now.
    void send(natsConnection* over) {
        if (wants_to_write_) natsConnection_ProcessWriteEvent(over);
    }
    /// Sends, and takes in what comes, if something comes before the time is up.
    void wait(natsConnection* on, std::chrono::milliseconds most) {
        send(on);
        pollfd waits{socket_, static_cast<short>(wants_to_write_ ? POLLIN | POLLOUT : POLLIN), 0};
        // Without a socket it only waits: another one is on its way.
        if (::poll(&waits, 1, static_cast<int>(most.count())) <= 0) return;
        if (waits.revents & POLLOUT) natsConnection_ProcessWriteEvent(on);
        if (waits.revents & (POLLIN | POLLHUP | POLLERR)) natsConnection_ProcessReadEvent(on);
    }

private:
    std::atomic<int>  socket_{-1};
    std::atomic<bool> wants_to_write_{false};
};

}  // namespace annals::detail

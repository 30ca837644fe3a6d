// A connection to a NATS server that outlives what libnats takes for its end.
#pragma once

#include <annals/log/jetstream/connecting.hpp>
#include <annals/log/jetstream/event_loop.hpp>
#include <annals/log/jetstream/handles.hpp>
#include <annals/log/jetstream/options.hpp>

#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace annals::detail {

/// libnats connects again by itself, but not any more when a server has refused it twice, as one does whose passwords, or the
/// client's, were changed a moment too early, or whose credentials ran out. Then another connection takes the place of the one
/// that is closed, which is kept, for others may be at it. Threads may use it at the same time.
class lasting_connection {
public:
    using clock = std::chrono::steady_clock;

    [[nodiscard]] natsConnection* get() const noexcept { return now_.load()->connection.get(); }
    [[nodiscard]] jsCtx*          jetstream() const noexcept { return now_.load()->jetstream.get(); }
    [[nodiscard]] bool            is_connected() const { return natsConnection_Status(get()) == NATS_CONN_STATUS_CONNECTED; }
    [[nodiscard]] bool            is_closed() const { return natsConnection_Status(get()) == NATS_CONN_STATUS_CLOSED; }

    /// Tries it once.
    natsStatus connect(natsOptions* how) {
        auto            made       = std::make_unique<link>();
        natsConnection* connection = nullptr;
        auto            s          = natsConnection_Connect(&connection, how);
        made->connection.reset(connection);
        jsCtx* jetstream = nullptr;
        if (s == NATS_OK) s = natsConnection_JetStream(&jetstream, connection, nullptr);
        made->jetstream.reset(jetstream);
        if (s != NATS_OK) return s;
        all_.push_back(std::move(made));
        now_ = all_.back().get();
        return s;
    }
    /// Makes another one, if this one is closed, and if it is not tried by another thread, or was not just now.
    void renew(const std::string& url, const jetstream_log_options& options, clock::time_point until) {
        if (!is_closed()) return;
        const std::unique_lock lock(renewing_, std::try_to_lock);
        if (!lock || !is_closed() || clock::now() < next_) return;
        nats_options how;
        const auto   left = std::chrono::duration_cast<std::chrono::milliseconds>(until - clock::now());
        if (make_nats_options(how, url, options, left) == NATS_OK) (void)connect(how.get());
        next_ = clock::now() + breath;
    }

private:
    // As often as libnats.
    static constexpr auto breath = std::chrono::milliseconds(100);

    struct link {
        nats_connection connection;
        nats_jetstream  jetstream;  // goes before the connection
    };

    std::vector<std::unique_ptr<link>> all_;
    std::atomic<const link*>           now_{nullptr};
    std::mutex                         renewing_;
    clock::time_point                  next_{};
};

}  // namespace annals::detail

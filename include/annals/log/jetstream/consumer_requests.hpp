// Durable consumers of the server: made, asked for the next message, and answered.
#pragma once

#include <annals/log/jetstream/feed.hpp>
#include <annals/log/jetstream/server.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

namespace annals::detail {

/// One append at a time is out, so that they are in order, whoever gets them.
inline expected<void, error> make_durable(const jetstream_server& server, const std::string& name, const std::string& subject,
                                          std::uint64_t from, std::chrono::milliseconds patience) {
    jsConsumerConfig how;
    jsConsumerConfig_Init(&how);
    how.Durable       = name.c_str();
    how.FilterSubject = subject.c_str();
    how.DeliverPolicy = from > 1 ? js_DeliverByStartSequence : js_DeliverAll;
    how.OptStartSeq   = from > 1 ? from : 0;
    how.AckPolicy     = js_AckExplicit;
    how.AckWait       = std::chrono::nanoseconds(patience).count();
    how.MaxAckPending = 1;
    jsOptions wait;
    jsOptions_Init(&wait);
    wait.Wait       = server.attempt();
    jsErrCode  code = {};
    const auto s =
        server.insist([&] { return js_AddConsumer(nullptr, server.jetstream(), server.stream().c_str(), &how, &wait, &code); },
                      code, server.deadline());
    if (s != NATS_OK) return unexpected<error>(server.failure(s, code));
    return {};
}
inline expected<void, error> remove_durable(const jetstream_server& server, const std::string& name) {
    jsErrCode  code = {};
    const auto s    = server.insist(
        [&] { return js_DeleteConsumer(server.jetstream(), server.stream().c_str(), name.c_str(), nullptr, &code); }, code,
        server.deadline());
    if (s != NATS_OK && code != JSConsumerNotFoundErr) return unexpected<error>(server.failure(s, code));
    return {};
}
inline expected<std::uint64_t, error> left_for(const jetstream_server& server, const std::string& name) {
    jsErrCode       code = {};
    jsConsumerInfo* info = nullptr;
    const auto      s    = server.insist(
        [&] { return js_GetConsumerInfo(&info, server.jetstream(), server.stream().c_str(), name.c_str(), nullptr, &code); },
        code, server.deadline());
    if (s != NATS_OK) return unexpected<error>(server.failure(s, code));
    const std::uint64_t left = info->NumPending + static_cast<std::uint64_t>(info->NumAckPending);
    jsConsumerInfo_Destroy(info);
    return left;
}

/// A message that waits for an answer.
class handed_out {
public:
    handed_out(const jetstream_server& server, nats_message got, const delivery& known)
        : server_(&server), answer_to_(natsMsg_GetReply(got.get())), message_(std::move(got), known.sequence, known.time) {}

    [[nodiscard]] const jetstream_message& message() const noexcept { return message_; }
    void                                   acknowledge() const { say("+ACK"); }
    /// It comes again, to whomever, after so long.
    void give_back(std::chrono::milliseconds later) const {
        say("-NAK {\"delay\":" + std::to_string(std::chrono::nanoseconds(later).count()) + "}");
    }

private:
    void say(const std::string& words) const {
        (void)natsConnection_Publish(server_->connection(), answer_to_.c_str(), words.data(), static_cast<int>(words.size()));
    }

    const jetstream_server* server_;
    std::string             answer_to_;
    jetstream_message       message_;
};

/// Asks consumers for their next messages. For one thread at a time.
class consumer_inbox {
public:
    /// What was handed out is given to another one after `patience`.
    consumer_inbox(const jetstream_server& server, std::chrono::milliseconds patience) : server_(server), patience_(patience) {}
    consumer_inbox(const consumer_inbox&)            = delete;
    consumer_inbox& operator=(const consumer_inbox&) = delete;
    ~consumer_inbox() { end(); }

    /// The next message; nothing, if there is none now. It may be one that an earlier question was about, whose answer was
    /// late.
    expected<std::optional<handed_out>, error> next(const std::string& name) {
        // What came in when nobody waited any more: another one may have it by now, and be behind it.
        int waiting = 0;
        if (subscription_ && jetstream_server::clock::now() - waited_ > patience_ / 2 &&
            natsSubscription_GetPending(subscription_.get(), &waiting, nullptr) == NATS_OK && waiting > 0)
            end();
        auto got = wait_for(name);
        waited_  = jetstream_server::clock::now();
        return got;
    }

private:
    expected<std::optional<handed_out>, error> wait_for(const std::string& name) {
        const auto        until   = server_.deadline();
        const std::string subject = "$JS.API.CONSUMER.MSG.NEXT." + server_.stream() + "." + name;
        constexpr char    body[]  = "{\"batch\":1,\"no_wait\":true}";
        for (;;) {
            if (!server_.wait_for_connection(until)) return unexpected<error>(server_.failure(NATS_NO_SERVER, {}));
            if (auto done = listen(); !done) return unexpected<error>(std::move(done.error()));
            const std::string answer_to = inbox_ + std::to_string(++asked_);
            auto              s =
                natsConnection_PublishRequest(server_.connection(), subject.c_str(), answer_to.c_str(), body, sizeof body - 1);
            nats_message got;
            while (s == NATS_OK) {
                natsMsg* raw = nullptr;
                s            = natsSubscription_NextMsg(&raw, subscription_.get(), server_.attempt());
                got.reset(raw);
                // That there is nothing, or nobody, counts only as the answer to this question: one that was late would stand
                // in for each that follows.
                if (s == NATS_OK && (delivery::of(natsMsg_GetReply(raw)) || answer_to == natsMsg_GetSubject(raw))) break;
            }
            if (s == NATS_OK) {
                if (const auto known = delivery::of(natsMsg_GetReply(got.get())))
                    return std::optional<handed_out>(std::in_place, server_, std::move(got), *known);
                // Nobody answers for the stream: a cluster looks for a new leader.
                if (!natsMsg_IsNoResponders(got.get())) return std::optional<handed_out>{};
            }
            if (!server_.wait_before_next(until))
                return unexpected<error>(server_.failure(s == NATS_OK ? NATS_NO_RESPONDERS : s, {}));
        }
    }
    expected<void, error> listen() {
        if (subscription_ && !natsSubscription_IsValid(subscription_.get())) end();
        if (subscription_) return {};
        natsInbox*       inbox = nullptr;
        auto             s     = natsInbox_Create(&inbox);
        const nats_inbox kept(inbox);
        if (s == NATS_OK) inbox_ = std::string{inbox} + ".";
        natsSubscription* made = nullptr;
        if (s == NATS_OK) s = natsConnection_SubscribeSync(&made, server_.connection(), (inbox_ + "*").c_str());
        subscription_.reset(made);
        if (s != NATS_OK) return unexpected<error>(server_.failure(s, {}));
        return {};
    }
    void end() {
        if (subscription_) server_.retired().add(std::move(subscription_));
    }

    const jetstream_server&             server_;
    std::chrono::milliseconds           patience_;
    std::string                         inbox_;
    std::uint64_t                       asked_ = 0;
    jetstream_server::clock::time_point waited_{};  // until when
    nats_subscription                   subscription_;
};

}  // namespace annals::detail

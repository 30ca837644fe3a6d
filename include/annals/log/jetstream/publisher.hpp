// Messages that are sent to be stored, many before the first of them is answered.
#pragma once

#include <annals/log/jetstream/server.hpp>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace annals::detail {

/// What js_PublishMsgAsync does, without threads in between that are woken for each answer: it has a connection of its own,
/// whose work is done by whoever waits, so that what comes at once is sent and taken in at once. For one thread at a time.
class publisher {
public:
    /// Errors: those of `jetstream_server::connect`.
    static expected<publisher, error> connect(const jetstream_server& like) {
        auto loop = std::make_unique<nats_event_loop>();
        auto own  = jetstream_server::connect(like.url(), like.options(), loop.get());
        if (!own) return unexpected<error>(std::move(own.error()));
        publisher        made(std::move(loop), std::move(*own));
        natsInbox*       inbox = nullptr;
        auto             s     = natsInbox_Create(&inbox);
        const nats_inbox kept(inbox);
        if (s == NATS_OK) made.inbox_ = std::string{inbox} + ".";
        natsSubscription* answers = nullptr;
        if (s == NATS_OK) s = natsConnection_SubscribeSync(&answers, made.server_.connection(), (made.inbox_ + "*").c_str());
        made.answers_.reset(answers);
        if (s == NATS_OK) s = natsSubscription_SetPendingLimits(answers, -1, -1);
        if (s != NATS_OK) return unexpected<error>(made.server_.failure(s, {}));
        return made;
    }
    publisher(publisher&&)            = default;
    publisher& operator=(publisher&&) = delete;
    ~publisher() { retire(); }

    /// Sends a message. Nothing, if it will be answered under this number, or never; else what became of it.
    std::optional<jetstream_outcome> send(const std::string& subject, std::span<const std::byte> body,
                                          const jetstream_conditions& conditions, std::uint64_t number) {
        if (!server_.is_connected()) return jetstream_outcome{jetstream_outcome::kind::not_sent};
        answer_to_.assign(inbox_).append(std::to_string(number));
        natsMsg* raw = nullptr;
        auto     s   = natsMsg_Create(&raw, subject.c_str(), answer_to_.c_str(), reinterpret_cast<const char*>(body.data()),
                                      static_cast<int>(body.size()));
        const nats_message message(raw);
        const auto         header = [&](const char* name, const std::string& value) {
            s = s == NATS_OK ? natsMsgHeader_Set(raw, name, value.c_str()) : s;
        };
        header("Nats-Expected-Last-Subject-Sequence", std::to_string(conditions.last_on_subject));
        if (conditions.last_of_all != 0) header("Nats-Expected-Last-Sequence", std::to_string(conditions.last_of_all));
        if (!conditions.id.empty()) header("Nats-Msg-Id", conditions.id);
        const auto now = jetstream_server::clock::now();
        // It may have been asked in the meantime whether it is still there.
        if (now - sent_ > std::chrono::seconds(1)) loop_->wait(server_.connection(), std::chrono::milliseconds(0));
        if (s == NATS_OK) s = natsConnection_PublishMsg(server_.connection(), raw);
        if (now - sent_ > breath || natsConnection_Buffered(server_.connection()) > most_bytes) {
            sent_ = now;
            loop_->send(server_.connection());
        }
        if (s == NATS_OK) return std::nullopt;
        return s == NATS_MAX_PAYLOAD ? jetstream_server::outcome_of(s, {}, natsStatus_GetText(s))
                                     : jetstream_outcome{jetstream_outcome::kind::not_sent};
    }

    /// Whether it will never be connected again.
    [[nodiscard]] bool is_closed() const { return server_.is_closed(); }
    /// How often the connection was made anew: what was sent before that, and was not answered, will not be.
    [[nodiscard]] std::uint64_t connections() const {
        std::uint64_t count = 0;
        if (natsConnection_GetStats(server_.connection(), statistics_.get()) == NATS_OK)
            (void)natsStatistics_GetCounts(statistics_.get(), nullptr, nullptr, nullptr, nullptr, &count);
        return count;
    }

    /// The next answer, with the number of what it answers; 0 and `unknown`, if none comes until then, or over this connection.
    std::pair<std::uint64_t, jetstream_outcome> next(jetstream_server::clock::time_point until, std::uint64_t connection) {
        constexpr auto slice   = std::chrono::milliseconds(50);
        natsMsg*       raw     = nullptr;
        auto           s       = NATS_TIMEOUT;
        bool           is_lost = false;
        while ((s = natsSubscription_NextMsg(&raw, answers_.get(), 0)) == NATS_TIMEOUT) {
            is_lost = connections() != connection || !server_.is_connected();
            if (is_lost || jetstream_server::clock::now() > until) break;
            loop_->wait(server_.connection(), slice);
        }
        nats_message got(raw);
        if (s != NATS_OK)
            return {0, {is_lost ? jetstream_outcome::kind::lost : jetstream_outcome::kind::unknown, 0, natsStatus_GetText(s)}};
        const std::string_view subject = natsMsg_GetSubject(raw);
        std::uint64_t          number  = 0;
        (void)std::from_chars(subject.data() + std::min(inbox_.size(), subject.size()), subject.data() + subject.size(),
                              number);
        if (natsMsg_IsNoResponders(raw)) return {number, {jetstream_outcome::kind::not_sent}};
        return {number, outcome_in({natsMsg_GetData(raw), static_cast<std::size_t>(natsMsg_GetDataLength(raw))})};
    }

private:
    // What comes so soon behind something else is sent with it, unless that is too much.
    static constexpr auto breath     = std::chrono::microseconds(50);
    static constexpr int  most_bytes = 1 << 12;

    publisher(std::unique_ptr<nats_event_loop> loop, jetstream_server own) : loop_(std::move(loop)), server_(std::move(own)) {}

    void retire() {
        if (!answers_) return;
        server_.retired().add(std::move(answers_));
        // To close a connection that has something to send takes half a second, for nobody else sends it.
        loop_->send(server_.connection());
    }
    // `{"stream":"…","seq":5}`, or `{"error":{"code":…,"err_code":10071,"description":"…"},…}`.
    static jetstream_outcome outcome_in(std::string_view answer) {
        const auto number_of = [&](std::string_view key) {
            std::uint64_t number = 0;
            if (const auto at = answer.find(key); at != std::string_view::npos)
                (void)std::from_chars(answer.data() + at + key.size(), answer.data() + answer.size(), number);
            return number;
        };
        if (answer.find("\"error\":") != std::string_view::npos)
            return jetstream_server::outcome_of(NATS_ERR, static_cast<jsErrCode>(number_of("\"err_code\":")),
                                                std::string{answer});
        const std::uint64_t sequence = number_of("\"seq\":");
        if (sequence == 0) return {jetstream_outcome::kind::unknown, 0, std::string{answer}};
        const bool is_there = answer.find("\"duplicate\":true") != std::string_view::npos ||
                              answer.find("\"duplicate\": true") != std::string_view::npos;
        return {is_there ? jetstream_outcome::kind::repeated : jetstream_outcome::kind::stored, sequence};
    }

    static nats_statistics new_statistics() {
        natsStatistics* made = nullptr;
        (void)natsStatistics_Create(&made);
        return nats_statistics(made);
    }

    std::unique_ptr<nats_event_loop>    loop_;
    jetstream_server                    server_;
    std::string                         inbox_, answer_to_;
    nats_subscription                   answers_;
    nats_statistics                     statistics_ = new_statistics();
    jetstream_server::clock::time_point sent_{};
};

}  // namespace annals::detail

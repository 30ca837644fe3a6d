// Messages in their order from some sequence on, as a consumer of the server pushes them.
#pragma once

#include <annals/log/jetstream/server.hpp>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace annals::detail {

/// What a consumer says of a message in the subject for answers: `$JS.ACK.<stream>.<consumer>.<delivered>.<stream
/// sequence>.<consumer sequence>.<time>.<pending>`, with two words more behind `ACK` where servers have domains.
struct delivery {
    std::uint64_t delivered = 0, sequence = 0, number = 0, pending = 0;
    std::int64_t  time = 0;

    static std::optional<delivery> of(const char* answer) {
        constexpr std::string_view begin = "$JS.ACK.";
        if (!answer || std::string_view(answer).substr(0, begin.size()) != begin) return std::nullopt;
        std::string_view words[13];
        std::size_t      count = 0;
        for (std::string_view rest(answer + begin.size()); count < std::size(words);) {
            const std::size_t end = rest.find('.');
            words[count++]        = rest.substr(0, end);
            if (end == std::string_view::npos) break;
            rest.remove_prefix(end + 1);
        }
        if (count < 7) return std::nullopt;
        const std::string_view* const from = words + (count == 7 ? 2 : 4);
        delivery                      made;
        const auto                    number = [](std::string_view word, auto& to) {
            return std::from_chars(word.data(), word.data() + word.size(), to).ec == std::errc{};
        };
        if (!number(from[0], made.delivered) || !number(from[1], made.sequence) || !number(from[2], made.number) ||
            !number(from[3], made.time) || !number(from[4], made.pending))
            return std::nullopt;
        return made;
    }
};

/// A consumer of the server for one reading. It pushes what is there, as fast as it is taken (flow control); after whatever
/// goes wrong another one goes on where this one was. For one thread at a time.
class jetstream_feed {
public:
    /// Of messages on a subject, which may have wildcards; of all if it is empty. All of them take until then, or each as long
    /// as the patience.
    jetstream_feed(const jetstream_server& server, std::string subject, std::uint64_t from, jetstream_server::due until = {})
        : server_(server), subject_(std::move(subject)), next_(from), until_(until) {}
    jetstream_feed(const jetstream_feed&)            = delete;
    jetstream_feed& operator=(const jetstream_feed&) = delete;
    ~jetstream_feed() { end(); }

    /// The next one, which must be there. Errors: those of the server.
    expected<jetstream_message, error> next() {
        const auto until = until_.value_or(server_.deadline());
        for (;;) {
            if (!subscription_)
                if (auto done = begin(until); !done) return unexpected<error>(std::move(done.error()));
            natsMsg*     raw = nullptr;
            const auto   s   = natsSubscription_NextMsg(&raw, subscription_.get(), std::min(silence, server_.left(until)));
            nats_message got(raw);
            if (s == NATS_OK) {
                const auto known = delivery::of(natsMsg_GetReply(raw));
                if (!known) {
                    // It has no more, so it says, and is asked to; a copy that is behind says so, too.
                    if (!answer(raw) && ++idle_ > most_idle) end();
                    if (jetstream_server::clock::now() > until) return unexpected<error>(server_.failure(NATS_TIMEOUT, {}));
                    continue;
                }
                if (known->number == number_ + 1) {
                    ++number_;
                    idle_ = 0;
                    // A copy that is not so far yet begins with what it gets next.
                    if (known->sequence < next_) continue;
                    next_ = known->sequence + 1;
                    return jetstream_message(std::move(got), known->sequence, known->time);
                }
            } else if (jetstream_server::clock::now() > until)
                return unexpected<error>(server_.failure(NATS_TIMEOUT, {}));
            end();  // something is missing
        }
    }

private:
    static constexpr std::int64_t heartbeat = 200, silence = 700;  // milliseconds
    static constexpr int          most_idle = 5;

    expected<void, error> begin(jetstream_server::clock::time_point until) {
        if (!server_.wait_for_connection(until)) return unexpected<error>(server_.failure(NATS_NO_SERVER, {}));
        natsInbox* inbox = nullptr;
        auto       s     = natsInbox_Create(&inbox);
        inbox_.reset(inbox);
        natsSubscription* subscription = nullptr;
        if (s == NATS_OK) s = natsConnection_SubscribeSync(&subscription, server_.connection(), inbox);
        subscription_.reset(subscription);
        if (s == NATS_OK) s = natsSubscription_SetPendingLimits(subscription, -1, -1);
        jsErrCode code = {};
        if (s == NATS_OK) s = server_.insist([&] { return make_consumer(&code, until); }, code, until);
        if (s == NATS_OK) return {};
        end();
        return unexpected<error>(server_.failure(s, code));
    }
    natsStatus make_consumer(jsErrCode* code, jetstream_server::clock::time_point until) {
        jsConsumerConfig how;
        jsConsumerConfig_Init(&how);
        how.DeliverSubject    = inbox_.get();
        how.DeliverPolicy     = js_DeliverByStartSequence;
        how.OptStartSeq       = next_;
        how.AckPolicy         = js_AckNone;
        how.MaxDeliver        = 1;
        how.FlowControl       = true;
        how.Heartbeat         = heartbeat * 1'000'000;
        how.InactiveThreshold = 5'000'000'000;
        how.MemoryStorage     = true;
        how.Replicas          = 1;
        if (!subject_.empty()) how.FilterSubject = subject_.c_str();
        jsOptions wait;
        jsOptions_Init(&wait);
        wait.Wait           = server_.attempt(until);
        jsConsumerInfo* raw = nullptr;
        const auto      s   = server_.retired().behind_answer(
            [&] { return js_AddConsumer(&raw, server_.jetstream(), server_.stream().c_str(), &how, &wait, code); });
        number_ = 0;
        idle_   = 0;
        if (s == NATS_OK) name_ = raw->Name;
        jsConsumerInfo_Destroy(raw);
        return s;
    }
    // Flow control: the server goes on when it is told that what it sent has been taken.
    bool answer(natsMsg* status) {
        const char* to = natsMsg_GetReply(status);
        if (!to && natsMsgHeader_Get(status, "Nats-Consumer-Stalled", &to) != NATS_OK) return false;
        (void)natsConnection_Publish(server_.connection(), to, nullptr, 0);
        return true;
    }
    void end() {
        if (!subscription_) return;
        server_.retired().add(std::move(subscription_));
        if (name_.empty()) return;
        // Nobody waits for that; the server would do it by itself a little later.
        const std::string request = "$JS.API.CONSUMER.DELETE." + server_.stream() + "." + name_;
        (void)natsConnection_Publish(server_.connection(), request.c_str(), nullptr, 0);
        name_.clear();
    }

    const jetstream_server& server_;
    std::string             subject_;
    std::uint64_t           next_;
    jetstream_server::due   until_;
    std::uint64_t           number_ = 0;
    int                     idle_   = 0;
    nats_inbox              inbox_;
    nats_subscription       subscription_;
    std::string             name_;
};

}  // namespace annals::detail

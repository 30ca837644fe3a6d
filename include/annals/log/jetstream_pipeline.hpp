// Many appends to a log on a NATS server at the same time, from one thread: for imports, and for whoever has more to do than to
// wait.
#pragma once

#include <annals/log/jetstream_log.hpp>

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <unordered_map>
#include <utility>

namespace annals {

/// Appends to different streams without waiting for the server in between. Appends to one stream are made one after the other:
/// each waits for the one before it. Each is checked, and made again where need be, as those of the log are. Refers to the log,
/// which others may use meanwhile. For one thread at a time.
template <class Log>
class jetstream_pipeline {
public:
    /// Told what became of an append, by its number. Called by a thread of the connection, or by the one that appends; one call
    /// at a time. It must not use the pipeline.
    using observer = std::function<void(std::uint64_t, const expected<receipt, error>&)>;

    explicit jetstream_pipeline(Log& log, observer told = {}) : log_(log), told_(std::move(told)) {
        jsOptions how;
        jsOptions_Init(&how);
        how.PublishAsync.AckHandler        = &jetstream_pipeline::answered;
        how.PublishAsync.AckHandlerClosure = this;
        how.PublishAsync.MaxPending        = most_under_way + 1;
        jsCtx* made                        = nullptr;
        // If there is none, it appends one by one.
        if (natsConnection_JetStream(&made, server().connection(), &how) == NATS_OK) jetstream_.reset(made);
    }
    jetstream_pipeline(const jetstream_pipeline&)            = delete;
    jetstream_pipeline& operator=(const jetstream_pipeline&) = delete;
    /// Waits as `settle` does.
    ~jetstream_pipeline() {
        (void)settle();
        // The thread that took in the last answer is behind it then (nats-io/nats.c #637).
        (void)natsConnection_FlushTimeout(server().connection(), server().attempt());
    }

    /// Begins an append, as that of the log, and returns its number: 1, 2, 3 … Waits if the stream, or a thousand others, are
    /// waited for.
    template <class... Given>
    std::uint64_t append(std::string_view stream, expected_version expects, Given&&... given) {
        using events                    = typename Log::events;
        constexpr auto verdict          = detail::judge_given<events, std::remove_cvref_t<Given>...>();
        using accepted [[maybe_unused]] = typename decltype(verdict)::accepted;
        verdict.explain();
        ++begun_;
        if constexpr (detail::is_sound<decltype(verdict)>)
            detail::with_metadata(
                [&](const metadata& about, auto&&... event) {
                    auto batch = detail::make_batch(std::forward<decltype(event)>(event)...);
                    auto what  = log_.order_of(stream, expects, about, batch);
                    if (!what)
                        tell(begun_, unexpected<error>(std::move(what.error())));
                    else if (!jetstream_ || log_.inner_->times.is_in_order(about))
                        append_alone(*what);
                    else
                        send(std::move(*what));
                },
                std::forward<Given>(given)...);
        return begun_;
    }

    /// Returns when all that was begun is through. Answers the first error since the last time.
    expected<void, error> settle() {
        wait_until([this] { return under_way_.empty(); });
        const std::lock_guard lock(telling_);
        if (!first_error_) return {};
        auto failed = std::exchange(first_error_, std::nullopt);
        return unexpected<error>(std::move(*failed));
    }

private:
    static constexpr std::size_t most_under_way = 1000;
    using one                                   = typename Log::one_append;
    struct flight {
        typename Log::order                      what;
        one                                      append;
        std::uint64_t                            number;
        natsMsg*                                 sent = nullptr;
        std::optional<detail::jetstream_outcome> failed{};  // else it is under way

        flight(Log& log, typename Log::order&& order, std::uint64_t which) : what(std::move(order)), append(log.append_of(what)), number(which) {}
    };

    [[nodiscard]] const detail::jetstream_server& server() const { return log_.inner_->server; }

    void send(typename Log::order&& what) {
        wait_until([&] { return under_way_.size() < most_under_way && under_way_.find(what.subject) == under_way_.end(); });
        what.known->turn.acquire();
        auto  made = std::make_unique<flight>(log_, std::move(what), begun_);
        auto& mine = *made;
        auto  done = mine.append.prepare();
        if (!done || *done) return end(mine, done ? expected<receipt, error>(**done) : unexpected<error>(std::move(done.error())));
        const auto body = mine.append.message();
        auto       how  = server().how_to_store(mine.append.conditions());
        natsMsg*   message = nullptr;
        auto       s = server().is_connected() ? natsMsg_Create(&message, mine.what.subject.c_str(), nullptr, reinterpret_cast<const char*>(body.data()), static_cast<int>(body.size()))
                                               : NATS_CONNECTION_DISCONNECTED;
        mine.sent    = message;
        {
            const std::lock_guard lock(mutex_);
            by_message_.emplace(message, &mine);
            under_way_.emplace(mine.what.subject, std::move(made));
        }
        if (s == NATS_OK) s = js_PublishMsgAsync(jetstream_.get(), &message, &how);
        if (s == NATS_OK) return;
        natsMsg_Destroy(message);
        const std::lock_guard lock(mutex_);
        by_message_.erase(mine.sent);
        mine.failed = s == NATS_MAX_PAYLOAD ? detail::jetstream_server::outcome_of(s, {}, natsStatus_GetText(s))
                                            : detail::jetstream_outcome{detail::jetstream_outcome::kind::not_sent};
        ++failed_;
    }
    // By a thread of the connection.
    static void answered(jsCtx*, natsMsg* message, jsPubAck* ack, jsPubAckErr* refusal, void* closure) {
        auto& mine = *static_cast<jetstream_pipeline*>(closure);
        auto  sent = ack ? detail::jetstream_server::outcome_of(*ack)
                         : detail::jetstream_server::outcome_of(refusal->Err, refusal->ErrCode, refusal->ErrText ? refusal->ErrText : "");
        std::unique_lock lock(mine.mutex_);
        const auto       found = mine.by_message_.find(message);
        natsMsg_Destroy(message);
        if (found == mine.by_message_.end()) return;
        flight& of = *found->second;
        mine.by_message_.erase(found);
        if (sent.what != detail::jetstream_outcome::kind::stored) {
            of.failed = std::move(sent);
            ++mine.failed_;
        } else {
            const auto done = of.append.conclude(sent);
            const auto kept = mine.under_way_.extract(of.what.subject);
            lock.unlock();
            mine.end(of, **done);
            lock.lock();
        }
        if (mine.is_waiting_) mine.changed_.notify_all();
    }

    // Waits until it is so; makes again what failed meanwhile.
    template <class Question>
    void wait_until(Question&& is_so) {
        std::unique_lock lock(mutex_);
        for (;;) {
            if (failed_ != 0) {
                auto at = under_way_.begin();
                while (!at->second->failed) ++at;
                const auto mine = std::move(at->second);
                under_way_.erase(at);
                --failed_;
                lock.unlock();
                auto done = mine->append.conclude(*mine->failed);
                end(*mine, !done ? expected<receipt, error>(unexpected<error>(std::move(done.error()))) : *done ? expected<receipt, error>(**done) : mine->append.make());
                lock.lock();
            } else if (is_so())
                return;
            else {
                is_waiting_ = true;
                changed_.wait(lock);
                is_waiting_ = false;
            }
        }
    }
    // It is through.
    void end(flight& of, const expected<receipt, error>& done) {
        of.what.known->turn.release();
        if (done) log_.inner_->waking->appended();
        tell(of.number, done);
    }
    void append_alone(const typename Log::order& what) {
        wait_until([this] { return under_way_.empty(); });
        tell(begun_, log_.append_now(what));
    }
    void tell(std::uint64_t number, const expected<receipt, error>& done) {
        const std::lock_guard lock(telling_);
        if (!done && !first_error_) first_error_ = done.error();
        if (told_) told_(number, done);
    }

    Log&                                                     log_;
    observer                                                 told_;
    detail::nats_jetstream                                   jetstream_;
    std::uint64_t                                            begun_ = 0;
    std::mutex                                               mutex_;  // guards what follows
    std::condition_variable                                  changed_;
    bool                                                     is_waiting_ = false;
    std::size_t                                              failed_     = 0;
    std::unordered_map<std::string, std::unique_ptr<flight>> under_way_;  // by subject
    std::unordered_map<natsMsg*, flight*>                    by_message_;
    std::mutex                                               telling_;
    std::optional<error>                                     first_error_;
};

}  // namespace annals
